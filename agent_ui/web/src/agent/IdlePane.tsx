import { CoffeeOutlined, CustomerServiceOutlined } from "@ant-design/icons"
import { useTranslation } from "../i18n/use"
import type { AgentView } from "../live/protocol.gen"
import { yuan } from "../ui/money"
import { keyName, useKeySettings } from "./keys"
import { MyDay } from "./MyDay"
import { ScriptPane } from "./ScriptPane"
import { useCompany } from "./Spoken"
import { WarmUp } from "./WarmUp"
import { scriptOf, type Workplace } from "./workplace"
import type { Me } from "../app/session"

/** Between calls: what is being waited for, and the script and price list to read meanwhile. */
export function IdlePane({ me, agent, workplace }: { readonly me: Me; readonly agent: AgentView; readonly workplace: Workplace | null }) {
  const { t } = useTranslation()
  const key = keyName(useKeySettings((settings) => settings.keymap.ready))
  const company = useCompany()
  const resting = agent.state === "on_break"
  const preview = workplace?.mode === "preview"
  const title = resting ? t("agent.breakTitle") : t("agent.waitingTitle")
  const more =
    agent.reason === "line_lost"
      ? t("agent.lineLost")
      : resting
        ? t("agent.breakMore", { key })
        : t(preview ? "agent.waitingPreview" : "agent.waitingMore")
  return (
    <main className="at-work idle">
      <WarmUp />
      <section className="pane desk-col idle-now" data-state={agent.state}>
        <span className="idle-icon" aria-hidden>
          {resting ? <CoffeeOutlined /> : <CustomerServiceOutlined />}
        </span>
        <h2>{title}</h2>
        <p>{more}</p>
        <MyDay agent={agent} />
      </section>
      <ScriptPane script={scriptOf(workplace)} call={null} blanks={{ ...company, agent: me.name, ...(workplace === null ? {} : { brochure: workplace.brochure_title }) }} />
      <section className="pane desk-col price-list" aria-label={t("agent.orderItems")}>
        <h3>{t("agent.orderItems")}</h3>
        {workplace === null || workplace.items.length === 0 ? (
          <p className="dim">{t("agent.noItems")}</p>
        ) : (
          <ul className="order-items">
            {workplace.items.map((item) => (
              <li key={item.id}>
                <span className="grow">
                  <span className="item-name">{item.name}</span>
                  <span className="dim small num">{item.sku}</span>
                </span>
                <span className="num">
                  ¥{yuan(item.price_fen)} / {item.unit}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </main>
  )
}
