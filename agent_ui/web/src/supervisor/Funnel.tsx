import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "../i18n/use"
import { api, taken } from "../api/client"
import { wordFor } from "../i18n"
import { speed } from "../live/clock"
import { clockSeconds } from "../ui/time"

const EVERY_MS = 15_000
/** A count older than this is said to be old. */
const OLD_MS = 60_000

/** Where the leads of a campaign stand: each is counted under the one reason why it is, or is not, called now. */
export function Funnel({ campaignId }: { readonly campaignId: string }) {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ["funnel", campaignId],
    queryFn: () => taken(api.GET("/api/campaigns/{campaign_id}/funnel", { params: { path: { campaign_id: campaignId } } })),
    refetchInterval: EVERY_MS,
  })
  if (data === undefined) return null
  const old = Date.parse(data.at) - Date.parse(data.funnel_as_of) > OLD_MS * speed()
  const open = Object.entries(data.open).sort(([, a], [, b]) => b - a)
  const closed = Object.entries(data.closed).sort(([, a], [, b]) => b - a)
  return (
    <details className="funnel" open>
      <summary>
        {t("live.funnel")} <span className="dim num">{t("live.funnelLeads", { n: data.total })}</span>
        <span className={`small num ${old ? "warn" : "dim"}`} style={{ marginInlineStart: 8 }}>
          {t("live.asOf", { time: clockSeconds(data.funnel_as_of) })}
        </span>
      </summary>
      <ul className="bar-list">
        {open.map(([reason, n]) => (
          <Bar key={reason} label={wordFor("reason", reason)} n={n} total={data.total} />
        ))}
        {closed.map(([reason, n]) => (
          <Bar key={`closed-${reason}`} label={`${t("live.closed")} · ${wordFor("leadClosed", reason)}`} n={n} total={data.total} dim />
        ))}
      </ul>
    </details>
  )
}

function Bar(props: { readonly label: string; readonly n: number; readonly total: number; readonly dim?: boolean }) {
  return (
    <li data-dim={props.dim === true}>
      <span className="clip" title={props.label}>
        {props.label}
      </span>
      <i aria-hidden style={{ width: `${props.total === 0 ? 0 : (props.n / props.total) * 100}%` }} />
      <span className="num right">{props.n}</span>
    </li>
  )
}
