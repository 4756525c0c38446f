import { useQuery } from "@tanstack/react-query"
import { Drawer, Table } from "antd"
import { api, type Schemas, taken } from "../api/client"
import { useTranslation } from "../i18n/use"
import { Mark } from "../ui/StateMark"
import { Failed, Loading, Nothing } from "../ui/states"
import { calendarDate } from "../ui/time"

type Share = NonNullable<Schemas["LiftOut"]["mailed"]>

const percent = (share: number) => `${(share * 100).toFixed(2)} %`
const points = (difference: number) => `${difference > 0 ? "+" : ""}${(difference * 100).toFixed(2)}`
const whole = (n: number) => Math.round(n).toLocaleString("en")

/** What a mailing and its calls brought, against those whom chance held back. */
export function LiftDrawer({ mailing, close }: { readonly mailing: Schemas["MailingRow"]; readonly close: () => void }) {
  const { t } = useTranslation()
  const asked = useQuery({
    queryKey: ["mailings", mailing.id, "lift"],
    queryFn: () => taken(api.GET("/api/mailings/{mailing_id}/lift", { params: { path: { mailing_id: mailing.id } } })),
  })
  return (
    <Drawer open size={620} onClose={close} title={t("targeting.lift.title", { name: mailing.name })}>
      {asked.isPending ? <Loading /> : asked.isError ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : <Shown found={asked.data} />}
    </Drawer>
  )
}

function Shown({ found }: { readonly found: Schemas["LiftOut"] }) {
  const { t } = useTranslation()
  if (found.since === null) return <Nothing title={t("targeting.lift.notPosted")} />
  const { mailed, control, lift, low, high, more_buyers: more, more_low: moreLow, more_high: moreHigh } = found
  if (mailed == null || control == null || lift == null || low == null || high == null || more == null || moreLow == null || moreHigh == null) {
    return <Nothing title={t("targeting.lift.noControl")} />
  }
  const rows = [
    { name: t("targeting.lift.mailed"), ...mailed },
    { name: t("targeting.lift.control"), ...control },
  ]
  return (
    <>
      <p className="dim">{t("targeting.lift.since", { day: calendarDate(found.since) })}</p>
      <p style={{ fontSize: 18, fontWeight: 600, margin: "8px 0" }} className="num">
        {t("targeting.lift.result", { lift: points(lift), low: points(low), high: points(high) })}
      </p>
      <p className="num">{t("targeting.lift.more", { n: whole(more), low: whole(moreLow), high: whole(moreHigh) })}</p>
      <p>
        <Mark tone={found.proven ? "good" : "warn"}>{t(found.proven ? "targeting.lift.proven" : "targeting.lift.notProven")}</Mark>
      </p>
      <Table<Share & { readonly name: string }>
        size="small"
        rowKey="name"
        pagination={false}
        dataSource={rows}
        columns={[
          { title: t("targeting.lift.group"), dataIndex: "name" },
          { title: t("targeting.lift.people"), align: "right", render: (_, row) => <span className="num">{row.people.toLocaleString("en")}</span> },
          { title: t("targeting.lift.bought"), align: "right", render: (_, row) => <span className="num">{row.bought.toLocaleString("en")}</span> },
          {
            title: t("targeting.lift.share"),
            align: "right",
            render: (_, row) => (
              <span className="num">
                {percent(row.share)} <span className="dim small">({percent(row.low)} – {percent(row.high)})</span>
              </span>
            ),
          },
        ]}
      />
      <p className="dim small">{t("targeting.score.interval")}</p>
      {(found.control_touched ?? 0) > 0 && <p className="warn">{t("targeting.lift.touched", { n: found.control_touched ?? 0 })}</p>}
    </>
  )
}
