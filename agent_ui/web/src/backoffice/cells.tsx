/** One value of a row or document, shown as its kind asks. */
import { CheckOutlined, MinusOutlined } from "@ant-design/icons"
import { Link } from "react-router"
import { useTranslation } from "../i18n/use"
import { Mark } from "../ui/StateMark"
import { yuan } from "../ui/money"
import { calendarDate, dayAndTime, fullTime } from "../ui/time"
import { currentLanguage } from "../i18n"
import { dutyWords, type Field, type NounName, textOf, type Thing } from "./catalogue"
import { pathOf } from "./sections"
import { toneOf } from "./tones"
import { useWord, wordOf } from "./words"

export function State({ state, of }: { readonly state: string; readonly of?: string }) {
  const w = useWord()
  return <Mark tone={toneOf(state)}>{w(state, of)}</Mark>
}

function ofWhom(field: Field, machine: string | undefined) {
  const of = field.name === "state" ? stateOf(machine) : field.name
  return of === undefined ? {} : { of }
}

const dutyWord = (code: string): string => dutyWords[code]?.[currentLanguage() === "zh" ? 0 : 1] ?? wordOf(code)

const isMarked = (field: Field) => field.name === "state" || field.name === "status" || field.name === "promise" || field.name === "collection_class"

/** Fields whose text is a code with a word. */
const CODES = new Set(["kind", "payment", "source", "method", "purpose", "case", "evidence", "grade", "partial_policy", "thing", "act", "stage", "level", "bucket", "job", "receipt_kind"])

/** Minutes after midnight as a time of the day. */
export const clockOf = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`

const HUNDREDTHS = /(_basis_points|_bp)$/
/** Shares are kept as whole numbers, of hundredths or tenths of a percent. */
export function shareOf(name: string, value: number): string | undefined {
  if (HUNDREDTHS.test(name)) return `${(value / 100).toFixed(2)} %`
  return name.endsWith("_permille") ? `${(value / 10).toFixed(1)} %` : undefined
}

/** Whose state it is: the same code says one thing of a budget and another of an invoice. */
export const stateOf = (machine: string | undefined): string | undefined => (machine === undefined ? undefined : `${machine}.state`)

interface ValueProps {
  readonly field: Field
  readonly value: unknown
  /** The machine of the thing. */
  readonly machine?: string | undefined
}

export function Value({ field, value, machine }: ValueProps) {
  const { t } = useTranslation()
  const w = useWord()
  if (value === null || value === undefined || value === "") return <span className="dim">–</span>
  switch (field.kind) {
    case "money":
      return <span className="num">{yuan(value as number)}</span>
    case "date":
      return <span className="num">{calendarDate(value as string)}</span>
    case "instant":
      return (
        <span className="num" title={fullTime(value as string)}>
          {dayAndTime(value as string)}
        </span>
      )
    case "yes":
      return value === true ? <CheckOutlined aria-label={t("say.yes")} /> : <MinusOutlined className="dim" aria-label={t("say.no")} />
    case "clock":
      return <span className="num">{clockOf(Number(value))}</span>
    case "integers":
      return <span className="num">{(value as unknown[]).join(w("list_comma"))}</span>
    case "integer":
    case "number":
      return <span className="num">{shareOf(field.name, Number(value)) ?? textOf(value)}</span>
    case "texts":
    case "words":
      return <>{(value as unknown[]).map((one) => w(String(one), field.name)).join(w("list_comma"))}</>
    case "other":
      return <span className="office-json">{JSON.stringify(value)}</span>
    default: {
      const text = textOf(value)
      if (isMarked(field)) return <State state={text} {...ofWhom(field, machine)} />
      if (field.name === "duty" || field.name === "role") return <>{dutyWord(text)}</>
      return <>{field.kind === "choice" || CODES.has(field.name) ? w(text, field.name) : text}</>
    }
  }
}

export const isRight = (field: Field): boolean => field.kind === "money" || field.kind === "clock" || field.kind === "integer" || field.kind === "number"

/** Which field of the same thing holds the id that a name stands for. */
export const LINKS: Readonly<Record<string, readonly [id: string, noun: NounName]>> = {
  customer: ["customer_id", "accounts"],
  order_number: ["order_id", "orders"],
  invoice_number: ["invoice_id", "invoices"],
  source_number: ["receipt_id", "receipts"],
}

interface LinkedProps {
  readonly field: Field
  readonly thing: Thing
  readonly machine?: string | undefined
}

export function LinkedValue({ field, thing, machine }: LinkedProps) {
  const link = LINKS[field.name]
  const id = link === undefined ? undefined : thing[link[0]]
  if (link !== undefined && typeof id === "string" && typeof thing[field.name] === "string") {
    return (
      <Link to={pathOf(link[1], id)} onClick={(event) => event.stopPropagation()}>
        {thing[field.name] as string}
      </Link>
    )
  }
  return <Value field={field} value={thing[field.name]} machine={machine} />
}

/** A width that holds the usual values of a kind. */
export function widthOf(field: Field): number {
  switch (field.kind) {
    case "money":
      return 118
    case "integer":
    case "number":
      return 92
    case "yes":
      return 84
    case "date":
      return 106
    case "instant":
      return 134
    default:
      if (isMarked(field)) return 128
      if (field.name === "number" || field.name.endsWith("_number")) return 148
      if (field.name === "customer" || field.name === "title") return 200
      return wordOf(field.name).length > 12 ? 140 : 116
  }
}
