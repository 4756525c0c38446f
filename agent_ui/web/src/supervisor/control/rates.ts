/** `12.5 %`; a dash where there was nothing to divide by. */
export const share = (value: number | null | undefined): string => (value == null ? "–" : `${(value * 100).toFixed(1)} %`)
