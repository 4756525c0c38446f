import type { Schemas } from "../api/client"
import { useTranslation } from "../i18n/use"
import "./targeting.css"

const WIDE = 320
const HIGH = 200
const EDGE = 30

/** Which share of the sales the first part in order of score reaches: card, model, and chance alone. */
export function Gains({ gains }: { readonly gains: readonly Schemas["Gain"][] }) {
  const { t } = useTranslation()
  const x = (called: number) => EDGE + (called / 100) * WIDE
  const y = (share: number) => 10 + (1 - share) * HIGH
  const line = (of: "card" | "model") => gains.map((one) => `${x(one.called)},${y(one[of])}`).join(" ")
  return (
    <figure className="gains">
      <h4>{t("targeting.score.gains")}</h4>
      <svg viewBox={`0 0 ${WIDE + EDGE + 20} ${HIGH + 46}`} role="img" aria-label={t("targeting.score.gains")}>
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line x1={x(0)} x2={x(100)} y1={y(share)} y2={y(share)} className="grid" />
            <text x={EDGE - 4} y={y(share) + 4} textAnchor="end">
              {share * 100}%
            </text>
          </g>
        ))}
        {[0, 20, 40, 60, 80, 100].map((called) => (
          <text key={called} x={x(called)} y={y(0) + 16} textAnchor="middle">
            {called}%
          </text>
        ))}
        <text x={x(50)} y={y(0) + 32} textAnchor="middle">
          {t("targeting.score.calledAxis")}
        </text>
        <line x1={x(0)} y1={y(0)} x2={x(100)} y2={y(1)} className="chance" />
        <polyline points={line("card")} className="of-card" />
        <polyline points={line("model")} className="of-model" />
      </svg>
      <p className="legend">
        <span>
          <i className="of-model" />
          {t("targeting.score.model")}
        </span>
        <span>
          <i className="of-card" />
          {t("targeting.score.card")}
        </span>
      </p>
      <p className="dim small num">
        {gains
          .filter(({ called }) => called === 20)
          .map((one) => t("targeting.score.gainsLine", { called: one.called, card: (one.card * 100).toFixed(0), model: (one.model * 100).toFixed(0) }))}
      </p>
    </figure>
  )
}
