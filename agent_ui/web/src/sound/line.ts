/**
 * The agent's own sound in the browser, behind one small interface: SIP to Asterisk (`sip.ts`) and Twilio's SDK
 * (`twilio.ts`); `makeLine.ts` chooses.
 *
 * A line waits to be rung by the network and answers by itself: the call is the agent's parked leg, which stays up all
 * shift while customers come and go in it. Putting a customer on hold, transferring and digits are the server's
 * commands, the same for every network; a line knows only the microphone and the ear.
 */
import type { Schemas } from "../api/client"

export type Credentials = Schemas["SoundLine"]

export type Phase =
  /** Not started, or stopped. */
  | "off"
  /** Signing in to the network. */
  | "connecting"
  /** Signed in; the network has not rung yet. */
  | "waiting"
  /** The parked leg is up: a customer can be joined at once. */
  | "up"
  /** The connection broke; it comes back by itself, and a customer hears music meanwhile. */
  | "lost"
  /** It will not come back by itself: see the reason. */
  | "failed"

export type Trouble = "microphone_refused" | "microphone_missing" | "refused" | "unreachable" | "unsupported"

/** What a line tells the page. */
export interface Host {
  readonly phase: (phase: Phase, trouble?: Trouble) => void
  /** What the agent is to hear; null when the leg is gone. */
  readonly hear: (stream: MediaStream | null) => void
  /** The credentials are no longer taken, or will not be for long: fetch new ones. */
  readonly renew: () => void
}

/** Levels from 0 (silence) to 1, and the energy received since the leg came up (as getStats has it). */
export interface Levels {
  readonly mouth: number
  readonly ear: number
  readonly heardEnergy: number
}

export const SILENT: Levels = { mouth: 0, ear: 0, heardEnergy: 0 }

export interface Line {
  /** Signs in and waits to be rung. The microphone is open already. */
  start: (credentials: Credentials, microphone: MediaStream) => void
  /** New credentials for a line that is up. */
  renewed: (credentials: Credentials) => void
  replaceMicrophone: (microphone: MediaStream) => Promise<void>
  setMuted: (muted: boolean) => void
  /** Where a line that plays by itself plays; empty: the usual device. */
  setSpeaker: (deviceId: string) => Promise<void>
  levels: () => Promise<Levels>
  stop: () => void
}
