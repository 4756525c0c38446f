import { ExperimentOutlined } from "@ant-design/icons"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Checkbox, Form, Input, Modal, Table } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { currentLanguage } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { Mark } from "../ui/StateMark"
import { Failed, Loading, Nothing } from "../ui/states"
import { calendarDate, fullTime } from "../ui/time"
import { Gains } from "./Gains"

type Model = Schemas["ModelRow"]
type Figure = Schemas["FigureOut"]

const TONE = { better: "good", worse: "bad", not_proven: "warn" } as const

/** How new leads are scored, and models that could do it: each with its comparison against the card. */
export function ScoreView() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [using, setUsing] = useState<Model | "card" | null>(null)
  const stock = useQuery({ queryKey: ["score-models", "stock"], queryFn: () => taken(api.GET("/api/score-models/stock")) })
  const models = useQuery({ queryKey: ["score-models", "list"], queryFn: () => taken(api.GET("/api/score-models")) })
  const train = useMutation({
    mutationFn: () => taken(api.POST("/api/score-models")),
    onSuccess: async () => {
      void message.success(t("targeting.score.trained"))
      await queries.invalidateQueries({ queryKey: ["score-models"] })
    },
    onError: failed,
  })
  if (stock.isPending || models.isPending) return <Loading />
  if (stock.isError) return <Failed error={stock.error} retry={() => void stock.refetch()} />
  if (models.isError) return <Failed error={models.error} retry={() => void models.refetch()} />
  const { calls, sold, calls_needed: needed, sold_needed: soldNeeded, outcome_days: days, in_force: by } = stock.data
  return (
    <>
      <p className="row wrap" style={{ gap: 12 }}>
        <span>{t("targeting.score.now")}</span>
        <Mark tone="info">{t(`targeting.score.by.${by}`)}</Mark>
        {by === "model" && <Button onClick={() => setUsing("card")}>{t("targeting.score.back")}</Button>}
      </p>
      <section className="block">
        <h3>{t("targeting.score.cardTitle")}</h3>
        <p className="dim small">{t("targeting.score.cardMore")}</p>
        <Card />
      </section>
      <section className="block">
        <h3>{t("targeting.score.models")}</h3>
        <p className="dim small">{t("targeting.score.modelsMore")}</p>
        <div className="row wrap" style={{ gap: 16 }}>
          <Button icon={<ExperimentOutlined />} disabled={calls < needed || sold < soldNeeded} loading={train.isPending} onClick={() => train.mutate()}>
            {t("targeting.score.train")}
          </Button>
          <span>
            {t("targeting.score.stock", { calls: calls.toLocaleString("en"), needed: needed.toLocaleString("en"), sold: sold.toLocaleString("en"), soldNeeded })}
            <br />
            <span className="dim small">{t("targeting.score.stockMore", { days })}</span>
          </span>
        </div>
      </section>
      {models.data.rows.length === 0 ? (
        <Nothing title={t("targeting.score.none")} more={t("targeting.score.noneMore")} />
      ) : (
        models.data.rows.map((model) => <Shown key={model.id} model={model} use={() => setUsing(model)} />)
      )}
      {using !== null && <Use what={using} close={() => setUsing(null)} />}
    </>
  )
}

function Points({ lines }: { readonly lines: readonly Schemas["PointRow"][] }) {
  return (
    <ul className="reason-list">
      {lines.map((line) => (
        <li key={line.code}>
          <strong className="num" style={{ display: "inline-block", minWidth: 40 }}>
            {line.points > 0 ? `+${line.points}` : line.points}
          </strong>
          {currentLanguage() === "zh" ? line.zh : line.en}
        </li>
      ))}
    </ul>
  )
}

function Card() {
  const { data } = useQuery({ queryKey: ["score-card"], queryFn: () => taken(api.GET("/api/segments/score-card")), staleTime: Infinity })
  return data === undefined ? <Loading rows={3} /> : <Points lines={data} />
}

const figure = (one: Figure, signed = false) => {
  const shown = (n: number) => `${signed && n > 0 ? "+" : ""}${n.toFixed(3)}`
  return `${shown(one.value)} (${shown(one.low)} – ${shown(one.high)})`
}

function Shown({ model, use }: { readonly model: Model; readonly use: () => void }) {
  const { t } = useTranslation()
  const { comparison } = model
  const rows = [
    { name: t("targeting.score.auc"), card: comparison.card_auc, model: comparison.model_auc, difference: comparison.auc_difference },
    { name: t("targeting.score.loss"), card: comparison.card_loss, model: comparison.model_loss, difference: comparison.loss_difference },
  ]
  return (
    <section className="block">
      <div className="row wrap" style={{ gap: 12 }}>
        <h3 style={{ margin: 0 }} className="num">
          {fullTime(model.trained_at)}
        </h3>
        <Mark tone={model.state === "in_force" ? "info" : "plain"}>{t(`targeting.score.state.${model.state}`)}</Mark>
        <Mark tone={TONE[comparison.verdict]}>{t(`targeting.score.verdict.${comparison.verdict}`)}</Mark>
        {model.state !== "in_force" && <Button onClick={use}>{t("targeting.score.use")}</Button>}
      </div>
      {model.used_since !== null && (
        <p className="small">{t("targeting.score.usedBy", { name: model.used_by ?? "", time: fullTime(model.used_since), reason: model.reason })}</p>
      )}
      <p className="dim small num">
        {t("targeting.score.learnedOn", { from: calendarDate(model.from_day), to: calendarDate(model.until_day), calls: model.calls, sold: model.sold })}
        <br />
        {t("targeting.score.heldOut", {
          from: calendarDate(comparison.held_out_from),
          to: calendarDate(comparison.held_out_until),
          calls: comparison.held_out_calls,
          sold: comparison.held_out_sold,
        })}
      </p>
      <Table
        size="small"
        rowKey="name"
        pagination={false}
        dataSource={rows}
        columns={[
          { title: t("targeting.score.figure"), dataIndex: "name" },
          { title: t("targeting.score.card"), align: "right", render: (_, row) => <span className="num">{figure(row.card)}</span> },
          { title: t("targeting.score.model"), align: "right", render: (_, row) => <span className="num">{figure(row.model)}</span> },
          { title: t("targeting.score.difference"), align: "right", render: (_, row) => <strong className="num">{figure(row.difference, true)}</strong> },
        ]}
      />
      <p className="dim small">
        {t("targeting.score.interval")} · {t("targeting.score.baseLoss", { n: comparison.base_loss.toFixed(3) })}
      </p>
      <div className="score-parts">
        <Gains gains={comparison.gains} />
        <div>
          <h4>{t("targeting.score.lines", { base: model.base })}</h4>
          <Points lines={[...model.lines].sort((a, b) => b.points - a.points)} />
        </div>
      </div>
    </section>
  )
}

interface Values {
  readonly reason: string
  readonly despite?: boolean
}

/** A person says which score is used, and why. */
function Use({ what, close }: { readonly what: Model | "card"; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [form] = Form.useForm<Values>()
  const save = useMutation({
    mutationFn: async ({ reason, despite }: Values): Promise<void> => {
      if (what === "card") await taken(api.POST("/api/score-models/back-to-card", { body: { reason } }))
      else
        await taken(
          api.POST("/api/score-models/{model_id}/use", {
            params: { path: { model_id: what.id } },
            body: { version: what.version, reason, despite_comparison: despite ?? false },
          }),
        )
    },
    onSuccess: async () => {
      void message.success(t(what === "card" ? "targeting.score.backDone" : "targeting.score.used"))
      await queries.invalidateQueries({ queryKey: ["score-models"] })
      close()
    },
    onError: failed,
  })
  return (
    <Modal open title={t(what === "card" ? "targeting.score.back" : "targeting.score.useTitle")} onCancel={close} onOk={() => form.submit()} okText={t("do.confirm")} confirmLoading={save.isPending} width={480}>
      {what !== "card" && <p>{t("targeting.score.useMore")}</p>}
      <Form<Values> form={form} layout="vertical" requiredMark={false} onFinish={(values) => save.mutate(values)}>
        <Form.Item name="reason" label={t("targeting.score.reason")} extra={t("targeting.score.reasonMore")} rules={[{ required: true, whitespace: true, min: 2, message: t("say.required") }]}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
        {what !== "card" && what.comparison.verdict !== "better" && (
          <Form.Item name="despite" valuePropName="checked" rules={[{ validator: (_, value) => (value === true ? Promise.resolve() : Promise.reject(new Error(t("say.required")))) }]}>
            <Checkbox>{t("targeting.score.despite")}</Checkbox>
          </Form.Item>
        )}
      </Form>
    </Modal>
  )
}
