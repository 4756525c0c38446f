/** The lines of a reward statement; each opens onto the purchases that it is made of. */
import { useQuery } from "@tanstack/react-query"
import { Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "../i18n/use"
import { yuan } from "../ui/money"
import { Failed, Loading } from "../ui/states"
import { numberOf, rowsOf, textOf, type Thing } from "./catalogue"
import type { PanelProps } from "./panelProps"
import { office } from "./rest"
import { useWord } from "./words"

/** Fen a unit × coefficient for purchases, a share for the others. */
export function rateOf(line: Thing): string {
  const rate = numberOf(line.rate)
  if (line.kind === "purchase") return `${yuan(rate)} × ${(numberOf(line.percent) / 100).toFixed(1)}`
  return `${(rate / 10_000).toFixed(2)} %`
}

const month = (line: Thing) => textOf(line.month).slice(0, 7)

export default function RewardTrace({ thing }: PanelProps) {
  const { t } = useTranslation()
  const w = useWord()
  const [chosen, setChosen] = useState<Thing | null>(null)
  const lines = rowsOf(thing.lines)
  const sum = lines.reduce((total, line) => total + numberOf(line.amount_fen), 0)
  return (
    <section className="sheet office-box" data-panel="reward-lines">
      <h3>{t("office.rewards.lines")}</h3>
      <p className="dim small">{t("office.rewards.linesMore")}</p>
      <div className="office-lines" tabIndex={0} role="region" aria-label={t("office.rewards.lines")}>
        <table className="office-figures office-trace">
          <thead>
            <tr>
              <th>{w("kind")}</th>
              <th>{w("series")}</th>
              <th>{w("month")}</th>
              <th className="right">{w("units")}</th>
              <th className="right">{w("base_fen")}</th>
              <th className="right">{w("rate")}</th>
              <th>{w("reason", "rewards/statements")}</th>
              <th className="right">{w("amount_fen")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={textOf(line.id)} data-line={textOf(line.kind)}>
                <td>{w(textOf(line.kind), "reward")}</td>
                <td className="num">{textOf(line.series)}</td>
                <td className="num">{month(line)}</td>
                <td className="num right">{numberOf(line.units) || ""}</td>
                <td className="num right">{yuan(numberOf(line.base_fen))}</td>
                <td className="num right">{rateOf(line)}</td>
                <td>{line.reason === "" ? "" : w(textOf(line.reason), "reward")}</td>
                <td className="num right">{yuan(numberOf(line.amount_fen))}</td>
                <td className="right">
                  <button type="button" className="link-button" onClick={() => setChosen(line)}>
                    {t("office.rewards.trace")}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr className="office-totals">
              <td colSpan={7}>{t("office.list.sum")}</td>
              <td className="num right">{yuan(sum)}</td>
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
      {chosen !== null && <Trace line={chosen} close={() => setChosen(null)} />}
    </section>
  )
}

const MICRO = 1_000_000
/** Millionths of a fen as yuan, before the one rounding. */
const exact = (micro: number): string => (micro / MICRO / 100).toLocaleString("en-US", { minimumFractionDigits: 4, maximumFractionDigits: 4 })

function Trace({ line, close }: { readonly line: Thing; readonly close: () => void }) {
  const { t } = useTranslation()
  const w = useWord()
  const asked = useQuery({ queryKey: ["office", "rewards/lines", line.id], queryFn: () => office<Thing>(`rewards/lines/${textOf(line.id)}/trace`) })
  const parts = rowsOf(asked.data?.parts)
  return (
    <Modal open width={820} title={t("office.rewards.traceOf", { what: w(textOf(line.kind), "reward"), fen: yuan(numberOf(line.amount_fen)) })} onCancel={close} footer={null} className="office-trace-modal">
      {asked.isError && <Failed error={asked.error} retry={() => void asked.refetch()} />}
      {asked.data === undefined ? (
        <Loading rows={4} />
      ) : (
        <table className="office-figures office-trace">
          <thead>
            <tr>
              <th>{w("on_day")}</th>
              <th>{w("series")}</th>
              <th>{w("sku")}</th>
              <th>{w("paper", "reward")}</th>
              <th className="right">{w("units")}</th>
              <th className="right">{w("fen", "reward")}</th>
              <th className="right">{t("office.rewards.part")}</th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => (
              <tr key={numberOf(part.purchase_id)}>
                <td className="num">{textOf(part.on_day)}</td>
                <td className="num">{textOf(part.series)}</td>
                <td className="num">{textOf(part.sku)}</td>
                <td>
                  {w(textOf(part.source_kind), "reward")} <span className="num">{textOf(part.paper)}</span>
                </td>
                <td className="num right">{numberOf(part.units)}</td>
                <td className="num right">{yuan(numberOf(part.fen))}</td>
                <td className="num right">{exact(numberOf(part.exact))}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr className="office-totals">
              <td colSpan={6}>{t("office.rewards.partsSum", { fen: yuan(numberOf(line.amount_fen)) })}</td>
              <td className="num right">{exact(numberOf(asked.data.exact))}</td>
            </tr>
          </tfoot>
        </table>
      )}
    </Modal>
  )
}
