import { describe, expect, it } from "vitest"
import { present, sorted, wanted } from "./devices"
import { levelsOf, shown } from "./levels"

const device = (kind: MediaDeviceKind, deviceId: string, label: string) => ({ kind, deviceId, label })

describe("devices", () => {
  const found = [
    device("audioinput", "default", "Default - Headset"),
    device("audioinput", "m1", "Headset"),
    device("audioinput", "m2", ""),
    device("audiooutput", "communications", "Communications - Headset"),
    device("audiooutput", "s1", "Headset"),
    device("videoinput", "v1", "Camera"),
  ]
  it("lists each device once, and no camera", () => {
    expect(sorted(found)).toEqual({
      microphones: [
        { id: "m1", name: "Headset" },
        { id: "m2", name: "2" },
      ],
      speakers: [{ id: "s1", name: "Headset" }],
    })
  })
  it("falls back to the usual device when the chosen one was unplugged", () => {
    expect(present({ microphone: "m1", speaker: "gone" }, sorted(found))).toEqual({ microphone: "m1", speaker: "" })
  })
  it("asks for the chosen microphone and no other", () => {
    expect(wanted({ microphone: "m1", speaker: "" })).toMatchObject({ audio: { deviceId: { exact: "m1" } }, video: false })
    expect(wanted({ microphone: "", speaker: "" }).audio).not.toHaveProperty("deviceId")
  })
})

describe("levels", () => {
  it("are read from the statistics of the connection", () => {
    const reports = [
      { type: "codec" },
      { type: "media-source", kind: "audio", audioLevel: 0.25 },
      { type: "inbound-rtp", kind: "video", audioLevel: 1 },
      { type: "inbound-rtp", kind: "audio", audioLevel: 0.5, totalAudioEnergy: 3 },
    ]
    expect(levelsOf(reports)).toEqual({ mouth: 0.25, ear: 0.5, heardEnergy: 3 })
    expect(levelsOf([])).toEqual({ mouth: 0, ear: 0, heardEnergy: 0 })
  })
  it("fill the meter as the ear has it: silence nothing, full loudness all", () => {
    expect(shown(0)).toBe(0)
    expect(shown(1)).toBe(1)
    expect(shown(0.1)).toBeCloseTo(2 / 3, 5)
    expect(shown(5)).toBe(1)
  })
})
