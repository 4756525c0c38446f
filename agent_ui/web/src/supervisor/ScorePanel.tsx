/** What supervisors thought of a talk, and one's own score of it. */
import { WarningFilled } from "@ant-design/icons"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Checkbox, Form, Input, Rate } from "antd"
import { api, type Schemas, taken } from "../api/client"
import { useSession } from "../app/session"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { Mark } from "../ui/StateMark"
import { dayAndTime } from "../ui/time"

export const CRITERIA = ["opening", "felt_need", "rational_need", "trust", "closing", "manner"] as const

type Row = Schemas["ScoreRow"]
type Values = Partial<Record<(typeof CRITERIA)[number], number>> & { readonly unlawful_claim?: boolean; readonly remarks?: string }

export function ScorePanel({ callId }: { readonly callId: string }) {
  const { t } = useTranslation()
  const { me } = useSession()
  const { data } = useQuery({
    queryKey: ["control", "scores", "call", callId],
    queryFn: () => taken(api.GET("/api/control/scores", { params: { query: { call_id: callId } } })),
  })
  if (data === undefined || me == null) return null
  const own = data.rows.find((row) => row.by === me.id)
  return (
    <section className="block">
      <h3>{t("control.score")}</h3>
      {data.rows
        .filter((row) => row !== own)
        .map((row) => (
          <Said key={row.id} row={row} />
        ))}
      {me.role !== "agent" && <Own key={own?.version ?? 0} callId={callId} {...(own === undefined ? {} : { own })} />}
    </section>
  )
}

function Said({ row }: { readonly row: Row }) {
  const { t } = useTranslation()
  return (
    <div style={{ marginBottom: 10 }}>
      <strong>{row.by_name}</strong> <span className="dim num">{dayAndTime(row.scored_at)}</span>{" "}
      {row.unlawful_claim && (
        <Mark tone="bad" icon={<WarningFilled />}>
          {t("control.unlawful")}
        </Mark>
      )}
      <div className="num">
        {CRITERIA.filter((name) => row[name] !== null)
          .map((name) => `${t(`control.criterion.${name}`)} ${String(row[name])}`)
          .join(" · ")}
      </div>
      {row.remarks !== "" && <div>{row.remarks}</div>}
    </div>
  )
}

function Own({ callId, own }: { readonly callId: string; readonly own?: Row }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (values: Values) => {
      // A star taken back is 0 on the screen: not judged.
      const points = Object.fromEntries(CRITERIA.map((name) => [name, values[name] === 0 ? null : (values[name] ?? null)]))
      return taken(
        api.PUT("/api/control/scores/{call_id}", {
          params: { path: { call_id: callId } },
          body: { ...points, unlawful_claim: values.unlawful_claim ?? false, remarks: values.remarks ?? "", version: own?.version ?? null },
        }),
      )
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["control", "scores"] })
      void message.success(t("say.saved"))
    },
    onError: failed,
  })
  const start = own === undefined ? {} : { ...Object.fromEntries(CRITERIA.map((name) => [name, own[name] ?? 0])), unlawful_claim: own.unlawful_claim, remarks: own.remarks }
  return (
    <Form<Values> size="small" labelCol={{ flex: "90px" }} labelAlign="left" initialValues={start} onFinish={(values) => save.mutate(values)} aria-label={t("control.scoreThis")}>
      <div className="scores">
        {CRITERIA.map((name) => (
          <Form.Item key={name} name={name} label={t(`control.criterion.${name}`)} style={{ marginBottom: 2 }}>
            <Rate />
          </Form.Item>
        ))}
      </div>
      <Form.Item name="unlawful_claim" valuePropName="checked" style={{ margin: "6px 0" }}>
        <Checkbox>{t("control.unlawful")}</Checkbox>
      </Form.Item>
      <Form.Item name="remarks" style={{ marginBottom: 8 }}>
        <Input.TextArea maxLength={2000} autoSize={{ minRows: 2, maxRows: 6 }} placeholder={t("control.remarks")} aria-label={t("control.remarks")} />
      </Form.Item>
      <Button htmlType="submit" loading={save.isPending}>
        {t("do.save")}
      </Button>
    </Form>
  )
}
