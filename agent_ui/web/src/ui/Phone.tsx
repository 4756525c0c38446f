import { EyeInvisibleOutlined, EyeOutlined } from "@ant-design/icons"
import { Button, Tooltip } from "antd"
import { useState } from "react"
import { useTranslation } from "../i18n/use"
import { api, taken } from "../api/client"
import { useFailure } from "./failure"

/** A masked number; showing it whole asks the server, which writes down who looked. */
export function Phone({ masked, customerId }: { readonly masked: string; readonly customerId: string }) {
  const { t } = useTranslation()
  const failed = useFailure()
  // Kept with the customer it belongs to: another customer's card never shows it.
  const [shown, setShown] = useState<{ readonly of: string; readonly phone: string } | null>(null)
  const [busy, setBusy] = useState(false)
  const full = shown?.of === customerId ? shown.phone : null

  async function reveal() {
    setBusy(true)
    try {
      const { phone } = await taken(
        api.POST("/api/customers/{customer_id}/reveal-phone", { params: { path: { customer_id: customerId } } }),
      )
      setShown({ of: customerId, phone })
    } catch (error) {
      failed(error)
    } finally {
      setBusy(false)
    }
  }

  const label = full === null ? t("phone.reveal") : t("phone.hide")
  return (
    <span className="row" style={{ gap: 2, display: "inline-flex" }}>
      <span className="num">{full ?? masked}</span>
      <Tooltip title={label}>
        <Button
          type="text"
          size="small"
          loading={busy}
          aria-label={label}
          icon={full === null ? <EyeOutlined /> : <EyeInvisibleOutlined />}
          onClick={() => (full === null ? void reveal() : setShown(null))}
        />
      </Tooltip>
    </span>
  )
}
