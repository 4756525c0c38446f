"""Who is told what was said in a call, when its result is saved.

Campaigns do not know the back office: they say "this customer, chosen for these interests, answered so", and whoever
listens draws the conclusion (a conference's invitee has declined). bootstrap connects the two.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from callcenter.calls.models import Call
from callcenter.kit.db import Session
from campaigns.dispositions.models import Disposition
from campaigns.followups.models import FollowUpCase
from campaigns.leads.models import ClosedReason
from campaigns.mailings.models import Mailing
from campaigns.plans.models import Campaign
from campaigns.targeting.models import Segment

_KEEN = (FollowUpCase.ASKED_TO_BUY.value, FollowUpCase.GREAT_INTEREST.value)


@dataclass(frozen=True, slots=True)
class Heard:
    """`interests`: what the campaign's segment asks for; a conference hands its invitees over under its number."""

    customer_id: UUID
    call_id: UUID
    interests: tuple[str, ...]
    result_zh: str
    result_en: str
    answered: bool
    """The right person."""
    declined: bool
    """Refused, asked to be left alone, or does not want it."""
    keen: bool
    note: str


Listener = Callable[[Session, Heard, datetime], Awaitable[object]]
"""In the transaction of the result."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Be told of results from now on; telling the same listener twice does nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


async def told(session: Session, call: Call, found: Disposition, note: str, now: datetime) -> None:
    """Tell whoever listens, if the campaign was made for an interest at all."""
    if not _listeners:
        return
    filters = await session.scalar(
        select(col(Segment.filters))
        .join(Mailing, col(Mailing.segment_id) == col(Segment.id))
        .join(Campaign, col(Campaign.mailing_id) == col(Mailing.id))
        .where(col(Campaign.id) == call.queue_id)
    )
    interests = tuple((filters or {}).get("interests") or ())
    if not interests:
        return
    heard = Heard(
        call.customer_id,
        call.id,
        interests,
        found.name_zh,
        found.name_en,
        answered=found.person and found.right_party,
        declined=found.refusal or found.do_not_call or found.closes_lead == ClosedReason.NOT_INTERESTED.value,
        keen=found.follow_up_case in _KEEN,
        note=note,
    )
    for listener in _listeners:
        await listener(session, heard, now)
