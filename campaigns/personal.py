"""What campaigns and their calls hold of a person: leads, letters, attempts, results, follow-ups, recordings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from callcenter.kit.db import Session
from callcenter.recordings import repository as recordings
from crm_sync.privacy.holders import Erased, rows

_LEADS = text(
    "SELECT p.name AS campaign, l.posted_on, l.first_day, l.last_day, l.score, l.score_reasons, l.state,"
    " l.closed_reason, l.closed_at, l.attempts, l.callback_at, l.follow_up_at"
    " FROM leads l JOIN campaigns p ON p.id = l.campaign_id WHERE l.customer_id = :customer ORDER BY l.posted_on"
)
_MAILED = text(
    "SELECT m.name AS mailing, r.posted_on, r.returned_on, r.replied_on"
    " FROM mailing_recipients r JOIN mailings m ON m.id = r.mailing_id WHERE r.customer_id = :customer ORDER BY 2"
)
_CALLS = text(
    "SELECT c.launched_at, c.to_number, c.from_number, c.outcome, c.ring_s, c.talk_s, c.stage, c.disposition, c.note,"
    " u.name AS agent, c.card FROM calls c LEFT JOIN users u ON u.id = c.agent_id"
    " WHERE c.customer_id = :customer ORDER BY c.created_at"
)
_RESULTS = text(
    "SELECT saved_at, code, note, callback_at, detail FROM call_results WHERE customer_id = :customer ORDER BY saved_at"
)
_FOLLOW_UPS = text(
    'SELECT "case", reason, due_at, state, created_at, ended_at FROM follow_ups WHERE customer_id = :customer'
    " ORDER BY created_at"
)
_RECORDINGS = text(
    "SELECT r.began_at, r.state FROM recordings r JOIN calls c ON c.id = r.call_id WHERE c.customer_id = :customer"
    " ORDER BY r.began_at"
)

_CLOSE = text(
    "UPDATE leads SET state = 'closed', closed_reason = coalesce(closed_reason, 'refused'),"
    " closed_at = coalesce(closed_at, :now), callback_at = NULL, callback_agent_id = NULL, follow_up_at = NULL,"
    " rest_until = NULL, not_before = NULL, score_reasons = '', version = version + 1"
    " WHERE customer_id = :customer AND (state = 'open' OR score_reasons <> '')"
)
_DROP = text(
    "UPDATE follow_ups SET reason = '', state = CASE WHEN state = 'due' THEN 'dropped' ELSE state END,"
    " ended_at = coalesce(ended_at, :now),"
    " ended_because = CASE WHEN state = 'due' THEN 'lead_closed' ELSE ended_because END"
    " WHERE customer_id = :customer AND (state = 'due' OR reason <> '')"
)
_FORGET_HISTORY = text(
    "UPDATE follow_up_events e SET note = '' FROM follow_ups f"
    " WHERE f.id = e.follow_up_id AND f.customer_id = :customer AND e.note <> ''"
)
_FORGET_CARDS = text(
    "UPDATE calls SET card = '{}', note = '', version = version + 1"
    " WHERE customer_id = :customer AND (card <> '{}' OR note <> '')"
)
_FORGET_NOTES = text(
    "UPDATE call_results SET note = '', detail = '{}' WHERE customer_id = :customer AND (note <> '' OR detail <> '{}')"
)


class _Campaigns:
    name = "campaigns"

    async def copy(self, session: Session, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
        return {
            "leads": await rows(session, _LEADS, customer_id),
            "mailings": await rows(session, _MAILED, customer_id),
            "calls": await rows(session, _CALLS, customer_id),
            "results": await rows(session, _RESULTS, customer_id),
            "follow_ups": await rows(session, _FOLLOW_UPS, customer_id),
            "recordings": await rows(session, _RECORDINGS, customer_id),
        }

    async def erase(self, session: Session, customer_id: UUID, now: datetime) -> Erased:
        given = {"customer": customer_id, "now": now}
        counts = {}
        for name, statement in (
            ("leads", _CLOSE),
            ("follow_ups", _DROP),
            ("follow_up_events", _FORGET_HISTORY),
            ("cards_and_notes", _FORGET_CARDS),
            ("results", _FORGET_NOTES),
        ):
            counts[name] = (await session.execute(statement, given)).rowcount  # type: ignore[attr-defined]
        counts["recordings"] = await recordings.forget_customer(session, customer_id, now)
        return Erased(
            counts,
            [
                (
                    "calls",
                    "通话明细（双方号码、时间、时长、结果）依法保存五年",
                    "call detail records (both numbers, time, length, result) are kept five years (16 CFR 310.5)",
                )
            ],
        )


HOLDER = _Campaigns()
