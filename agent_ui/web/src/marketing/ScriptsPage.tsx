import { useQuery } from "@tanstack/react-query"
import { PlusOutlined } from "@ant-design/icons"
import { Button, Checkbox, Drawer, Popconfirm, Table, type TableProps, Tabs } from "antd"
import { useState } from "react"
import { ScriptPane } from "../agent/ScriptPane"
import { useCompany } from "../agent/Spoken"
import "../agent/desk.css"
import { api, type Schemas, taken } from "../api/client"
import { currentLanguage, wordFor } from "../i18n"
import { useTranslation } from "../i18n/use"
import { useDispositions } from "../ui/lookups"
import { Page } from "../ui/Page"
import { Mark } from "../ui/StateMark"
import { Failed, Loading, Nothing } from "../ui/states"
import { fullTime } from "../ui/time"
import { useScripts } from "./lookups"
import { flagsOfRow, ResultEdit, useSaveResult } from "./ResultEdit"
import { ScriptEdit } from "./ScriptEdit"

type Script = Schemas["ScriptRow"]
type Disposition = Schemas["DispositionRow"]

const PER_HOUR = 3600

export default function ScriptsPage() {
  const { t } = useTranslation()
  return (
    <Page title={t("menu.scripts")} more={t("marketing.scripts.more")}>
      <div className="sheet" style={{ padding: "0 14px 14px" }}>
        <Tabs
          items={[
            { key: "scripts", label: t("marketing.scripts.scripts"), children: <Scripts /> },
            { key: "results", label: t("marketing.scripts.results"), children: <Results /> },
          ]}
        />
      </div>
    </Page>
  )
}

function Scripts() {
  const { t } = useTranslation()
  const [shown, setShown] = useState<string | null>(null)
  const [editing, setEditing] = useState<string | null>(null)
  const [all, setAll] = useState(false)
  const asked = useScripts(!all)
  const columns: TableProps<Script>["columns"] = [
    {
      title: t("marketing.scripts.name"),
      render: (_, row) => (
        <button type="button" className="link-button" onClick={() => setShown(row.id)}>
          {row.name}
        </button>
      ),
    },
    { title: t("marketing.scripts.product"), dataIndex: "product" },
    { title: t("marketing.scripts.language"), width: 90, render: (_, row) => wordFor("marketing.scripts.languages", row.language) },
    { title: t("targeting.versions.column"), width: 100, render: (_, row) => t("marketing.scripts.version", { n: row.version }) },
    { title: t("marketing.brochures.created"), width: 180, render: (_, row) => <span className="num">{fullTime(row.created_at)}</span> },
    {
      title: t("ui.actions"),
      width: 150,
      render: (_, row) => (
        <Button type="link" size="small" onClick={() => setEditing(row.id)}>
          {t("edit.script.change")}
        </Button>
      ),
    },
  ]
  if (asked.isPending) return <Loading />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  return (
    <>
      <div className="row" style={{ margin: "2px 0 10px" }}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>
          {t("edit.script.new")}
        </Button>
        <span className="grow" />
        <Checkbox checked={all} onChange={(event) => setAll(event.target.checked)}>
          {t("edit.script.all")}
        </Checkbox>
      </div>
      <Table<Script> size="small" rowKey="id" columns={columns} dataSource={asked.data.rows} pagination={false} locale={{ emptyText: <Nothing title={t("marketing.scripts.none")} /> }} />
      {shown !== null && <ScriptDrawer scriptId={shown} close={() => setShown(null)} />}
      {editing === "new" && <ScriptEdit from={null} close={() => setEditing(null)} />}
      {editing !== null && editing !== "new" && <EditOf scriptId={editing} close={() => setEditing(null)} />}
    </>
  )
}

function useScript(scriptId: string) {
  return useQuery({
    queryKey: ["script", scriptId],
    queryFn: () => taken(api.GET("/api/scripts/{script_id}", { params: { path: { script_id: scriptId } } })),
  })
}

function EditOf({ scriptId, close }: { readonly scriptId: string; readonly close: () => void }) {
  const asked = useScript(scriptId)
  return asked.data === undefined ? null : <ScriptEdit from={asked.data} close={close} />
}

function ScriptDrawer({ scriptId, close }: { readonly scriptId: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const asked = useScript(scriptId)
  const company = useCompany()
  return (
    <Drawer open size={760} onClose={close} title={asked.data?.name ?? t("agent.script")} styles={{ body: { padding: 12 } }}>
      {asked.isPending ? (
        <Loading />
      ) : asked.isError ? (
        <Failed error={asked.error} retry={() => void asked.refetch()} />
      ) : (
        <div style={{ height: "100%", display: "grid" }}>
          <ScriptPane script={asked.data.content} call={undefined} blanks={company} />
        </div>
      )}
    </Drawer>
  )
}

function Results() {
  const { t } = useTranslation()
  const asked = useDispositions()
  const [editing, setEditing] = useState<Disposition | "new" | null>(null)
  const usual = useQuery({ queryKey: ["dispositions", "defaults"], queryFn: () => taken(api.GET("/api/dispositions/defaults")), staleTime: Infinity })
  const restore = useSaveResult(() => undefined)
  const defaultOf = (row: Disposition) => usual.data?.rows.find(({ code }) => code === row.code)
  const differs = (row: Disposition) => {
    const from = defaultOf(row)
    return from !== undefined && JSON.stringify(flagsOfRow(from)) !== JSON.stringify(flagsOfRow(row))
  }
  const columns: TableProps<Disposition>["columns"] = [
    { title: t("marketing.scripts.name"), width: 220, render: (_, row) => <strong>{currentLanguage() === "zh" ? row.name_zh : row.name_en}</strong> },
    { title: t("marketing.scripts.code"), width: 160, dataIndex: "code", render: (code: string) => <span className="dim">{code}</span> },
    {
      title: t("marketing.scripts.flags"),
      render: (_, row) => (
        <span className="row wrap" style={{ gap: 5 }}>
          {row.sale === true && <Mark tone="good">{t("marketing.scripts.sale")}</Mark>}
          {row.callback === true && <Mark tone="info">{t("marketing.scripts.callback")}</Mark>}
          {row.follow_up_case != null && (
            <Mark tone="warn">
              {t("marketing.scripts.follow")} · {t(`followUp.${row.follow_up_case}`)}
            </Mark>
          )}
          {row.refusal === true && <Mark tone="bad">{t("marketing.scripts.refusal")}</Mark>}
          {row.do_not_call === true && <Mark tone="bad">{t("marketing.scripts.dnc")}</Mark>}
          {row.person === false ? <Mark tone="plain">{t("marketing.scripts.notPerson")}</Mark> : row.right_party === false && <Mark tone="plain">{t("marketing.scripts.notRight")}</Mark>}
          {row.active === false && <Mark tone="plain">{t("marketing.scripts.inactive")}</Mark>}
          {differs(row) && <Mark tone="warn">{t("edit.result.other")}</Mark>}
        </span>
      ),
    },
    { title: t("marketing.scripts.closes"), width: 140, render: (_, row) => (row.closes_lead == null ? "" : t(`leadClosed.${row.closes_lead}`)) },
    { title: t("marketing.scripts.retry"), width: 100, align: "right", render: (_, row) => <span className="num">{row.retry_after_s == null ? "" : t("marketing.scripts.hours", { n: Math.round((row.retry_after_s / PER_HOUR) * 10) / 10 })}</span> },
    {
      title: t("ui.actions"),
      width: 150,
      fixed: "right",
      render: (_, row) => {
        const from = defaultOf(row)
        return (
          <span className="row" style={{ gap: 0 }}>
            <Button type="link" size="small" onClick={() => setEditing(row)}>
              {t("do.edit")}
            </Button>
            {from !== undefined && differs(row) && (
              <Popconfirm title={t("edit.result.restoreSure")} okText={t("edit.result.restore")} cancelText={t("do.cancel")} onConfirm={() => restore.mutate({ code: row.code, flags: flagsOfRow(from), isNew: false })}>
                <Button type="link" size="small">
                  {t("edit.result.restore")}
                </Button>
              </Popconfirm>
            )}
          </span>
        )
      },
    },
  ]
  if (asked.isPending) return <Loading />
  if (asked.isError) return <Failed error={asked.error} retry={() => void asked.refetch()} />
  return (
    <>
      <div className="row" style={{ margin: "2px 0 10px" }}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing("new")}>
          {t("edit.result.new")}
        </Button>
      </div>
      <Table<Disposition> size="small" rowKey="code" columns={columns} dataSource={asked.data.rows} pagination={false} scroll={{ x: 980 }} />
      {editing !== null && <ResultEdit row={editing === "new" ? null : editing} last={Math.max(0, ...asked.data.rows.map(({ position }) => position ?? 0))} close={() => setEditing(null)} />}
    </>
  )
}
