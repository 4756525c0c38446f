import { DownloadOutlined, UploadOutlined } from "@ant-design/icons"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { Button, Dropdown, type TableProps } from "antd"
import { useState } from "react"
import { api, download, type Schemas, taken } from "../../api/client"
import { currentLanguage } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { useFailure } from "../../ui/failure"
import { Page } from "../../ui/Page"
import { PagedTable, usePaging } from "../../ui/PagedTable"
import { Mark, Stand } from "../../ui/StateMark"
import { Nothing } from "../../ui/states"
import { fullTime } from "../../ui/time"
import { Counts, ErrorFileButton, Reasons } from "./Counts"
import { ImportWizard } from "./ImportWizard"

type Run = Schemas["ImportRunOut"]

export default function ImportsPage() {
  const { t } = useTranslation()
  const failed = useFailure()
  const [importing, setImporting] = useState(false)
  const paging = usePaging(20)
  const asked = useQuery({
    queryKey: ["imports", paging.limit, paging.offset],
    queryFn: () => taken(api.GET("/api/imports", { params: { query: { limit: paging.limit, offset: paging.offset } } })),
    placeholderData: keepPreviousData,
  })
  const template = (format: "xlsx" | "csv") => {
    const lang = currentLanguage()
    void download(`/api/imports/template?lang=${lang}&format=${format}`, `${lang === "zh" ? "客户名单模板" : "customer-list-template"}.${format}`).catch(failed)
  }
  const columns: TableProps<Run>["columns"] = [
    { title: t("marketing.imports.at"), width: 170, render: (_, run) => <span className="num">{fullTime(run.started_at)}</span> },
    { title: t("marketing.imports.source"), dataIndex: "source", width: 170, ellipsis: true },
    { title: t("marketing.imports.file"), dataIndex: "file_name", ellipsis: true },
    { title: t("marketing.imports.rows"), width: 90, align: "right", render: (_, run) => <strong className="num">{run.rows}</strong> },
    ...(["new", "updated", "duplicate", "do_not_call", "invalid"] as const).map((name) => ({
      title: t(`marketing.imports.${name}`),
      width: 85,
      align: "right" as const,
      render: (_: unknown, run: Run) => <span className={run[name] === 0 ? "num dim" : "num"}>{run[name]}</span>,
    })),
    {
      title: t("marketing.imports.state"),
      width: 100,
      render: (_, run) => (run.state === "checked" ? <Mark tone="plain">{t("marketing.imports.states.checked")}</Mark> : <Stand group="marketing.imports.states" state={run.state} />),
    },
    { title: t("marketing.imports.by"), width: 100, ellipsis: true, render: (_, run) => run.by_name ?? "" },
  ]
  if (importing) return <ImportWizard close={() => setImporting(false)} />
  return (
    <Page
      title={t("menu.imports")}
      more={t("marketing.imports.more")}
      actions={
        <>
          <Dropdown
            menu={{
              items: [
                { key: "xlsx", label: "Excel (.xlsx)" },
                { key: "csv", label: "CSV" },
              ],
              onClick: ({ key }) => template(key as "xlsx" | "csv"),
            }}
          >
            <Button icon={<DownloadOutlined />}>{t("marketing.imports.template")}</Button>
          </Dropdown>
          <Button type="primary" icon={<UploadOutlined />} onClick={() => setImporting(true)}>
            {t("marketing.imports.start")}
          </Button>
        </>
      }
    >
      <div className="sheet">
        <PagedTable<Run>
          asked={asked}
          paging={paging}
          columns={columns}
          rowKey="id"
          width={1150}
          expandable={{
            expandedRowRender: (run) => (
              <div style={{ padding: "4px 8px 10px" }}>
                <Counts counts={run} />
                <Reasons result={run} />
                {run.has_error_file && <ErrorFileButton runId={run.id} fileName={run.file_name} />}
              </div>
            ),
          }}
          empty={
            <Nothing title={t("marketing.imports.none")}>
              <Button type="primary" onClick={() => setImporting(true)}>
                {t("marketing.imports.start")}
              </Button>
            </Nothing>
          }
        />
      </div>
    </Page>
  )
}
