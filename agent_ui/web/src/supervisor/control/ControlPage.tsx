/** The control of the calling: five views of the same attempts under one choice of period, campaign and agent. */
import { Select, Tabs } from "antd"
import { useState } from "react"
import { useSearchParams } from "react-router"
import { useTranslation } from "../../i18n/use"
import { nowMs } from "../../live/clock"
import { useCampaignOptions, useUserOptions } from "../../ui/lookups"
import { Page } from "../../ui/Page"
import { type Days, Period } from "../../ui/Period"
import { addDays, dateOf } from "../../ui/time"
import type { Choice } from "./choice"
import { LedgerTab } from "./LedgerTab"
import { LengthsTab } from "./LengthsTab"
import { PacingTab } from "./PacingTab"
import { ProofsTab } from "./ProofsTab"
import { ResultsTab } from "./ResultsTab"
import { ScoresTab } from "./ScoresTab"

const VIEWS = ["results", "lengths", "ledger", "pacing", "proofs", "scores"] as const
type View = (typeof VIEWS)[number]

function Shown({ view, choice }: { readonly view: View; readonly choice: Choice }) {
  switch (view) {
    case "results":
      return <ResultsTab choice={choice} />
    case "lengths":
      return <LengthsTab choice={choice} />
    case "ledger":
      return <LedgerTab choice={choice} />
    case "pacing":
      return <PacingTab choice={choice} />
    case "proofs":
      return <ProofsTab choice={choice} />
    case "scores":
      return <ScoresTab choice={choice} />
  }
}

export default function ControlPage() {
  const { t } = useTranslation()
  const [address, setAddress] = useSearchParams()
  const view = VIEWS.find((name) => name === address.get("view")) ?? "results"
  const today = dateOf(nowMs())
  const [days, setDays] = useState<Days>([addDays(today, -29), today])
  const [campaign, setCampaign] = useState<string>()
  const [agent, setAgent] = useState<string>()
  const campaigns = useCampaignOptions()
  const agents = useUserOptions("agent")
  const [since, until] = days ?? [addDays(today, -29), today]
  const choice: Choice = {
    since,
    until,
    ...(campaign === undefined ? {} : { campaign_id: campaign }),
    ...(agent === undefined ? {} : { agent_id: agent }),
  }
  return (
    <Page title={t("control.title")} more={t("control.more")}>
      <div className="sheet">
        <div className="filters">
          {view !== "ledger" && <Period value={days} onChange={setDays} />}
          <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("live.campaign")} aria-label={t("live.campaign")} options={campaigns} value={campaign} onChange={(value?: string) => setCampaign(value)} style={{ width: 220 }} />
          {(view === "results" || view === "lengths" || view === "scores") && (
            <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("live.agent")} aria-label={t("live.agent")} options={agents} value={agent} onChange={(value?: string) => setAgent(value)} style={{ width: 160 }} />
          )}
        </div>
        <Tabs
          activeKey={view}
          onChange={(key) => setAddress({ view: key })}
          style={{ padding: "0 14px" }}
          items={VIEWS.map((key) => ({ key, label: t(`control.${key}`) }))}
        />
        <Shown view={view} choice={choice} />
      </div>
    </Page>
  )
}
