/** Who approves what, by kind and amount. An administrator sets the steps; what was already asked keeps its own. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Modal, Select, Table } from "antd"
import { useState } from "react"
import { call } from "../api/client"
import { useTranslation } from "../i18n/use"
import { sentenceOf } from "../ui/failure"
import { yuan } from "../ui/money"
import { Failed, Loading } from "../ui/states"
import { type BandDraft, bandsOf, draftsOf, type Kind, wrongOf } from "./bands"
import { dutyWords } from "./catalogue"
import { MoneyInput } from "./FieldInput"
import { useAdministrator } from "./people"
import { BASE, office } from "./rest"

export function useDutyWord(): (duty: string) => string {
  const { language } = useTranslation()
  return (duty) => dutyWords[duty]?.[language === "zh" ? 0 : 1] ?? duty
}

const between = (over: number, upTo: number | null, all: string): string => {
  if (upTo !== null) return `${over < 0 ? "0.00" : `> ${yuan(over)}`} – ${yuan(upTo)}`
  return over < 0 ? all : `> ${yuan(over)}`
}

export function ApprovalRules() {
  const { t, language } = useTranslation()
  const word = useDutyWord()
  const administrator = useAdministrator()
  const [changing, setChanging] = useState<Kind | null>(null)
  const asked = useQuery({ queryKey: ["office", "kinds"], queryFn: () => office<readonly Kind[]>("approvals/kinds") })
  if (asked.isPending) return <Loading />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const rows = asked.data.flatMap((kind) => {
    const bands = kind.bands.length === 0 ? [null] : kind.bands
    return bands.map((band, index) => ({ key: `${kind.kind}${String(index)}`, kind, band, first: index === 0 }))
  })
  return (
    <>
      <p className="dim">{t("office.settings.rulesMore")}</p>
      <Table
        size="small"
        pagination={false}
        dataSource={rows}
        columns={[
          { title: t("office.settings.kind"), width: 220, render: (_, row) => (row.first ? (language === "zh" ? row.kind.zh : row.kind.en) : "") },
          { title: t("office.settings.amounts"), width: 240, render: (_, { band }) => band !== null && <span className="num">{between(band.over_fen, band.up_to_fen, t("office.settings.anyAmount"))}</span> },
          {
            title: t("office.settings.steps"),
            render: (_, { band }) =>
              band === null ? <span className="office-wrong">{t("office.settings.noRule")}</span> : band.steps.map((step) => step.map(word).join(" + ")).join(" → "),
          },
          ...(administrator
            ? [{ title: "", width: 80, render: (_: unknown, row: (typeof rows)[number]) => row.first && <Button size="small" data-edit-rule={row.kind.kind} onClick={() => setChanging(row.kind)}>{t("do.edit")}</Button> }]
            : []),
        ]}
      />
      {changing !== null && <RuleForm kind={changing} close={() => setChanging(null)} />}
    </>
  )
}

function RuleForm({ kind, close }: { readonly kind: Kind; readonly close: () => void }) {
  const { t, language } = useTranslation()
  const word = useDutyWord()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [drafts, setDrafts] = useState<readonly BandDraft[]>(() => draftsOf(kind.bands))
  const [refusal, setRefusal] = useState("")
  const [busy, setBusy] = useState(false)
  const wrong = wrongOf(drafts)
  const change = (at: number, part: Partial<BandDraft>) => setDrafts(drafts.map((draft, index) => (index === at ? { ...draft, ...part } : draft)))

  async function save() {
    setBusy(true)
    try {
      await call("PUT", `${BASE}/approvals/kinds/${kind.kind}`, bandsOf(drafts))
      await queries.invalidateQueries({ queryKey: ["office"] })
      void message.success(t("say.saved"))
      close()
    } catch (error) {
      setBusy(false)
      setRefusal(sentenceOf(error, t))
    }
  }

  return (
    <Modal
      open
      width={760}
      title={`${t("office.settings.rules")} · ${language === "zh" ? kind.zh : kind.en}`}
      onCancel={close}
      onOk={() => void save()}
      okText={t("do.save")}
      okButtonProps={{ disabled: wrong !== null }}
      confirmLoading={busy}
      mask={{ closable: false }}
    >
      {refusal !== "" && <Alert type="error" showIcon title={refusal} />}
      <p className="dim">{t("office.settings.bandsMore")}</p>
      {drafts.map((draft, at) => (
        <fieldset key={draft.key} className="office-rows-input office-band">
          <legend>
            {at === 0 ? t("office.settings.from0") : t("office.settings.over", { yuan: yuan(drafts[at - 1]?.upTo ?? 0) })}
          </legend>
          {at < drafts.length - 1 ? (
            <label className="row">
              {t("office.settings.upTo")}
              <MoneyInput value={draft.upTo} onChange={(upTo) => change(at, { upTo })} aria-label={t("office.settings.upTo")} />
            </label>
          ) : (
            <p className="dim">{t("office.settings.noEnd")}</p>
          )}
          <ol>
            {draft.steps.map((step, number) => (
              <li key={step.key}>
                <Select
                  mode="multiple"
                  aria-label={t("office.approval.step", { n: number + 1 })}
                  placeholder={t("office.settings.who")}
                  value={[...step.duties]}
                  onChange={(duties: string[]) => change(at, { steps: draft.steps.map((one, index) => (index === number ? { ...one, duties } : one)) })}
                  options={Object.keys(dutyWords).map((duty) => ({ value: duty, label: word(duty) }))}
                  showSearch={{ optionFilterProp: "label" }}
                />
                <Button type="text" icon={<DeleteOutlined />} aria-label={t("do.remove")} disabled={draft.steps.length === 1} onClick={() => change(at, { steps: draft.steps.filter((_, index) => index !== number) })} />
              </li>
            ))}
          </ol>
          <p className="row">
            <Button size="small" icon={<PlusOutlined />} onClick={() => change(at, { steps: [...draft.steps, { key: draft.next, duties: [] }], next: draft.next + 1 })}>
              {t("office.settings.addStep")}
            </Button>
            {drafts.length > 1 && (
              <Button size="small" icon={<DeleteOutlined />} onClick={() => setDrafts(drafts.filter((_, index) => index !== at))}>
                {t("office.settings.dropBand")}
              </Button>
            )}
          </p>
        </fieldset>
      ))}
      <Button icon={<PlusOutlined />} onClick={() => setDrafts([...drafts, { key: Math.max(0, ...drafts.map((one) => one.key)) + 1, upTo: null, steps: [{ key: 0, duties: [] }], next: 1 }])}>
        {t("office.settings.addBand")}
      </Button>
      {wrong !== null && <p className="office-wrong">{t(`office.settings.wrong.${wrong}`)}</p>}
    </Modal>
  )
}
