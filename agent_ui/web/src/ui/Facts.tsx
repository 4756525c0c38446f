import type { ReactNode } from "react"

export type FactRow = readonly [label: string, value: ReactNode]

/** Labels and values in two columns; what has no value is left out. */
export function Facts({ rows, columns = 2 }: { readonly rows: readonly FactRow[]; readonly columns?: 1 | 2 }) {
  return (
    <dl className="fact-grid" data-columns={columns}>
      {rows
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
    </dl>
  )
}
