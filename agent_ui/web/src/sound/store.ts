/**
 * The sound of this page: one line, one microphone, one state. Started when the person is at work, on every page load
 * anew: after a reload in mid-call the network rings again and the customer, who heard music, is back.
 *
 * A mute ends with its call: whoever takes a new one is heard, always.
 */
import { create } from "zustand"
import { api, Refusal, taken } from "../api/client"
import { type Choice, type Devices, present, sorted, storeChoice, storedChoice, wanted } from "./devices"
import { type Credentials, type Levels, type Line, type Phase, SILENT, type Trouble } from "./line"
import { makeLine } from "./makeLine"

interface Sound {
  readonly kind: Credentials["kind"] | null
  /** Address of the person's own telephone, where that is the line. */
  readonly telephone: string | null
  readonly phase: Phase
  readonly trouble: Trouble | null
  /** The server's own words, where it refused. */
  readonly refusal: string | null
  readonly muted: boolean
  readonly levels: Levels
  readonly devices: Devices
  readonly choice: Choice
}

const NOTHING: Sound = {
  kind: null,
  telephone: null,
  phase: "off",
  trouble: null,
  refusal: null,
  muted: false,
  levels: SILENT,
  devices: { microphones: [], speakers: [] },
  choice: storedChoice(),
}

export const useSound = create<Sound>(() => NOTHING)

/** Not there at all on a page that came neither over https nor from this machine. */
const media = () => navigator.mediaDevices as MediaDevices | undefined

const METER_MS = 150
const AGAIN_MS = 3_000

let line: Line | null = null
let microphone: MediaStream | null = null
let speaker: HTMLAudioElement | null = null
let meter: ReturnType<typeof setInterval> | undefined
let renewing: ReturnType<typeof setTimeout> | undefined
let again: ReturnType<typeof setTimeout> | undefined
// A page that goes says goodbye to the network, so that the next one is rung at once and not when silence was noticed.
window.addEventListener("pagehide", () => line?.stop())

/** Counts starts: what an older one still does is of no concern to a newer. */
let run = 0

/** Bring the line up, once; told again while it is up, nothing happens. */
export function startSound(): void {
  if (useSound.getState().phase !== "off" || line !== null) return
  void begin(++run)
}

export function stopSound(): void {
  run += 1
  clearInterval(meter)
  clearTimeout(renewing)
  clearTimeout(again)
  const was = line
  line = null
  was?.stop()
  closeMicrophone()
  if (speaker !== null) speaker.srcObject = null
  media()?.removeEventListener("devicechange", devicesChanged)
  useSound.setState({ ...NOTHING, choice: useSound.getState().choice })
}

export function restartSound(): void {
  stopSound()
  startSound()
}

async function credentials(): Promise<Credentials> {
  return taken(api.POST("/api/sound/line"))
}

async function begin(mine: number): Promise<void> {
  useSound.setState({ phase: "connecting", trouble: null, refusal: null })
  let given: Credentials
  try {
    given = await credentials()
  } catch (error) {
    if (mine !== run) return
    if (error instanceof Refusal) useSound.setState({ phase: "failed", trouble: "refused", refusal: error.problem.detail })
    else {
      useSound.setState({ phase: "lost", trouble: "unreachable" })
      again = setTimeout(() => mine === run && void begin(mine), AGAIN_MS)
    }
    return
  }
  if (mine !== run) return
  useSound.setState({ kind: given.kind, telephone: given.telephone })
  if (given.kind !== "sip" && given.kind !== "twilio") {
    useSound.setState({ phase: "off" })
    return
  }
  const stream = await openMicrophone(mine)
  if (stream === null || mine !== run) return
  const made = await makeLine(given.kind, {
    phase: (phase, trouble) => {
      if (mine === run && (line === made || line === null) && phase !== "off") useSound.setState({ phase, trouble: trouble ?? null })
    },
    hear,
    renew: () => mine === run && renewSoon(mine, AGAIN_MS),
  })
  if (mine !== run || made === null) return
  line = made
  made.setMuted(useSound.getState().muted)
  made.start(given, stream)
  if (given.renew_in_s !== null) renewSoon(mine, given.renew_in_s * 1000)
  meter = setInterval(() => void measure(), METER_MS)
  navigator.mediaDevices.addEventListener("devicechange", devicesChanged)
}

function renewSoon(mine: number, waitMs: number): void {
  clearTimeout(renewing)
  renewing = setTimeout(() => void renew(mine), Math.max(AGAIN_MS, waitMs))
}

async function renew(mine: number): Promise<void> {
  try {
    const given = await credentials()
    if (mine !== run || line === null) return
    line.renewed(given)
    if (given.renew_in_s !== null) renewSoon(mine, given.renew_in_s * 1000)
  } catch {
    if (mine === run) renewSoon(mine, AGAIN_MS)
  }
}

// ------------------------------------------------------------------ microphone and ear

async function openMicrophone(mine: number): Promise<MediaStream | null> {
  const devices = media()
  if (devices === undefined) {
    useSound.setState({ phase: "failed", trouble: "unsupported" })
    return null
  }
  const { choice } = useSound.getState()
  try {
    const stream = await devices.getUserMedia(wanted(choice)).catch((error: unknown) => {
      // The chosen headset is not plugged in today.
      if (error instanceof DOMException && error.name === "OverconstrainedError") return devices.getUserMedia(wanted({ ...choice, microphone: "" }))
      throw error
    })
    if (mine !== run) {
      for (const track of stream.getTracks()) track.stop()
      return null
    }
    closeMicrophone()
    microphone = stream
    await listDevices()
    return stream
  } catch (error) {
    if (mine !== run) return null
    const refused = error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "SecurityError")
    useSound.setState({ phase: "failed", trouble: refused ? "microphone_refused" : "microphone_missing" })
    return null
  }
}

function closeMicrophone(): void {
  for (const track of microphone?.getTracks() ?? []) track.stop()
  microphone = null
}

function hear(stream: MediaStream | null): void {
  speaker ??= new Audio()
  speaker.autoplay = true
  speaker.srcObject = stream
  if (stream === null) return
  void playOn(useSound.getState().choice.speaker)
  // Allowed without a click while the microphone is open.
  void speaker.play().catch(() => undefined)
}

async function playOn(id: string): Promise<void> {
  if (speaker !== null) await sendTo(speaker, id)
  await line?.setSpeaker(id).catch(() => undefined)
}

/** Not every browser lets a page choose. */
async function sendTo(element: HTMLAudioElement, id: string): Promise<void> {
  if ("setSinkId" in element) await element.setSinkId(id).catch(() => undefined)
}

async function listDevices(): Promise<void> {
  const devices = sorted(await navigator.mediaDevices.enumerateDevices())
  useSound.setState({ devices })
}

/** A headset was plugged in or out: what was chosen is taken where it is there, else what the browser takes. */
function devicesChanged(): void {
  void listDevices().then(() => {
    const { choice, devices } = useSound.getState()
    const lost = microphone?.getAudioTracks()[0]?.readyState !== "live"
    const now = present(choice, devices)
    if (lost || (now.microphone !== "" && microphone?.getAudioTracks()[0]?.getSettings().deviceId !== now.microphone)) void reopen()
    void playOn(now.speaker)
  })
}

async function reopen(): Promise<void> {
  const mine = run
  const stream = await openMicrophone(mine)
  if (stream !== null && mine === run) await line?.replaceMicrophone(stream)
}

export function choose(change: Partial<Choice>): void {
  const choice = { ...useSound.getState().choice, ...change }
  storeChoice(choice)
  useSound.setState({ choice })
  if (change.microphone !== undefined && microphone !== null) void reopen()
  if (change.speaker !== undefined) void playOn(change.speaker)
}

// ------------------------------------------------------------------ muting, levels, echo

export function setMuted(muted: boolean): void {
  useSound.setState({ muted })
  line?.setMuted(muted)
}

async function measure(): Promise<void> {
  if (line === null) return
  const levels = await line.levels().catch(() => SILENT)
  useSound.setState({ levels })
}

export const ECHO_S = 3

/** Records the microphone for three seconds and plays it back over the chosen loudspeaker. */
export async function echoTest(step: (what: "speak" | "listen") => void): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia(wanted(useSound.getState().choice))
  try {
    const pieces: Blob[] = []
    const recorder = new MediaRecorder(stream)
    const whole = new Promise<Blob>((done) => {
      recorder.ondataavailable = (event) => pieces.push(event.data)
      recorder.onstop = () => done(new Blob(pieces, { type: recorder.mimeType }))
    })
    step("speak")
    recorder.start()
    await new Promise((done) => setTimeout(done, ECHO_S * 1000))
    recorder.stop()
    const address = URL.createObjectURL(await whole)
    step("listen")
    const back = new Audio(address)
    await sendTo(back, useSound.getState().choice.speaker)
    await new Promise<void>((done) => {
      back.onended = () => done()
      back.onerror = () => done()
      setTimeout(done, (ECHO_S + 2) * 1000)
      void back.play().catch(() => done())
    })
    URL.revokeObjectURL(address)
  } finally {
    for (const track of stream.getTracks()) track.stop()
  }
}
