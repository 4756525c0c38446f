import { DisconnectOutlined } from "@ant-design/icons"
import { useTranslation } from "../i18n/use"
import { currentLanguage } from "../i18n"
import type { CarrierView } from "../live/protocol.gen"
import { Since } from "../ui/Clock"
import { clockSeconds } from "../ui/time"
import "./carrier.css"

/** While the telephone network is in trouble: what is the matter, since when, and what happens next. */
export function CarrierNotice({ carrier }: { readonly carrier: CarrierView }) {
  const { t } = useTranslation()
  if (carrier.circuit === "closed") return null
  return (
    <section className="carrier-notice" data-circuit={carrier.circuit} role="alert" aria-label={t(`lines.circuit.${carrier.circuit}`)}>
      <DisconnectOutlined aria-hidden />
      <strong>{t(`lines.circuit.${carrier.circuit}`)}</strong>
      <span className="grow">{currentLanguage() === "zh" ? carrier.zh : carrier.en}</span>
      {carrier.in_doubt > 0 && <span className="num">{t("lines.doubt", { n: carrier.in_doubt })}</span>}
      {carrier.since !== null && (
        <span className="num">
          {t("lines.since", { time: clockSeconds(carrier.since) })} · <Since at={carrier.since} />
        </span>
      )}
      {carrier.next_look_at !== null && <span className="num">{t("lines.next", { time: clockSeconds(carrier.next_look_at) })}</span>}
    </section>
  )
}
