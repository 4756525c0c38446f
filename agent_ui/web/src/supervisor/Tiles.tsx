import { CheckCircleFilled, ExclamationCircleFilled, WarningFilled } from "@ant-design/icons"
import type { ReactNode } from "react"
import { useTranslation } from "../i18n/use"
import { Link } from "react-router"
import { pitchPhase } from "../agent/pitch"
import type { AgentView, CampaignFigures } from "../live/protocol.gen"
import { yuan } from "../ui/money"
import { Mark } from "../ui/StateMark"
import { duration } from "../ui/time"
import { countStates, limitTone, percent, tally } from "./figures"

const TONE = { within: "good", near: "warn", over: "bad" } as const
const ICON = { within: <CheckCircleFilled />, near: <ExclamationCircleFilled />, over: <WarningFilled /> }

export function Tiles({ figures, agents }: { readonly figures: readonly CampaignFigures[]; readonly agents: readonly AgentView[] }) {
  const { t } = useTranslation()
  const sum = tally(figures)
  return (
    <div className="tiles">
      <Abandonment tightest={sum.tightest} many={figures.length > 1} />
      <Agents agents={agents} />
      <Tile label={t("live.lines")} tone={sum.waiting > 0 ? "bad" : undefined}>
        <div className="trio">
          <span>
            <strong className="num">{sum.ringing}</strong>
            <small>{t("live.ringing")}</small>
          </span>
          <span data-bad={sum.waiting > 0}>
            <strong className="num">{sum.waiting}</strong>
            <small>{t("live.waiting")}</small>
          </span>
          <span>
            <strong className="num">{sum.talking}</strong>
            <small>{t("live.talking")}</small>
          </span>
        </div>
      </Tile>
      <Tile label={t("live.answerRate")} value={percent(sum.answerRate)}>
        {t("live.attempts", { n: sum.attempts })} · {t("live.connected", { n: sum.connected })}
      </Tile>
      <Tile label={t("live.talkMean")} value={sum.talkMeanS === null ? "–" : duration(sum.talkMeanS)} tone={sum.talkMeanS !== null && pitchPhase(sum.talkMeanS) === "long" ? "warn" : undefined}>
        {t("live.talkAim")}
      </Tile>
      <Tile label={t("live.orders")} value={`¥${yuan(sum.ordersFen)}`}>
        {t("live.orderCount", { n: sum.orders })} · {t("live.perTalk", { n: percent(sum.connected === 0 ? null : sum.orders / sum.connected) })}
      </Tile>
      <Tile label={t("live.callable")} value={String(sum.callableNow)}>
        {t("live.callableToday", { n: sum.callableToday })}
      </Tile>
      <Tile label={t("live.expiring")} value={String(sum.expiringToday)} tone={sum.expiringToday > 0 ? "warn" : undefined}>
        {t("live.expiringMore")}
      </Tile>
      <Tile label={t("live.callbacks")} value={String(sum.callbacksOverdue)} tone={sum.callbacksOverdue > 0 ? "bad" : undefined}>
        {t("live.callbacksMore")}
      </Tile>
      <Tile label={t("live.followUps")} value={String(sum.followUpsDue)}>
        <Link to="/follow-ups">{t("live.followUpsMore")}</Link>
      </Tile>
    </div>
  )
}

function Tile(props: { readonly label: string; readonly value?: string; readonly tone?: "bad" | "warn" | undefined; readonly children: ReactNode }) {
  return (
    <section className="tile" data-tone={props.tone} aria-label={props.label}>
      <div className="tile-label">
        {props.label}
        {props.tone === "bad" && <WarningFilled aria-hidden />}
        {props.tone === "warn" && <ExclamationCircleFilled aria-hidden />}
      </div>
      {props.value !== undefined && <div className="tile-value num">{props.value}</div>}
      <div className="tile-foot num">{props.children}</div>
    </section>
  )
}

/** The first tile: how near the law's limit is, and how many more people may be left without an agent. */
function Abandonment({ tightest, many }: { readonly tightest: CampaignFigures | null; readonly many: boolean }) {
  const { t } = useTranslation()
  const rate = tightest?.abandonment_rate ?? null
  const limit = tightest?.abandonment_limit ?? 0.03
  const tone = limitTone(rate, limit)
  const scale = limit * 1.6
  return (
    <section className="tile wide" data-tone={tone === "within" ? undefined : TONE[tone]} aria-label={t("live.abandonment")}>
      <div className="tile-label">
        {t("live.abandonment")}
        {many && tightest !== null && <span className="dim clip">{t("live.worst", { name: tightest.name })}</span>}
      </div>
      <div className="tile-line">
        <span className="tile-value num">{percent(rate, 2)}</span>
        <Mark tone={TONE[tone]} icon={ICON[tone]}>
          {rate === null ? t("live.noAnswers") : t(`live.${tone}`)}
        </Mark>
        <span className="grow" />
        {tightest !== null && (
          <strong className="left-over num" data-tone={TONE[tone]}>
            {t("live.left", { n: Math.max(0, tightest.abandonments_left) })}
          </strong>
        )}
      </div>
      <div className="limit-bar" aria-hidden data-tone={TONE[tone]}>
        <span style={{ width: `${Math.min(100, ((rate ?? 0) / scale) * 100)}%` }} />
        <i style={{ left: `${(limit / scale) * 100}%` }} />
      </div>
      <div className="tile-foot num">
        {tightest !== null && t("live.ofAnswered", { a: tightest.abandoned, b: tightest.answered })} · {t("live.limit", { n: percent(limit) })}
      </div>
    </section>
  )
}

function Agents({ agents }: { readonly agents: readonly AgentView[] }) {
  const { t } = useTranslation()
  const counts = countStates(agents)
  return (
    <section className="tile wide" aria-label={t("live.agents")}>
      <div className="tile-label">{t("live.agents")}</div>
      <div className="tile-line">
        <span className="tile-value num">{agents.length}</span>
        <div className="state-bar" aria-hidden>
          {counts.map(([state, n]) => (
            <span key={state} data-state={state} style={{ flexGrow: n }} />
          ))}
        </div>
      </div>
      <div className="state-counts">
        {counts.map(([state, n]) => (
          <span key={state} data-state={state}>
            <i aria-hidden />
            {t(`agentState.${state}`)} <strong className="num">{n}</strong>
          </span>
        ))}
      </div>
    </section>
  )
}
