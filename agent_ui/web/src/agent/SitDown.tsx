import { LoginOutlined } from "@ant-design/icons"
import { useQuery } from "@tanstack/react-query"
import { Button } from "antd"
import { useTranslation } from "../i18n/use"
import { api, taken } from "../api/client"
import { wordFor } from "../i18n"
import { Mark } from "../ui/StateMark"
import { Failed, Loading, Nothing } from "../ui/states"

interface Props {
  readonly enabled: boolean
  readonly busy: boolean
  readonly current: string | null
  readonly signOn: (campaignId: string) => void
}

/** Choosing the campaign one works on. */
export function SitDown({ enabled, busy, current, signOn }: Props) {
  const { t } = useTranslation()
  const open = useQuery({
    queryKey: ["campaigns", "open"],
    queryFn: () => taken(api.GET("/api/campaigns", { params: { query: { state: "open", limit: 50 } } })),
    refetchInterval: 15_000,
  })
  return (
    <main className="sit-down">
      <h1>{t("agent.sitDown")}</h1>
      <p className="dim">{t("agent.sitDownMore")}</p>
      {open.isPending ? (
        <Loading rows={3} />
      ) : open.isError ? (
        <Failed error={open.error} retry={() => void open.refetch()} />
      ) : open.data.rows.length === 0 ? (
        <Nothing title={t("agent.noCampaign")} more={t("agent.noCampaignMore")}>
          <Button onClick={() => void open.refetch()}>{t("do.refresh")}</Button>
        </Nothing>
      ) : (
        <ul className="campaign-list">
          {open.data.rows.map((campaign) => (
            <li key={campaign.id} className="sheet" data-current={campaign.id === current}>
              <div className="grow">
                <h2>{campaign.name}</h2>
                <div className="row wrap">
                  <Mark tone="info">{wordFor("mode", campaign.mode)}</Mark>
                  <span className="dim">{wordFor("modeMore", campaign.mode)}</span>
                </div>
              </div>
              <Button
                type={campaign.id === current || current === null ? "primary" : "default"}
                size="large"
                icon={<LoginOutlined />}
                disabled={!enabled}
                loading={busy}
                onClick={() => signOn(campaign.id)}
              >
                {t("agent.signOn")}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </main>
  )
}
