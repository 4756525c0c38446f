import { EyeOutlined, SoundOutlined, TeamOutlined } from "@ant-design/icons"
import { useTranslation } from "../i18n/use"
import { useLive } from "../live/store"

/** Which supervisor is in this call, and how, as far as the installation lets an agent see it. */
export function Watched({ callId }: { readonly callId: string }) {
  const { t } = useTranslation()
  const all = useLive((live) => live.state.supervisions)
  const here = Object.values(all).filter((one) => one.call_id === callId)
  if (here.length === 0) return null
  return (
    <>
      {here.map((one) => (
        <p key={one.id} className="watched" data-how={one.how} role="status">
          {one.how === "listen" ? <EyeOutlined aria-hidden /> : one.how === "whisper" ? <SoundOutlined aria-hidden /> : <TeamOutlined aria-hidden />}
          {t(`agent.watched.${one.how}`, { name: one.supervisor_name })}
        </p>
      ))}
    </>
  )
}
