import { WarningFilled } from "@ant-design/icons"
import { useQuery } from "@tanstack/react-query"
import { Link } from "react-router"
import { api, taken } from "../api/client"
import { currentLanguage } from "../i18n"
import { useTranslation } from "../i18n/use"
import type { CampaignFigures } from "../live/protocol.gen"

const EVERY_MS = 30_000

export function useUnresulted(awayMin: number, limit: number, offset: number) {
  return useQuery({
    queryKey: ["unresulted", awayMin, limit, offset],
    queryFn: () => taken(api.GET("/api/unresulted-calls", { params: { query: { away_min: awayMin, limit, offset } } })),
    refetchInterval: EVERY_MS,
  })
}

/** Minutes without a console after which an agent counts as gone. */
export const AWAY_MIN = 5

/** What a supervisor should know before relying on the figures: one line each, nothing when all is well. */
export function BoardNotices({ figures }: { readonly figures: readonly CampaignFigures[] }) {
  const { t } = useTranslation()
  const unresulted = useUnresulted(AWAY_MIN, 1, 0).data?.total ?? 0
  const said = figures.flatMap((campaign) =>
    campaign.warnings.map((one) => ({ key: `${campaign.campaign_id}${one.code}${one.zh}`, name: campaign.name, text: currentLanguage() === "zh" ? one.zh : one.en })),
  )
  if (said.length === 0 && unresulted === 0) return null
  return (
    <ul className="board-notices" aria-label={t("live.notices")}>
      {unresulted > 0 && (
        <li>
          <WarningFilled aria-hidden />
          <span>
            {t("live.unresulted.notice", { n: unresulted })} <Link to="/follow-ups?tab=unresulted">{t("live.unresulted.open")}</Link>
          </span>
        </li>
      )}
      {said.map(({ key, name, text }) => (
        <li key={key}>
          <WarningFilled aria-hidden />
          <span>
            {figures.length > 1 && <strong>{name} · </strong>}
            {text}
          </span>
        </li>
      ))}
    </ul>
  )
}
