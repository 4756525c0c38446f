/** What a campaign would do if it opened now: who becomes callable, who is skipped and why, what is still missing. */
import { CheckCircleFilled, ExclamationCircleFilled } from "@ant-design/icons"
import { useQuery } from "@tanstack/react-query"
import { Alert } from "antd"
import { api, type Schemas, taken } from "../../api/client"
import { currentLanguage, wordFor } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { Loading } from "../../ui/states"

type Campaign = Schemas["CampaignDetail"]
type Filled = Schemas["Filled"]

export function useCalendar(campaign: Pick<Campaign, "id" | "version">) {
  return useQuery({
    queryKey: ["calendar", campaign.id, campaign.version],
    queryFn: () => taken(api.GET("/api/campaigns/{campaign_id}/calendar", { params: { path: { campaign_id: campaign.id } } })),
  })
}

export const skippedOf = (expected: Filled): number => Object.values(expected.skipped).reduce((sum, n) => sum + n, 0)

const grouped = (n: number) => n.toLocaleString("en")

/** "Of 20,000, 18,240 become callable, 1,760 are skipped", and the reasons as bars. */
export function Expected({ expected }: { readonly expected: Filled }) {
  const { t } = useTranslation()
  const skipped = skippedOf(expected)
  const reasons = Object.entries(expected.skipped).sort(([, a], [, b]) => b - a)
  return (
    <>
      <p className="expected-sum num">
        {t("edit.before.sum", { of: grouped(expected.recipients), n: grouped(expected.added + expected.already), skipped: grouped(skipped) })}
        {expected.already > 0 && <span className="dim"> · {t("edit.before.already", { n: grouped(expected.already) })}</span>}
      </p>
      <div className="expected-bar" aria-hidden>
        <span style={{ flexGrow: expected.added + expected.already }} />
        <i style={{ flexGrow: skipped }} />
      </div>
      {reasons.length === 0 ? (
        <p className="dim">{t("edit.before.none")}</p>
      ) : (
        <>
          <h4>{t("edit.before.why")}</h4>
          <ul className="bar-list expected-reasons">
            {reasons.map(([code, n]) => (
              <li key={code}>
                <span className="clip">{wordFor("marketing.campaigns.skipped", code)}</span>
                <i aria-hidden style={{ width: `${(n / Math.max(1, skipped)) * 100}%` }} />
                <span className="num right">{grouped(n)}</span>
              </li>
            ))}
          </ul>
          {(expected.skipped.not_posted ?? 0) > 0 && <p className="dim small">{t("edit.before.notPosted")}</p>}
        </>
      )}
    </>
  )
}

export function BeforeOpen({ campaign }: { readonly campaign: Campaign }) {
  const { t } = useTranslation()
  const { data } = useCalendar(campaign)
  if (data === undefined) return <Loading rows={3} />
  const { expected } = data
  const lacks = [
    expected.added + expected.already === 0 ? t("edit.before.empty") : null,
    campaign.mode !== "preview" && campaign.abandoned_message.trim() === "" ? t("edit.before.needMessage") : null,
  ].filter((one) => one !== null)
  const hints = campaign.script_id === null ? [t("edit.before.needScript")] : []
  return (
    <section className="sheet before-open" aria-label={t("edit.before.title")}>
      <h2>{t("edit.before.title")}</h2>
      <div className="before-open-parts">
        <div>
          <Expected expected={expected} />
        </div>
        <ul className="before-todo">
          {lacks.map((one) => (
            <li key={one} data-tone="bad">
              <ExclamationCircleFilled aria-hidden /> {one}
            </li>
          ))}
          {hints.map((one) => (
            <li key={one} data-tone="warn">
              <ExclamationCircleFilled aria-hidden /> {one}
            </li>
          ))}
          {lacks.length === 0 && (
            <li data-tone="good">
              <CheckCircleFilled aria-hidden /> {t("marketing.campaigns.openSure")}
            </li>
          )}
        </ul>
      </div>
    </section>
  )
}

/** What the server wants known beside a campaign. */
export function Notices({ notices }: { readonly notices: readonly Schemas["Notice"][] }) {
  return notices.map((one) => <Alert key={one.zh} type="warning" showIcon title={currentLanguage() === "zh" ? one.zh : one.en} style={{ marginBottom: 10 }} />)
}
