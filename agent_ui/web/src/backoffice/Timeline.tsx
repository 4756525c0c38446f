/** What happened to a thing, told as a story: who did what, when, and what it became. */
import { useTranslation } from "../i18n/use"
import { yuan } from "../ui/money"
import { calendarDay, clockTime, dateOf, fullTime } from "../ui/time"
import type { Thing } from "./catalogue"
import { State } from "./cells"
import { toldInEnglish } from "./told"
import { useWord } from "./words"

export interface StoryLine {
  readonly thing: string
  readonly number: string
  readonly at: string
  readonly by: string
  readonly act: string
  readonly from_state: string | null
  readonly to_state: string | null
  readonly note: string
  readonly version: number
  readonly detail: Thing
}

/** Figures of a line that a reader wants; ids are left out. */
function figures(detail: Thing, w: (code: string, noun?: string) => string): string[] {
  return Object.entries(detail).flatMap(([name, value]) => {
    if (name.endsWith("_fen") && typeof value === "number") return [`${w(name, "story")} ${yuan(value)}`]
    if (typeof value === "number" || (typeof value === "string" && value !== "" && !/^[0-9a-f]{8}-/.test(value) && !name.endsWith("_id"))) return [`${w(name, "story")} ${typeof value === "string" ? w(value, name) : value}`]
    return []
  })
}

export function Timeline({ lines }: { readonly lines: readonly StoryLine[] }) {
  const { t, language } = useTranslation()
  const w = useWord()
  const several = new Set(lines.map((line) => line.thing)).size > 1
  const begins = (index: number) => {
    const [line, before] = [lines[index], lines[index - 1]]
    return line !== undefined && (before === undefined || dateOf(line.at) !== dateOf(before.at))
  }
  if (lines.length === 0) return <p className="dim">{t("say.nothingHere")}</p>
  return (
    <ol className="story">
      {lines.map((line, index) => (
        <li key={`${line.at}${line.thing}${line.number}${String(line.version)}${String(index)}`}>
          {begins(index) && <h4>{calendarDay(dateOf(line.at))}</h4>}
          <div className="story-line">
            <time className="num" dateTime={line.at} title={fullTime(line.at)}>
              {clockTime(line.at)}
            </time>
            <div>
              <p>
                <strong>{line.by === "系统 system" ? t("office.house") : line.by}</strong> <span className="story-act">{language === "zh" ? w(line.act, "story") : toldInEnglish(w(line.act, "story"))}</span>
                {several && <span className="dim"> · {w(line.thing)}{line.number === "" ? "" : ` ${line.number}`}</span>}{" "}
                {line.to_state !== null && line.to_state !== line.from_state && <State state={line.to_state} of={`${line.thing}.state`} />}
              </p>
              {figures(line.detail, w).length > 0 && <p className="dim small num">{figures(line.detail, w).join(" · ")}</p>}
              {line.note !== "" && <blockquote>{line.note}</blockquote>}
            </div>
          </div>
        </li>
      ))}
    </ol>
  )
}
