import { GlobalOutlined, LockOutlined, UserOutlined } from "@ant-design/icons"
import { Alert, Button, Form, Input, Segmented } from "antd"
import { useState } from "react"
import { useTranslation } from "../i18n/use"
import { currentLanguage, type Language, speak } from "../i18n"
import { sentenceOf } from "../ui/failure"
import { SimulatedBadge } from "./HeaderParts"
import { signIn, useSession } from "./session"

interface Values {
  readonly login: string
  readonly password: string
}

export function SignIn() {
  const { t } = useTranslation()
  const ended = useSession((state) => state.ended)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  async function submit({ login, password }: Values) {
    setBusy(true)
    setProblem(null)
    try {
      await signIn(login.trim(), password, currentLanguage())
    } catch (error) {
      setProblem(sentenceOf(error, t))
      setBusy(false)
    }
  }

  return (
    <main className="sign-in">
      <div className="sign-in-art">
        <div className="brand">
          <img src="/icon.svg" alt="" />
          {t("product")}
        </div>
        <div>
          <ul className="sign-in-strip" aria-hidden>
            {Array.from({ length: 14 }, (_, i) => (
              <li key={i} data-open={i >= 6}>
                {i + 1}
              </li>
            ))}
          </ul>
          <p className="line">{t("signIn.intro1")}</p>
          <p className="line2">{t("signIn.intro2")}</p>
        </div>
        <div className="row">
          <SimulatedBadge />
        </div>
      </div>
      <div className="sign-in-form">
        <Form<Values> layout="vertical" requiredMark={false} onFinish={(values) => void submit(values)} disabled={busy}>
          <h1>{t("signIn.title")}</h1>
          {problem !== null && <Alert role="alert" type="error" title={problem} style={{ marginBottom: 16 }} showIcon />}
          {problem === null && ended && <Alert type="info" title={t("say.gone")} style={{ marginBottom: 16 }} showIcon />}
          <Form.Item name="login" label={t("signIn.login")} rules={[{ required: true, whitespace: true, message: t("signIn.loginNeeded") }]}>
            <Input size="large" prefix={<UserOutlined />} autoComplete="username" autoFocus maxLength={200} />
          </Form.Item>
          <Form.Item name="password" label={t("signIn.password")} rules={[{ required: true, message: t("signIn.passwordNeeded") }]}>
            <Input.Password size="large" prefix={<LockOutlined />} autoComplete="current-password" maxLength={200} />
          </Form.Item>
          <Button type="primary" size="large" htmlType="submit" block loading={busy} style={{ marginTop: 6 }}>
            {t("signIn.submit")}
          </Button>
          <div className="row" style={{ marginTop: 24, justifyContent: "center" }}>
            <GlobalOutlined aria-hidden className="dim" />
            <Segmented<Language>
              aria-label={t("signIn.language")}
              value={currentLanguage()}
              onChange={(language) => void speak(language)}
              options={[
                { label: "中文", value: "zh" },
                { label: "English", value: "en" },
              ]}
            />
          </div>
        </Form>
      </div>
    </main>
  )
}
