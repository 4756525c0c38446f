import { DownloadOutlined } from "@ant-design/icons"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Button, Checkbox, Select, type TableProps } from "antd"
import { useState } from "react"
import { useTranslation } from "../i18n/use"
import { api, download, queryOf, type Schemas, taken } from "../api/client"
import { ENUMS } from "../live/protocol.gen"
import { useFailure } from "../ui/failure"
import { currentLanguage } from "../i18n"
import { useCampaignOptions, useDispositionName, useDispositions, useUserOptions } from "../ui/lookups"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { type Days, instantsOf, Period } from "../ui/Period"
import { CallMark, OutcomeMark } from "../ui/StateMark"
import { duration, fullTime } from "../ui/time"
import { CallDrawer } from "./CallDrawer"

export type CallRow = Schemas["CallRow"]

interface Filters {
  readonly queue_id?: string | undefined
  readonly agent_id?: string | undefined
  readonly outcome?: (typeof ENUMS.Outcome)[number] | undefined
  readonly disposition?: string | undefined
  readonly stage?: string | undefined
  readonly abandoned?: true | undefined
  readonly talk_at_least_s?: number | undefined
}

const EVERY_MS = 15_000
const TALKS = [60, 300, 600, 900]

export default function CallLogPage() {
  const { t } = useTranslation()
  const failed = useFailure()
  const paging = usePaging()
  const [filters, setFilters] = useState<Filters>({})
  const [days, setDays] = useState<Days>(null)
  const [shown, setShown] = useState<string | null>(null)
  const [exporting, setExporting] = useState(false)
  const campaigns = useCampaignOptions()
  const agents = useUserOptions("agent")
  const dispositions = useDispositions()
  const dispositionName = useDispositionName()
  const query = { ...filters, ...instantsOf(days) }
  const asked = useQuery({
    queryKey: ["calls", query, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/calls", { params: { query: { ...query, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
  })

  function set(part: Partial<Filters>) {
    setFilters((before) => ({ ...before, ...part }))
    paging.rewind()
  }

  async function save() {
    setExporting(true)
    try {
      await download(`/api/calls/export${queryOf(query)}`, "calls.xlsx")
    } catch (error) {
      failed(error)
    } finally {
      setExporting(false)
    }
  }

  const columns: TableProps<CallRow>["columns"] = [
    {
      title: t("live.log.at"),
      width: 170,
      render: (_, row) => (
        <button type="button" className="link-button num" onClick={() => setShown(row.id)}>
          {fullTime(row.launched_at ?? row.created_at)}
        </button>
      ),
    },
    { title: t("live.log.customer"), dataIndex: "customer_name", width: 100, ellipsis: true },
    { title: t("live.phone"), width: 130, render: (_, row) => <span className="num">{row.masked_phone}</span> },
    { title: t("live.log.agent"), width: 110, ellipsis: true, render: (_, row) => row.agent_name ?? "" },
    {
      title: t("live.log.outcome"),
      width: 150,
      render: (_, row) => (row.outcome === null ? <CallMark state={row.state} /> : <OutcomeMark outcome={row.outcome} />),
    },
    { title: t("live.log.disposition"), width: 140, ellipsis: true, render: (_, row) => dispositionName(row.disposition) },
    { title: t("live.log.stage"), width: 125, render: (_, row) => (row.stage === null ? "" : t(`stage.${row.stage as "trust"}`)) },
    { title: t("live.log.wait"), width: 70, align: "right", render: (_, row) => <span className="num">{row.wait_s === null ? "" : row.wait_s.toFixed(1)}</span> },
    { title: t("live.log.talk"), width: 80, align: "right", render: (_, row) => <span className="num">{row.talk_s === null ? "" : duration(row.talk_s)}</span> },
    { title: t("live.attempt"), width: 70, align: "right", render: (_, row) => <span className="num">{row.attempt_no}</span> },
    { title: t("live.campaign"), width: 150, ellipsis: true, render: (_, row) => campaigns.find(({ value }) => value === row.queue_id)?.label ?? "" },
  ]

  return (
    <Page
      title={t("live.log.title")}
      more={t("live.log.more")}
      actions={
        <Button icon={<DownloadOutlined />} loading={exporting} onClick={() => void save()} disabled={(asked.data?.total ?? 0) === 0}>
          {t("do.export")}
        </Button>
      }
    >
      <div className="sheet">
        <div className="filters">
          <Period
            value={days}
            onChange={(value) => {
              setDays(value)
              paging.rewind()
            }}
          />
          <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("live.campaign")} aria-label={t("live.campaign")} options={campaigns} value={filters.queue_id} onChange={(queue_id?: string) => set({ queue_id })} style={{ width: 170 }} />
          <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("live.log.agent")} aria-label={t("live.log.agent")} options={agents} value={filters.agent_id} onChange={(agent_id?: string) => set({ agent_id })} style={{ width: 120 }} />
          <Select allowClear placeholder={t("live.log.outcome")} aria-label={t("live.log.outcome")} options={ENUMS.Outcome.map((value) => ({ value, label: t(`outcome.${value}`) }))} value={filters.outcome} onChange={(outcome?: (typeof ENUMS.Outcome)[number]) => set({ outcome })} style={{ width: 120 }} />
          <Select
            allowClear
            placeholder={t("live.log.disposition")}
            aria-label={t("live.log.disposition")}
            options={(dispositions.data?.rows ?? []).map((row) => ({ value: row.code, label: currentLanguage() === "zh" ? row.name_zh : row.name_en }))}
            value={filters.disposition}
            onChange={(disposition?: string) => set({ disposition })}
            style={{ width: 150 }}
          />
          <Select allowClear placeholder={t("live.log.stage")} aria-label={t("live.log.stage")} options={ENUMS.Stage.map((value) => ({ value, label: t(`stage.${value}`) }))} value={filters.stage} onChange={(stage?: string) => set({ stage })} style={{ width: 120 }} />
          <Select allowClear placeholder={t("live.log.talkAtLeast")} aria-label={t("live.log.talkAtLeast")} options={TALKS.map((value) => ({ value, label: `≥ ${t("unit.minutes", { n: value / 60 })}` }))} value={filters.talk_at_least_s} onChange={(talk_at_least_s?: number) => set({ talk_at_least_s })} style={{ width: 120 }} />
          <Checkbox checked={filters.abandoned === true} onChange={(event) => set({ abandoned: event.target.checked ? true : undefined })}>
            {t("live.log.abandoned")}
          </Checkbox>
        </div>
        <PagedTable<CallRow> asked={asked} paging={paging} columns={columns} rowKey="id" width={1300} open={(row) => setShown(row.id)} />
      </div>
      {shown !== null && <CallDrawer callId={shown} close={() => setShown(null)} />}
    </Page>
  )
}
