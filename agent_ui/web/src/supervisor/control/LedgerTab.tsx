import { CheckCircleFilled, ExclamationCircleFilled } from "@ant-design/icons"
import { useQuery } from "@tanstack/react-query"
import { Table } from "antd"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { Mark } from "../../ui/StateMark"
import { Failed, Loading, Nothing } from "../../ui/states"
import { calendarDate, calendarDay } from "../../ui/time"
import type { Choice } from "./choice"
import { share } from "./rates"

export function LedgerTab({ choice }: { readonly choice: Choice }) {
  const { t } = useTranslation()
  const campaign = choice.campaign_id
  const asked = useQuery({
    queryKey: ["control", "ledger", campaign],
    enabled: campaign !== undefined,
    queryFn: () => taken(api.GET("/api/control/abandonment", { params: { query: { campaign_id: campaign ?? "" } } })),
  })
  if (campaign === undefined) return <Nothing title={t("control.chooseCampaign")} more={t("control.chooseCampaignMore")} />
  if (asked.isPending) return <Loading rows={8} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const { days, periods, limit } = asked.data
  if (days.length === 0) return <Nothing title={t("control.noCalls")} />
  const numbers = { align: "right" as const, width: 110 }
  return (
    <>
      <Table<Schemas["LedgerPeriod"]>
        size="small"
        rowKey="first"
        pagination={false}
        dataSource={periods}
        columns={[
          { title: t("control.period"), render: (_, row) => `${calendarDate(row.first)} – ${calendarDate(row.last)}` },
          { title: t("control.answered"), dataIndex: "answered", ...numbers },
          { title: t("control.abandoned"), dataIndex: "abandoned", ...numbers },
          { title: t("control.abandonmentRate"), ...numbers, render: (_, row) => share(row.rate) },
          { title: t("control.limit"), ...numbers, render: () => share(limit) },
          {
            title: "",
            width: 130,
            render: (_, row) =>
              row.within ? (
                <Mark tone="good" icon={<CheckCircleFilled />}>
                  {t("control.within")}
                </Mark>
              ) : (
                <Mark tone="bad" icon={<ExclamationCircleFilled />}>
                  {t("control.beyond")}
                </Mark>
              ),
          },
        ]}
      />
      <Table<Schemas["LedgerDay"]>
        size="small"
        rowKey="day"
        dataSource={[...days].reverse()}
        pagination={{ pageSize: 31, hideOnSinglePage: true }}
        style={{ marginTop: 18 }}
        columns={[
          { title: t("control.day"), render: (_, row) => calendarDay(row.day) },
          { title: t("control.answered"), dataIndex: "answered", ...numbers },
          { title: t("control.abandoned"), dataIndex: "abandoned", ...numbers },
          { title: t("control.abandonmentRate"), ...numbers, render: (_, row) => share(row.rate) },
          { title: t("control.worst"), ...numbers, render: (_, row) => share(row.worst_half_hour) },
          { title: t("control.machine"), dataIndex: "machine_verdicts", ...numbers, width: 130 },
        ]}
      />
    </>
  )
}
