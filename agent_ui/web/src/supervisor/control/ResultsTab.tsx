import { useQuery } from "@tanstack/react-query"
import { Segmented, Table, type TableProps } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import type { Translate } from "../../i18n"
import { Failed, Loading, Nothing } from "../../ui/states"
import { calendarDay, duration } from "../../ui/time"
import type { Choice } from "./choice"
import { share } from "./rates"

type Row = Schemas["Result"]
const WHATS = ["hour", "window", "day", "weekday", "day_n", "agent", "list", "script", "stage", "attempt", "campaign", "caller"] as const
type What = (typeof WHATS)[number]

/** What a row is called on the screen. */
function nameOf(row: Row, by: What, t: Translate): string {
  const { key, name } = row
  if (key === null || key === "") {
    return by === "window" || by === "agent" || by === "script" || by === "stage" ? t(`control.none.${by}`) : t("control.none.other")
  }
  switch (by) {
    case "hour":
      return t("control.hour", { n: key })
    case "weekday":
      return t(`control.weekday.${key as "1"}`)
    case "day":
      return calendarDay(key)
    case "day_n":
      return t("control.dayN", { n: key })
    case "attempt":
      return t("control.attemptN", { n: key })
    case "stage":
      return t(`stage.${key as "trust"}`)
    default:
      return name ?? key
  }
}

export function ResultsTab({ choice }: { readonly choice: Choice }) {
  const { t } = useTranslation()
  const [by, setBy] = useState<What>("hour")
  const asked = useQuery({
    queryKey: ["control", "results", by, choice],
    queryFn: () => taken(api.GET("/api/control/results", { params: { query: { by, ...choice } } })),
  })
  const number = (title: string, of: (row: Row) => string | number): NonNullable<TableProps<Row>["columns"]>[number] => ({
    title,
    align: "right",
    width: 84,
    render: (_, row) => <span className="num">{of(row)}</span>,
  })
  const columns: TableProps<Row>["columns"] = [
    { title: t(`control.byWhat.${by}`), width: 170, ellipsis: true, render: (_, row) => nameOf(row, by, t) },
    number(t("control.attempts"), (row) => row.attempts),
    number(t("control.answered"), (row) => row.answered),
    number(t("control.connected"), (row) => row.connected),
    number(t("control.connectRate"), (row) => share(row.connect_rate)),
    number(t("control.abandoned"), (row) => row.abandoned),
    number(t("control.abandonmentRate"), (row) => share(row.abandonment_rate)),
    number(t("control.talkMean"), (row) => (row.talk_s_mean === null ? "–" : duration(row.talk_s_mean))),
    number(t("control.tooShort"), (row) => row.too_short),
    number(t("control.tooLong"), (row) => row.too_long),
    number(t("control.orders"), (row) => row.orders),
    number(t("control.conversion"), (row) => share(row.conversion)),
    number(t("control.refused"), (row) => row.refused),
  ]
  if (asked.isPending) return <Loading rows={8} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  return (
    <>
      <div className="filters">
        <Segmented size="small" aria-label={t("control.by")} value={by} onChange={setBy} options={WHATS.map((value) => ({ value, label: t(`control.byWhat.${value}`) }))} />
      </div>
      <Table<Row>
        size="small"
        rowKey={(row) => row.key ?? ""}
        columns={columns}
        dataSource={asked.data.rows}
        pagination={false}
        scroll={{ x: 1180 }}
        locale={{ emptyText: <Nothing title={t("say.nothingFound")} /> }}
        summary={() => (
          <Table.Summary.Row>
            {columns.map((column, index) => (
              <Table.Summary.Cell key={index} index={index} align={index === 0 ? "left" : "right"}>
                <strong className="num">{index === 0 ? t("control.total") : (column as { render: (v: unknown, row: Row, i: number) => React.ReactNode }).render(null, asked.data.total, 0)}</strong>
              </Table.Summary.Cell>
            ))}
          </Table.Summary.Row>
        )}
      />
    </>
  )
}
