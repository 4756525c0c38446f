import { DisconnectOutlined } from "@ant-design/icons"
import { useTranslation } from "../i18n/use"
import { Since } from "../ui/Clock"
import { useBrowserSound } from "./SoundButton"

/** The agent's own line dropped in a talk: the customer is still there, hears music, and waits for them. */
export function LineLostNotice({ since }: { readonly since: string | null }) {
  const { t } = useTranslation()
  const browser = useBrowserSound()
  if (since === null) return null
  return (
    <div className="muted-notice" role="alert">
      <DisconnectOutlined aria-hidden />
      <span className="grow">{t(browser ? "sound.lost.browser" : "sound.lost.telephone")}</span>
      <span className="num">
        <Since at={since} />
      </span>
    </div>
  )
}
