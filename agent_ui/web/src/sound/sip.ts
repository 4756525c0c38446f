/** SIP over a secure WebSocket, to our own Asterisk. */
import { UA, WebSocketInterface } from "jssip"
import type { RTCSession } from "jssip/lib/RTCSession"
import type { RTCSessionEvent } from "jssip/lib/UA"
import type { Credentials, Host, Levels, Line } from "./line"
import { readLevels } from "./levels"

const REGISTER_FOR_S = 60
const RETRY_FROM_S = 1
const RETRY_TO_S = 4
/** Enough for the candidates of this machine: waiting for all of them can take seconds where a network is unreachable. */
const CANDIDATES_WITHIN_MS = 300

/** The types of JsSIP hold the names of who began in an enum that is not there at run time. */
const isRung = (event: RTCSessionEvent): boolean => (event.originator as string) === "remote"

export class SipLine implements Line {
  private agent: UA | null = null
  private leg: RTCSession | null = null
  private microphone: MediaStream | null = null
  private muted = false
  private registered = false

  constructor(private readonly host: Host) {}

  start(credentials: Credentials, microphone: MediaStream): void {
    this.stop()
    const sip = credentials.sip
    if (sip === null) {
      this.host.phase("failed", "refused")
      return
    }
    this.microphone = microphone
    const agent = new UA({
      sockets: [new WebSocketInterface(sip.url)],
      uri: sip.uri,
      authorization_user: sip.user,
      password: sip.password,
      register: true,
      register_expires: REGISTER_FOR_S,
      session_timers: false,
      connection_recovery_min_interval: RETRY_FROM_S,
      connection_recovery_max_interval: RETRY_TO_S,
      user_agent: "callcenter console",
    })
    this.agent = agent
    this.host.phase("connecting")
    agent.on("registered", () => {
      this.registered = true
      if (this.leg === null) this.host.phase("waiting")
      else if (this.leg.isEstablished()) this.host.phase("up")
    })
    agent.on("disconnected", () => {
      if (this.agent !== agent) return
      // The sound of a leg that is up does not travel over this socket: only what is lost is said to be lost.
      this.host.phase(this.registered || this.leg !== null ? "lost" : "connecting")
    })
    agent.on("registrationFailed", ({ response }) => {
      if (this.agent !== agent) return
      // JsSIP types the response as always there; it is not when no answer came.
      const status = (response as { status_code?: number } | null)?.status_code ?? 0
      if (status === 401 || status === 403 || status === 404) this.host.renew()
      else this.host.phase("lost")
    })
    agent.on("newRTCSession", (event: RTCSessionEvent) => {
      if (isRung(event)) this.take(event.session)
    })
    agent.start()
  }

  /** The network rings: it is the parked leg, and nobody has to press anything. */
  private take(session: RTCSession): void {
    const before = this.leg
    this.leg = session
    // A leg of before a reload or a cut, if the network still had it: the new one replaces it.
    if (before !== null && !before.isEnded()) before.terminate()
    let ready: ReturnType<typeof setTimeout> | undefined
    session.on("icecandidate", (event) => {
      clearTimeout(ready)
      ready = setTimeout(() => event.ready(), CANDIDATES_WITHIN_MS)
    })
    session.on("peerconnection", ({ peerconnection }) => this.listenTo(session, peerconnection))
    session.on("confirmed", () => {
      if (this.leg !== session) return
      this.applyMute()
      this.host.phase("up")
    })
    const over = () => {
      clearTimeout(ready)
      if (this.leg !== session) return
      this.leg = null
      this.host.hear(null)
      this.host.phase(this.agent?.isRegistered() === true ? "waiting" : "lost")
    }
    session.on("ended", over)
    session.on("failed", over)
    session.answer({
      ...(this.microphone === null ? {} : { mediaStream: this.microphone }),
      mediaConstraints: { audio: true, video: false },
      pcConfig: { iceServers: [], bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" },
    })
    if ((session.connection as RTCPeerConnection | null) !== null) this.listenTo(session, session.connection)
  }

  private listenTo(session: RTCSession, connection: RTCPeerConnection): void {
    connection.addEventListener("track", (event) => {
      if (this.leg === session) this.host.hear(event.streams[0] ?? new MediaStream([event.track]))
    })
    connection.addEventListener("iceconnectionstatechange", () => {
      // Nothing is heard and nothing will be: let the network ring again.
      if (connection.iceConnectionState === "failed" && !session.isEnded()) session.terminate()
    })
  }

  renewed(credentials: Credentials): void {
    if (this.leg?.isEstablished() === true) {
      if (credentials.sip !== null) this.agent?.set("password", credentials.sip.password)
      this.agent?.register()
      return
    }
    if (this.microphone !== null) this.start(credentials, this.microphone)
  }

  async replaceMicrophone(microphone: MediaStream): Promise<void> {
    this.microphone = microphone
    const track = microphone.getAudioTracks()[0]
    const sender = this.connection()?.getSenders().find((one) => one.track?.kind === "audio" || one.track === null)
    if (track !== undefined && sender !== undefined) await sender.replaceTrack(track)
    this.applyMute()
  }

  setMuted(muted: boolean): void {
    this.muted = muted
    this.applyMute()
  }

  private applyMute(): void {
    for (const track of this.microphone?.getAudioTracks() ?? []) track.enabled = !this.muted
  }

  private connection(): RTCPeerConnection | null {
    return (this.leg?.connection as RTCPeerConnection | null | undefined) ?? null
  }

  /** The page's own element plays what is heard. */
  setSpeaker(): Promise<void> {
    return Promise.resolve()
  }

  async levels(): Promise<Levels> {
    return readLevels(this.connection())
  }

  stop(): void {
    const agent = this.agent
    this.agent = null
    this.leg = null
    this.registered = false
    this.host.hear(null)
    if (agent !== null) {
      agent.removeAllListeners()
      agent.stop()
    }
    this.host.phase("off")
  }
}
