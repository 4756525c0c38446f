/** The steps of one approval, and the four things one may say to it: 同意, 驳回, 转交, 撤回. */
import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled, MinusCircleOutlined, SwapOutlined } from "@ant-design/icons"
import { useQuery } from "@tanstack/react-query"
import { Button } from "antd"
import { type ReactNode, useState } from "react"
import { Link } from "react-router"
import { useTranslation } from "../i18n/use"
import { yuan } from "../ui/money"
import { Failed, Loading } from "../ui/states"
import { dayAndTime } from "../ui/time"
import { dutyWords, factsOf, numberOf, rowsOf, textOf, type Thing } from "./catalogue"
import { FOLLOW, FOLLOW_LIST, office } from "./rest"
import { State } from "./cells"
import { CommandForm } from "./CommandForm"
import { useMine, useNameOf } from "./people"
import { nounOfThing, pathOf } from "./sections"
import { useWord } from "./words"

const ICONS: Readonly<Record<string, ReactNode>> = {
  agreed: <CheckCircleFilled style={{ color: "var(--good)" }} />,
  refused: <CloseCircleFilled style={{ color: "var(--bad)" }} />,
  forwarded: <SwapOutlined />,
  open: <ClockCircleOutlined style={{ color: "var(--warn)" }} />,
}

type Verb = "agree" | "reject" | "forward" | "withdraw"

/** What this person may say now: to a step that waits for their duty, or as the maker. */
function useVerbs(approval: Thing | undefined, inbox: readonly Thing[]): readonly Verb[] {
  const mine = useMine()
  if (approval === undefined || mine === undefined || approval.state !== "pending") return []
  const asked = inbox.some((one) => one.id === approval.id)
  return [...(asked ? (["agree", "reject", "forward"] as const) : []), ...(approval.maker_id === mine.user_id ? (["withdraw"] as const) : [])]
}

export function useInbox() {
  return useQuery({ queryKey: ["office", "approvals", "inbox"], queryFn: () => office<readonly Thing[]>("approvals/inbox"), ...FOLLOW_LIST })
}

export function ApprovalPanel({ id, linked = false }: { readonly id: string; readonly linked?: boolean }) {
  const { t, language } = useTranslation()
  const w = useWord()
  const nameOf = useNameOf()
  const inbox = useInbox()
  const asked = useQuery({ queryKey: ["office", "approvals", "one", id], queryFn: () => office<Thing>(`approvals/${id}`), ...FOLLOW })
  const verbs = useVerbs(asked.data, inbox.data ?? [])
  const [opened, setOpened] = useState<{ readonly verb: Verb; readonly version: unknown } | null>(null)
  const approval = asked.data
  if (approval === undefined) return asked.isError ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : <Loading rows={2} />
  const duty = (role: string) => dutyWords[role]?.[language === "zh" ? 0 : 1] ?? role
  const noun = nounOfThing(textOf(approval.thing))
  const tasks = rowsOf(approval.tasks)
  return (
    <div className="office-approval">
      <p className="row wrap">
        <State state={textOf(approval.state)} />
        <strong>{linked && noun !== undefined ? <Link to={pathOf(noun, textOf(approval.thing_id))}>{textOf(approval.title)}</Link> : textOf(approval.title)}</strong>
        {numberOf(approval.amount_fen) > 0 && <span className="num">¥{yuan(numberOf(approval.amount_fen))}</span>}
        <span className="dim small">{t("office.approval.maker", { name: nameOf(approval.maker_id) ?? "–" })}</span>
      </p>
      <ol className="office-steps">
        {tasks.map((task) => (
          <li key={textOf(task.id)} data-state={textOf(task.state)} data-now={task.step === approval.step && approval.state === "pending"}>
            {ICONS[textOf(task.state)] ?? <MinusCircleOutlined className="dim" />}
            <div>
              <span>
                {t("office.approval.step", { n: numberOf(task.step) + (tasks.some((other) => other.step === 0) ? 1 : 0) })} · {duty(textOf(task.role))}
                {task.assignee_id !== null && ` → ${nameOf(task.assignee_id) ?? ""}`}
              </span>{" "}
              <span className="dim small">
                {w(textOf(task.state), "approvals")}
                {task.decided_by !== null && ` · ${nameOf(task.decided_by) ?? ""}`}
                {task.decided_for !== null && ` (${t("office.approval.for", { name: nameOf(task.decided_for) ?? "" })})`}
                {typeof task.decided_at === "string" && ` · ${dayAndTime(task.decided_at)}`}
              </span>
              {textOf(task.opinion) !== "" && <blockquote>{textOf(task.opinion)}</blockquote>}
            </div>
          </li>
        ))}
      </ol>
      {verbs.length > 0 && (
        <div className="row wrap">
          {verbs.map((one) => (
            <Button key={one} size="small" data-command={one} type={one === "agree" ? "primary" : "default"} danger={one === "reject"} onClick={() => setOpened({ verb: one, version: approval.version })}>
              {t(`office.approval.${one}`)}
            </Button>
          ))}
        </div>
      )}
      {opened !== null && (
        <CommandForm
          noun="approvals"
          fields={factsOf("approvals").commands?.[opened.verb] ?? []}
          title={t(`office.approval.${opened.verb}`)}
          send={`approvals/${id}/${opened.verb}`}
          version={opened.version}
          about={approval}
          close={() => setOpened(null)}
          reload={() => void asked.refetch()}
        />
      )}
    </div>
  )
}
