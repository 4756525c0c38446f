import { PlusOutlined } from "@ant-design/icons"
import { useQuery } from "@tanstack/react-query"
import { Button, Tabs } from "antd"
import { useState } from "react"
import { api, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { Page } from "../../ui/Page"
import { NetworkTab } from "./NetworkTab"
import { AddNumber } from "./NumberForms"
import { NumbersTable } from "./NumbersTable"
import { PolicyTab } from "./PolicyTab"
import "./lines.css"

const EVERY_MS = 30_000

/** Our caller numbers: what people make of them, which one rests, which one is next; and how the network is. */
export default function LinesPage() {
  const { t } = useTranslation()
  const [adding, setAdding] = useState(false)
  const numbers = useQuery({
    queryKey: ["lines", "numbers"],
    queryFn: () => taken(api.GET("/api/lines/numbers")),
    refetchInterval: EVERY_MS,
  })
  return (
    <Page
      title={t("menu.lines")}
      more={t("lines.more")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
          {t("lines.add")}
        </Button>
      }
    >
      <div className="sheet" style={{ padding: "0 14px 14px" }}>
        <Tabs
          items={[
            { key: "numbers", label: t("lines.tab.numbers"), children: <NumbersTable asked={numbers} /> },
            { key: "policy", label: t("lines.tab.policy"), children: <PolicyTab /> },
            { key: "network", label: t("lines.tab.network"), children: <NetworkTab /> },
          ]}
        />
      </div>
      {adding && <AddNumber close={() => setAdding(false)} />}
    </Page>
  )
}
