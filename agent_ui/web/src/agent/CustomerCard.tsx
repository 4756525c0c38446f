import {
  BookOutlined,
  EnvironmentOutlined,
  FieldTimeOutlined,
  FlagOutlined,
  MailOutlined,
  PhoneOutlined,
  ShoppingOutlined,
} from "@ant-design/icons"
import type { ReactNode } from "react"
import { useTranslation } from "../i18n/use"
import { wordFor } from "../i18n"
import { nowMs } from "../live/clock"
import type { Card, HistoryItem, HistoryKind } from "../live/protocol.gen"
import { WallClock } from "../ui/Clock"
import { yuan } from "../ui/money"
import { Phone } from "../ui/Phone"
import { calendarDate, calendarDay, dateOf, dayAndTime, duration, getCompanyZone, wallAt } from "../ui/time"
import { pointsOf } from "../ui/points"
import { DayStrip } from "./DayStrip"

/** `resultName`: the name of a disposition's code, which a past call may carry. */
export function CustomerCard({ card, resultName }: { readonly card: Card; readonly resultName: (code: string) => string }) {
  const { t } = useTranslation()
  const { customer, mailing } = card
  const place = [customer.province, customer.city].filter((part) => part !== null && part !== "").join(" ")
  const age = customer.birth_year === null ? null : wallAt(nowMs()).year - customer.birth_year
  const who = [
    customer.gender === "f" || customer.gender === "m" ? t(`gender.${customer.gender}`) : null,
    age === null ? null : t("agent.age", { n: age }),
    customer.occupation,
  ].filter((part): part is string => part !== null && part !== "")

  return (
    <section className="desk-col customer" aria-label={t("agent.customer")}>
      <div className="pane who">
        <h2 className="clip" title={customer.name}>
          {customer.name}
        </h2>
        <div className="dim">{who.join(" · ")}</div>
        <div className="who-line">
          <PhoneOutlined aria-hidden />
          <Phone masked={customer.masked_phone} customerId={customer.id} />
        </div>
        <div className="who-line">
          <EnvironmentOutlined aria-hidden />
          <span className="clip" title={customer.address ?? place}>
            {place === "" ? t("agent.noAddress") : place}
          </span>
          {customer.timezone !== getCompanyZone() && (
            <span className="mark" data-tone="warn">
              <FieldTimeOutlined aria-hidden />
              <LocalTime zone={customer.timezone} />
            </span>
          )}
        </div>
      </div>

      {card.callback_at !== null && (
        <div className="pane promise" data-tone="callback">
          <FieldTimeOutlined aria-hidden />
          {t("agent.callbackDue", { time: dayAndTime(card.callback_at, customer.timezone) })}
        </div>
      )}
      {card.follow_up !== null && (
        <div className="pane promise" data-tone="follow">
          <FlagOutlined aria-hidden />
          <span>
            {t("agent.followUpDue", { what: wordFor("followUp", card.follow_up.case) })}
            {card.follow_up.reason !== "" && <span className="dim"> {card.follow_up.reason}</span>}
          </span>
        </div>
      )}

      <div className="pane brochure">
        <h3>
          <BookOutlined aria-hidden /> {t("agent.brochure")}
        </h3>
        <div className="brochure-title">{mailing.brochure_title}</div>
        <div className="posted">
          <span className="dim">{t("agent.postedOn")}</span>
          <strong className="num">{calendarDay(mailing.posted_on)}</strong>
        </div>
        <DayStrip mailing={mailing} />
      </div>

      <div className="pane chosen">
        <h3>
          {t("agent.whyChosen")}
          <span className="mark" data-tone="plain">
            {t("agent.score", { n: card.score })}
          </span>
        </h3>
        {card.score_reasons === "" ? (
          <p>{t("say.none")}</p>
        ) : (
          <ul className="points">
            {pointsOf(card.score_reasons).map(({ text, points }) => (
              <li key={text}>
                <span>{text}</span>
                <span className="num dim">{points}</span>
              </li>
            ))}
          </ul>
        )}
        <dl className="facts">
          <Fact label={t("agent.bought")}>
            {customer.total_purchases_fen > 0 ? `¥${yuan(customer.total_purchases_fen)}` : t("say.none")}
            {customer.last_purchase_on !== null && (
              <span className="dim"> · {t("agent.lastBought", { date: calendarDate(customer.last_purchase_on) })}</span>
            )}
          </Fact>
          {customer.interests !== null && customer.interests !== "" && <Fact label={t("agent.interests")}>{customer.interests}</Fact>}
        </dl>
        <details className="more-facts">
          <summary>{t("agent.more")}</summary>
          <dl className="facts">
          {customer.company !== null && customer.company !== "" && <Fact label={t("agent.company")}>{customer.company}</Fact>}
          {Object.entries(customer.attributes)
            .filter(([, value]) => typeof value === "string" || typeof value === "number")
            .slice(0, 4)
            .map(([name, value]) => (
              <Fact key={name} label={name}>
                {String(value)}
              </Fact>
            ))}
          {customer.source !== "" && <Fact label={t("agent.source")}>{customer.source}</Fact>}
          {customer.address !== null && customer.address !== "" && <Fact label={t("agent.address")}>{customer.address}</Fact>}
          </dl>
        </details>
      </div>

      <div className="pane history" role="region" aria-label={t("agent.timeline")} tabIndex={0}>
        <h3>
          {t("agent.timeline")}
          <span className="dim small">{t("agent.attempt", { n: card.attempt_no, max: card.attempts_max })}</span>
        </h3>
        {card.history.length === 0 ? (
          <p className="dim">{t("agent.noHistory")}</p>
        ) : (
          <ol className="timeline">
            {card.history.map((entry, i) => (
              <HistoryLine key={`${entry.at}${String(i)}`} entry={entry} zone={customer.timezone} resultName={resultName} />
            ))}
          </ol>
        )}
      </div>
    </section>
  )
}

function LocalTime({ zone }: { readonly zone: string }) {
  const { t } = useTranslation()
  const [before, after] = t("agent.localTime", { time: "|" }).split("|")
  return (
    <span>
      {before}
      <WallClock zone={zone} />
      {after}
    </span>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

const ICON: Record<HistoryKind, ReactNode> = {
  mailing: <MailOutlined />,
  call: <PhoneOutlined />,
  order: <ShoppingOutlined />,
  follow_up: <FlagOutlined />,
}

/** A history code may be a call's outcome, a disposition, an order's state or a follow-up case. */
function historyWord(entry: HistoryItem, resultName: (code: string) => string): string {
  const groups: Record<HistoryKind, readonly string[]> = {
    mailing: ["mailingState"],
    call: ["outcome"],
    order: ["orderState", "orderSource"],
    follow_up: ["followUp", "followUpState"],
  }
  for (const group of groups[entry.kind]) {
    const word = wordFor(group, entry.code)
    if (word !== entry.code) return word
  }
  return entry.code === entry.kind ? "" : resultName(entry.code)
}

interface LineProps {
  readonly entry: HistoryItem
  readonly zone: string
  readonly resultName: (code: string) => string
}

function HistoryLine({ entry, zone, resultName }: LineProps) {
  const { t } = useTranslation()
  const word = historyWord(entry, resultName)
  const details = [
    entry.talk_s === null ? null : t("agent.talkOf", { time: duration(entry.talk_s) }),
    entry.amount_fen === null ? null : `¥${yuan(entry.amount_fen)}`,
    entry.by,
  ].filter((part): part is string => part !== null && part !== "")
  return (
    <li data-kind={entry.kind}>
      <span className="timeline-icon" aria-hidden>
        {ICON[entry.kind]}
      </span>
      <div>
        <div>
          <strong>{t(`history.${entry.kind}`)}</strong>
          {word !== "" && <span> · {word}</span>}
          <span className="timeline-at num">{entry.kind === "mailing" ? calendarDay(dateOf(entry.at, zone)) : dayAndTime(entry.at, zone)}</span>
        </div>
        {details.length > 0 && <div className="dim small num">{details.join(" · ")}</div>}
        {entry.text !== "" && <div className="small">{entry.text}</div>}
      </div>
    </li>
  )
}
