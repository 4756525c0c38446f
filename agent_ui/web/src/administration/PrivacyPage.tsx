import { ClockCircleFilled } from "@ant-design/icons"
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Checkbox, Popconfirm, type TableProps, Tabs } from "antd"
import { useState } from "react"
import { api, type Schemas, taken } from "../api/client"
import { currentLanguage } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useFailure } from "../ui/failure"
import { Page } from "../ui/Page"
import { PagedTable, usePaging } from "../ui/PagedTable"
import { Mark } from "../ui/StateMark"
import { Nothing } from "../ui/states"
import { calendarDate, fullTime } from "../ui/time"
import { RetentionTab } from "./RetentionTab"

type Row = Schemas["PrivacyRequestRow"]
interface Kept { readonly what: string; readonly why_zh: string; readonly why_en: string }

/** What an erasure left, by each holder's own words. */
function keptOf(row: Row): readonly Kept[] {
  return row.kind === "erasure" ? Object.values(row.result as Record<string, { kept?: Kept[] }>).flatMap((part) => part.kept ?? []) : []
}

export default function PrivacyPage() {
  const { t } = useTranslation()
  return (
    <Page title={t("privacy.title")} more={t("privacy.more")}>
      <div className="sheet" style={{ padding: "0 14px 14px" }}>
        <Tabs
          items={[
            { key: "requests", label: t("steer.retention.requests"), children: <Requests /> },
            { key: "retention", label: t("steer.retention.tab"), children: <RetentionTab /> },
          ]}
        />
      </div>
    </Page>
  )
}

function Requests() {
  const { t } = useTranslation()
  const paging = usePaging()
  const [openOnly, setOpenOnly] = useState(true)
  const query = openOnly ? { open_only: true } : {}
  const asked = useQuery({
    queryKey: ["privacy", query, paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/privacy/requests", { params: { query: { ...query, limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const columns: TableProps<Row>["columns"] = [
    { title: t("privacy.customer"), width: 130, ellipsis: true, render: (_, row) => (row.customer_name === "" ? <span className="dim">{t("privacy.erased")}</span> : row.customer_name) },
    { title: t("privacy.what"), width: 100, render: (_, row) => t(`privacy.kind.${row.kind}`) },
    { title: t("privacy.received"), width: 110, render: (_, row) => <span className="num">{calendarDate(row.received_on)}</span> },
    {
      title: t("privacy.due"),
      width: 190,
      render: (_, row) => (
        <span className="row" style={{ gap: 6 }}>
          <span className="num">{calendarDate(row.due_on)}</span>
          {row.overdue && (
            <Mark tone="bad" icon={<ClockCircleFilled />}>
              {t("privacy.overdue")}
            </Mark>
          )}
        </span>
      ),
    },
    { title: t("privacy.how"), dataIndex: "how", ellipsis: true },
    { title: t("privacy.notedBy"), dataIndex: "noted_by_name", width: 100, ellipsis: true },
    { title: t("privacy.done"), width: 180, render: (_, row) => (row.done_at === null ? "" : <span className="num">{fullTime(row.done_at)}</span>) },
    { title: t("ui.actions"), width: 130, fixed: "right", render: (_, row) => <Act row={row} /> },
  ]
  return (
    <>
        <div className="filters">
          <Checkbox
            checked={openOnly}
            onChange={(event) => {
              setOpenOnly(event.target.checked)
              paging.rewind()
            }}
          >
            {t("privacy.openOnly")}
          </Checkbox>
        </div>
        <PagedTable<Row>
          asked={asked}
          paging={paging}
          columns={columns}
          rowKey="id"
          width={1150}
          empty={<Nothing title={t("privacy.none")} />}
          expandable={{
            rowExpandable: (row) => keptOf(row).length > 0,
            expandedRowRender: (row) => (
              <>
                <strong>{t("privacy.kept")}</strong>
                <ul>
                  {keptOf(row).map((kept) => (
                    <li key={kept.what}>{currentLanguage() === "zh" ? kept.why_zh : kept.why_en}</li>
                  ))}
                </ul>
              </>
            ),
          }}
        />
    </>
  )
}

function Act({ row }: { readonly row: Row }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const queries = useQueryClient()
  const again = () => queries.invalidateQueries({ queryKey: ["privacy"] })
  const path = { request_id: row.id }
  const give = useMutation({
    mutationFn: () => taken(api.POST("/api/privacy/requests/{request_id}/copy", { params: { path }, parseAs: "blob" })),
    onSuccess: async (file) => {
      const link = document.createElement("a")
      link.href = URL.createObjectURL(file)
      link.download = `${row.customer_name}.json`
      link.click()
      URL.revokeObjectURL(link.href)
      await again()
    },
    onError: failed,
  })
  const erase = useMutation({
    mutationFn: () => taken(api.POST("/api/privacy/requests/{request_id}/erase", { params: { path } })),
    onSuccess: async () => {
      void message.success(t("privacy.eraseDone"))
      await again()
    },
    onError: failed,
  })
  if (row.kind === "copy") {
    return (
      <Button type="link" size="small" loading={give.isPending} onClick={() => give.mutate()}>
        {t("privacy.give")}
      </Button>
    )
  }
  if (row.done_at !== null) return null
  return (
    <Popconfirm title={t("privacy.eraseSure", { name: row.customer_name })} okText={t("privacy.erase")} cancelText={t("do.cancel")} okButtonProps={{ danger: true }} onConfirm={() => erase.mutate()}>
      <Button type="link" size="small" danger loading={erase.isPending}>
        {t("privacy.erase")}
      </Button>
    </Popconfirm>
  )
}
