/** What a list shows stands in its address: it can be sent to a colleague, and the way back finds it as it was. */

export interface Wish {
  readonly q: string
  /** `field` → the values asked for. */
  readonly filters: Readonly<Record<string, readonly string[]>>
  readonly from: string
  readonly to: string
  readonly sort: string
  readonly page: number
  readonly size: number
}

export const SIZES = [20, 50, 100, 200] as const
const SIZE = 50

export function wishOf(address: URLSearchParams): Wish {
  const filters: Record<string, string[]> = {}
  for (const text of address.getAll("filter")) {
    const cut = text.indexOf(":")
    if (cut > 0) (filters[text.slice(0, cut)] ??= []).push(text.slice(cut + 1))
  }
  const size = Number(address.get("size"))
  return {
    q: address.get("q") ?? "",
    filters,
    from: address.get("from") ?? "",
    to: address.get("to") ?? "",
    sort: address.get("sort") ?? "",
    page: Math.max(1, Math.floor(Number(address.get("page"))) || 1),
    size: SIZES.find((known) => known === size) ?? SIZE,
  }
}

function filtersInto(query: URLSearchParams, wish: Wish): void {
  if (wish.q !== "") query.set("q", wish.q)
  for (const [field, values] of Object.entries(wish.filters)) for (const value of values) query.append("filter", `${field}:${value}`)
  if (wish.from !== "") query.set("from", wish.from)
  if (wish.to !== "") query.set("to", wish.to)
  if (wish.sort !== "") query.set("sort", wish.sort)
}

/** The wish as the page's own address; what is usual is left out. */
export function addressOf(wish: Wish): URLSearchParams {
  const address = new URLSearchParams()
  filtersInto(address, wish)
  if (wish.page > 1) address.set("page", String(wish.page))
  if (wish.size !== SIZE) address.set("size", String(wish.size))
  return address
}

/** The wish as the server is asked; `paged` false for the spreadsheet, which has all rows. */
export function questionOf(wish: Wish, paged = true): string {
  const query = new URLSearchParams()
  filtersInto(query, wish)
  if (paged) {
    query.set("limit", String(wish.size))
    query.set("offset", String((wish.page - 1) * wish.size))
  }
  const text = query.toString()
  return text === "" ? "" : `?${text}`
}

/** Any change of what is asked for begins at the first page. */
export const changed = (wish: Wish, part: Partial<Wish>): Wish => ({ ...wish, page: 1, ...part })

/** Clicking a heading: up, down, and as the list is by itself. */
export function nextSort(sort: string, field: string): string {
  if (sort === field) return `-${field}`
  return sort === `-${field}` ? "" : field
}
