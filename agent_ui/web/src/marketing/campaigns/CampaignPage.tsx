import { CaretRightOutlined, PauseOutlined, StopOutlined, UserAddOutlined } from "@ant-design/icons"
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Popconfirm, Tabs } from "antd"
import { useParams } from "react-router"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { useFailure } from "../../ui/failure"
import { Page } from "../../ui/Page"
import { Mark, Stand } from "../../ui/StateMark"
import { Failed, Loading } from "../../ui/states"
import "../../supervisor/live.css"
import { Funnel } from "../../supervisor/Funnel"
import { BeforeOpen, Notices } from "./BeforeOpen"
import { CampaignForm } from "./CampaignForm"
import { CampaignLeads } from "./CampaignLeads"
import { AutomationTab } from "./AutomationTab"
import { CalendarView } from "./CalendarView"
import { ForecastView } from "./ForecastView"
import { MixTab } from "./MixTab"

type Campaign = Schemas["CampaignDetail"]

export function CampaignPage() {
  const { campaignId = "" } = useParams()
  const asked = useQuery({
    queryKey: ["campaign", campaignId],
    queryFn: () => taken(api.GET("/api/campaigns/{campaign_id}", { params: { path: { campaign_id: campaignId } } })),
  })
  if (asked.isPending) return <Loading rows={10} />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  return <Shown campaign={asked.data} />
}

function Shown({ campaign }: { readonly campaign: Campaign }) {
  const { t } = useTranslation()
  return (
    <Page
      title={campaign.name}
      more={
        <span className="row wrap">
          <Stand group="campaignState" state={campaign.state} />
          <Mark tone="info">{t(`mode.${campaign.mode}`)}</Mark>
          <span>{campaign.mailing_name}</span>·<span>{campaign.brochure_title}</span>·
          <span className="num">{t("marketing.campaigns.leadsOpen", { open: campaign.leads_open, all: campaign.leads })}</span>
        </span>
      }
      actions={<Moves campaign={campaign} />}
    >
      <Notices notices={campaign.warnings ?? []} />
      {campaign.state === "draft" && <BeforeOpen campaign={campaign} />}
      <div className="sheet" style={{ padding: "0 20px 20px" }}>
        <Tabs
          items={[
            { key: "calendar", label: t("marketing.campaigns.tabs.calendar"), children: <CalendarView campaign={campaign} /> },
            { key: "forecast", label: t("marketing.campaigns.tabs.forecast"), children: <ForecastView campaignId={campaign.id} version={campaign.version} /> },
            ...(campaign.state === "draft" ? [] : [{ key: "funnel", label: t("live.funnel"), children: <Funnel campaignId={campaign.id} /> }]),
            { key: "leads", label: t("marketing.campaigns.tabs.leads"), children: <CampaignLeads campaignId={campaign.id} /> },
            { key: "rules", label: t("steer.rule.tab"), children: <AutomationTab campaignId={campaign.id} /> },
            { key: "mix", label: t("steer.mix.tab"), children: <MixTab campaign={campaign} /> },
            { key: "settings", label: t("marketing.campaigns.tabs.settings"), children: <CampaignForm key={campaign.version} campaign={campaign} /> },
          ]}
        />
      </div>
    </Page>
  )
}

type Move = "open" | "pause" | "close" | "fill"

/** What can be done with a campaign in its state. */
function Moves({ campaign }: { readonly campaign: Campaign }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const params = { params: { path: { campaign_id: campaign.id } } }
  const move = useMutation({
    mutationFn: async (what: Move): Promise<string> => {
      switch (what) {
        case "open":
          await taken(api.POST("/api/campaigns/{campaign_id}/open", params))
          return t("marketing.campaigns.opened")
        case "pause":
          await taken(api.POST("/api/campaigns/{campaign_id}/pause", params))
          return t("marketing.campaigns.paused")
        case "close":
          await taken(api.POST("/api/campaigns/{campaign_id}/close", params))
          return t("marketing.campaigns.closed")
        case "fill": {
          const filled = await taken(api.POST("/api/campaigns/{campaign_id}/fill", params))
          return t("marketing.campaigns.filled", { n: filled.added })
        }
      }
    },
    onSuccess: async (said) => {
      void message.success(said)
      await queries.invalidateQueries()
    },
    onError: failed,
  })
  const { state } = campaign
  if (state === "closed") return null
  const sure = { okText: t("do.confirm"), cancelText: t("do.cancel") }
  return (
    <>
      <Button icon={<UserAddOutlined />} loading={move.isPending && move.variables === "fill"} onClick={() => move.mutate("fill")}>
        {t("marketing.campaigns.fill")}
      </Button>
      {state === "open" ? (
        <Button icon={<PauseOutlined />} loading={move.isPending && move.variables === "pause"} onClick={() => move.mutate("pause")}>
          {t("marketing.campaigns.pause")}
        </Button>
      ) : (
        <Popconfirm title={t("marketing.campaigns.openSure")} {...sure} onConfirm={() => move.mutate("open")}>
          <Button type="primary" icon={<CaretRightOutlined />} loading={move.isPending && move.variables === "open"}>
            {t("marketing.campaigns.open")}
          </Button>
        </Popconfirm>
      )}
      <Popconfirm title={t("marketing.campaigns.closeSure")} {...sure} onConfirm={() => move.mutate("close")}>
        <Button danger icon={<StopOutlined />} loading={move.isPending && move.variables === "close"}>
          {t("marketing.campaigns.close")}
        </Button>
      </Popconfirm>
    </>
  )
}
