/** Choosing another thing by typing a part of its number or name. */
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { AutoComplete, Select } from "antd"
import { useEffect, useState } from "react"
import { api, taken } from "../api/client"
import { currentLanguage } from "../i18n"
import { useTranslation } from "../i18n/use"
import { yuan } from "../ui/money"
import { type ListPage, type NounName, textOf, type Thing } from "./catalogue"
import { office } from "./rest"

/** Names of fields that hold the id of a thing → the noun it is looked up in. */
export const PICKED: Readonly<Record<string, NounName | "customers" | "mailings" | "groups" | "codes">> = {
  customer_id: "customers",
  order_id: "orders",
  invoice_id: "invoices",
  receipt_id: "receipts",
  contract_id: "contracts",
  delivery_id: "deliveries",
  case_id: "problem-cases",
  group_id: "groups",
  request_id: "expense-requests",
  distributor_id: "distributors",
  supplement_of: "expense-requests",
  dealer_id: "distributors",
  scheme_id: "rewards/schemes",
  conference_id: "conferences",
  event_id: "conference-costs",
  department_code: "codes",
  account_code: "codes",
}

interface Option {
  readonly value: string
  readonly label: string
}

const MOST = 20
const PAUSE_MS = 200

interface Code {
  readonly code: string
  readonly name_zh: string
  readonly name_en: string
  readonly enabled: boolean
}

interface Account {
  readonly account_code: string
  readonly account_name: string
  readonly name_en: string
  readonly enabled: boolean
  readonly is_group: boolean
}

/** Departments or accounts, which are named by their codes. */
async function codes(name: string): Promise<Option[]> {
  const zh = currentLanguage() === "zh"
  if (name === "department_code") {
    const found = await office<readonly Code[]>("departments")
    return found.filter((one) => one.enabled).map((one) => ({ value: one.code, label: `${one.code} ${zh ? one.name_zh : one.name_en}` }))
  }
  const found = await office<{ readonly rows: readonly Account[] }>("expense-accounts?limit=200")
  return found.rows.filter((one) => one.enabled && !one.is_group).map((one) => ({ value: one.account_code, label: `${one.account_code} ${zh ? one.account_name : one.name_en}` }))
}

async function find(name: string, text: string): Promise<Option[]> {
  const source = PICKED[name]
  if (source === "customers") {
    const found = await taken(api.GET("/api/customers", { params: { query: { search: text, limit: MOST } } }))
    return found.rows.map((row) => ({ value: row.id, label: [row.name, row.city].filter((part) => part !== null && part !== "").join(" · ") }))
  }
  if (source === "codes") return (await codes(name)).filter(({ label }) => label.toLowerCase().includes(text.toLowerCase()))
  if (source === "groups") return (await office<readonly { id: string; name: string }[]>("credit-groups")).map(({ id, name: label }) => ({ value: id, label }))
  if (source === undefined || source === "mailings") return []
  const found = await office<ListPage>(`${source}?${new URLSearchParams({ limit: String(MOST), ...(text === "" ? {} : { q: text }) }).toString()}`)
  return found.rows.map((row) => ({ value: textOf(row.id), label: labelOf(row) }))
}

function labelOf(row: Thing): string {
  const amount = [row.balance_fen, row.outstanding_fen, row.total_fen, row.amount_fen].find((fen) => typeof fen === "number")
  return [textOf(row.number) || textOf(row.title), textOf(row.cost_item), textOf(row.customer), amount === undefined ? "" : yuan(amount)].filter((part) => part !== "").join(" · ")
}

async function nameOf(name: string, id: string): Promise<Option> {
  const source = PICKED[name]
  if (source === "customers") {
    const row = await office<Thing>(`accounts/${id}`)
    return { value: id, label: textOf(row.legal_name) }
  }
  if (source === "codes") return (await codes(name)).find((one) => one.value === id) ?? { value: id, label: id }
  if (source === "groups" || source === "mailings" || source === undefined) return { value: id, label: id }
  return { value: id, label: labelOf(await office<Thing>(`${source}/${id}`)) }
}

interface Props {
  readonly name: string
  readonly value?: string | null
  readonly onChange?: (value: string | null) => void
}

export function Picker({ name, value, onChange, ...rest }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState("")
  const [asked, setAsked] = useState("")
  useEffect(() => {
    const later = setTimeout(() => setAsked(text), PAUSE_MS)
    return () => clearTimeout(later)
  }, [text])
  const found = useQuery({ queryKey: ["office", "pick", PICKED[name], asked], queryFn: () => find(name, asked), placeholderData: keepPreviousData })
  const options = found.data ?? []
  const missing = value != null && value !== "" && !options.some((option) => option.value === value)
  const chosen = useQuery({ queryKey: ["office", "picked", name, value], queryFn: () => nameOf(name, value ?? ""), enabled: missing })
  return (
    <Select
      {...rest}
      allowClear
      value={value === "" ? null : (value ?? null)}
      onChange={(id: string | null | undefined) => onChange?.(id ?? null)}
      showSearch={{ filterOption: false, onSearch: setText }}
      loading={found.isFetching}
      placeholder={t("office.pick")}
      options={missing && chosen.data !== undefined ? [chosen.data, ...options] : options}
      notFoundContent={t("say.nothingFound")}
    />
  )
}

/** An article by a part of its number or name; one that is not in stock yet can be typed. */
export function ArticleInput({ value, onChange, ...rest }: { readonly value?: string; readonly onChange?: (value: string) => void }) {
  const known = useQuery({ queryKey: ["office", "pick", "articles"], queryFn: () => office<ListPage>("stock?limit=200&sort=sku"), staleTime: 60_000 })
  const wanted = (value ?? "").toLowerCase()
  const options = (known.data?.rows ?? [])
    .map((row) => ({ value: textOf(row.sku), label: `${textOf(row.sku)} · ${textOf(row.name)}` }))
    .filter(({ label }) => label.toLowerCase().includes(wanted))
  return <AutoComplete {...rest} value={value ?? ""} onChange={(sku: string) => onChange?.(sku)} options={options} popupMatchSelectWidth={false} />
}
