import { WarningFilled } from "@ant-design/icons"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Table } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { PagedTable, usePaging } from "../../ui/PagedTable"
import { Mark } from "../../ui/StateMark"
import { Nothing } from "../../ui/states"
import { dayAndTime } from "../../ui/time"
import { CallDrawer } from "../CallDrawer"
import { CRITERIA } from "../ScorePanel"
import type { Choice } from "./choice"

const points = (value: number | null) => <span className="num">{value === null ? "–" : Number.isInteger(value) ? value : value.toFixed(1)}</span>

export function ScoresTab({ choice }: { readonly choice: Choice }) {
  const { t } = useTranslation()
  const paging = usePaging(20)
  const [call, setCall] = useState<string | null>(null)
  const { agent_id, ...period } = choice
  const means = useQuery({
    queryKey: ["control", "scores", "by-agent", period],
    queryFn: () => taken(api.GET("/api/control/scores/by-agent", { params: { query: period } })),
  })
  const asked = useQuery({
    queryKey: ["control", "scores", choice, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/control/scores", { params: { query: { ...choice, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const criteria = CRITERIA.map((name) => ({
    title: t(`control.criterion.${name}`),
    align: "right" as const,
    width: 90,
    render: (_: unknown, row: Schemas["AgentScores"] | Schemas["ScoreRow"]) => points(row[name]),
  }))
  const rows = (means.data ?? []).filter((row) => agent_id === undefined || row.agent_id === agent_id)
  return (
    <>
      {rows.length > 0 && (
        <Table<Schemas["AgentScores"]>
          size="small"
          rowKey="agent_id"
          pagination={false}
          dataSource={rows}
          style={{ marginBottom: 18 }}
          columns={[
            { title: t("control.agent"), dataIndex: "agent_name" },
            { title: t("control.talksScored"), dataIndex: "calls", align: "right", width: 110 },
            { title: t("control.mean"), align: "right", width: 90, render: (_, row) => <strong>{points(row.mean)}</strong> },
            ...criteria,
            { title: t("control.unlawful"), align: "right", width: 140, render: (_, row) => (row.unlawful_claims > 0 ? <Mark tone="bad" icon={<WarningFilled />}>{row.unlawful_claims}</Mark> : points(0)) },
          ]}
        />
      )}
      <PagedTable<Schemas["ScoreRow"]>
        asked={asked}
        paging={paging}
        rowKey="id"
        width={1100}
        open={(row) => setCall(row.call_id)}
        columns={[
          { title: t("control.at"), width: 150, render: (_, row) => <span className="num">{dayAndTime(row.scored_at)}</span> },
          { title: t("control.agent"), dataIndex: "agent_name", width: 110, ellipsis: true },
          { title: t("control.by_"), dataIndex: "by_name", width: 110, ellipsis: true },
          { title: t("control.mean"), align: "right", width: 80, render: (_, row) => <strong>{points(row.mean)}</strong> },
          ...criteria,
          { title: t("control.unlawful"), width: 130, render: (_, row) => (row.unlawful_claim ? <Mark tone="bad" icon={<WarningFilled />}>{t("control.unlawful")}</Mark> : null) },
          { title: t("control.remarks"), dataIndex: "remarks", ellipsis: true },
        ]}
        empty={<Nothing title={t("control.noScores")} more={t("control.noScoresMore")} />}
      />
      {call !== null && <CallDrawer callId={call} close={() => setCall(null)} />}
    </>
  )
}
