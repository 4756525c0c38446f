import { PlusOutlined } from "@ant-design/icons"
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, DatePicker, Drawer, Form, Input, InputNumber, Select, type TableProps, Tabs } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { useEffect, useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import type { Translate } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Failed, Nothing } from "../ui/states"
import { fullTime } from "../ui/time"
import { useSources } from "./lookups"
import { ScoreView } from "./ScoreView"

type Row = Schemas["SegmentRow"]
type Filters = Schemas["SegmentFilters"]

export default function SegmentsPage() {
  const { t } = useTranslation()
  const paging = usePaging()
  const [editing, setEditing] = useState<Row | "new" | null>(null)
  const asked = useQuery({
    queryKey: ["segments", paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/segments", { params: { query: { limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const columns: TableProps<Row>["columns"] = [
    {
      title: t("marketing.segments.name"),
      width: 240,
      render: (_, row) => (
        <button type="button" className="link-button" onClick={() => setEditing(row)}>
          {row.name}
        </button>
      ),
    },
    { title: t("marketing.segments.filters"), render: (_, row) => <span>{describe(row.filters, t)}</span> },
    { title: t("targeting.versions.column"), width: 90, align: "right", render: (_, row) => <span className="num">{row.version}</span> },
    { title: t("marketing.brochures.created"), width: 180, render: (_, row) => <span className="num">{fullTime(row.created_at)}</span> },
  ]
  return (
    <Page
      title={t("menu.segments")}
      more={t("marketing.segments.more")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>
          {t("marketing.segments.new")}
        </Button>
      }
    >
      <div className="sheet" style={{ padding: "0 20px 20px" }}>
        <Tabs
          items={[
            {
              key: "segments",
              label: t("targeting.tabs.segments"),
              children: (
                <PagedTable<Row> asked={asked} paging={paging} columns={columns} rowKey="id" width={800} open={setEditing} empty={<Nothing title={t("marketing.segments.none")} more={t("marketing.segments.noneMore")} />} />
              ),
            },
            { key: "score", label: t("targeting.tabs.score"), children: <ScoreView /> },
          ]}
        />
      </div>
      {editing !== null && <Editor segment={editing === "new" ? null : editing} close={() => setEditing(null)} />}
    </Page>
  )
}

/** The filters in words: each that is given. */
function describe(filters: Filters, t: Translate): string {
  const list = (values: readonly string[] | undefined) => (values === undefined || values.length === 0 ? null : values.join("、"))
  const parts: (string | null)[] = [
    list(filters.provinces),
    list(filters.cities),
    filters.genders === undefined || filters.genders.length === 0 ? null : filters.genders.map((gender) => t(`gender.${gender}`)).join("、"),
    filters.age_from != null || filters.age_to != null ? `${t("marketing.segments.age")} ${filters.age_from ?? ""}–${filters.age_to ?? ""}` : null,
    list(filters.occupations),
    list(filters.interests),
    list(filters.sources),
    filters.score_from != null ? `${t("marketing.segments.score")} ${filters.score_from}${filters.score_by === "model" ? ` (${t("targeting.score.by.model")})` : ""}` : null,
    filters.purchased_since != null ? `${t("marketing.segments.purchasedSince")} ${filters.purchased_since}` : null,
    filters.not_purchased_since != null ? `${t("marketing.segments.notPurchasedSince")} ${filters.not_purchased_since}` : null,
    filters.purchases_fen_from != null ? `${t("marketing.segments.purchases")} ≥ ${filters.purchases_fen_from / 100}` : null,
    filters.not_mailed_since != null ? `${t("marketing.segments.notMailedSince")} ${filters.not_mailed_since}` : null,
    filters.not_called_since != null ? `${t("marketing.segments.notCalledSince")} ${filters.not_called_since}` : null,
    filters.has_address === true ? t("marketing.segments.hasAddress") : null,
    filters.consent === undefined || filters.consent.length === 0 ? null : filters.consent.map((consent) => t(`consent.${consent}`)).join("、"),
  ]
  const said = parts.filter((part) => part !== null)
  return said.length === 0 ? t("marketing.segments.everybody") : said.join(" · ")
}

const DATES = ["purchased_since", "not_purchased_since", "not_mailed_since", "not_called_since"] as const
type DateField = (typeof DATES)[number]
const DATE_LABEL = {
  purchased_since: "marketing.segments.purchasedSince",
  not_purchased_since: "marketing.segments.notPurchasedSince",
  not_mailed_since: "marketing.segments.notMailedSince",
  not_called_since: "marketing.segments.notCalledSince",
} as const

type Values = Omit<Filters, DateField | "purchases_fen_from" | "purchases_fen_to"> &
  Partial<Record<DateField, Dayjs | null>> & { readonly name: string; readonly yuan_from?: number | null; readonly yuan_to?: number | null }

const PER_YUAN = 100

function filtersOf(values: Partial<Values>): Filters {
  const { name: _, yuan_from, yuan_to, ...rest } = values
  const dates = Object.fromEntries(DATES.map((field) => [field, values[field]?.format("YYYY-MM-DD") ?? null]))
  const filters = {
    ...rest,
    ...dates,
    purchases_fen_from: yuan_from == null ? null : Math.round(yuan_from * PER_YUAN),
    purchases_fen_to: yuan_to == null ? null : Math.round(yuan_to * PER_YUAN),
  }
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value != null))
}

function valuesOf(segment: Row): Values {
  const { purchases_fen_from: from, purchases_fen_to: to, purchased_since, not_purchased_since, not_mailed_since, not_called_since, ...rest } = segment.filters
  const day = (text: string | null | undefined) => (text == null ? null : dayjs(text))
  const dates = {
    purchased_since: day(purchased_since),
    not_purchased_since: day(not_purchased_since),
    not_mailed_since: day(not_mailed_since),
    not_called_since: day(not_called_since),
  }
  return { ...rest, ...dates, name: segment.name, yuan_from: from == null ? null : from / PER_YUAN, yuan_to: to == null ? null : to / PER_YUAN }
}

function Editor({ segment, close }: { readonly segment: Row | null; readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const sources = useSources()
  const [form] = Form.useForm<Values>()
  const watched = Form.useWatch([], form) as Partial<Values> | undefined
  const filters = filtersOf(watched ?? (segment === null ? {} : valuesOf(segment)))

  const save = useMutation({
    mutationFn: (values: Values) => {
      const body = { name: values.name, filters: filtersOf(values) }
      return segment === null
        ? taken(api.POST("/api/segments", { body }))
        : taken(api.PATCH("/api/segments/{segment_id}", { params: { path: { segment_id: segment.id } }, body: { ...body, version: segment.version } }))
    },
    onSuccess: async () => {
      void message.success(t("say.saved"))
      await queries.invalidateQueries({ queryKey: ["segments"] })
      close()
    },
    onError: failed,
  })

  const words = (name: "provinces" | "cities" | "occupations" | "interests" | "income_bands", label: string) => (
    <Form.Item name={name} label={label}>
      <Select mode="tags" tokenSeparators={[",", "\uff0c", "、", ";"]} open={false} suffix={null} placeholder={t("marketing.segments.wordHint")} />
    </Form.Item>
  )
  return (
    <Drawer
      open
      size={760}
      onClose={close}
      title={t(segment === null ? "marketing.segments.new" : "marketing.segments.edit")}
      footer={
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <Button onClick={close}>{t("do.cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t("do.save")}
          </Button>
        </div>
      }
    >
      <Count filters={filters} />
      <Form<Values> form={form} layout="vertical" initialValues={segment === null ? {} : valuesOf(segment)} onFinish={(values) => save.mutate(values)} requiredMark={false}>
        <Form.Item name="name" label={t("marketing.segments.name")} rules={[{ required: true, whitespace: true, message: t("say.required") }]}>
          <Input maxLength={200} />
        </Form.Item>
        <section className="block">
          <h3>{t("marketing.segments.who")}</h3>
          <div className="form-row">
            {words("provinces", t("marketing.segments.provinces"))}
            {words("cities", t("marketing.segments.cities"))}
          </div>
          <div className="form-row">
            <Form.Item name="genders" label={t("marketing.segments.genders")}>
              <Select mode="multiple" options={(["f", "m"] as const).map((value) => ({ value, label: t(`gender.${value}`) }))} />
            </Form.Item>
            <Form.Item label={t("marketing.segments.age")}>
              <div className="row">
                <Form.Item name="age_from" noStyle>
                  <InputNumber min={0} max={120} aria-label={`${t("marketing.segments.age")} ${t("say.from")}`} style={{ width: "100%" }} />
                </Form.Item>
                –
                <Form.Item name="age_to" noStyle>
                  <InputNumber min={0} max={120} aria-label={`${t("marketing.segments.age")} ${t("say.until")}`} style={{ width: "100%" }} />
                </Form.Item>
              </div>
            </Form.Item>
            <Form.Item name="score_from" label={t("marketing.segments.score")}>
              <InputNumber min={0} max={100} style={{ width: "100%" }} />
            </Form.Item>
            <Form.Item name="score_by" label={t("targeting.score.scoredBy")} initialValue="card">
              <Select options={(["card", "model"] as const).map((value) => ({ value, label: t(`targeting.score.by.${value}`) }))} />
            </Form.Item>
          </div>
          <div className="form-row">
            {words("occupations", t("marketing.segments.occupations"))}
            {words("interests", t("marketing.segments.interests"))}
            {words("income_bands", t("marketing.segments.incomes"))}
          </div>
        </section>
        <section className="block">
          <h3>{t("marketing.segments.value")}</h3>
          <div className="form-row">
            <Form.Item label={t("marketing.segments.purchases")}>
              <div className="row">
                <Form.Item name="yuan_from" noStyle>
                  <InputNumber min={0} aria-label={`${t("marketing.segments.purchases")} ${t("say.from")}`} style={{ width: "100%" }} />
                </Form.Item>
                –
                <Form.Item name="yuan_to" noStyle>
                  <InputNumber min={0} aria-label={`${t("marketing.segments.purchases")} ${t("say.until")}`} style={{ width: "100%" }} />
                </Form.Item>
              </div>
            </Form.Item>
            {DATES.slice(0, 2).map((field) => (
              <Form.Item key={field} name={field} label={t(DATE_LABEL[field])}>
                <DatePicker style={{ width: "100%" }} />
              </Form.Item>
            ))}
          </div>
        </section>
        <section className="block">
          <h3>{t("marketing.segments.contact")}</h3>
          <div className="form-row">
            <Form.Item name="sources" label={t("marketing.segments.sources")}>
              <Select mode="multiple" options={sources} showSearch={{ optionFilterProp: "label" }} />
            </Form.Item>
            <Form.Item name="consent" label={t("marketing.segments.consent")}>
              <Select mode="multiple" options={(["given", "unknown", "refused"] as const).map((value) => ({ value, label: t(`consent.${value}`) }))} />
            </Form.Item>
          </div>
          <div className="form-row">
            <Form.Item name="has_address" label={t("marketing.segments.hasAddress")}>
              <Select
                allowClear
                options={[
                  { value: true, label: t("say.yes") },
                  { value: false, label: t("say.no") },
                ]}
              />
            </Form.Item>
            {DATES.slice(2).map((field) => (
              <Form.Item key={field} name={field} label={t(DATE_LABEL[field])}>
                <DatePicker style={{ width: "100%" }} />
              </Form.Item>
            ))}
          </div>
        </section>
      </Form>
      {segment !== null && <Versions segmentId={segment.id} />}
    </Drawer>
  )
}

const PAUSE_MS = 400

/** How many the filters find, a moment after the last change. */
function Count({ filters }: { readonly filters: Filters }) {
  const { t } = useTranslation()
  const text = JSON.stringify(filters)
  const [exactFor, setExactFor] = useState<string | null>(null)
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  const { data, isFetching, isError, error } = useQuery({
    queryKey: ["segment-count", settled, exactFor === settled],
    queryFn: () => taken(api.POST("/api/segments/count", { params: { query: { exact: exactFor === settled } }, body: JSON.parse(settled) as Filters })),
    placeholderData: keepPreviousData,
  })
  if (isError) return <Failed error={error} />
  const about = data?.estimated === true ? "≈ " : ""
  const shown = (n: number | undefined) => (n === undefined ? "…" : about + n.toLocaleString("en"))
  return (
    <div className="live-count" aria-live="polite" data-stale={isFetching || settled !== text}>
      <div>
        <span>{t("marketing.segments.found")}</span>
        <strong className="num">{shown(data?.customers)}</strong>
      </div>
      <div>
        <span>{t("marketing.segments.callable")}</span>
        <strong className="num">{shown(data?.callable_after)}</strong>
      </div>
      <div>
        <span>{t("marketing.segments.withAddress")}</span>
        <em className="num">{shown(data?.with_address)}</em>
      </div>
      <div>
        <span>{t("marketing.segments.dnc")}</span>
        <em className="num">{shown(data?.do_not_call)}</em>
      </div>
      <div>
        <span>{t("marketing.segments.refused")}</span>
        <em className="num">{shown(data?.refused)}</em>
      </div>
      {data?.estimated === true && (
        <div>
          <span>{t("marketing.segments.estimated", { n: (data.margin ?? 0).toLocaleString("en") })}</span>
          <button type="button" className="link-button" onClick={() => setExactFor(settled)}>
            {t("marketing.segments.exact")}
          </button>
        </div>
      )}
    </div>
  )
}

function Versions({ segmentId }: { readonly segmentId: string }) {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ["segments", segmentId, "versions"],
    queryFn: () => taken(api.GET("/api/segments/{segment_id}/versions", { params: { path: { segment_id: segmentId } } })),
  })
  if (data === undefined || data.length === 0) return null
  return (
    <details>
      <summary style={{ cursor: "pointer" }}>
        {t("targeting.versions.title")} ({data.length})
      </summary>
      <ul className="reason-list" style={{ marginTop: 8 }}>
        {data.map((one) => (
          <li key={one.version}>
            <strong>{one.name}</strong> <span className="dim small num">{t("targeting.versions.by", { n: one.version, time: fullTime(one.saved_at), name: one.saved_by ?? "" })}</span>
            <br />
            <span className="small">{describe(one.filters, t)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
