import { useQuery } from "@tanstack/react-query"
import { Table } from "antd"
import { api, type Schemas, taken } from "../../api/client"
import { currentLanguage } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { Mark } from "../../ui/StateMark"
import { Failed, Loading, Nothing } from "../../ui/states"
import { dayAndTime, fullTime } from "../../ui/time"

const EVERY_MS = 10_000
type Trouble = Schemas["TroubleRow"]
type Refused = Schemas["RefusedRow"]

/** What each worker says of the telephone network now, and the last troubles there were. */
export function NetworkTab() {
  const { t } = useTranslation()
  const asked = useQuery({ queryKey: ["lines", "carrier"], queryFn: () => taken(api.GET("/api/lines/carrier")), refetchInterval: EVERY_MS })
  if (asked.isPending) return <Loading rows={4} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const { rows, troubles, refused } = asked.data
  return (
    <>
      {rows.length === 0 && <p>{t("lines.network.nobody")}</p>}
      <ul className="line-signs">
        {rows.map((row) => (
          <li key={row.worker}>
            <Mark tone={row.circuit === "closed" ? "good" : row.circuit === "open" ? "bad" : "warn"}>{row.circuit === "closed" ? t("lines.network.well") : t(`lines.circuit.${row.circuit}`)}</Mark>{" "}
            <strong>{row.worker}</strong> <span className="dim">({row.carrier})</span> {currentLanguage() === "zh" ? row.zh : row.en}
            {row.since !== null && <span className="num dim"> {t("lines.since", { time: dayAndTime(row.since) })}</span>}
          </li>
        ))}
      </ul>
      <h3>{t("lines.network.troubles")}</h3>
      <Table<Trouble>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={troubles}
        locale={{ emptyText: <Nothing title={t("lines.network.none")} /> }}
        columns={[
          { title: t("lines.network.began"), render: (_, row) => <span className="num">{fullTime(row.began_at)}</span> },
          { title: t("lines.network.ended"), render: (_, row) => (row.ended_at === null ? <Mark tone="bad">{t("lines.network.lasts")}</Mark> : <span className="num">{fullTime(row.ended_at)}</span>) },
          { title: t("lines.network.what"), render: (_, row) => t(`lines.trouble.${row.trouble}`) },
          { title: t("lines.network.tries"), dataIndex: "tries", align: "right" },
          { title: t("lines.network.worker"), render: (_, row) => `${row.worker} (${row.carrier})` },
        ]}
      />
      <h3>{t("lines.network.refused")}</h3>
      <p className="dim">{t("lines.network.refusedMore")}</p>
      <Table<Refused>
        size="small"
        rowKey={(row) => row.day + row.why}
        pagination={false}
        dataSource={refused}
        locale={{ emptyText: <Nothing title={t("lines.network.noneRefused")} /> }}
        columns={[
          { title: t("lines.day"), dataIndex: "day" },
          { title: t("lines.network.what"), render: (_, row) => <Mark tone={row.why === "repeated" ? "plain" : "warn"}>{t(`lines.refusedWhy.${row.why}`)}</Mark> },
          { title: t("lines.network.count"), dataIndex: "count", align: "right" },
          { title: t("lines.network.last"), render: (_, row) => <span className="num">{fullTime(row.last_at)}</span> },
        ]}
      />
    </>
  )
}
