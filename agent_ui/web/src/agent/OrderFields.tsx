import { MinusOutlined, PlusOutlined } from "@ant-design/icons"
import { Button, Input, Segmented } from "antd"
import { useTranslation } from "../i18n/use"
import { ENUMS } from "../live/protocol.gen"
import { yuan } from "../ui/money"
import { type Item, type OrderDraft, totalFen } from "./dispositions"

const MOST = 999

interface Props {
  readonly order: OrderDraft
  readonly items: readonly Item[]
  readonly onChange: (order: OrderDraft) => void
}

/** An order of what the brochure offers; the total runs along. */
export function OrderFields({ order, items, onChange }: Props) {
  const { t } = useTranslation()
  const set = (part: Partial<OrderDraft>) => onChange({ ...order, ...part })
  const quantity = (item: Item, n: number) => set({ quantities: { ...order.quantities, [item.id]: Math.min(MOST, Math.max(0, n)) } })
  return (
    <div className="demand order">
      <div className="demand-title">{t("agent.orderItems")}</div>
      {items.length === 0 && <p className="dim">{t("agent.noItems")}</p>}
      <ul className="order-items">
        {items.map((item) => {
          const n = order.quantities[item.id] ?? 0
          return (
            <li key={item.id} data-chosen={n > 0}>
              <span className="grow">
                <span className="item-name">{item.name}</span>
                <span className="dim small num">
                  ¥{yuan(item.price_fen)} / {item.unit}
                </span>
              </span>
              <span className="stepper">
                <Button size="small" icon={<MinusOutlined />} aria-label={`${item.name} −1`} disabled={n === 0} onClick={() => quantity(item, n - 1)} />
                <Input
                  size="small"
                  className="num"
                  aria-label={`${item.name} ${t("agent.quantity")}`}
                  inputMode="numeric"
                  value={String(n)}
                  onChange={(event) => quantity(item, Number(event.target.value.replace(/\D/g, "")) || 0)}
                />
                <Button size="small" icon={<PlusOutlined />} aria-label={`${item.name} +1`} disabled={n >= MOST} onClick={() => quantity(item, n + 1)} />
              </span>
              <span className="line-sum num">{n > 0 ? yuan(n * item.price_fen) : ""}</span>
            </li>
          )
        })}
      </ul>
      <div className="order-total" aria-live="polite">
        <span>{t("agent.total")}</span>
        <strong className="num">¥{yuan(totalFen(order, items))}</strong>
      </div>
      <label className="field">
        <span>{t("agent.recipient")}</span>
        <Input size="small" maxLength={100} value={order.recipient} onChange={(event) => set({ recipient: event.target.value })} />
      </label>
      <label className="field">
        <span>{t("agent.address")}</span>
        <Input.TextArea size="small" maxLength={300} autoSize={{ minRows: 1, maxRows: 3 }} value={order.address} onChange={(event) => set({ address: event.target.value })} />
      </label>
      <div className="field">
        <span id="pay-label">{t("agent.payment")}</span>
        <Segmented
          size="small"
          block
          aria-labelledby="pay-label"
          value={order.payment}
          onChange={(payment) => set({ payment })}
          options={ENUMS.PaymentMode.map((mode) => ({ value: mode, label: t(`payment.${mode}`) }))}
        />
      </div>
    </div>
  )
}
