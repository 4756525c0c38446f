import { call } from "../api/client"

export const BASE = "/api/backoffice"

/** What stands at a path of the back office. */
export const office = <T>(path: string) => call<T>("GET", `${BASE}/${path}`)

/** Carries out a command; the answer is the thing as it is then. */
export const order = <T>(path: string, body: unknown) => call<T>("POST", `${BASE}/${path}`, body)
