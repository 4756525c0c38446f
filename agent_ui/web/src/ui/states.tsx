/** The three states beside the good one: nothing there, still loading, could not be loaded. */
import { InboxOutlined, WarningOutlined } from "@ant-design/icons"
import { Button, Skeleton } from "antd"
import type { ReactNode } from "react"
import { useTranslation } from "../i18n/use"
import { sentenceOf } from "./failure"

export function Nothing(props: { readonly title?: string; readonly more?: string; readonly icon?: ReactNode; readonly children?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div className="center-box">
      <span className="anticon-big" aria-hidden>
        {props.icon ?? <InboxOutlined />}
      </span>
      <h2>{props.title ?? t("say.nothingHere")}</h2>
      {props.more !== undefined && <p>{props.more}</p>}
      {props.children}
    </div>
  )
}

export function Loading({ rows = 5 }: { readonly rows?: number }) {
  const { t } = useTranslation()
  return (
    <div style={{ padding: 20 }} role="status" aria-label={t("say.loading")}>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  )
}

export function Failed({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="center-box" role="alert">
      <span className="anticon-big" aria-hidden>
        <WarningOutlined />
      </span>
      <h2>{t("say.loadFailed")}</h2>
      <p>{sentenceOf(error, t)}</p>
      {retry !== undefined && <Button onClick={retry}>{t("do.retry")}</Button>}
    </div>
  )
}
