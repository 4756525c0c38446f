import { CheckCircleFilled, ExclamationCircleFilled } from "@ant-design/icons"
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Checkbox, DatePicker, Space } from "antd"
import type { Dayjs } from "dayjs"
import { useState } from "react"
import { api, type Schemas, taken } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { useFailure } from "../../ui/failure"
import { PagedTable, usePaging } from "../../ui/PagedTable"
import { Mark } from "../../ui/StateMark"
import { Nothing } from "../../ui/states"
import { calendarDate, fullTime } from "../../ui/time"
import { CallDrawer } from "../CallDrawer"
import type { Choice } from "./choice"

type Row = Schemas["ProofRow"]

export function ProofsTab({ choice }: { readonly choice: Choice }) {
  const { t } = useTranslation()
  const paging = usePaging()
  const [faulty, setFaulty] = useState(false)
  const [call, setCall] = useState<string | null>(null)
  const { since, until, campaign_id } = choice
  const query = { since, until, faulty, ...(campaign_id === undefined ? {} : { campaign_id }) }
  const asked = useQuery({
    queryKey: ["control", "proofs", query, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/control/proofs", { params: { query: { ...query, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <div className="filters">
        <Checkbox checked={faulty} onChange={(event) => setFaulty(event.target.checked)}>
          {t("control.onlyFaulty")}
        </Checkbox>
        <span className="grow" />
        <Prove />
      </div>
      <PagedTable<Row & { readonly id: string }>
        asked={{ ...asked, data: asked.data === undefined ? undefined : { total: asked.data.total, rows: asked.data.rows.map((row) => ({ ...row, id: `${row.day}${row.campaign_id}` })) } }}
        paging={paging}
        rowKey="id"
        columns={[
          { title: t("control.day"), width: 120, render: (_, row) => calendarDate(row.day) },
          { title: t("live.campaign"), dataIndex: "campaign_name", ellipsis: true },
          { title: t("control.attempts"), dataIndex: "attempts", align: "right", width: 90 },
          {
            title: t("control.faulty"),
            width: 420,
            render: (_, row) =>
              row.faulty === 0 ? (
                <Mark tone="good" icon={<CheckCircleFilled />}>
                  {t("control.clean")}
                </Mark>
              ) : (
                <span className="row wrap" style={{ gap: 8 }}>
                  {row.faults.map((found) => (
                    <span key={found.fault}>
                      <Mark tone="bad" icon={<ExclamationCircleFilled />}>
                        {t(`control.fault.${found.fault}`)} {found.calls}
                      </Mark>
                      {found.first.slice(0, 3).map((id, n) => (
                        <Button key={id} type="link" size="small" onClick={() => setCall(id)}>
                          #{n + 1}
                        </Button>
                      ))}
                    </span>
                  ))}
                </span>
              ),
          },
          { title: t("control.provedAt"), width: 180, render: (_, row) => <span className="num">{fullTime(row.proved_at)}</span> },
        ]}
        empty={<Nothing title={t("control.noProofs")} more={t("control.noProofsMore")} />}
      />
      {call !== null && <CallDrawer callId={call} close={() => setCall(null)} />}
    </>
  )
}

function Prove() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const [day, setDay] = useState<Dayjs | null>(null)
  const prove = useMutation({
    mutationFn: (wanted: string) => taken(api.POST("/api/control/proofs", { params: { query: { day: wanted } } })),
    onSuccess: async ({ total }) => {
      await queries.invalidateQueries({ queryKey: ["control", "proofs"] })
      void message.success(t("control.proved", { n: total }))
    },
    onError: failed,
  })
  return (
    <Space.Compact>
      <DatePicker value={day} onChange={setDay} aria-label={t("control.day")} />
      <Button disabled={day === null} loading={prove.isPending} onClick={() => day !== null && prove.mutate(day.format("YYYY-MM-DD"))}>
        {t("control.prove")}
      </Button>
    </Space.Compact>
  )
}
