"""Whom to invite, how far each is, who came and who signed (M10-8, -9, -14, -17, -18)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.conferences import rules
from backoffice.conferences.models import Conference, ConferenceInvitee
from backoffice.conferences.rules import INVITEE, ConferencePolicy, InviteeKind
from backoffice.conferences.service import rows_of
from backoffice.contracts.models import Contract
from backoffice.distributors import service as distributors
from backoffice.distributors.seed import DistributorKind
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused, WrongState
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.people.models import User
from crm_sync.customers import service as customers
from crm_sync.customers.schemas import CustomerChange

THING = "conference_invitee"
_INVITING = frozenset({OfficeRole.REP, OfficeRole.SM, OfficeRole.MKT})
_OPEN = ("planned", "plan_approved", "preparing", "ready", "live")
TO_CALL = ("candidate", "contacted", "negotiated", "invited")


@dataclass(frozen=True, slots=True)
class Guest:
    kind: InviteeKind
    name: str
    organisation: str = ""
    customer_id: UUID | None = None
    rep_id: UUID | None = None
    leads_signing: bool = False


async def add(session: Session, now: datetime, actor: Actor, conference_id: UUID, guest: Guest) -> ConferenceInvitee:
    """The sales department screens and invites, marketing assists."""
    acts.require_duty(actor, _INVITING)
    conference = await acts.get(session, Conference, conference_id, "conference", lock=True)
    if conference.state not in _OPEN:
        raise WrongState(thing="conference", state=conference.state, command="invite")
    if guest.leads_signing and guest.kind is not InviteeKind.DISTRIBUTOR:
        raise BadInput(field="leads_signing", problem_zh="只有分销商签约", problem_en="only distributors sign")
    if guest.customer_id is not None:
        await customers.get(session, guest.customer_id)
        known = await session.scalar(
            select(col(ConferenceInvitee.id)).where(
                col(ConferenceInvitee.conference_id) == conference_id,
                col(ConferenceInvitee.customer_id) == guest.customer_id,
            )
        )
        if known:
            raise Refused(
                "invited_already", "该客户已在邀请名单中。", "This customer is on the list.", field="customer_id"
            )
    row = ConferenceInvitee(
        conference_id=conference_id,
        kind=guest.kind.value,
        name=guest.name,
        organisation=guest.organisation,
        customer_id=guest.customer_id,
        rep_id=guest.rep_id or (actor.user_id if OfficeRole.REP in actor.roles else None),
        leads_signing=guest.leads_signing,
        made_by=actor.user_id,
    )
    await acts.born(session, now, actor, row, INVITEE, detail={"kind": row.kind})
    return row


async def _take(session: Session, invitee_id: UUID, version: int | None) -> tuple[Conference, ConferenceInvitee]:
    """Lock the conference first: seats and the order of signing are its."""
    seen = await acts.get(session, ConferenceInvitee, invitee_id, THING)
    conference = await acts.get(session, Conference, seen.conference_id, "conference", lock=True)
    return conference, await acts.take(session, ConferenceInvitee, invitee_id, THING, version)


async def move(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    invitee_id: UUID,
    version: int,
    command: str,
    *,
    note: str = "",
    given: dict[str, Any] | None = None,
) -> ConferenceInvitee:
    """contact, negotiate, invite, confirm, decline, check_in, watch, lose. `given`: fields that change with it."""
    conference, row = await _take(session, invitee_id, version)
    policy = await policies.load(session, ConferencePolicy)
    sets = dict(given or {})
    allowed = INVITEE.after(row.state, command) is not None
    if command == "negotiate":
        sets["rounds"] = row.rounds + 1
    elif command == "invite" and allowed:
        _rounds(row, policy)
        sets["invited_on"] = today
    elif command == "confirm" and allowed:
        await _seat(session, conference)
        sets["confirmed_on"] = today
    elif command == "decline":
        sets["confirmed_on"] = None
    elif command == "check_in" and allowed:
        if conference.state != "live":
            raise WrongState(thing="conference", state=conference.state, command="check_in")
        sets["checked_in_at"] = now
    await acts.move(session, now, actor, row, INVITEE, command, note=note, sets=sets)
    return row


def _rounds(row: ConferenceInvitee, policy: ConferencePolicy) -> None:
    if row.kind == InviteeKind.DISTRIBUTOR and row.rounds < policy.rounds_at_least:
        raise Refused(
            "m10-8",
            f"邀请分销商前须多轮沟通洽谈(现{row.rounds}轮,至少{policy.rounds_at_least}轮)。",
            f"Talk to a distributor in several rounds before the invitation ({row.rounds} so far, "
            f"at least {policy.rounds_at_least}).",
        )


async def _seat(session: Session, conference: Conference) -> None:
    confirmed = await session.scalar(
        select(func.count())
        .select_from(ConferenceInvitee)
        .where(
            col(ConferenceInvitee.conference_id) == conference.id,
            col(ConferenceInvitee.state).in_(["confirmed", "attended", "signed_on_spot"]),
        )
    )
    if rules.over_capacity(int(confirmed or 0) + 1, conference.seats):
        raise Refused(
            "m10-2",
            f"会场座位{conference.seats}个,已确认{confirmed}人,超出容量。",
            f"The room seats {conference.seats} and {confirmed} have confirmed: over capacity.",
        )


async def sign(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    invitee_id: UUID,
    version: int,
    *,
    city: str,
    kind: DistributorKind,
    customer_id: UUID | None = None,
    contract_id: UUID | None = None,
) -> ConferenceInvitee:
    """On the spot, while it is held. The signing representative has the money of this dealer to follow up (M10-18);
    the dealer is a record of M12 from then on, as a prospect whose way begins."""
    conference, row = await _take(session, invitee_id, version)
    acts.require_duty(actor, INVITEE.roles("attended", "sign_on_spot"))
    if conference.state != "live":
        raise WrongState(thing="conference", state=conference.state, command="sign_on_spot")
    if row.kind != InviteeKind.DISTRIBUTOR:
        raise BadInput(field="kind", problem_zh="只有分销商签约", problem_en="only distributors sign")
    customer = customer_id or row.customer_id
    if customer is None:
        raise BadInput(
            field="customer_id",
            problem_zh="签约前须先建立客户资料",
            problem_en="a dealer who signs is a customer on record",
        )
    if contract_id is not None:
        contract = await session.get(Contract, contract_id)
        if contract is None or contract.customer_id != customer:
            raise NotFound(what_zh="该客户的合同", what_en="contract of this customer", id=contract_id)
    policy = await policies.load(session, ConferencePolicy)
    waiting = sum(
        g.leads_signing and g.state == "attended" for g in await rows_of(session, ConferenceInvitee, conference.id)
    )
    if not rules.may_sign(row.leads_signing, waiting, policy.leaders_first):
        raise Refused(
            "m10-17",
            f"请先由事先谈妥的分销商带头签约(还有{waiting}家)。",
            f"Those agreed with beforehand sign first ({waiting} still to sign).",
        )
    sets = {"signed_by": actor.user_id, "signed_on": today, "customer_id": customer, "contract_id": contract_id}
    await acts.move(session, now, actor, row, INVITEE, "sign_on_spot", sets=sets)
    account = await accounts.of(session, customer, lock=True)
    account.rep_id = actor.user_id
    if await distributors.of_customer(session, customer) is None:
        values = {"kind": kind.value, "city": city, "contact": row.name}
        await distributors.add(session, now, today, actor, customer, values, account.region)
    return row


# ---------------------------------------------------------------- by night, and by the call centre


async def confirmation_due(session: Session, now: datetime, today: date) -> int:
    """M10-9, by night: three days before, the conference is told how many have not answered. Once."""
    policy = await policies.load(session, ConferencePolicy)
    rows = await session.scalars(
        select(col(Conference.id)).where(
            col(Conference.state).in_(["plan_approved", "preparing", "ready"]),
            col(Conference.confirmation_told_on).is_(None),
            col(Conference.held_on) >= today,
            col(Conference.held_on) - policy.confirm_days <= today,
        )
    )
    done = 0
    for conference_id in sorted(rows.all()):
        row = await acts.take(session, Conference, conference_id, "conference", None)
        guests = await rows_of(session, ConferenceInvitee, row.id)
        detail = {
            "unanswered": sum(g.state == "invited" for g in guests),
            "confirmed": sum(g.state == "confirmed" for g in guests),
            "seats": row.seats,
            "confirm_by": rules.confirm_by(row.held_on, policy.confirm_days).isoformat(),
        }
        row.confirmation_told_on = today
        await acts.write(session, now, None, row, "conference", "confirmation_due", detail=detail)
        done += 1
    return done


@dataclass(frozen=True, slots=True)
class Talk:
    """What came of a call of the call centre, in its own words."""

    result_zh: str
    result_en: str
    answered: bool
    declined: bool
    keen: bool
    note: str


async def called(session: Session, now: datetime, customer_id: UUID, numbers: Collection[str], talk: Talk) -> int:
    """The way back of `hand_over`: a campaign that chose its customers by the number of a conference tells what they
    said. Who was reached is contacted, who said no has declined, who is keen has an intent; the rest is a line of
    the story. The number of invitees that heard of it."""
    rows = await session.scalars(
        select(col(ConferenceInvitee.id))
        .join(Conference, col(Conference.id) == col(ConferenceInvitee.conference_id))
        .where(
            col(ConferenceInvitee.customer_id) == customer_id,
            col(Conference.number).in_(numbers),
            col(Conference.state).in_(_OPEN),
        )
        .order_by(col(ConferenceInvitee.id))
    )
    found = list(rows)
    for invitee_id in found:
        row = await acts.take(session, ConferenceInvitee, invitee_id, THING, None)
        detail = {"result": f"{talk.result_zh} · {talk.result_en}"}
        if talk.keen and talk.note:
            row.intent = talk.note
        await acts.write(session, now, None, row, THING, "called", note=talk.note, detail=detail)
        for command in rules.after_call(row.state, talk.answered, talk.declined):
            sets = {"confirmed_on": None} if command == "decline" else {}
            await acts.move(session, now, None, row, INVITEE, command, sets=sets)
    return len(found)


async def hand_over(
    session: Session, now: datetime, user: User, actor: Actor, conference_id: UUID, version: int, *, region: str
) -> list[ConferenceInvitee]:
    """Let a campaign of the call centre invite: whoever is still to be asked carries the conference's number among
    the customer's interests, in the customer master, where a campaign's choice of customers finds it. The back
    office knows no campaign. Refusals and the do-not-call list stay what they are."""
    acts.require_duty(actor, _INVITING)
    conference = await acts.take(session, Conference, conference_id, "conference", version)
    if conference.state not in _OPEN:
        raise WrongState(thing="conference", state=conference.state, command="invite")
    out = []
    for guest in await rows_of(session, ConferenceInvitee, conference.id):
        if guest.customer_id is None or guest.state not in TO_CALL:
            continue
        customer = await customers.get(session, guest.customer_id)
        interests = customer.interests or ""
        if conference.number not in interests:
            tagged = f"{interests}、{conference.number}".strip("、")
            change = CustomerChange(version=customer.version, interests=tagged)
            await customers.edit(session, now, user, customer.id, change, region=region)
        out.append(guest)
    await acts.write(session, now, actor, conference, "conference", "handed_over", detail={"customers": len(out)})
    return out
