import { call } from "../api/client"

export const BASE = "/api/backoffice"

/** What stands at a path of the back office. */
export const office = <T>(path: string) => call<T>("GET", `${BASE}/${path}`)

/** Carries out a command; the answer is the thing as it is then. */
export const order = <T>(path: string, body: unknown) => call<T>("POST", `${BASE}/${path}`, body)

/**
 * Others work on the same papers: what is on the screen is asked for again while somebody looks at it, and at once
 * when they come back to it. A page that could not be loaded comes by itself, too, once the server answers again.
 */
export const FOLLOW = { refetchInterval: 4_000, refetchOnWindowFocus: "always" } as const
/** Lists and what waits for somebody. */
export const FOLLOW_LIST = { refetchInterval: 15_000, refetchOnWindowFocus: true } as const
