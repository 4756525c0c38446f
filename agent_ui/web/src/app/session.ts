/** Who is signed in. The cookie is HttpOnly: only the server knows, so it is asked. */
import { create } from "zustand"
import { api, type Schemas, taken } from "../api/client"
import { type Language, speak } from "../i18n"

export type Me = Schemas["Me"]

interface Session {
  /** undefined: not yet asked; null: nobody. */
  readonly me: Me | null | undefined
  /** The session ended while the page was open. */
  readonly ended: boolean
}

export const useSession = create<Session>(() => ({ me: undefined, ended: false }))

export async function whoAmI(): Promise<Me | null> {
  const { data, response } = await api.GET("/api/me")
  if (data !== undefined) return data
  if (response.status === 401) return null
  throw new Error(`HTTP ${response.status}`)
}

export async function loadSession(): Promise<void> {
  const me = await whoAmI()
  if (me !== null) await speak(me.language)
  useSession.setState({ me })
}

/** Whether the session still stands; when the server cannot be asked, it is taken to. */
export async function stillSignedIn(): Promise<boolean> {
  const me = await whoAmI().catch(() => undefined)
  if (me === null) sessionEnded()
  return me !== null
}

export function sessionEnded(): void {
  if (useSession.getState().me != null) useSession.setState({ me: null, ended: true })
}

export async function signIn(login: string, password: string, language: Language): Promise<void> {
  const me = await taken(api.POST("/api/sign-in", { body: { login, password } }))
  if (me.language !== language) await saveLanguage(language).catch(() => undefined)
  await speak(language)
  useSession.setState({ me: { ...me, language }, ended: false })
}

export async function signOut(): Promise<void> {
  await api.POST("/api/sign-out").catch(() => undefined)
  useSession.setState({ me: null, ended: false })
}

async function saveLanguage(language: Language): Promise<void> {
  await taken(api.PATCH("/api/me", { body: { language } }))
}

/** Speaks the language at once and saves it; a failure to save loses nothing on this screen. */
export async function chooseLanguage(language: Language): Promise<void> {
  await speak(language)
  const { me } = useSession.getState()
  if (me) useSession.setState({ me: { ...me, language } })
  await saveLanguage(language).catch(() => undefined)
}
