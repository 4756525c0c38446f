/** Bands of amounts as they are edited: each begins where the one before ends, so none overlap and none is missing. */
export interface Band {
  /** Excluded; -1 begins with 0. */
  readonly over_fen: number
  /** Included; null: without end. */
  readonly up_to_fen: number | null
  readonly steps: readonly (readonly string[])[]
}

export interface Kind {
  readonly kind: string
  readonly zh: string
  readonly en: string
  readonly bands: readonly Band[]
}

export interface BandDraft {
  readonly key: number
  /** Of the last band it does not count: that one has no end. */
  readonly upTo: number | null
  readonly steps: readonly { readonly key: number; readonly duties: readonly string[] }[]
  /** Key of the next step. */
  readonly next: number
}

export function draftsOf(bands: readonly Band[]): BandDraft[] {
  const sorted = [...bands].sort((a, b) => a.over_fen - b.over_fen)
  const given = sorted.length === 0 ? [{ over_fen: -1, up_to_fen: null, steps: [[]] }] : sorted
  return given.map((band, key) => ({ key, upTo: band.up_to_fen, steps: band.steps.map((duties, at) => ({ key: at, duties })), next: band.steps.length }))
}

export const bandsOf = (drafts: readonly BandDraft[]): Band[] =>
  drafts.map((draft, at) => ({
    over_fen: at === 0 ? -1 : (drafts[at - 1]?.upTo ?? -1),
    up_to_fen: at === drafts.length - 1 ? null : draft.upTo,
    steps: draft.steps.map((step) => step.duties),
  }))

/** What is still wrong: a limit that is missing or not above the one before, a step that asks nobody. */
export function wrongOf(drafts: readonly BandDraft[]): "limit" | "step" | null {
  const limits = drafts.slice(0, -1).map((draft) => draft.upTo)
  if (limits.some((limit, at) => limit === null || limit <= (at === 0 ? -1 : (limits[at - 1] ?? -1)))) return "limit"
  return drafts.some((draft) => draft.steps.some((step) => step.duties.length === 0)) ? "step" : null
}
