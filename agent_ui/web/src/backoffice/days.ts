/** The weeks of each month of a year, Monday first: dates as `2026-10-01`, null where a week reaches out of the month. */
export function monthsOf(year: number): (string | null)[][][] {
  return Array.from({ length: 12 }, (_, month) => {
    const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
    const before = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7
    const cells = [...Array<null>(before).fill(null), ...Array.from({ length: days }, (_, day) => `${String(year).padStart(4, "0")}-${String(month + 1).padStart(2, "0")}-${String(day + 1).padStart(2, "0")}`)]
    return Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => Array.from({ length: 7 }, (_, day) => cells[week * 7 + day] ?? null))
  })
}
