/** `part` of `whole` in whole percent; a dash of nothing. */
export const share = (part: number, whole: number): string => (whole === 0 ? "–" : `${String(Math.round((100 * part) / whole))}%`)
