/** Microphones and loudspeakers: the choice is kept on this machine, and what is unplugged is fallen back from. */

export interface Choice {
  readonly microphone: string
  readonly speaker: string
}

/** Empty: whatever the browser takes. */
export const USUAL: Choice = { microphone: "", speaker: "" }
const KEY = "callcenter.sound"

export function storedChoice(): Choice {
  try {
    const value = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<Choice> | null
    return { ...USUAL, ...value }
  } catch {
    return USUAL
  }
}

export function storeChoice(choice: Choice): void {
  localStorage.setItem(KEY, JSON.stringify(choice))
}

export interface Device {
  readonly id: string
  readonly name: string
}

export interface Devices {
  readonly microphones: readonly Device[]
  readonly speakers: readonly Device[]
}

/** What there is, each once. Browsers list the usual device a second time under names of its own. */
export function sorted(found: readonly Pick<MediaDeviceInfo, "deviceId" | "kind" | "label">[]): Devices {
  const of = (kind: MediaDeviceKind) =>
    found
      .filter((one) => one.kind === kind && one.deviceId !== "" && one.deviceId !== "default" && one.deviceId !== "communications")
      .map((one, i) => ({ id: one.deviceId, name: one.label === "" ? String(i + 1) : one.label }))
  return { microphones: of("audioinput"), speakers: of("audiooutput") }
}

/** The choice as far as its devices are there. */
export function present(choice: Choice, devices: Devices): Choice {
  const has = (list: readonly Device[], id: string) => (list.some((one) => one.id === id) ? id : "")
  return { microphone: has(devices.microphones, choice.microphone), speaker: has(devices.speakers, choice.speaker) }
}

export function wanted(choice: Choice): MediaStreamConstraints {
  const usual = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 }
  return { audio: choice.microphone === "" ? usual : { ...usual, deviceId: { exact: choice.microphone } }, video: false }
}
