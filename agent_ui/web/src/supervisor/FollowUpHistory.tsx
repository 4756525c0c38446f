import { useQuery } from "@tanstack/react-query"
import { api, type Schemas, taken } from "../api/client"
import { wordFor } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useDispositionName } from "../ui/lookups"
import { Failed, Loading } from "../ui/states"
import { dayAndTime } from "../ui/time"

type Row = Schemas["FollowUpRow"]
type Event = Schemas["FollowUpEventRow"]

/** What happened to a follow-up, oldest first. */
export function FollowUpHistory({ row }: { readonly row: Row }) {
  const { t } = useTranslation()
  const nameOf = useDispositionName()
  const asked = useQuery({
    queryKey: ["follow-ups", row.id, "history", row.state, row.due_at, row.tries],
    queryFn: () => taken(api.GET("/api/follow-ups/{follow_up_id}/history", { params: { path: { follow_up_id: row.id } } })),
  })
  if (asked.isPending) return <Loading rows={2} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const said = (event: Event) => {
    if (event.what === "done" || event.what === "dropped") {
      const known = wordFor("steer.rhythm.because", event.note)
      return known
    }
    if (event.what === "tried" || row.case === "not_reached") return wordFor("outcome", event.note) === event.note ? nameOf(event.note) : wordFor("outcome", event.note)
    return event.note
  }
  return (
    <div>
      {row.ended_because !== null && (
        <p style={{ margin: "0 0 6px" }}>
          {t("steer.rhythm.end")}: {t(`steer.rhythm.because.${row.ended_because}`)}
        </p>
      )}
      {asked.data.rows.length === 0 ? (
        <span className="dim">{t("steer.rhythm.noHistory")}</span>
      ) : (
        <ol className="plain-list" aria-label={t("steer.rhythm.history")} style={{ margin: 0, paddingLeft: 18 }}>
          {asked.data.rows.map((event, n) => (
            <li key={n}>
              <span className="num">{dayAndTime(event.at)}</span> <b>{t(`steer.rhythm.happened.${event.what}`)}</b>
              {event.due_at !== null && (
                <>
                  {" → "}
                  <span className="num">{dayAndTime(event.due_at)}</span>
                </>
              )}
              {event.note !== "" && <span> {said(event)}</span>} <span className="dim">{event.by_name ?? ""}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
