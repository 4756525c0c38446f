import { PlusOutlined } from "@ant-design/icons"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Button, Popconfirm, Table } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { currentLanguage, wordFor } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { useFailure } from "../../ui/failure"
import { PagedTable, usePaging } from "../../ui/PagedTable"
import { Mark } from "../../ui/StateMark"
import { Failed, Loading, Nothing } from "../../ui/states"
import { fullTime } from "../../ui/time"
import { AutomationEdit } from "./AutomationEdit"
import { conditionText, METRICS, shown } from "./automation"

type Row = Schemas["AutomationRow"]
type Run = Schemas["AutomationRunRow"]

/** Rules that open, pause, close or change a campaign: what they are, what they see now, and what they did. */
export function AutomationTab({ campaignId }: { readonly campaignId: string }) {
  const { t } = useTranslation()
  const failed = useFailure()
  const queries = useQueryClient()
  const [editing, setEditing] = useState<Row | "new" | null>(null)
  const query = { params: { query: { campaign_id: campaignId } } }
  const asked = useQuery({ queryKey: ["automation", campaignId], queryFn: () => taken(api.GET("/api/campaign-rules", query)), refetchInterval: 30_000 })
  const now = useQuery({ queryKey: ["automation", campaignId, "now"], queryFn: () => taken(api.GET("/api/campaign-rules/now", query)), refetchInterval: 30_000 })
  const remove = useMutation({
    mutationFn: (id: string) => taken(api.DELETE("/api/campaign-rules/{rule_id}", { params: { path: { rule_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["automation", campaignId] }),
    onError: failed,
  })
  if (asked.isPending) return <Loading rows={5} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  const rows = asked.data.rows
  const due = new Set(now.data?.would_fire)
  return (
    <>
      <div className="row wrap" style={{ justifyContent: "space-between", marginBottom: 10 }}>
        <span className="dim">{t("steer.rule.more")}</span>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>
          {t("steer.rule.new")}
        </Button>
      </div>
      <Table<Row>
        size="small"
        rowKey="id"
        pagination={false}
        scroll={{ x: 900 }}
        dataSource={rows}
        locale={{ emptyText: <Nothing title={t("steer.rule.none")} /> }}
        columns={[
          { title: t("steer.rule.name"), dataIndex: "name", width: 160, ellipsis: true },
          { title: t("steer.rule.when"), render: (_, row) => row.conditions.map((one) => conditionText(one, t)).join(` ${t("steer.rule.and")} `) },
          { title: t("steer.rule.then"), width: 210, render: (_, row) => <Deed row={row} /> },
          {
            title: t("live.follow.state"),
            width: 170,
            render: (_, row) => (
              <span className="row wrap" style={{ gap: 4 }}>
                <Mark tone={row.active ? "good" : "plain"}>{t(row.active ? "steer.rule.active" : "steer.rule.resting")}</Mark>
                {row.held && <Mark tone="info">{t("steer.rule.holding")}</Mark>}
                {due.has(row.id) && <Mark tone="warn">{t("steer.rule.wouldFire")}</Mark>}
              </span>
            ),
          },
          { title: t("steer.rule.lookedAt"), width: 170, render: (_, row) => (row.looked_at === null ? "–" : <span className="num">{fullTime(row.looked_at)}</span>) },
          {
            title: t("ui.actions"),
            width: 130,
            render: (_, row) => (
              <span className="row" style={{ gap: 0 }}>
                <Button type="link" size="small" onClick={() => setEditing(row)}>
                  {t("do.edit")}
                </Button>
                <Popconfirm title={t("steer.rule.removeSure")} okText={t("do.remove")} cancelText={t("do.cancel")} onConfirm={() => remove.mutate(row.id)}>
                  <Button type="link" size="small" danger>
                    {t("do.remove")}
                  </Button>
                </Popconfirm>
              </span>
            ),
          },
        ]}
      />
      {now.data !== undefined && (
        <section className="block" style={{ marginTop: 16 }}>
          <h3>{t("steer.rule.now")}</h3>
          <dl className="row wrap" style={{ gap: "6px 22px", margin: 0 }}>
            {METRICS.map((metric) => (
              <span key={metric} className="row" style={{ gap: 6 }}>
                <dt className="dim">{t(`steer.rule.metric.${metric}`)}</dt>
                <dd className="num" style={{ margin: 0 }}>
                  {shown(metric, now.data.figures[metric] ?? 0, t)}
                </dd>
              </span>
            ))}
          </dl>
        </section>
      )}
      <Runs campaignId={campaignId} rules={rows} />
      {editing !== null && <AutomationEdit campaignId={campaignId} row={editing === "new" ? null : editing} last={rows.length} close={() => setEditing(null)} />}
    </>
  )
}

const between = () => (currentLanguage() === "zh" ? "；" : "; ")

function Deed({ row }: { readonly row: Row }) {
  const { t } = useTranslation()
  const changed = Object.entries(row.settings).filter(([, value]) => value !== null)
  return (
    <>
      {t(`steer.rule.deed.${row.deed}`)}
      {changed.length > 0 && (
        <span className="dim">
          {" "}
          {changed.map(([name, value]) => `${wordFor("steer.rule.setting", name)} ${name === "mode" ? wordFor("mode", String(value)) : String(value)}`).join(between())}
        </span>
      )}
    </>
  )
}

function Runs({ campaignId, rules }: { readonly campaignId: string; readonly rules: readonly Row[] }) {
  const { t } = useTranslation()
  const paging = usePaging(20)
  const asked = useQuery({
    queryKey: ["automation", campaignId, "runs", paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/campaign-rules/runs", { params: { query: { campaign_id: campaignId, limit: paging.limit, offset: paging.offset } } })),
  })
  return (
    <section style={{ marginTop: 16 }}>
      <h3>{t("steer.rule.runs")}</h3>
      <PagedTable<Run>
        asked={asked}
        paging={paging}
        rowKey="id"
        width={800}
        empty={<Nothing title={t("steer.rule.noRuns")} />}
        columns={[
          { title: t("steer.rule.at"), width: 180, render: (_, run) => <span className="num">{fullTime(run.at)}</span> },
          { title: t("steer.rule.name"), width: 160, render: (_, run) => rules.find((rule) => rule.id === run.automation_id)?.name ?? "" },
          { title: t("steer.rule.then"), width: 130, render: (_, run) => t(`steer.rule.deed.${run.deed}`) },
          { title: t("steer.rule.because"), render: (_, run) => run.seen.map((one) => `${conditionText(one, t)} (${shown(one.metric, one.seen, t)})`).join(between()) },
          {
            title: t("steer.rule.outcome"),
            render: (_, run) => (run.problem_zh === null ? <Mark tone="good">{t("steer.rule.done")}</Mark> : <Mark tone="bad">{currentLanguage() === "zh" ? run.problem_zh : run.problem_en}</Mark>),
          },
        ]}
      />
    </section>
  )
}
