/**
 * The console's end of the live protocol: one socket, one path for start and recovery.
 *
 * Own and small, because what a general reconnecting socket offers (queueing what is sent while offline) is
 * exactly what must not happen here: a command is sent in step or not at all, and never again by itself.
 */
import { anchorClock } from "./clock"
import type { ClientMessage, Problem, ServerMessage, Welcome } from "./protocol.gen"
import { apply, type ConsoleState, EMPTY } from "./state"

export const PROTOCOL = 1

/** Without any message for this long (real ms) the connection is taken for dead: three of the gateway's pings. */
const SILENCE_MS = 16_000
/** Close codes of the gateway. */
const SUPERSEDED = 4001
const NOT_SIGNED_IN = 4401
const ANSWER_MS = 15_000
const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 8_000] as const

export type Link =
  /** Not yet, or no longer, connected; tries again by itself. */
  | "connecting"
  /** Connected, and the state is being brought up to date. */
  | "catching_up"
  /** What is shown is what is. Only here are actions allowed. */
  | "in_step"
  /** Connected, but the gateway itself is cut off from live events. */
  | "behind"
  /** Another console of this person took over. */
  | "superseded"
  /** The session is over, or the role has no live screen. */
  | "signed_out"
  /** The server speaks another version: the page must be reloaded. */
  | "outdated"

/** A command without the id, which the socket gives. */
export type Command = CommandOf<Extract<ClientMessage, { id: string }>>
type CommandOf<M> = M extends { id: string } ? Omit<M, "id"> : never

export class CommandRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.sentence)
  }
}

/** The connection broke, or no answer came: whether the command was carried out is seen when in step again. */
export class CommandUnanswered extends Error {}

export interface Pop {
  readonly callId: string
  readonly receivedMs: number
}

export interface Seen {
  readonly link: Link
  readonly state: ConsoleState
  readonly welcome: Welcome | null
  readonly behindSince: string | null
  /** Real milliseconds (performance.now) since when the link is not in step. */
  readonly outSinceMs: number | null
  /** The newest call that came by an event, until its painting was measured. */
  readonly pop: Pop | null
}

interface Waiting {
  readonly done: () => void
  readonly failed: (error: Error) => void
  readonly timer: ReturnType<typeof setTimeout>
}

export interface SocketLike {
  readonly readyState: number
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: string }) => void) | null
  onclose: ((event: { readonly code: number }) => void) | null
  send(text: string): void
  close(): void
}

export interface Options {
  readonly open: () => SocketLike
  readonly changed: (seen: Seen) => void
  /** Whether the session still stands; asked after a connection that was refused. */
  readonly signedIn: () => Promise<boolean>
}

export class LiveSocket {
  private socket: SocketLike | null = null
  private seen: Seen = { link: "connecting", state: EMPTY, welcome: null, behindSince: null, outSinceMs: null, pop: null }
  private lastSeq = -1
  private waiting = new Map<string, Waiting>()
  private failures = 0
  private nextId = 1
  private silence: ReturnType<typeof setTimeout> | undefined
  private retry: ReturnType<typeof setTimeout> | undefined
  private stopped = false
  private welcomed = false

  constructor(private readonly options: Options) {}

  start(): void {
    this.stopped = false
    this.connect()
  }

  stop(): void {
    this.stopped = true
    this.drop()
  }

  /** The network is back, or the page is in front again: do not wait for the backoff. */
  nudge(): void {
    if (this.stopped || this.socket !== null) return
    this.failures = 0
    this.connect()
  }

  /** Take the seat back from another console of the same person. */
  takeOver(): void {
    if (this.seen.link !== "superseded") return
    this.stopped = false
    this.failures = 0
    this.connect()
  }

  send(command: Command): Promise<void> {
    if (this.seen.link !== "in_step" || this.socket === null) return Promise.reject(new CommandUnanswered("not in step"))
    const id = `${String(this.nextId++)}-${Math.random().toString(36).slice(2, 10)}`
    const socket = this.socket
    return new Promise<void>((done, failed) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        failed(new CommandUnanswered("no answer"))
      }, ANSWER_MS)
      this.waiting.set(id, { done, failed, timer })
      this.tell(socket, { ...command, id })
    })
  }

  painted(callId: string, ms: number): void {
    if (this.seen.pop?.callId === callId) this.show({ pop: null })
    if (this.socket !== null && this.welcomed) this.tell(this.socket, { type: "painted", call_id: callId, ms })
  }

  private tell(socket: SocketLike, message: ClientMessage): void {
    socket.send(JSON.stringify(message))
  }

  private show(change: Partial<Seen>): void {
    const link = change.link ?? this.seen.link
    const outSinceMs = link === "in_step" ? null : (this.seen.outSinceMs ?? performance.now())
    this.seen = { ...this.seen, ...change, outSinceMs }
    this.options.changed(this.seen)
  }

  private connect(): void {
    clearTimeout(this.retry)
    this.drop()
    this.show({ link: "connecting", pop: null })
    const socket = this.options.open()
    this.socket = socket
    this.welcomed = false
    socket.onopen = () => {
      const { epoch } = this.seen.state
      this.tell(socket, epoch === null ? { type: "hello", protocol: PROTOCOL } : { type: "hello", protocol: PROTOCOL, epoch, seq: this.lastSeq })
    }
    socket.onmessage = (event) => {
      if (this.socket === socket) this.received(socket, event.data)
    }
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return
      if (code === SUPERSEDED) this.end("superseded")
      else this.lost(code === NOT_SIGNED_IN)
    }
    this.listen()
  }

  /** Starts the watch for silence anew. */
  private listen(): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => {
      if (this.socket !== null) this.lost()
    }, SILENCE_MS)
  }

  private received(socket: SocketLike, data: string): void {
    const receivedMs = performance.now()
    const message = JSON.parse(data) as ServerMessage
    this.listen()
    switch (message.type) {
      case "welcome":
        this.welcomed = true
        anchorClock(message.now, message.speed)
        this.failures = 0
        this.show({ link: "catching_up", welcome: message, behindSince: null })
        return
      case "snapshot":
        this.lastSeq = message.seq
        this.show({ state: apply(this.seen.state, message), link: this.seen.link === "behind" ? "behind" : "in_step" })
        return
      case "agent":
      case "call": {
        this.lastSeq = Math.max(this.lastSeq, message.seq)
        const state = apply(this.seen.state, message)
        const call = state.call
        const isNew = call !== null && call.id !== this.seen.state.call?.id
        this.show(isNew ? { state, pop: { callId: call.id, receivedMs } } : { state })
        return
      }
      case "supervision":
        this.lastSeq = Math.max(this.lastSeq, message.seq)
        this.show({ state: apply(this.seen.state, message) })
        return
      case "figures":
        this.show({ state: apply(this.seen.state, message) })
        return
      case "ping":
        anchorClock(message.now)
        this.lastSeq = Math.max(this.lastSeq, message.seq)
        this.tell(socket, { type: "pong" })
        return
      case "behind":
        this.show({ link: "behind", behindSince: message.since })
        return
      case "in_step":
        // Also the end mark of a replay: all that was missed has been sent.
        this.show({ link: "in_step", behindSince: null })
        return
      case "done":
        this.answer(message.id)?.done()
        return
      case "refused":
        if (message.id !== null) this.answer(message.id)?.failed(new CommandRefused(message.problem))
        else if (message.problem.code === "protocol") this.end("outdated")
        return
      case "superseded":
        this.end("superseded")
        return
    }
  }

  private answer(id: string): Waiting | undefined {
    const waiting = this.waiting.get(id)
    if (waiting !== undefined) {
      clearTimeout(waiting.timer)
      this.waiting.delete(id)
    }
    return waiting
  }

  private end(link: Link): void {
    this.stopped = true
    this.drop()
    this.show({ link })
  }

  private drop(): void {
    clearTimeout(this.silence)
    clearTimeout(this.retry)
    const socket = this.socket
    this.socket = null
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    }
    for (const [id] of this.waiting) this.answer(id)?.failed(new CommandUnanswered("connection lost"))
  }

  private lost(refused = !this.welcomed): void {
    this.drop()
    this.show({ link: "connecting", behindSince: null })
    if (this.stopped) return
    const base = BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length - 1)] ?? 8_000
    this.failures += 1
    // Spread, so that a restarted gateway is not met by everybody at once.
    this.retry = setTimeout(() => void this.again(refused), base * (0.7 + 0.6 * Math.random()))
  }

  private async again(refused: boolean): Promise<void> {
    if (refused && !(await this.options.signedIn())) {
      this.end("signed_out")
      return
    }
    if (!this.stopped && this.socket === null) this.connect()
  }
}
