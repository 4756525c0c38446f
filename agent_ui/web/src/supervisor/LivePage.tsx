import { ApiOutlined, CheckCircleFilled, DisconnectOutlined } from "@ant-design/icons"
import { Select, Tabs } from "antd"
import { useDeferredValue, useMemo, useState } from "react"
import { useTranslation } from "../i18n/use"
import { ended, LinkEnded } from "../app/HeaderParts"
import type { Board, CampaignFigures } from "../live/protocol.gen"
import { useLive } from "../live/store"
import { Mark } from "../ui/StateMark"
import { Loading, Nothing } from "../ui/states"
import { clockSeconds } from "../ui/time"
import { AgentsTable } from "./AgentsTable"
import { BoardNotices } from "./BoardNotices"
import { CallsTable } from "./CallsTable"
import { CarrierNotice } from "./CarrierNotice"
import { sortCalls } from "./figures"
import "./live.css"
import { PacingCards } from "./PacingCards"
import { SupervisionBar } from "./Supervising"
import { Tiles } from "./Tiles"

export default function LivePage() {
  const link = useLive((live) => live.link)
  // Hundreds of agents give many events a second: a drawing under way is finished before the next begins.
  const board = useDeferredValue(useLive((live) => live.state.board))
  if (ended(link)) return <LinkEnded />
  if (board === null) return <Loading rows={10} />
  return <Floor board={board} />
}

/** Figures, people and calls of one campaign or all. */
function Floor({ board }: { readonly board: Board }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<string | null>(null)
  const all = useMemo(() => Object.values(board.campaigns).sort((a, b) => a.name.localeCompare(b.name)), [board.campaigns])
  // A campaign that was closed meanwhile is no longer there to be looked at.
  const campaignId = chosen !== null && chosen in board.campaigns ? chosen : null
  const shown = campaignId === null ? all : all.filter((f) => f.campaign_id === campaignId)
  const agents = useMemo(
    () => Object.values(board.agents).filter((agent) => campaignId === null || agent.queue_id === campaignId),
    [board.agents, campaignId],
  )
  const calls = useMemo(
    () => sortCalls(Object.values(board.calls).filter((call) => campaignId === null || call.queue_id === campaignId)),
    [board.calls, campaignId],
  )
  const asOf = all[0]?.as_of

  return (
    <div className="live-page">
      <header className="live-head">
        <h1>{t("live.title")}</h1>
        <Select
          aria-label={t("live.campaign")}
          value={campaignId ?? "all"}
          onChange={(value: string) => setChosen(value === "all" ? null : value)}
          style={{ width: 260 }}
          options={[{ value: "all", label: t("live.all") }, ...all.map((f) => ({ value: f.campaign_id, label: f.name }))]}
        />
        <span className="grow" />
        <Carrier all={all} />
        {asOf !== undefined && <span className="dim num small">{clockSeconds(asOf)}</span>}
      </header>
      <CarrierNotice carrier={board.carrier} />
      <SupervisionBar board={board} />
      <BoardNotices figures={shown} />
      <Tiles figures={shown} agents={agents} />
      <div className="live-main">
        <section className="sheet live-people">
          <Tabs
            size="small"
            items={[
              { key: "agents", label: t("live.tabAgents", { n: agents.length }), children: <AgentsTable agents={agents} calls={board.calls} campaigns={board.campaigns} /> },
              { key: "calls", label: t("live.tabCalls", { n: calls.length }), children: <CallsTable calls={calls} agents={board.agents} campaigns={board.campaigns} /> },
            ]}
          />
        </section>
        <aside className="live-why">
          {all.length === 0 ? (
            <div className="sheet">
              <Nothing title={t("live.noCampaign")} more={t("live.noCampaignMore")} />
            </div>
          ) : (
            <PacingCards figures={shown} />
          )}
        </aside>
      </div>
    </div>
  )
}

function Carrier({ all }: { readonly all: readonly CampaignFigures[] }) {
  const { t } = useTranslation()
  if (all.length === 0) return null
  const on = all.every((f) => f.carrier_connected)
  return (
    <Mark tone={on ? "good" : "bad"} icon={on ? <CheckCircleFilled /> : <DisconnectOutlined />}>
      {t(on ? "live.carrierOn" : "live.carrierOff")}
      {all.some((f) => f.simulated) && (
        <>
          {" · "}
          <ApiOutlined aria-hidden /> {t("header.simulated")}
        </>
      )}
    </Mark>
  )
}
