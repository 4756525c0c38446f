import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, InputNumber, Popconfirm, Select, Table } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { useFailure } from "../../ui/failure"
import { useCampaigns } from "../../ui/lookups"
import { Mark, Stand } from "../../ui/StateMark"
import { Failed, Loading, Nothing } from "../../ui/states"

type Campaign = Schemas["CampaignDetail"]
type Mix = Schemas["Mix"]
type Line = Required<Schemas["MixLine"]>

/** Campaigns that share this one's agents: set here, with what each had today beside what it was to have. */
export function MixTab({ campaign }: { readonly campaign: Campaign }) {
  const { t } = useTranslation()
  const asked = useQuery({
    queryKey: ["campaign", campaign.id, "mix"],
    queryFn: () => taken(api.GET("/api/campaigns/{campaign_id}/mix", { params: { path: { campaign_id: campaign.id } } })),
    refetchInterval: 10_000,
  })
  if (asked.isPending) return <Loading rows={4} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data.host_id !== campaign.id) return <Nothing title={t("steer.mix.guestOf", { name: asked.data.host_name })} />
  const lines = asked.data.lists.map(({ campaign_id, weight, priority }) => ({ campaign_id, weight, priority }))
  return <Lists key={JSON.stringify(lines)} campaign={campaign} mix={asked.data} saved={lines} />
}

function Lists({ campaign, mix, saved }: { readonly campaign: Campaign; readonly mix: Mix; readonly saved: readonly Line[] }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [lines, setLines] = useState<readonly Line[]>(saved)
  const known = useCampaigns().data?.rows ?? []
  const save = useMutation({
    mutationFn: (lists: readonly Line[]) => taken(api.PUT("/api/campaigns/{campaign_id}/mix", { params: { path: { campaign_id: campaign.id } }, body: { lists: [...lists] } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["campaign", campaign.id, "mix"] })
      void message.success(t("say.saved"))
    },
    onError: failed,
  })
  const closed = campaign.state === "closed"
  const free = known.filter((row) => row.state !== "closed" && !lines.some((line) => line.campaign_id === row.id))
  const add = (id: string) => setLines([...lines, { campaign_id: id, weight: 1, priority: 1 }])
  const set = (id: string, change: Partial<Line>) => setLines(lines.map((line) => (line.campaign_id === id ? { ...line, ...change } : line)))
  if (lines.length === 0) {
    return (
      <Nothing title={t("steer.mix.none")} more={t("steer.mix.more")}>
        {!closed && (
          <Button type="primary" onClick={() => add(campaign.id)}>
            {t("steer.mix.start")}
          </Button>
        )}
      </Nothing>
    )
  }
  const today = (id: string) => mix.lists.find((row) => row.campaign_id === id)
  const callsToday = mix.lists.reduce((sum, row) => sum + row.calls_today, 0)
  const dirty = JSON.stringify(lines) !== JSON.stringify(saved)
  const percent = (part: number) => `${(part * 100).toFixed(0)} %`
  const sumOf = (priority: number) => lines.filter((line) => line.priority === priority).reduce((sum, line) => sum + line.weight, 0)
  return (
    <>
      <p className="dim">{t("steer.mix.more")}</p>
      <Table<Line>
        size="small"
        rowKey="campaign_id"
        pagination={false}
        scroll={{ x: 900 }}
        dataSource={[...lines]}
        columns={[
          {
            title: t("steer.mix.list"),
            render: (_, line) => (
              <span className="row wrap" style={{ gap: 8 }}>
                <span>{known.find((row) => row.id === line.campaign_id)?.name ?? today(line.campaign_id)?.name ?? ""}</span>
                {line.campaign_id === campaign.id && <Mark tone="info">{t("steer.mix.host")}</Mark>}
                <Stand group="campaignState" state={known.find((row) => row.id === line.campaign_id)?.state ?? "draft"} />
              </span>
            ),
          },
          {
            title: <span title={t("steer.mix.priorityMore")}>{t("steer.mix.priority")}</span>,
            width: 100,
            render: (_, line) => <InputNumber size="small" min={1} max={9} precision={0} disabled={closed} value={line.priority} aria-label={t("steer.mix.priority")} onChange={(value) => set(line.campaign_id, { priority: value ?? 1 })} />,
          },
          {
            title: t("steer.mix.weight"),
            width: 110,
            render: (_, line) => <InputNumber size="small" min={1} max={1000} precision={0} disabled={closed} value={line.weight} aria-label={t("steer.mix.weight")} onChange={(value) => set(line.campaign_id, { weight: value ?? 1 })} />,
          },
          { title: t("steer.mix.shareOf"), width: 100, render: (_, line) => <span className="num">{percent(line.weight / sumOf(line.priority))}</span> },
          { title: t("steer.mix.callsToday"), width: 100, render: (_, line) => <span className="num">{today(line.campaign_id)?.calls_today ?? "–"}</span> },
          { title: t("steer.mix.actual"), width: 110, render: (_, line) => <span className="num">{callsToday === 0 ? "–" : percent((today(line.campaign_id)?.calls_today ?? 0) / callsToday)}</span> },
          {
            title: t("steer.mix.stand"),
            width: 130,
            render: (_, line) => {
              const row = today(line.campaign_id)
              return row === undefined ? null : <Mark tone={row.dry ? "warn" : "good"}>{t(row.dry ? "steer.mix.dry" : "steer.mix.turning")}</Mark>
            },
          },
          {
            title: "",
            width: 50,
            render: (_, line) =>
              line.campaign_id === campaign.id || closed ? null : <Button type="text" size="small" danger icon={<DeleteOutlined />} aria-label={t("do.remove")} onClick={() => setLines(lines.filter((one) => one.campaign_id !== line.campaign_id))} />,
          },
        ]}
      />
      {!closed && (
        <div className="row wrap" style={{ marginTop: 12 }}>
          <Select
            value={null}
            showSearch={{ optionFilterProp: "label" }}
            suffix={<PlusOutlined />}
            placeholder={t("steer.mix.add")}
            aria-label={t("steer.mix.add")}
            style={{ width: 260 }}
            options={free.map((row) => ({ value: row.id, label: row.name }))}
            onChange={(id: string | null) => {
              if (id !== null) add(id)
            }}
          />
          <Button type="primary" disabled={!dirty || lines.length < 2} loading={save.isPending} onClick={() => save.mutate(lines)}>
            {t("do.save")}
          </Button>
          {saved.length > 0 && (
            <Popconfirm title={t("steer.mix.endSure")} okText={t("do.confirm")} cancelText={t("do.cancel")} onConfirm={() => save.mutate([])}>
              <Button danger>{t("steer.mix.end")}</Button>
            </Popconfirm>
          )}
        </div>
      )}
    </>
  )
}
