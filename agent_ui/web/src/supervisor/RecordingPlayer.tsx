/** What is recorded of a call: two channels one above the other, the stages marked; each listening is written down. */
import { CaretRightFilled, LockOutlined, PauseOutlined, SafetyOutlined } from "@ant-design/icons"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Input, Segmented, Select, Tooltip } from "antd"
import { useEffect, useRef, useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { useSession } from "../app/session"
import { wordFor } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { Failed, Loading } from "../ui/states"
import { duration, fullTime } from "../ui/time"
import { holdSpans, lanePath, type Recording, stagePoints } from "./outline"
import "./recording.css"

type OfCall = Schemas["CallRecordings"]
const WIDTH = 560
const LANE = 46
const SPEEDS = [1, 1.25, 1.5, 2] as const
type Ear = "both" | "agent" | "customer"

export function CallRecordings({ callId }: { readonly callId: string }) {
  const { t } = useTranslation()
  const asked = useQuery({
    queryKey: ["recordings", callId],
    queryFn: () => taken(api.GET("/api/recordings/of-call/{call_id}", { params: { path: { call_id: callId } } })),
    refetchInterval: (query) => (query.state.data?.recordings.some((one) => one.state === "expected") === true ? 4000 : false),
  })
  if (asked.isPending) return <Loading rows={2} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const { recordings, heard } = asked.data
  if (recordings.length === 0) return null
  return (
    <section className="block recordings">
      <h3>{t("live.recording.title")}</h3>
      {recordings.map((recording) => (
        <One key={recording.id} recording={recording} of={asked.data} />
      ))}
      {heard.length > 0 && (
        <details className="small">
          <summary>{t("live.recording.heard", { n: heard.length })}</summary>
          <ul className="heard">
            {heard.map((one) => (
              <li key={`${one.recording_id}${one.at}`}>
                <span className="num">{fullTime(one.at)}</span> {one.name}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function One({ recording, of }: { readonly recording: Recording; readonly of: OfCall }) {
  const { t } = useTranslation()
  if (recording.state === "stored") return <Stored recording={recording} of={of} />
  const words =
    recording.state === "deleted"
      ? t("live.recording.deleted", { at: fullTime(recording.deleted_at ?? ""), why: wordFor("live.recording.why", recording.deleted_why) })
      : t(recording.state === "absent" ? "live.recording.absent" : "live.recording.expected")
  return <p className="dim">{words}</p>
}

/** Lets one channel or both of an audio element be heard; to be wired in a click. */
function useEar(ear: Ear) {
  const gains = useRef<readonly [GainNode, GainNode] | null>(null)
  const context = useRef<AudioContext | null>(null)
  useEffect(
    () => () => {
      void context.current?.close()
    },
    [],
  )
  useEffect(() => {
    const both = gains.current
    if (both === null) return
    both[0].gain.value = ear === "customer" ? 0 : 1
    both[1].gain.value = ear === "agent" ? 0 : 1
  }, [ear])
  /** In the click itself: browsers let sound begin only there. */
  function wire(audio: HTMLAudioElement) {
    if (context.current !== null) return
    const made = new AudioContext()
    const split = made.createChannelSplitter(2)
    const left = made.createGain()
    const right = made.createGain()
    // Both voices to both ears: whoever listens with one side of a headset hears the whole call.
    made.createMediaElementSource(audio).connect(split)
    split.connect(left, 0)
    split.connect(right, 1)
    left.connect(made.destination)
    right.connect(made.destination)
    left.gain.value = ear === "customer" ? 0 : 1
    right.gain.value = ear === "agent" ? 0 : 1
    context.current = made
    gains.current = [left, right]
  }
  return wire
}

function Stored({ recording, of }: { readonly recording: Recording; readonly of: OfCall }) {
  const { t } = useTranslation()
  const failed = useFailure()
  const client = useQueryClient()
  const [address, setAddress] = useState<string | null>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [ear, setEar] = useState<Ear>("both")
  const [speed, setSpeed] = useState<number>(1)
  const wanted = useRef(0)
  const element = useRef<HTMLAudioElement | null>(null)
  const wire = useEar(ear)
  const seconds = recording.seconds ?? 0
  const stages = stagePoints(of.marks, recording.began_at, seconds)
  const holds = holdSpans(of.marks, recording.began_at, seconds)
  const two = recording.channels === 2

  async function play(from?: number) {
    const audio = element.current
    if (audio === null) return
    if (from !== undefined) wanted.current = from
    if (recording.channels === 2) wire(audio)
    try {
      if (address === null) {
        const leave = await taken(api.POST("/api/recordings/{recording_id}/listen", { params: { path: { recording_id: recording.id } } }))
        setAddress(leave.url)
        audio.src = leave.url
        void client.invalidateQueries({ queryKey: ["recordings", recording.call_id] })
      }
      if (from !== undefined) audio.currentTime = from
      audio.playbackRate = speed
      await audio.play()
    } catch (error) {
      // A pause that overtakes the begin of playing is no failure.
      if (!(error instanceof DOMException && error.name === "AbortError")) failed(error)
    }
  }
  function toggle() {
    if (playing) element.current?.pause()
    else void play()
  }
  function seek(share: number) {
    if (!of.may_hear) return
    const to = Math.min(1, Math.max(0, share)) * seconds
    setAt(to)
    if (address === null) void play(to)
    else if (element.current !== null) element.current.currentTime = to
  }

  return (
    <div className="recording">
      <audio
        ref={element}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setPlaying(false)}
        onLoadedMetadata={(event) => (event.currentTarget.currentTime = wanted.current)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
      />
      <div className="row wrap" style={{ gap: 8 }}>
        <Tooltip title={of.may_hear ? t("live.recording.written") : t("live.recording.mayNot")}>
          <Button
            type="primary"
            shape="circle"
            disabled={!of.may_hear}
            aria-label={t(playing ? "live.recording.pause" : "live.recording.play")}
            icon={of.may_hear ? playing ? <PauseOutlined /> : <CaretRightFilled /> : <LockOutlined />}
            onClick={toggle}
          />
        </Tooltip>
        <span className="num">
          {duration(at)} / {duration(seconds)}
        </span>
        <span className="grow" />
        {two && (
          <Segmented<Ear>
            size="small"
            value={ear}
            onChange={setEar}
            aria-label={t("live.recording.channel")}
            options={(["both", "agent", "customer"] as const).map((value) => ({ value, label: t(`live.recording.${value}`) }))}
          />
        )}
        <Select<number>
          size="small"
          aria-label={t("live.recording.speed")}
          value={speed}
          onChange={(value) => {
            setSpeed(value)
            if (element.current !== null) element.current.playbackRate = value
          }}
          options={SPEEDS.map((value) => ({ value, label: `${String(value)}×` }))}
          style={{ width: 76 }}
        />
      </div>
      <div className="lanes" data-locked={!of.may_hear}>
        <svg
          viewBox={`0 0 ${String(WIDTH)} ${String(LANE * recording.outline.length)}`}
          preserveAspectRatio="none"
          role="slider"
          tabIndex={of.may_hear ? 0 : -1}
          aria-label={t("live.recording.place")}
          aria-valuemin={0}
          aria-valuemax={Math.round(seconds)}
          aria-valuenow={Math.round(at)}
          aria-valuetext={`${duration(at)} / ${duration(seconds)}`}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect()
            seek((event.clientX - box.left) / box.width)
          }}
          onKeyDown={(event) => {
            const step = event.key === "ArrowRight" ? 5 : event.key === "ArrowLeft" ? -5 : 0
            if (step !== 0 && seconds > 0) {
              event.preventDefault()
              seek((at + step) / seconds)
            }
          }}
        >
          {holds.map((span) => (
            <rect key={span.from} className="lane-hold" x={span.from * WIDTH} width={(span.to - span.from) * WIDTH} y={0} height="100%" />
          ))}
          {recording.outline.map((levels, channel) => (
            <path
              key={channel === 0 ? "agent" : "customer"}
              className="lane"
              data-who={!two ? "both" : channel === 0 ? "agent" : "customer"}
              data-off={two && ear === (channel === 0 ? "customer" : "agent")}
              transform={`translate(0 ${String(channel * LANE)})`}
              d={lanePath(levels, WIDTH, LANE)}
            />
          ))}
          {stages.map((stage) => (
            <line key={stage.what} className="lane-stage" x1={stage.share * WIDTH} x2={stage.share * WIDTH} y1={0} y2="100%" />
          ))}
          {seconds > 0 && <line className="lane-now" x1={(at / seconds) * WIDTH} x2={(at / seconds) * WIDTH} y1={0} y2="100%" />}
        </svg>
        {two && (
          <>
            <span className="lane-name" style={{ top: 2 }}>
              {t("live.recording.agent")}
            </span>
            <span className="lane-name" style={{ top: "calc(50% + 2px)" }}>
              {t("live.recording.customer")}
            </span>
          </>
        )}
      </div>
      {stages.length > 0 && (
        <div className="row wrap" style={{ gap: 6, marginTop: 6 }}>
          {stages.map((stage) => (
            <Button key={stage.what} size="small" disabled={!of.may_hear} onClick={() => seek(stage.share)}>
              {wordFor("stage", stage.what)} <span className="num dim">{duration(stage.seconds)}</span>
            </Button>
          ))}
        </div>
      )}
      <Keeping recording={recording} days={of.keeps_days} />
    </div>
  )
}

/** Until when it is kept, and keeping it longer for a reason. */
function Keeping({ recording, days }: { readonly recording: Recording; readonly days: number }) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const failed = useFailure()
  const client = useQueryClient()
  const leads = useSession((session) => session.me?.role === "supervisor" || session.me?.role === "administrator")
  const until = new Date(Date.parse(recording.began_at) + days * 86_400_000).toISOString()
  async function keep(why: string | null) {
    try {
      await taken(api.POST("/api/recordings/{recording_id}/keep", { params: { path: { recording_id: recording.id } }, body: { why } }))
      await client.invalidateQueries({ queryKey: ["recordings", recording.call_id] })
    } catch (error) {
      failed(error)
    }
  }
  function ask() {
    let why = ""
    modal.confirm({
      title: t("live.recording.keepTitle"),
      content: <Input maxLength={200} aria-label={t("live.recording.keepWhy")} placeholder={t("live.recording.keepWhy")} onChange={(event) => (why = event.target.value)} />,
      okText: t("do.save"),
      cancelText: t("do.cancel"),
      onOk: () => keep(why.trim()),
    })
  }
  return (
    <p className="row small dim" style={{ margin: "8px 0 0" }}>
      <SafetyOutlined aria-hidden />
      <span className="grow">
        {t("live.recording.sealed", { key: recording.key_id ?? "" })} ·{" "}
        {recording.kept_for === null ? t("live.recording.keptUntil", { date: fullTime(until).slice(0, 10) }) : t("live.recording.keptFor", { why: recording.kept_for })}
      </span>
      {leads && (
        <Button size="small" type="link" onClick={() => (recording.kept_for === null ? ask() : void keep(null))}>
          {t(recording.kept_for === null ? "live.recording.keep" : "live.recording.release")}
        </Button>
      )}
    </p>
  )
}
