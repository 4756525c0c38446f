/** Pieces of the top bar that the agent's desk and the other workplaces share. */
import {
  ApiOutlined,
  BulbOutlined,
  CheckCircleFilled,
  CloseCircleFilled,
  ExperimentOutlined,
  GlobalOutlined,
  KeyOutlined,
  LogoutOutlined,
  SyncOutlined,
  UserOutlined,
  WarningFilled,
} from "@ant-design/icons"
import { App, Button, Dropdown, Form, Input, Modal, Tooltip } from "antd"
import { type ReactNode, useState } from "react"
import { useTranslation } from "../i18n/use"
import { api, taken } from "../api/client"
import { currentLanguage } from "../i18n"
import type { Link } from "../live/socket"
import { takeOver, useLive } from "../live/store"
import { Since } from "../ui/Clock"
import { useFailure } from "../ui/failure"
import { Nothing } from "../ui/states"
import { clockSeconds } from "../ui/time"
import { useAppearance } from "./appearance"
import { useInstallation } from "./installation"
import { chooseLanguage, type Me, signOut } from "./session"

export function SimulatedBadge() {
  const { t } = useTranslation()
  const told = useLive((live) => live.welcome?.simulated)
  const about = useInstallation()
  const speed = useLive((live) => live.welcome?.speed) ?? about.speed
  return (
    <>
      {(told ?? about.simulated) && (
        <Tooltip title={t("header.simulatedMore")}>
          <span className="badge-simulated">
            <ExperimentOutlined aria-hidden />
            {t("header.simulated")}
            {speed !== 1 && <span className="num">{t("header.speed", { n: speed })}</span>}
          </span>
        </Tooltip>
      )}
    </>
  )
}

const LINK_ICON: Record<Link, ReactNode> = {
  connecting: <SyncOutlined spin />,
  catching_up: <SyncOutlined spin />,
  in_step: <CheckCircleFilled />,
  behind: <WarningFilled />,
  superseded: <CloseCircleFilled />,
  signed_out: <CloseCircleFilled />,
  outdated: <CloseCircleFilled />,
}

export function LinkMark() {
  const { t } = useTranslation()
  const link = useLive((live) => live.link)
  const started = useLive((live) => live.started)
  if (!started) return null
  return (
    <span className="link-mark" data-link={link} role="status">
      {LINK_ICON[link]}
      {t(`link.${link}`)}
    </span>
  )
}

export function LanguageButton() {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      className="bar-button"
      title={t("header.switchLanguage")}
      onClick={() => void chooseLanguage(currentLanguage() === "zh" ? "en" : "zh")}
    >
      <GlobalOutlined aria-hidden />
      {currentLanguage() === "zh" ? "English" : "中文"}
    </button>
  )
}

export function UserMenu({ me }: { readonly me: Me }) {
  const { t } = useTranslation()
  const { appearance, toggle } = useAppearance()
  const [changing, setChanging] = useState(false)
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "look", icon: <BulbOutlined />, label: t(appearance === "dark" ? "header.light" : "header.dark"), onClick: toggle },
            { key: "password", icon: <KeyOutlined />, label: t("header.password"), onClick: () => setChanging(true) },
            { type: "divider" },
            { key: "out", icon: <LogoutOutlined />, label: t("header.signOut"), onClick: () => void signOut() },
          ],
        }}
      >
        <button type="button" className="bar-button" aria-haspopup="menu" aria-label={`${t("header.account")}: ${me.name}`}>
          <UserOutlined aria-hidden />
          <span className="clip" style={{ maxWidth: 110 }}>
            {me.name}
          </span>
        </button>
      </Dropdown>
      {changing && <PasswordForm close={() => setChanging(false)} />}
    </>
  )
}

interface Passwords {
  readonly old_password: string
  readonly new_password: string
}

function PasswordForm({ close }: { readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const failed = useFailure()
  const [form] = Form.useForm<Passwords>()
  const [busy, setBusy] = useState(false)

  async function save(values: Passwords) {
    setBusy(true)
    try {
      await taken(api.POST("/api/me/password", { body: values }))
      void message.success(t("header.passwordChanged"))
      close()
    } catch (error) {
      failed(error)
      setBusy(false)
    }
  }

  return (
    <Modal open title={t("header.password")} onCancel={close} onOk={() => form.submit()} confirmLoading={busy} width={400}>
      <Form form={form} layout="vertical" onFinish={(values) => void save(values)}>
        <Form.Item name="old_password" label={t("header.oldPassword")} rules={[{ required: true, message: t("say.required") }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="new_password" label={t("header.newPassword")} rules={[{ required: true, min: 10, message: t("header.newPassword") }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  )
}

/** Says at once and in words when the screen may not be what is. */
export function LinkNotice() {
  const { t } = useTranslation()
  const started = useLive((live) => live.started)
  const link = useLive((live) => live.link)
  const since = useLive((live) => live.behindSince)
  const wasIn = useLive((live) => live.state.epoch !== null)
  if (!started) return null
  if (link === "behind") {
    return (
      <div className="notice" role="alert">
        <WarningFilled aria-hidden />
        <strong>{t("link.behindTitle")}</strong>
        <span>{since !== null && t("link.behindMore", { time: clockSeconds(since) })}</span>
        {since !== null && <Since at={since} />}
      </div>
    )
  }
  if (link === "connecting" && wasIn) {
    return (
      <div className="notice" role="alert">
        <ApiOutlined aria-hidden />
        <strong>{t("link.lostTitle")}</strong>
        <span>{t("link.lostMore")}</span>
      </div>
    )
  }
  return null
}

/** The whole page when this window no longer speaks for the person. */
export function LinkEnded() {
  const { t } = useTranslation()
  const link = useLive((live) => live.link)
  if (link === "superseded") {
    return (
      <div className="ended-page"><Nothing icon={<ApiOutlined />} title={t("link.supersededTitle")} more={t("link.supersededMore")}>
        <Button type="primary" size="large" onClick={takeOver}>
          {t("link.takeOver")}
        </Button>
      </Nothing></div>
    )
  }
  return (
    <div className="ended-page"><Nothing icon={<SyncOutlined />} title={t("link.outdatedTitle")} more={t("link.outdatedMore")}>
      <Button type="primary" size="large" onClick={() => window.location.reload()}>
        {t("do.reload")}
      </Button>
    </Nothing></div>
  )
}

/** What one scans from the desk: the mark of the product. */
export function Brand() {
  const { t } = useTranslation()
  return (
    <div className="brand">
      <img src="/icon.svg" alt="" />
      {t("product")}
    </div>
  )
}

export const ended = (link: Link): boolean => link === "superseded" || link === "outdated"
