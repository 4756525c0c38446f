/** A command's form, built from its fields; a refusal stands at the field that caused it. */
import { useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Form, Modal } from "antd"
import { type KeyboardEvent, useState } from "react"
import { type Change, Refusal } from "../api/client"
import { useTranslation } from "../i18n/use"
import { sentenceOf } from "../ui/failure"
import { clockTime } from "../ui/time"
import { type Field, type NounName, textOf, type Thing } from "./catalogue"
import { order } from "./rest"
import { FieldInput } from "./FieldInput"
import { bodyOf, hasField, pathOfField, startOf, type Values } from "./values"
import { useWord } from "./words"

interface Props {
  readonly noun: NounName
  readonly fields: readonly Field[]
  readonly title: string
  /** Path under /api/backoffice. */
  readonly send: string
  /** The version on the screen, for a command on a thing. */
  readonly version?: unknown
  readonly starts?: Values
  /** What is known already: sent, not asked for. */
  readonly fixed?: Values
  /** The thing whose lines, holds … the form chooses from. */
  readonly about?: Thing
  readonly close: () => void
  readonly made?: (thing: Thing) => void
  readonly reload?: () => void
}

const WIDE = 3
const SHOWN_WITHIN_MS = 3_000

export function CommandForm({ noun, fields, title, send, version, starts, fixed, about, close, made, reload }: Props) {
  const { t } = useTranslation()
  const w = useWord()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<{ readonly sentence: string; readonly changes: readonly Change[] } | null>(null)

  async function carryOut(values: Values) {
    setBusy(true)
    setRefusal(null)
    try {
      const thing = await order<Thing>(send, { ...bodyOf(fields, values), ...fixed, ...(version === undefined ? {} : { version }) })
      // The page behind shows it first; one that is slow to load is not waited for.
      await Promise.race([queries.invalidateQueries({ queryKey: ["office"] }), new Promise((go) => setTimeout(go, SHOWN_WITHIN_MS))])
      void message.success(t("say.done"))
      close()
      made?.(thing)
    } catch (error) {
      setBusy(false)
      const field = error instanceof Refusal ? error.problem.field : null
      const path = field == null ? [] : pathOfField(field)
      if (path.length > 0 && hasField(fields, path)) {
        form.setFields([{ name: path, errors: [sentenceOf(error, t)] }])
        form.scrollToField(path, { block: "center" })
      } else {
        setRefusal({ sentence: sentenceOf(error, t), changes: error instanceof Refusal ? (error.problem.changed ?? []) : [] })
      }
    }
  }

  function key(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) form.submit()
  }

  const asked = fields.filter((field) => field.kind !== "other" && field.name !== "shares_bp" && fixed?.[field.name] === undefined)
  // Somebody else was faster while the form stood open: better told before it is sent.
  const behind = !busy && refusal === null && version !== undefined && about?.version !== undefined && about.version !== version
  const again = reload !== undefined && (
    <Button
      size="small"
      onClick={() => {
        reload()
        close()
      }}
    >
      {t("do.reload")}
    </Button>
  )
  const wide = asked.some((field) => field.kind === "rows" || field.kind === "integers")
  return (
    <Modal open title={title} onCancel={close} onOk={() => form.submit()} okText={title} confirmLoading={busy} width={wide ? 920 : asked.length > WIDE ? 680 : 480} mask={{ closable: false }} destroyOnHidden>
      <Form<Values> form={form} layout="vertical" initialValues={startOf(asked, starts)} onFinish={(values) => void carryOut(values)} onKeyDown={key} className={asked.length > WIDE ? "office-form two" : "office-form"} scrollToFirstError>
        {refusal !== null && (
          <Alert
            className="office-wide"
            type={refusal.changes.length > 0 ? "warning" : "error"}
            showIcon
            title={refusal.sentence}
            description={refusal.changes.length > 0 && <Changes changes={refusal.changes} />}
            action={refusal.changes.length > 0 && again}
          />
        )}
        {behind && <Alert className="office-wide" type="warning" showIcon title={t("office.behind", { state: w(textOf(about.status ?? about.state)) })} action={again} />}
        {asked.map((field) => (
          <FieldInput key={field.name} noun={noun} field={field} {...(about === undefined ? {} : { about })} />
        ))}
      </Form>
      {asked.length === 0 && <p>{t("office.sure", { what: w(title) })}</p>}
    </Modal>
  )
}

/** Who was faster, when, and what it is now. */
export function Changes({ changes }: { readonly changes: readonly Change[] }) {
  const { t } = useTranslation()
  const w = useWord()
  return (
    <ul className="office-changes">
      {changes.map((change) => (
        <li key={`${change.at}${change.act}`}>
          {change.to_state === null
            ? t("office.changedAt", { who: change.by, time: clockTime(change.at), act: w(change.act, "story") })
            : t("office.changedTo", { who: change.by, time: clockTime(change.at), act: w(change.act, "story"), state: w(change.to_state) })}
        </li>
      ))}
    </ul>
  )
}
