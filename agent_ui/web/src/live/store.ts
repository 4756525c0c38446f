/** The live connection as the components see it: one store, one socket for the whole page. */
import { create } from "zustand"
import { type Command, LiveSocket, type Seen, type SocketLike } from "./socket"
import { EMPTY } from "./state"

interface LiveStore extends Seen {
  readonly started: boolean
}

export const useLive = create<LiveStore>(() => ({
  started: false,
  link: "connecting",
  state: EMPTY,
  welcome: null,
  behindSince: null,
  outSinceMs: null,
  pop: null,
}))

let socket: LiveSocket | null = null

function address(): string {
  const { protocol, host } = window.location
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}/api/live`
}

const nudge = () => {
  if (document.visibilityState === "visible") socket?.nudge()
}

export function startLive(signedIn: () => Promise<boolean>): void {
  stopLive()
  socket = new LiveSocket({
    open: () => new WebSocket(address()) as SocketLike,
    changed: (seen) => useLive.setState(seen),
    signedIn,
  })
  useLive.setState({ started: true })
  window.addEventListener("online", nudge)
  document.addEventListener("visibilitychange", nudge)
  socket.start()
}

export function stopLive(): void {
  window.removeEventListener("online", nudge)
  document.removeEventListener("visibilitychange", nudge)
  socket?.stop()
  socket = null
  useLive.setState({ started: false, link: "connecting", state: EMPTY, welcome: null, pop: null })
}

export function command(what: Command): Promise<void> {
  if (socket === null) return Promise.reject(new Error("no live connection"))
  return socket.send(what)
}

export function takeOver(): void {
  socket?.takeOver()
}

export function painted(callId: string, ms: number): void {
  socket?.painted(callId, ms)
}
