/** Twilio's own SDK, behind the same interface. The SDK itself plays what the agent hears. */
import { Call, Device } from "@twilio/voice-sdk"
import { type Credentials, type Host, type Levels, type Line, SILENT } from "./line"

/** Codes after which only new credentials help: token expired, invalid, or without the needed grants. */
const TOKEN_CODES = new Set([20101, 20102, 20103, 20104, 20151, 20157, 31204, 31205])

export class TwilioLine implements Line {
  private device: Device | null = null
  private leg: Call | null = null
  private microphone: MediaStream | null = null
  private muted = false
  private last: Levels = SILENT
  private energy = 0

  constructor(private readonly host: Host) {}

  start(credentials: Credentials, microphone: MediaStream): void {
    this.stop()
    const twilio = credentials.twilio
    if (twilio === null) {
      this.host.phase("failed", "refused")
      return
    }
    if (!Device.isSupported) {
      this.host.phase("failed", "unsupported")
      return
    }
    this.microphone = microphone
    const device = new Device(twilio.token, {
      ...(twilio.edge === null ? {} : { edge: twilio.edge }),
      allowIncomingWhileBusy: true,
      closeProtection: false,
      codecPreferences: [Call.Codec.Opus, Call.Codec.PCMU],
      maxCallSignalingTimeoutMs: 30_000,
      tokenRefreshMs: 60_000,
      // Ours is the one microphone: device choice and muting are the page's. A copy, because the SDK stops what it had.
      getUserMedia: () => Promise.resolve(this.copy()),
    })
    this.device = device
    device.audio?.incoming(false)
    this.host.phase("connecting")
    device.on("registered", () => this.host.phase(this.leg === null ? "waiting" : "up"))
    device.on("unregistered", () => this.device === device && this.host.phase("lost"))
    device.on("tokenWillExpire", () => this.host.renew())
    device.on("error", (error: { readonly code?: number }) => {
      if (this.device !== device) return
      if (TOKEN_CODES.has(error.code ?? 0)) this.host.renew()
      else if (this.leg === null) this.host.phase("lost")
    })
    device.on("incoming", (call: Call) => this.take(call))
    void device.register().catch(() => this.device === device && this.host.phase("lost"))
  }

  private copy(): MediaStream {
    const copy = this.microphone?.clone() ?? new MediaStream()
    for (const track of copy.getAudioTracks()) track.enabled = true
    return copy
  }

  private take(call: Call): void {
    this.leg?.disconnect()
    this.leg = call
    call.on("accept", () => {
      call.mute(this.muted)
      this.host.phase("up")
    })
    call.on("volume", (mouth: number, ear: number) => {
      this.energy += ear * ear * 0.05
      this.last = { mouth, ear, heardEnergy: this.energy }
    })
    call.on("reconnecting", () => this.leg === call && this.host.phase("lost"))
    call.on("reconnected", () => this.leg === call && this.host.phase("up"))
    const over = () => {
      if (this.leg !== call) return
      this.leg = null
      this.last = SILENT
      this.host.phase("waiting")
    }
    call.on("disconnect", over)
    call.on("cancel", over)
    call.accept()
  }

  renewed(credentials: Credentials): void {
    if (credentials.twilio !== null) this.device?.updateToken(credentials.twilio.token)
  }

  async replaceMicrophone(microphone: MediaStream): Promise<void> {
    this.microphone = microphone
    // The SDK asks for the microphone again, and gets the new one.
    await this.device?.audio?.setAudioConstraints({ echoCancellation: true })
    this.leg?.mute(this.muted)
  }

  setMuted(muted: boolean): void {
    this.muted = muted
    this.leg?.mute(muted)
  }

  async setSpeaker(deviceId: string): Promise<void> {
    await this.device?.audio?.speakerDevices.set(deviceId === "" ? "default" : deviceId)
  }

  levels(): Promise<Levels> {
    return Promise.resolve(this.last)
  }

  stop(): void {
    const device = this.device
    this.device = null
    this.leg = null
    this.last = SILENT
    device?.destroy()
    this.host.phase("off")
  }
}
