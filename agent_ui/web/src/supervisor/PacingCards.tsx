import { CheckCircleFilled, QuestionCircleFilled, SettingOutlined } from "@ant-design/icons"
import { Button } from "antd"
import { useState } from "react"
import { useTranslation } from "../i18n/use"
import { currentLanguage, wordFor } from "../i18n"
import { nowMs } from "../live/clock"
import type { CampaignFigures } from "../live/protocol.gen"
import { Mark } from "../ui/StateMark"
import { clockTime, dateOf, dayAndTime } from "../ui/time"
import { idleReason } from "./figures"
import { Funnel } from "./Funnel"
import { PacingChange } from "./PacingChange"

/** Per campaign: what the pacer decided and why, why nobody is called if so, and where its leads stand. */
export function PacingCards({ figures }: { readonly figures: readonly CampaignFigures[] }) {
  return (
    <>
      {figures.map((campaign) => (
        <PacingCard key={campaign.campaign_id} campaign={campaign} />
      ))}
    </>
  )
}

function PacingCard({ campaign }: { readonly campaign: CampaignFigures }) {
  const { t } = useTranslation()
  const [changing, setChanging] = useState(false)
  const { pacing } = campaign
  return (
    <section className="sheet pacing-card" aria-label={`${t("live.pacing")} ${campaign.name}`}>
      <header>
        <h2 className="clip" title={campaign.name}>
          {campaign.name}
        </h2>
        <Mark tone="info">{wordFor("mode", campaign.mode)}</Mark>
        <Button size="small" icon={<SettingOutlined />} onClick={() => setChanging(true)}>
          {t("live.changePacing")}
        </Button>
      </header>
      <Why campaign={campaign} />
      {pacing !== null && (
        <div className="pacing-words">
          <div className="row wrap" style={{ gap: 6 }}>
            <Mark tone="plain">{wordFor("live.heldBack", pacing.held_back_by)}</Mark>
            <span className="dim small num">
              {t("live.launching", { n: pacing.launch })} · {clockTime(pacing.at)}
            </span>
          </div>
          <p>{currentLanguage() === "zh" ? pacing.zh : pacing.en}</p>
        </div>
      )}
      <Funnel campaignId={campaign.campaign_id} />
      {changing && <PacingChange campaignId={campaign.campaign_id} close={() => setChanging(false)} />}
    </section>
  )
}

/** A sentence where there is one, else the short word of the reason. */
function whyWord(code: string): string {
  const sentence = wordFor("live.whyIdle", code)
  return sentence === code ? wordFor("reason", code) : sentence
}

function Why({ campaign }: { readonly campaign: CampaignFigures }) {
  const { t } = useTranslation()
  const why = idleReason(campaign)
  const next = campaign.next_window_at
  if (why === null) {
    return (
      <div className="why" data-tone="good">
        <CheckCircleFilled aria-hidden />
        {t("live.whyFine")}
      </div>
    )
  }
  const sameDay = next !== null && dateOf(next) === dateOf(nowMs())
  return (
    <div className="why" data-tone={campaign.why_idle === null && campaign.carrier_connected ? "info" : "warn"}>
      <QuestionCircleFilled aria-hidden />
      <div>
        <strong>{t("live.whyTitle")}</strong>
        <div>{whyWord(why)}</div>
        {next !== null && <div className="num">{t("live.nextWindow", { time: sameDay ? clockTime(next) : dayAndTime(next) })}</div>}
      </div>
    </div>
  )
}
