"""The lists of conferences: themselves, invitees, costs by line, receivables of signed dealers."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import BigInteger, Select, and_, case, cast, func, select
from sqlmodel import col

from backoffice.accounts.models import CustomerAccount
from backoffice.conferences.models import Conference, ConferenceCost, ConferenceInvitee
from backoffice.conferences.rules import ConferencePolicy
from backoffice.expenses.ledger import GRANTED
from backoffice.expenses.models import ExpenseClaim, ExpenseRequest
from backoffice.listing.query import Listing
from backoffice.policies.service import in_query
from backoffice.receivables import ledger
from callcenter.people.models import User


class ConferenceRow(BaseModel):
    id: UUID
    number: str
    theme: str
    held_on: date
    venue: str
    target_count: int
    seats: int
    confirmed_count: int
    attended_count: int
    signed_count: int
    planned_fen: int
    state: str
    version: int


class InviteeRow(BaseModel):
    id: UUID
    conference_id: UUID
    number: str
    kind: str
    invitee_name: str
    organisation: str
    customer_id: UUID | None
    rep_id: UUID | None
    represented_by: str
    rounds: int
    leads_signing: bool
    invited_on: date | None
    confirmed_on: date | None
    answer_late: bool
    signed_on: date | None
    state: str
    version: int


class CostRow(BaseModel):
    id: UUID
    conference_id: UUID
    number: str
    category: str
    cost_item: str
    planned_fen: int
    requested_fen: int
    spent_fen: int
    balance_fen: int


class ReceivableRow(BaseModel):
    id: UUID
    number: str
    customer: str
    represented_by: str
    signed_on: date
    receivable_fen: int
    overdue_fen: int


def _conferences(_today: date) -> Select[Any]:
    c, g = Conference, ConferenceInvitee

    def counted(*states: str) -> Any:
        return (
            select(func.count())
            .select_from(g)
            .where(col(g.conference_id) == col(c.id), col(g.state).in_(states))
            .scalar_subquery()
        )

    planned = (
        select(cast(func.coalesce(func.sum(col(ConferenceCost.planned_fen)), 0), BigInteger))
        .where(col(ConferenceCost.conference_id) == col(c.id))
        .scalar_subquery()
    )
    names = ("id", "number", "theme", "held_on", "target_count", "seats", "state", "version")
    query: Any = select(
        *(col(getattr(c, n)) for n in names),
        func.concat(col(c.city), col(c.venue)).label("venue"),
        counted("confirmed").label("confirmed_count"),
        counted("attended", "signed_on_spot").label("attended_count"),
        counted("signed_on_spot").label("signed_count"),
        planned.label("planned_fen"),
    )
    out: Select[Any] = query
    return out


def _invitees(_today: date) -> Select[Any]:
    g, c = ConferenceInvitee, Conference
    last = col(c.held_on) - in_query(ConferencePolicy, "confirm_days")
    late = and_(col(g.confirmed_on).is_not(None), col(g.confirmed_on) > last)
    names = ("id", "conference_id", "kind", "organisation", "customer_id", "rep_id", "rounds", "leads_signing",
             "invited_on", "confirmed_on", "signed_on", "state", "version")  # fmt: skip
    query: Any = (
        select(
            *(col(getattr(g, n)) for n in names),
            col(c.number).label("number"),
            col(g.name).label("invitee_name"),
            func.coalesce(col(User.name), "").label("represented_by"),
            case((late, True), else_=False).label("answer_late"),
        )
        .join(c, col(c.id) == col(g.conference_id))
        .outerjoin(User, col(User.id) == col(g.rep_id))
    )
    out: Select[Any] = query
    return out


def _costs(_today: date) -> Select[Any]:
    k = ConferenceCost
    asked = (
        select(cast(func.coalesce(func.sum(col(ExpenseRequest.amount_fen)), 0), BigInteger))
        .where(col(ExpenseRequest.event_id) == col(k.id), col(ExpenseRequest.state).in_(GRANTED))
        .scalar_subquery()
    )
    spent = (
        select(cast(func.coalesce(func.sum(col(ExpenseClaim.amount_fen)), 0), BigInteger))
        .join(ExpenseRequest, col(ExpenseRequest.id) == col(ExpenseClaim.request_id))
        .where(col(ExpenseRequest.event_id) == col(k.id), col(ExpenseClaim.state).in_(["approved", "paid"]))
        .scalar_subquery()
    )
    query: Any = select(
        col(k.id),
        col(k.conference_id),
        col(Conference.number).label("number"),
        col(k.category),
        col(k.item).label("cost_item"),
        col(k.planned_fen),
        asked.label("requested_fen"),
        spent.label("spent_fen"),
        (col(k.planned_fen) - spent).label("balance_fen"),
    ).join(Conference, col(Conference.id) == col(k.conference_id))
    out: Select[Any] = query
    return out


def _receivables(today: date) -> Select[Any]:
    """What dealers who signed at a conference owe today, by the representative who signed them (M10-18)."""
    g, f = ConferenceInvitee, ledger.facts(today).subquery("f")
    query: Any = (
        select(
            col(g.id),
            col(Conference.number).label("number"),
            col(CustomerAccount.legal_name).label("customer"),
            col(User.name).label("represented_by"),
            col(g.signed_on).label("signed_on"),
            cast(func.coalesce(func.sum(f.c.outstanding_fen), 0), BigInteger).label("receivable_fen"),
            cast(func.coalesce(func.sum(f.c.overdue_fen), 0), BigInteger).label("overdue_fen"),
        )
        .join(Conference, col(Conference.id) == col(g.conference_id))
        .join(CustomerAccount, col(CustomerAccount.id) == col(g.customer_id))
        .join(User, col(User.id) == col(g.signed_by))
        .outerjoin(f, f.c.customer_id == col(g.customer_id))
        .where(col(g.state) == "signed_on_spot")
        .group_by(col(g.id), col(Conference.number), col(CustomerAccount.legal_name), col(User.name))
    )
    out: Select[Any] = query
    return out


CONFERENCES = Listing(
    name="conferences",
    row=ConferenceRow,
    source=_conferences,
    search=("number", "theme", "venue"),
    filters=("state",),
    on="held_on",
    totals=("planned_fen", "attended_count", "signed_count"),
)
INVITEES = Listing(
    name="conference_invitees",
    row=InviteeRow,
    source=_invitees,
    search=("invitee_name", "organisation", "number"),
    filters=("state", "kind", "conference_id", "rep_id", "leads_signing", "answer_late"),
    sort="invitee_name",
)
COSTS = Listing(
    name="conference_costs",
    row=CostRow,
    source=_costs,
    search=("number", "cost_item"),
    filters=("category", "conference_id"),
    totals=("planned_fen", "requested_fen", "spent_fen", "balance_fen"),
    hidden=("id",),
)
RECEIVABLES = Listing(
    name="conference_receivables",
    row=ReceivableRow,
    source=_receivables,
    search=("number", "customer", "represented_by"),
    filters=("represented_by", "number"),
    on="signed_on",
    totals=("receivable_fen", "overdue_fen"),
    hidden=("id",),
)
LISTINGS: tuple[Listing[Any], ...] = (CONFERENCES, INVITEES, COSTS, RECEIVABLES)
