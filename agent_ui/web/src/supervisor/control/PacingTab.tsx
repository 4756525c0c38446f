import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Segmented } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { currentLanguage, wordFor } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { PagedTable, usePaging } from "../../ui/PagedTable"
import { Mark } from "../../ui/StateMark"
import { Nothing } from "../../ui/states"
import { fullTime } from "../../ui/time"
import type { Choice } from "./choice"

type Row = Schemas["PacingNoteRow"]
const WHICH = ["all", "abandoned", "changed"] as const

export function PacingTab({ choice }: { readonly choice: Choice }) {
  const { t } = useTranslation()
  const paging = usePaging()
  const [which, setWhich] = useState<(typeof WHICH)[number]>("all")
  const { campaign_id: campaign, since, until } = choice
  const query = { campaign_id: campaign ?? "", since, until, ...(which === "all" ? {} : { why: which }) }
  const asked = useQuery({
    queryKey: ["control", "pacing", query, paging.limit, paging.offset],
    enabled: campaign !== undefined,
    queryFn: () => taken(api.GET("/api/control/pacing", { params: { query: { ...query, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  if (campaign === undefined) return <Nothing title={t("control.chooseCampaign")} />
  return (
    <>
      <div className="filters">
        <Segmented
          size="small"
          aria-label={t("control.noteWhy")}
          value={which}
          onChange={(value) => {
            setWhich(value)
            paging.rewind()
          }}
          options={WHICH.map((value) => ({ value, label: t(`control.note.${value}`) }))}
        />
      </div>
      <PagedTable<Row>
        asked={asked}
        paging={paging}
        rowKey="id"
        columns={[
          { title: t("control.at"), width: 180, render: (_, row) => <span className="num">{fullTime(row.at)}</span> },
          { title: t("control.noteWhy"), width: 150, render: (_, row) => <Mark tone={row.why === "abandoned" ? "bad" : "plain"}>{t(`control.note.${row.why}`)}</Mark> },
          { title: t("control.launched"), dataIndex: "launch", align: "right", width: 80 },
          { title: t("control.heldBack"), width: 140, render: (_, row) => wordFor("live.heldBack", row.held_back) },
          { title: t("control.reason"), render: (_, row) => (currentLanguage() === "zh" ? row.zh : row.en) },
        ]}
        empty={<Nothing title={t("say.nothingFound")} />}
      />
    </>
  )
}
