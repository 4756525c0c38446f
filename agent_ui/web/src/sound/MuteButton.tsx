import { AudioMutedOutlined, AudioOutlined } from "@ant-design/icons"
import { Button } from "antd"
import { useTranslation } from "../i18n/use"
import { toggleMute, useBrowserSound } from "./SoundButton"
import { useSound } from "./store"

/** Mutes the agent's own microphone. Where the sound is on a telephone, that telephone mutes. */
export function MuteButton() {
  const { t } = useTranslation()
  const muted = useSound((sound) => sound.muted)
  if (!useBrowserSound()) return null
  return (
    <Button
      size="large"
      danger={muted}
      type={muted ? "primary" : "default"}
      aria-pressed={muted}
      icon={muted ? <AudioMutedOutlined /> : <AudioOutlined />}
      onClick={toggleMute}
      style={{ flex: 1 }}
    >
      {t(muted ? "sound.unmute" : "sound.mute")}
    </Button>
  )
}

/** So large that nobody talks for a minute to a customer who hears nothing. */
export function MutedNotice() {
  const { t } = useTranslation()
  const muted = useSound((sound) => sound.muted)
  if (!useBrowserSound() || !muted) return null
  return (
    <div className="muted-notice" role="alert">
      <AudioMutedOutlined aria-hidden />
      {t("sound.muted")}
    </div>
  )
}
