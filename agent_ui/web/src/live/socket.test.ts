import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ClientMessage, ServerMessage } from "./protocol.gen"
import { CommandRefused, CommandUnanswered, LiveSocket, type Seen, type SocketLike } from "./socket"

class Wire implements SocketLike {
  readonly readyState = 1
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: string }) => void) | null = null
  onclose: ((event: { readonly code: number }) => void) | null = null
  readonly sent: ClientMessage[] = []
  closed = false
  send(text: string) {
    this.sent.push(JSON.parse(text) as ClientMessage)
  }
  close() {
    this.closed = true
  }
  say(...messages: readonly ServerMessage[]) {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) })
  }
}

const welcome: ServerMessage = {
  type: "welcome",
  protocol: 1,
  me: { id: "a1", name: "李娜", role: "agent", language: "zh" },
  simulated: true,
  now: "2026-03-09T07:00:00Z",
  speed: 1,
}
const snapshot: ServerMessage = { type: "snapshot", epoch: "e", seq: 7, why: "start", agent: null, call: null, board: null, supervisions: {} }

let wires: Wire[] = []
let seen: Seen | undefined
let signedIn = true
let live: LiveSocket
const wire = () => {
  const last = wires.at(-1)
  if (last === undefined) throw new Error("no socket was opened")
  return last
}

beforeEach(() => {
  vi.useFakeTimers()
  wires = []
  signedIn = true
  live = new LiveSocket({
    open: () => {
      const next = new Wire()
      wires.push(next)
      return next
    },
    changed: (now) => {
      seen = now
    },
    signedIn: () => Promise.resolve(signedIn),
  })
  live.start()
  wire().onopen?.()
})
afterEach(() => {
  live.stop()
  vi.useRealTimers()
})

const arrive = () => wire().say(welcome, snapshot)

describe("the live socket", () => {
  it("asks for everything at first, and for what it missed afterwards", async () => {
    arrive()
    wire().say({ type: "ping", seq: 12, now: "2026-03-09T07:00:05Z" })
    expect(wire().sent).toEqual([{ type: "hello", protocol: 1 }, { type: "pong" }])
    wire().onclose?.({ code: 1006 })
    expect(seen?.link).toBe("connecting")
    await vi.advanceTimersByTimeAsync(1_000)
    wire().onopen?.()
    expect(wire().sent).toEqual([{ type: "hello", protocol: 1, epoch: "e", seq: 12 }])
  })

  it("is in step only after the snapshot, or after the end mark of a replay", async () => {
    wire().say(welcome)
    expect(seen?.link).toBe("catching_up")
    wire().say(snapshot)
    expect(seen?.link).toBe("in_step")
    wire().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(1_000)
    wire().onopen?.()
    wire().say(welcome)
    expect(seen?.link).toBe("catching_up")
    wire().say({ type: "in_step" })
    expect(seen?.link).toBe("in_step")
  })

  it("stays locked while the gateway is behind, although snapshots come", () => {
    arrive()
    wire().say({ type: "behind", since: "2026-03-09T07:00:00Z" }, snapshot)
    expect(seen?.link).toBe("behind")
    wire().say({ type: "in_step" })
    expect(seen?.link).toBe("in_step")
  })

  it("sends no command while out of step", async () => {
    await expect(live.send({ type: "ready" })).rejects.toBeInstanceOf(CommandUnanswered)
    expect(wire().sent).toHaveLength(1)
  })

  it("settles a command by its answer", async () => {
    arrive()
    const done = live.send({ type: "ready" })
    const refused = live.send({ type: "sign_off" })
    const [, first, second] = wire().sent
    wire().say(
      { type: "done", id: first !== undefined && "id" in first ? first.id : "" },
      { type: "refused", id: second !== undefined && "id" in second ? second.id : "", problem: { code: "x", field: null, sentence: "不行" } },
    )
    await expect(done).resolves.toBeUndefined()
    await expect(refused).rejects.toBeInstanceOf(CommandRefused)
  })

  it("never repeats a command by itself after the connection broke", async () => {
    arrive()
    const lost = live.send({ type: "ready" })
    const verdict = expect(lost).rejects.toBeInstanceOf(CommandUnanswered)
    wire().onclose?.({ code: 1006 })
    await verdict
    await vi.advanceTimersByTimeAsync(1_000)
    wire().onopen?.()
    arrive()
    expect(wire().sent.map((message) => message.type)).toEqual(["hello"])
  })

  it("does not come back by itself once superseded, but on demand", async () => {
    arrive()
    wire().say({ type: "superseded" })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(seen?.link).toBe("superseded")
    expect(wires).toHaveLength(1)
    live.takeOver()
    expect(wires).toHaveLength(2)
  })

  it("takes a long silence for a dead connection", async () => {
    arrive()
    await vi.advanceTimersByTimeAsync(15_000)
    expect(seen?.link).toBe("in_step")
    await vi.advanceTimersByTimeAsync(2_000)
    expect(seen?.link).toBe("connecting")
  })

  it("ends when the session does", async () => {
    signedIn = false
    wire().onclose?.({ code: 4401 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen?.link).toBe("signed_out")
  })

  it("says that the page is outdated", () => {
    wire().say({ type: "refused", id: null, problem: { code: "protocol", field: null, sentence: "" } })
    expect(seen?.link).toBe("outdated")
  })
})
