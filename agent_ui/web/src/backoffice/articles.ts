/** The articles behind the lines of a delivery or return, which name the order's lines only. */
import { useQuery } from "@tanstack/react-query"
import { type Field, rowsOf, textOf, type Thing } from "./catalogue"
import { office } from "./rest"

export const ARTICLE: readonly Field[] = [
  { name: "sku", kind: "text" },
  { name: "name", kind: "text" },
]

const pointsAtOrder = (thing: Thing) => rowsOf(thing.lines).some((line) => typeof line.order_line_id === "string" && line.name === undefined)

async function orderOf(thing: Thing): Promise<Thing> {
  const order = textOf(thing.order_id)
  if (order !== "") return office<Thing>(`orders/${order}`)
  const delivery = await office<Thing>(`deliveries/${textOf(thing.delivery_id)}`)
  return office<Thing>(`orders/${textOf(delivery.order_id)}`)
}

/** `rows` with the article of the order's line they point at in front. */
export function withArticles(rows: readonly Thing[], order: Thing): readonly Thing[] {
  const lines = new Map(rowsOf(order.lines).map((line) => [line.line_id, line]))
  return rows.map((row) => {
    const line = lines.get(row.order_line_id)
    return line === undefined ? row : { sku: line.sku, name: line.name, ...row }
  })
}

/** The thing with the articles of its lines and lots; itself until they are known. */
export function useArticles(thing: Thing | undefined): Thing | undefined {
  const wanted = thing !== undefined && pointsAtOrder(thing)
  const asked = useQuery({
    queryKey: ["office", "articles", thing?.id],
    queryFn: () => orderOf(thing ?? {}),
    enabled: wanted,
  })
  if (thing === undefined || asked.data === undefined || !wanted) return thing
  return { ...thing, lines: withArticles(rowsOf(thing.lines), asked.data), ...(Array.isArray(thing.lots) ? { lots: withArticles(rowsOf(thing.lots), asked.data) } : {}) }
}
