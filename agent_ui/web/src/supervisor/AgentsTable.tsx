import { DisconnectOutlined, ExclamationCircleFilled, PhoneOutlined, SearchOutlined } from "@ant-design/icons"
import { Input, Table, type TableProps } from "antd"
import { useMemo, useState } from "react"
import { useTranslation } from "../i18n/use"
import { wordFor } from "../i18n"
import type { AgentState, AgentView, CallView, CampaignFigures } from "../live/protocol.gen"
import { AgentMark, Mark } from "../ui/StateMark"
import { Nothing } from "../ui/states"
import { useSeconds } from "../ui/ticker"
import { duration } from "../ui/time"
import { countStates, pastOf, sortAgents } from "./figures"
import { canSupervise, ListenButton } from "./Supervising"
import { useHeight } from "./useHeight"

interface Props {
  readonly agents: readonly AgentView[]
  readonly calls: Readonly<Record<string, CallView>>
  readonly campaigns: Readonly<Record<string, CampaignFigures>>
}

const HEAD = 37

/** Every agent on duty. The table changes with events only; what ticks is one leaf in each row. */
export function AgentsTable({ agents, calls, campaigns }: Props) {
  const { t } = useTranslation()
  const [state, setState] = useState<AgentState | null>(null)
  const [word, setWord] = useState("")
  const [box, height] = useHeight()
  const rows = useMemo(
    () => sortAgents(agents).filter((agent) => (state === null || agent.state === state) && agent.name.includes(word.trim())),
    [agents, state, word],
  )
  const columns: TableProps<AgentView>["columns"] = [
    { title: t("live.agent"), dataIndex: "name", width: 120, ellipsis: true, render: (name: string) => <strong>{name}</strong> },
    {
      title: t("live.state"),
      width: 210,
      render: (_, agent) => (
        <span className="row" style={{ gap: 5 }}>
          <AgentMark state={agent.state} reason={agent.reason} />
          {agent.next_state === "on_break" && <span className="dim small clip">→ {wordFor("breakReason", agent.next_reason)}</span>}
          {!agent.present && (
            <Mark tone="bad" icon={<DisconnectOutlined />}>
              {t("live.absent")}
            </Mark>
          )}
          {agent.call_id !== null && (calls[agent.call_id]?.agent_lost_at ?? null) !== null && (
            <Mark tone="bad" icon={<PhoneOutlined />}>
              {t("live.lineLost")}
            </Mark>
          )}
        </span>
      ),
    },
    { title: t("live.time"), width: 150, render: (_, agent) => <StateTime agent={agent} /> },
    {
      title: t("live.supervise.column"),
      width: 120,
      render: (_, agent) => {
        const call = agent.call_id === null ? undefined : calls[agent.call_id]
        return canSupervise(call) ? <ListenButton call={call} agent={agent} /> : ""
      },
    },
    {
      title: t("live.customer"),
      width: 100,
      ellipsis: true,
      render: (_, agent) => (agent.call_id === null ? "" : (calls[agent.call_id]?.customer_name ?? "")),
    },
    {
      title: t("live.stage"),
      width: 120,
      render: (_, agent) => {
        const stage = agent.call_id === null ? null : (calls[agent.call_id]?.stage ?? null)
        return stage === null ? "" : t(`stage.${stage}`)
      },
    },
    { title: t("live.campaign"), width: 140, ellipsis: true, render: (_, agent) => (agent.queue_id === null ? "" : (campaigns[agent.queue_id]?.name ?? "")) },
  ]
  return (
    <div className="table-box">
      <div className="filters">
        <Input
          allowClear
          size="small"
          prefix={<SearchOutlined aria-hidden />}
          aria-label={t("live.searchAgent")}
          placeholder={t("live.searchAgent")}
          value={word}
          onChange={(event) => setWord(event.target.value)}
          style={{ width: 150 }}
        />
        <div className="row wrap" role="group" aria-label={t("live.state")} style={{ gap: 5 }}>
          {countStates(agents).map(([name, n]) => (
            <button key={name} type="button" className="mark filter-mark" data-tone={name} aria-pressed={state === name} onClick={() => setState(state === name ? null : name)}>
              {t(`agentState.${name}`)} <span className="num">{n}</span>
            </button>
          ))}
        </div>
      </div>
      <div className="table-rest" ref={box}>
        <Table<AgentView>
          virtual
          size="small"
          rowKey="user_id"
          pagination={false}
          dataSource={[...rows]}
          columns={columns}
          scroll={{ x: 950, y: Math.max(120, height - HEAD) }}
          locale={{ emptyText: agents.length === 0 ? <Nothing title={t("live.noAgents")} more={t("live.noAgentsMore")} /> : <Nothing title={t("say.nothingFound")} /> }}
        />
      </div>
    </div>
  )
}

/** The one ticking cell: time in state, and what is past its measure. */
function StateTime({ agent }: { readonly agent: AgentView }) {
  const { t } = useTranslation()
  const now = useSeconds()
  const past = pastOf(agent, now)
  return (
    <span className="row" style={{ gap: 8 }}>
      <span className="num" style={{ minWidth: 44 }}>
        {duration(now - Date.parse(agent.state_since) / 1000)}
      </span>
      {past !== null && (
        <Mark tone={past === "wrap" ? "bad" : past === "idle" ? "info" : "warn"} icon={<ExclamationCircleFilled />}>
          {t(`live.past.${past}`)}
        </Mark>
      )}
    </span>
  )
}
