/** The order reply slip of a brochure, as it is printed on its last page. */
import { PrinterOutlined } from "@ant-design/icons"
import { Button, Modal } from "antd"
import { createPortal } from "react-dom"
import { useState } from "react"
import type { Schemas } from "../api/client"
import { useInstallation } from "../app/installation"
import { useTranslation } from "../i18n/use"
import { yuan } from "../ui/money"
import "./edit.css"

type Brochure = Schemas["BrochureRow"]
const PAYMENTS = ["cash_on_delivery", "prepaid"] as const

export function ReplySlip({ brochure, close }: { readonly brochure: Brochure; readonly close: () => void }) {
  const { t } = useTranslation()
  const [printing, setPrinting] = useState(false)
  function print() {
    setPrinting(true)
    document.body.classList.add("printing-slip")
    // After the copy for the printer is on the page.
    requestAnimationFrame(() => {
      window.print()
      document.body.classList.remove("printing-slip")
      setPrinting(false)
    })
  }
  return (
    <Modal
      open
      width={720}
      title={t("edit.replies.slip")}
      onCancel={close}
      footer={[
        <Button key="close" onClick={close}>
          {t("do.close")}
        </Button>,
        <Button key="print" type="primary" icon={<PrinterOutlined />} onClick={print}>
          {t("edit.replies.print")}
        </Button>,
      ]}
    >
      <p className="dim">{t("edit.replies.slipMore")}</p>
      <Slip brochure={brochure} />
      {printing &&
        createPortal(
          <div className="slip-print">
            <Slip brochure={brochure} />
          </div>,
          document.body,
        )}
    </Modal>
  )
}

function Slip({ brochure }: { readonly brochure: Brochure }) {
  const { t } = useTranslation()
  const company = useInstallation((here) => here.company)
  const line = (label: string) => (
    <div className="line">
      <span>{label}</span>
      <i />
    </div>
  )
  return (
    <div className="slip">
      <div style={{ display: "flex", justifyContent: "space-between", alignItems: "baseline" }}>
        <strong style={{ fontSize: 18 }}>{t("edit.replies.slip")}</strong>
        <span>{company}</span>
      </div>
      <div>
        {brochure.title} · {brochure.code}-{brochure.edition}
      </div>
      <table>
        <thead>
          <tr>
            <th>{t("marketing.brochures.sku")}</th>
            <th>{t("marketing.brochures.itemName")}</th>
            <th style={{ textAlign: "right" }}>{t("marketing.brochures.price")}</th>
            <th style={{ width: 80 }}>{t("edit.replies.quantity")}</th>
            <th style={{ width: 110 }}>{t("edit.replies.sum")}</th>
          </tr>
        </thead>
        <tbody>
          {brochure.items.map((item) => (
            <tr key={item.id}>
              <td>{item.sku}</td>
              <td>{item.name}</td>
              <td style={{ textAlign: "right" }}>
                {yuan(item.price_fen)} / {item.unit}
              </td>
              <td> </td>
              <td> </td>
            </tr>
          ))}
        </tbody>
      </table>
      {line(t("edit.replies.recipient"))}
      {line(t("edit.replies.phone"))}
      {line(t("edit.replies.address"))}
      <div className="line">
        <span>{t("edit.replies.pay")}</span>
        <span>{PAYMENTS.map((mode) => `□ ${t(`payment.${mode}`)}`).join("   ")}</span>
      </div>
      {line(t("edit.replies.signature"))}
      <p style={{ margin: "10px 0 0", fontSize: 12 }}>{t("edit.replies.law")}</p>
    </div>
  )
}
