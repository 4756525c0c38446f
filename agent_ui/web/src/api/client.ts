/** The REST surface, typed from the server's OpenAPI. A refusal becomes a `Refusal` with its own sentence. */
import createClient from "openapi-fetch"
import { currentLanguage } from "../i18n"
import type { components, paths } from "./schema.gen"

export type Schemas = components["schemas"]

export interface ProblemBody {
  readonly code: string
  readonly status: number
  readonly field?: string | null
  readonly detail: string
  /** With the code `stale`: what others did to the thing since the version that was on the screen. */
  readonly changed?: readonly Change[]
}

export interface Change {
  readonly at: string
  readonly by: string
  readonly act: string
  readonly to_state: string | null
  readonly note: string
}

/** The server refused, with a sentence that names the field, the problem and the mend. */
export class Refusal extends Error {
  constructor(readonly problem: ProblemBody) {
    super(problem.detail)
  }
}

/** The server could not be reached. */
export class Unreachable extends Error {}

export const api = createClient<paths>({ baseUrl: typeof window === "undefined" ? "" : window.location.origin, credentials: "same-origin" })

let signedOut: () => void = () => undefined

/** Called once when the session turns out to be over. */
export function onSignedOut(handler: () => void): void {
  signedOut = handler
}

api.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", currentLanguage())
    return request
  },
  onResponse({ request, response }) {
    if (response.status === 401 && !request.url.endsWith("/api/sign-in") && !request.url.endsWith("/api/me")) signedOut()
  },
})

function isProblem(value: unknown): value is ProblemBody {
  return typeof value === "object" && value !== null && "detail" in value && "code" in value
}

interface Answer<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** The body of a successful answer; raises Refusal or Unreachable otherwise. */
export async function taken<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer.catch((cause: unknown) => {
    throw new Unreachable(cause instanceof Error ? cause.message : "unreachable")
  })
  if (response.ok) return data as T
  throw isProblem(error)
    ? new Refusal({ ...error, status: response.status })
    : new Unreachable(`HTTP ${response.status}`)
}

/** A call whose path is put together while the program runs, which the typed client does not carry. */
export async function call<T>(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    credentials: "same-origin",
    headers: { "Accept-Language": currentLanguage(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Unreachable("unreachable")
  })
  const answer = (await response.json().catch(() => null)) as unknown
  if (response.ok) return answer as T
  if (response.status === 401) signedOut()
  throw isProblem(answer) ? new Refusal({ ...answer, status: response.status }) : new Unreachable(`HTTP ${response.status}`)
}

/** A form with a file, which the typed client does not carry. */
export async function upload<T>(path: string, form: FormData): Promise<T> {
  const response = await fetch(path, {
    method: "POST",
    body: form,
    credentials: "same-origin",
    headers: { "Accept-Language": currentLanguage() },
  }).catch(() => {
    throw new Unreachable("unreachable")
  })
  const body = (await response.json().catch(() => null)) as unknown
  if (response.ok) return body as T
  if (response.status === 401) signedOut()
  throw isProblem(body) ? new Refusal({ ...body, status: response.status }) : new Unreachable(`HTTP ${response.status}`)
}

/** Fetches a file and hands it to the browser under `name`; a refusal is raised with its sentence. */
export async function download(path: string, name: string): Promise<void> {
  const response = await fetch(path, { credentials: "same-origin", headers: { "Accept-Language": currentLanguage() } }).catch(() => {
    throw new Unreachable("unreachable")
  })
  if (!response.ok) {
    if (response.status === 401) signedOut()
    const body = (await response.json().catch(() => null)) as unknown
    throw isProblem(body) ? new Refusal({ ...body, status: response.status }) : new Unreachable(`HTTP ${response.status}`)
  }
  const address = URL.createObjectURL(await response.blob())
  const link = document.createElement("a")
  link.href = address
  link.download = name
  link.click()
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** A query string of what is given; nothing for null, undefined and empty text. */
export function queryOf(values: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value))
  }
  const text = query.toString()
  return text === "" ? "" : `?${text}`
}
