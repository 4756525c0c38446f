import { CheckCircleOutlined, ExclamationCircleOutlined, MoonOutlined, StopOutlined } from "@ant-design/icons"
import type { UseQueryResult } from "@tanstack/react-query"
import { Button, Table, type TableProps, Tooltip } from "antd"
import { useState } from "react"
import type { Schemas } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { useCampaigns } from "../../ui/lookups"
import { Mark } from "../../ui/StateMark"
import { Failed, Loading, Nothing } from "../../ui/states"
import { dayAndTime } from "../../ui/time"
import { AddNumber } from "./NumberForms"
import { NumberDrawer } from "./NumberDrawer"
import { type NumberRow, rate } from "./useLines"

export function Standing({ row }: { readonly row: NumberRow }) {
  const { t } = useTranslation()
  if (!row.known) return <Mark tone="plain">{t("lines.stand.unknown")}</Mark>
  if (!row.active)
    return (
      <Mark tone="plain" icon={<StopOutlined />}>
        {t("lines.stand.off")}
      </Mark>
    )
  if (row.rests_until !== null && row.rest_why !== null)
    return (
      <Mark tone="warn" icon={<MoonOutlined />} title={t("lines.restsUntil", { time: dayAndTime(row.rests_until) })}>
        {t("lines.stand.rests")} · {t(`lines.why.${row.rest_why}`)}
      </Mark>
    )
  if (row.daily_cap > 0 && row.calls_today >= row.daily_cap)
    return (
      <Mark tone="info" icon={<StopOutlined />}>
        {t("lines.stand.full")}
      </Mark>
    )
  return (
    <Mark tone="good" icon={<CheckCircleOutlined />}>
      {t("lines.stand.awake")}
    </Mark>
  )
}

/** Answer rates of the days, oldest first: the height is the rate. Days without calls are left out. */
export function Days({ days }: { readonly days: readonly Schemas["DayCounted"][] }) {
  const { t } = useTranslation()
  const said = days.map((one) => `${one.day.slice(5)} ${rate(one.answer_rate)}`).join("，")
  return (
    <span className="line-days" role="img" aria-label={`${t("lines.byDay")} ${said}`} title={said}>
      {days.map((one) => (
        <i key={one.day} style={{ height: `${String(Math.max(4, (one.answer_rate ?? 0) * 100))}%` }} />
      ))}
    </span>
  )
}

type Numbers = Schemas["CallerNumbers"]

export function NumbersTable({ asked }: { readonly asked: UseQueryResult<Numbers> }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<string | null>(null)
  const [entering, setEntering] = useState<string | null>(null)
  const campaigns = useCampaigns().data?.rows ?? []
  if (asked.isPending) return <Loading rows={6} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const { rows, together, days } = asked.data
  const columns: TableProps<NumberRow>["columns"] = [
    {
      title: t("lines.number"),
      width: 150,
      render: (_, row) => (
        <>
          <strong className="num">{row.number}</strong>
          {row.label !== "" && <div className="dim small">{row.label}</div>}
        </>
      ),
    },
    { title: t("lines.state"), width: 185, render: (_, row) => <Standing row={row} /> },
    { title: t("lines.whose"), width: 120, render: (_, row) => (!row.known ? "" : row.queue_id === null ? t("lines.everybody") : (campaigns.find((one) => one.id === row.queue_id)?.name ?? row.queue_id.slice(0, 8))) },
    { title: t("lines.today"), width: 88, align: "right", render: (_, row) => <span className="num">{row.daily_cap > 0 ? `${String(row.calls_today)} / ${String(row.daily_cap)}` : row.calls_today}</span> },
    { title: t("lines.calls", { n: days }), width: 90, align: "right", render: (_, row) => <span className="num">{row.figures.calls}</span> },
    { title: t("lines.answerRate"), width: 88, align: "right", render: (_, row) => <span className="num">{rate(row.figures.answer_rate)}</span> },
    { title: t("lines.declinedRate"), width: 88, align: "right", render: (_, row) => <span className="num">{rate(row.figures.declined_rate)}</span> },
    { title: t("lines.shortRate"), width: 88, align: "right", render: (_, row) => <span className="num">{rate(row.figures.short_rate)}</span> },
    { title: t("lines.signs"), width: 80, align: "right", render: (_, row) => <span className="num">{row.signs}</span> },
    { title: t("lines.byDay"), width: 100, render: (_, row) => <Days days={row.days} /> },
    {
      title: "",
      width: 130,
      render: (_, row) =>
        !row.known ? (
          <Button
            type="link"
            size="small"
            onClick={(event) => {
              event.stopPropagation()
              setEntering(row.number)
            }}
          >
            {t("lines.enter")}
          </Button>
        ) : row.should_rest !== null && row.rests_until === null && row.active ? (
          <Tooltip title={t("lines.keptMore")}>
            <Mark tone="bad" icon={<ExclamationCircleOutlined />}>
              {t(`lines.why.${row.should_rest}`)}
            </Mark>
          </Tooltip>
        ) : null,
    },
  ]
  const chosen = rows.find((row) => row.number === open)
  return (
    <>
      <p className="dim" style={{ margin: "0 0 10px" }}>
        {t("lines.together", { n: days, calls: together.calls, answered: rate(together.answer_rate), declined: rate(together.declined_rate), short: rate(together.short_rate) })}
      </p>
      <Table<NumberRow>
        size="small"
        rowKey="number"
        columns={columns}
        dataSource={rows}
        pagination={false}
        scroll={{ x: 1120 }}
        locale={{ emptyText: <Nothing title={t("lines.none")} more={t("lines.noneMore")} /> }}
        onRow={(row) => ({ onClick: () => setOpen(row.number), style: { cursor: "pointer" } })}
      />
      {chosen !== undefined && <NumberDrawer row={chosen} together={together} close={() => setOpen(null)} />}
      {entering !== null && <AddNumber number={entering} close={() => setEntering(null)} />}
    </>
  )
}
