import { DownloadOutlined } from "@ant-design/icons"
import { Button } from "antd"
import { download } from "../../api/client"
import { useTranslation } from "../../i18n/use"
import { useFailure } from "../../ui/failure"
import "./imports.css"

export const PARTS = ["new", "updated", "duplicate", "do_not_call", "invalid"] as const

export interface CountsOf extends Readonly<Record<(typeof PARTS)[number], number>> {
  readonly rows: number
}

/** The five counts, and that they sum to the rows of the file: nothing is lost between them. */
export function Counts({ counts }: { readonly counts: CountsOf }) {
  const { t } = useTranslation()
  return (
    <div className="counts">
      <div className="counts-bar" aria-hidden>
        {PARTS.filter((part) => counts[part] > 0).map((part) => (
          <span key={part} data-part={part} style={{ flexGrow: counts[part] }} />
        ))}
      </div>
      <dl>
        {PARTS.map((part) => (
          <div key={part} data-part={part}>
            <dt>
              <i aria-hidden />
              {t(`marketing.imports.${part}`)}
            </dt>
            <dd className="num">{counts[part].toLocaleString("en")}</dd>
          </div>
        ))}
        <div className="counts-sum">
          <dt>{t("marketing.imports.rows")}</dt>
          <dd className="num">{counts.rows.toLocaleString("en")}</dd>
        </div>
      </dl>
      <p className="dim small num">
        {t("marketing.imports.sums", { parts: PARTS.map((part) => String(counts[part])).join(" + "), rows: counts.rows })}
      </p>
    </div>
  )
}

interface WithReasons {
  readonly reasons: Readonly<Record<string, number>>
  readonly remarks: Readonly<Record<string, number>>
  readonly sentences: Readonly<Record<string, string>>
}

export function Reasons({ result }: { readonly result: WithReasons }) {
  const { t } = useTranslation()
  const list = (counts: Readonly<Record<string, number>>) => (
    <ul className="reason-list">
      {Object.entries(counts)
        .sort(([, a], [, b]) => b - a)
        .map(([code, n]) => (
          <li key={code}>
            <strong className="num">{n}</strong> {result.sentences[code] ?? code}
          </li>
        ))}
    </ul>
  )
  return (
    <>
      {Object.keys(result.reasons).length > 0 && (
        <div className="block" style={{ marginBottom: 10 }}>
          <h3>{t("marketing.imports.reasons")}</h3>
          {list(result.reasons)}
        </div>
      )}
      {Object.keys(result.remarks).length > 0 && (
        <div className="block" style={{ marginBottom: 10 }}>
          <h3>{t("marketing.imports.remarks")}</h3>
          {list(result.remarks)}
        </div>
      )}
    </>
  )
}

export function ErrorFileButton({ runId, fileName }: { readonly runId: string; readonly fileName: string }) {
  const { t } = useTranslation()
  const failed = useFailure()
  const dot = fileName.lastIndexOf(".")
  const name = dot < 0 ? `${fileName}-errors` : `${fileName.slice(0, dot)}-errors${fileName.slice(dot)}`
  return (
    <Button icon={<DownloadOutlined />} onClick={() => void download(`/api/imports/${runId}/errors`, name).catch(failed)}>
      {t("marketing.imports.errorFile")}
    </Button>
  )
}
