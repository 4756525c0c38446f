import { CheckCircleFilled, InboxOutlined } from "@ant-design/icons"
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Input, Select, Steps, Upload } from "antd"
import { useState } from "react"
import { useNavigate } from "react-router"
import { api, type Schemas, taken, upload } from "../../api/client"
import { currentLanguage } from "../../i18n"
import { useTranslation } from "../../i18n/use"
import { sentenceOf } from "../../ui/failure"
import { Page } from "../../ui/Page"
import { Loading } from "../../ui/states"
import { fullTime } from "../../ui/time"
import { Counts, ErrorFileButton, Reasons } from "./Counts"
import "./imports.css"

type Preview = Schemas["Preview"]
type Result = Schemas["ImportOut"]
type Encoding = "utf-8" | "gb18030"
type Mapping = Readonly<Record<string, string>>

/** The server's own word for a column that is kept under its heading. */
const KEEP = "attribute"
const STEPS = ["upload", "map", "check", "done"] as const

/** The encoding as it can be asked for; null where the file has none of its own. */
const encodingOf = (preview: Preview): Encoding | null => (preview.format === "xlsx" ? null : preview.encoding === "gb18030" ? "gb18030" : "utf-8")

/** From a file to customers in four steps: nothing is written before the counts were seen. */
export function ImportWizard({ close }: { readonly close: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [preview, setPreview] = useState<Preview | null>(null)
  const [source, setSource] = useState("")
  const [mapping, setMapping] = useState<Mapping>({})
  const [counted, setCounted] = useState<Result | null>(null)
  const [done, setDone] = useState<Result | null>(null)

  const understood = (next: Preview) => {
    setPreview(next)
    setMapping(next.mapping)
    setCounted(null)
  }
  const read = useMutation({
    mutationFn: (file: File) => {
      const form = new FormData()
      form.set("file", file)
      return upload<Preview>("/api/imports/preview", form)
    },
    onSuccess: (next, file) => {
      understood(next)
      setSource((before) => (before === "" ? file.name.replace(/\.[^.]*$/, "").slice(0, 100) : before))
    },
  })
  const again = useMutation({
    mutationFn: (change: { readonly sheet?: string; readonly encoding?: Encoding }) =>
      taken(
        api.POST("/api/imports/preview-again", {
          body: { token: preview?.token ?? "", source, sheet: change.sheet ?? preview?.sheet ?? null, encoding: change.encoding ?? null },
        }),
      ),
    onSuccess: understood,
  })
  const asked = () => ({
    token: preview?.token ?? "",
    source: source.trim(),
    sheet: preview?.sheet ?? null,
    encoding: preview === null ? null : encodingOf(preview),
    mapping,
  })
  const check = useMutation({
    mutationFn: () => taken(api.POST("/api/imports/check", { body: asked() })),
    onSuccess: setCounted,
  })
  const commit = useMutation({
    mutationFn: () => taken(api.POST("/api/imports/commit", { body: asked() })),
    onSuccess: async (result) => {
      setDone(result)
      await queries.invalidateQueries()
    },
  })

  const step = done !== null ? 3 : counted !== null ? 2 : preview !== null ? 1 : 0
  const failure = read.error ?? again.error ?? check.error ?? commit.error
  const forget = () => {
    setPreview(null)
    setCounted(null)
    setDone(null)
    read.reset()
    again.reset()
    check.reset()
    commit.reset()
  }

  return (
    <Page title={t("marketing.imports.start")} more={t("marketing.imports.more")} actions={<Button onClick={close}>{t("marketing.imports.runs")}</Button>}>
      <div className="sheet wizard">
        <Steps size="small" current={step} items={STEPS.map((name) => ({ title: t(`marketing.imports.steps.${name}`) }))} />
        {failure !== null && <Alert role="alert" type="error" showIcon title={sentenceOf(failure, t)} style={{ marginBottom: 16 }} />}
        {step === 0 && <Choose busy={read.isPending} choose={(file) => read.mutate(file)} />}
        {preview !== null && step === 1 && (
          <Understood
            preview={preview}
            source={source}
            setSource={setSource}
            mapping={mapping}
            setMapping={setMapping}
            again={(change) => again.mutate(change)}
            busy={again.isPending || check.isPending}
            counting={check.isPending}
            check={() => check.mutate()}
            back={forget}
          />
        )}
        {counted !== null && step === 2 && preview !== null && (
          <>
            <Outcome result={counted} fileName={preview.file_name} />
            <div className="wizard-foot">
              <Button onClick={() => setCounted(null)} disabled={commit.isPending}>
                {t("do.back")}
              </Button>
              <Button type="primary" loading={commit.isPending} disabled={counted.new + counted.updated + counted.do_not_call === 0} onClick={() => commit.mutate()}>
                {t("marketing.imports.commit")}
              </Button>
              <span className="dim">{commit.isPending ? t("marketing.imports.committing") : t("marketing.imports.nothingChanges")}</span>
            </div>
          </>
        )}
        {done !== null && preview !== null && <Done result={done} fileName={preview.file_name} again={forget} />}
      </div>
    </Page>
  )
}

function Choose({ busy, choose }: { readonly busy: boolean; readonly choose: (file: File) => void }) {
  const { t } = useTranslation()
  if (busy) return <Loading rows={4} />
  return (
    <Upload.Dragger
      accept=".csv,.txt,.xlsx"
      multiple={false}
      showUploadList={false}
      beforeUpload={(file) => {
        choose(file)
        return false
      }}
      style={{ padding: 20 }}
    >
      <p style={{ fontSize: 34, color: "var(--pine)", margin: 0 }}>
        <InboxOutlined />
      </p>
      <p style={{ fontSize: 16, margin: "6px 0" }}>{t("marketing.imports.drop")}</p>
      <p className="dim">{t("marketing.imports.dropMore")}</p>
    </Upload.Dragger>
  )
}

interface UnderstoodProps {
  readonly preview: Preview
  readonly source: string
  readonly setSource: (source: string) => void
  readonly mapping: Mapping
  readonly setMapping: (mapping: Mapping) => void
  readonly again: (change: { readonly sheet?: string; readonly encoding?: Encoding }) => void
  readonly busy: boolean
  readonly counting: boolean
  readonly check: () => void
  readonly back: () => void
}

function Understood(props: UnderstoodProps) {
  const { preview, source, setSource, mapping, setMapping, again, busy, counting, check, back } = props
  const { t } = useTranslation()
  const zh = currentLanguage() === "zh"
  const fields = preview.fields.map(({ code, zh: inZh, en }) => ({ value: code, label: zh ? inZh : en }))
  const many = new Set(preview.fields.filter((field) => field.many).map(({ code }) => code))
  const taken = (code: string, heading: string) => !many.has(code) && Object.entries(mapping).some(([other, field]) => other !== heading && field === code)
  const hasPhone = Object.values(mapping).includes("phone")
  const column = (i: number) => preview.sample.map((row) => row[i] ?? "").filter((cell) => cell !== "").slice(0, 3).join(" · ")

  function assign(heading: string, field: string) {
    setMapping({ ...mapping, [heading]: field })
  }

  return (
    <>
      <div className="wizard-top">
        <label>
          <div className="dim small">{t("marketing.imports.source")}</div>
          <Input value={source} maxLength={100} placeholder={t("marketing.imports.sourceHint")} onChange={(event) => setSource(event.target.value)} style={{ width: 280 }} status={source.trim() === "" ? "error" : ""} />
        </label>
        <div>
          <div className="dim small">{t("marketing.imports.file")}</div>
          <strong>{preview.file_name}</strong>
        </div>
        {preview.format === "csv" && (
          <label>
            <div className="dim small">{t("marketing.imports.encoding")}</div>
            <Select<Encoding>
              value={encodingOf(preview) ?? "utf-8"}
              disabled={busy}
              onChange={(encoding) => again({ encoding })}
              options={[
                { value: "utf-8", label: "UTF-8" },
                { value: "gb18030", label: "GB18030 / GBK" },
              ]}
              style={{ width: 160 }}
            />
          </label>
        )}
        {preview.sheets.length > 0 && (
          <label>
            <div className="dim small">{t("marketing.imports.sheet")}</div>
            <Select
              value={preview.sheet ?? ""}
              disabled={busy}
              onChange={(sheet) => again({ sheet })}
              options={preview.sheets.map((sheet) => ({
                value: sheet.name,
                label: t("marketing.imports.sheetRows", { name: sheet.name, n: sheet.rows }) + (sheet.visible ? "" : ` · ${t("marketing.imports.hidden")}`),
              }))}
              style={{ width: 220 }}
            />
          </label>
        )}
        <span className="dim small" style={{ flexBasis: 260 }}>
          {t("marketing.imports.sourceMore")}
        </span>
      </div>
      {preview.same_file !== null && (
        <Alert type="info" showIcon title={t("marketing.imports.sameFile", { time: fullTime(preview.same_file.at), source: preview.same_file.source })} style={{ marginBottom: 12 }} />
      )}
      {preview.remembered && <Alert type="success" showIcon title={t("marketing.imports.remembered")} style={{ marginBottom: 12 }} />}
      {!hasPhone && <Alert type="warning" showIcon title={t("marketing.imports.phoneNeeded")} style={{ marginBottom: 12 }} />}
      <div className="map-scroll" tabIndex={0} role="region" aria-label={t("marketing.imports.columns")}>
        <table className="map-table">
          <thead>
            <tr>
              <th>{t("marketing.imports.column")}</th>
              <th>{t("marketing.imports.means")}</th>
              <th>{t("marketing.imports.sample")}</th>
            </tr>
          </thead>
          <tbody>
            {preview.headings.map((heading, i) => (
              <tr key={heading}>
                <td>
                  <strong>{heading}</strong>
                </td>
                <td>
                  <Select
                    size="small"
                    aria-label={`${heading} → ${t("marketing.imports.means")}`}
                    showSearch={{ optionFilterProp: "label" }}
                    value={mapping[heading] ?? KEEP}
                    onChange={(field) => assign(heading, field)}
                    options={fields.map((field) => ({ ...field, disabled: taken(field.value, heading) }))}
                    style={{ width: 200 }}
                  />
                </td>
                <td className="sample num">{column(i)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="wizard-foot">
        <Button onClick={back}>{t("marketing.imports.another")}</Button>
        <Button type="primary" loading={counting} disabled={busy || source.trim() === "" || !hasPhone} onClick={check}>
          {t("marketing.imports.check")}
        </Button>
        <span className="dim">{counting ? t("marketing.imports.counting") : source.trim() === "" ? t("marketing.imports.sourceNeeded") : t("marketing.imports.nothingChanges")}</span>
      </div>
    </>
  )
}

function Outcome({ result, fileName }: { readonly result: Result; readonly fileName: string }) {
  const { t } = useTranslation()
  return (
    <>
      <Counts counts={result} />
      {result.other_sheets.length > 0 && <Alert type="warning" showIcon title={t("marketing.imports.otherSheets", { names: result.other_sheets.join("、") })} style={{ margin: "8px 0 14px" }} />}
      <Reasons result={result} />
      {result.has_error_file && <ErrorFileButton runId={result.run_id} fileName={fileName} />}
    </>
  )
}

function Done({ result, fileName, again }: { readonly result: Result; readonly fileName: string; readonly again: () => void }) {
  const { t } = useTranslation()
  const go = useNavigate()
  return (
    <>
      <div className="row" style={{ fontSize: 17, fontWeight: 600, color: "var(--good)", marginBottom: 16 }} role="status">
        <CheckCircleFilled aria-hidden /> {t("marketing.imports.committed")}
      </div>
      <Outcome result={result} fileName={fileName} />
      <div className="wizard-foot">
        <Button onClick={again}>{t("marketing.imports.again")}</Button>
        <Button type="primary" onClick={() => void go("/customers")}>
          {t("marketing.imports.see")}
        </Button>
      </div>
    </>
  )
}
