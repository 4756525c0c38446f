import { PlusOutlined } from "@ant-design/icons"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Button, Select, type TableProps } from "antd"
import { useState } from "react"
import { Link, Route, Routes, useNavigate } from "react-router"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { Page } from "../../ui/Page"
import { PagedTable, usePaging } from "../../ui/PagedTable"
import { Mark, Stand } from "../../ui/StateMark"
import { Nothing } from "../../ui/states"
import { fullTime } from "../../ui/time"
import { useMailings } from "../lookups"
import { CampaignForm } from "./CampaignForm"
import { CampaignPage } from "./CampaignPage"
import { rulesOf } from "./rules"

type Row = Schemas["CampaignRow"]
const STATES = ["draft", "open", "paused", "closed"] as const

export default function CampaignsPage() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path="new" element={<CampaignForm campaign={null} />} />
      <Route path=":campaignId" element={<CampaignPage />} />
    </Routes>
  )
}

function List() {
  const { t } = useTranslation()
  const go = useNavigate()
  const paging = usePaging()
  const [state, setState] = useState<(typeof STATES)[number]>()
  const mailings = useMailings()
  const asked = useQuery({
    queryKey: ["campaigns", state, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/campaigns", { params: { query: { ...(state === undefined ? {} : { state }), limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const columns: TableProps<Row>["columns"] = [
    { title: t("marketing.campaigns.name"), width: 240, render: (_, row) => <Link to={row.id} className="link-button">{row.name}</Link> },
    { title: t("marketing.campaigns.state"), width: 110, render: (_, row) => <Stand group="campaignState" state={row.state} /> },
    { title: t("marketing.campaigns.mode"), width: 110, render: (_, row) => <Mark tone="info">{t(`mode.${row.mode}`)}</Mark> },
    { title: t("marketing.campaigns.mailing"), width: 200, ellipsis: true, render: (_, row) => mailings.data?.rows.find(({ id }) => id === row.mailing_id)?.name ?? "" },
    {
      title: t("marketing.campaigns.days"),
      width: 130,
      render: (_, row) => {
        const { days_from: from, days_to: to } = rulesOf(row.rules)
        return <span className="num">{t("marketing.campaigns.daysOf", { from, to })}</span>
      },
    },
    { title: t("marketing.campaigns.windows"), render: (_, row) => <span className="num">{rulesOf(row.rules).windows.map((window) => window.join("–")).join("、")}</span> },
    { title: t("marketing.brochures.created"), width: 180, render: (_, row) => <span className="num">{fullTime(row.created_at)}</span> },
  ]
  return (
    <Page
      title={t("menu.campaigns")}
      more={t("marketing.campaigns.more")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => void go("new")}>
          {t("marketing.campaigns.new")}
        </Button>
      }
    >
      <div className="sheet">
        <div className="filters">
          <Select
            allowClear
            placeholder={t("marketing.campaigns.state")}
            aria-label={t("marketing.campaigns.state")}
            options={STATES.map((value) => ({ value, label: t(`campaignState.${value}`) }))}
            value={state}
            style={{ width: 130 }}
            onChange={(value?: (typeof STATES)[number]) => {
              setState(value)
              paging.rewind()
            }}
          />
        </div>
        <PagedTable<Row>
          asked={asked}
          paging={paging}
          columns={columns}
          rowKey="id"
          width={1100}
          open={(row) => void go(row.id)}
          empty={state === undefined ? <Nothing title={t("marketing.campaigns.none")} more={t("marketing.campaigns.noneMore")} /> : undefined}
        />
      </div>
    </Page>
  )
}
