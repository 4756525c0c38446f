import { useQuery } from "@tanstack/react-query"
import { Button, Drawer, Popconfirm, Table } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { Facts } from "../../ui/Facts"
import { Mark } from "../../ui/StateMark"
import { Failed, Loading } from "../../ui/states"
import { dayAndTime } from "../../ui/time"
import { AddSign, ChangeNumber, RestNumber } from "./NumberForms"
import { Standing } from "./NumbersTable"
import { type NumberRow, rate, useDone } from "./useLines"

type Counted = Schemas["Counted"]
type Doing = "change" | "rest" | "sign" | null

/** One caller number: its figures beside those of all, its days, and what was heard of it. */
export function NumberDrawer({ row, together, close }: { readonly row: NumberRow; readonly together: Counted; readonly close: () => void }) {
  const { t } = useTranslation()
  const [doing, setDoing] = useState<Doing>(null)
  const wake = useDone(() => taken(api.POST("/api/lines/numbers/{number}/wake", { params: { path: { number: row.number } } })))
  const rests = row.rests_until !== null
  const done = () => setDoing(null)
  return (
    <Drawer open size={560} title={<span className="num">{row.number}</span>} onClose={close}>
      <div className="row wrap" style={{ marginBottom: 14 }}>
        <Standing row={row} />
        <span className="grow" />
        {row.known && (
          <>
            {rests ? (
              <Popconfirm title={t("lines.wakeSure")} onConfirm={() => wake.mutate(undefined)} okText={t("lines.do.wake")}>
                <Button size="small" loading={wake.isPending}>
                  {t("lines.do.wake")}
                </Button>
              </Popconfirm>
            ) : (
              <Button size="small" onClick={() => setDoing("rest")}>
                {t("lines.do.rest")}
              </Button>
            )}
            <Button size="small" onClick={() => setDoing("change")}>
              {t("do.edit")}
            </Button>
          </>
        )}
        <Button size="small" onClick={() => setDoing("sign")}>
          {t("lines.sign.add")}
        </Button>
      </div>
      <Facts
        rows={[
          [t("lines.label"), row.label],
          [t("lines.prefix"), row.prefix],
          [t("lines.restsTill"), row.rests_until === null ? "" : dayAndTime(row.rests_until)],
          [t("lines.countsFrom"), row.counts_from === null ? "" : dayAndTime(row.counts_from)],
        ]}
      />
      <h3>{t("lines.figures")}</h3>
      <Figures mine={row.figures} together={together} />
      <h3>{t("lines.byDay")}</h3>
      <Table<Schemas["DayCounted"]>
        size="small"
        rowKey="day"
        pagination={false}
        dataSource={[...row.days].reverse()}
        columns={[
          { title: t("lines.day"), dataIndex: "day" },
          { title: t("lines.callsShort"), dataIndex: "calls", align: "right" },
          { title: t("lines.answerRate"), align: "right", render: (_, one) => rate(one.answer_rate) },
          { title: t("lines.declinedRate"), align: "right", render: (_, one) => rate(one.declined_rate) },
          { title: t("lines.shortRate"), align: "right", render: (_, one) => rate(one.short_rate) },
        ]}
      />
      <h3>{t("lines.signs")}</h3>
      <Signs number={row.number} />
      {doing === "change" && <ChangeNumber row={row} close={done} />}
      {doing === "rest" && <RestNumber row={row} close={done} />}
      {doing === "sign" && <AddSign number={row.number} close={done} />}
    </Drawer>
  )
}

function Figures({ mine, together }: { readonly mine: Counted; readonly together: Counted }) {
  const { t } = useTranslation()
  const rows = [
    [t("lines.callsShort"), String(mine.calls), String(together.calls)],
    [t("lines.answerRate"), rate(mine.answer_rate), rate(together.answer_rate)],
    [t("lines.declinedRate"), rate(mine.declined_rate), rate(together.declined_rate)],
    [t("lines.shortRate"), rate(mine.short_rate), rate(together.short_rate)],
  ].map(([what = "", own = "", all = ""]) => ({ what, own, all }))
  return (
    <Table
      size="small"
      rowKey="what"
      pagination={false}
      dataSource={rows}
      columns={[
        { title: "", dataIndex: "what" },
        { title: t("lines.thisNumber"), dataIndex: "own", align: "right" },
        { title: t("lines.allNumbers"), dataIndex: "all", align: "right" },
      ]}
    />
  )
}

function Signs({ number }: { readonly number: string }) {
  const { t } = useTranslation()
  const asked = useQuery({
    queryKey: ["lines", "signs", number],
    queryFn: () => taken(api.GET("/api/lines/numbers/{number}/signs", { params: { path: { number } } })),
  })
  if (asked.isPending) return <Loading rows={2} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data.length === 0) return <p className="dim">{t("lines.sign.none")}</p>
  return (
    <ul className="line-signs">
      {asked.data.map((one) => (
        <li key={one.id}>
          <Mark tone="warn">{t(`lines.sign.${one.sign}`)}</Mark> <span className="num dim">{dayAndTime(one.at)}</span> {one.note}
        </li>
      ))}
    </ul>
  )
}
