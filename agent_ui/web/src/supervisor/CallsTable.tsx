import { ExclamationCircleFilled } from "@ant-design/icons"
import { Table, type TableProps } from "antd"
import { useTranslation } from "../i18n/use"
import type { AgentView, CallView, CampaignFigures } from "../live/protocol.gen"
import { Since } from "../ui/Clock"
import { CallMark, Mark } from "../ui/StateMark"
import { Nothing } from "../ui/states"
import { callSince } from "./figures"
import { useHeight } from "./useHeight"

interface Props {
  readonly calls: readonly CallView[]
  readonly agents: Readonly<Record<string, AgentView>>
  readonly campaigns: Readonly<Record<string, CampaignFigures>>
}

const HEAD = 37

export function CallsTable({ calls, agents, campaigns }: Props) {
  const { t } = useTranslation()
  const [box, height] = useHeight()
  const columns: TableProps<CallView>["columns"] = [
    {
      title: t("live.state"),
      width: 190,
      render: (_, call) => (
        <span className="row" style={{ gap: 6 }}>
          <CallMark state={call.state} />
          {call.state === "waiting" && (
            <Mark tone="bad" icon={<ExclamationCircleFilled />}>
              {t("live.past.waiting")}
            </Mark>
          )}
        </span>
      ),
    },
    { title: t("live.time"), width: 80, render: (_, call) => <Since at={callSince(call)} /> },
    { title: t("live.customer"), width: 110, ellipsis: true, dataIndex: "customer_name" },
    { title: t("live.phone"), width: 130, render: (_, call) => <span className="num">{call.masked_phone}</span> },
    { title: t("live.agent"), width: 100, ellipsis: true, render: (_, call) => (call.agent_id === null ? "" : (agents[call.agent_id]?.name ?? "")) },
    { title: t("live.stage"), width: 120, render: (_, call) => (call.stage === null ? "" : t(`stage.${call.stage}`)) },
    { title: t("live.attempt"), width: 80, render: (_, call) => <span className="num">{call.attempt_no}</span> },
    { title: t("live.campaign"), width: 150, ellipsis: true, render: (_, call) => campaigns[call.queue_id]?.name ?? "" },
  ]
  return (
    <div className="table-box">
      <div className="table-rest" ref={box}>
        <Table<CallView>
          virtual
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={[...calls]}
          columns={columns}
          scroll={{ x: 940, y: Math.max(120, height - HEAD) }}
          locale={{ emptyText: <Nothing title={t("live.noCalls")} /> }}
        />
      </div>
    </div>
  )
}
