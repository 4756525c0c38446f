"""The lists of M11, and the funnel by recruiting way."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, Select, case, cast, func, literal, or_, select
from sqlmodel import col

from backoffice.franchising import schemas
from backoffice.franchising.models import FranchiseApplication, FranchiseSupport
from backoffice.franchising.seed import STEPS
from backoffice.kit.words import words
from backoffice.listing.query import Listing
from backoffice.timeline.models import TimelineEntry
from crm_sync.customers.models import Customer

words(
    franchise_applications=("加盟申请", "franchise applications"),
    franchise_support=("加盟支持记录", "support of franchisees"),
    franchise_funnel=("加盟招募漏斗", "franchise funnel"),
    step_no=("步骤(1-9)", "step (1–9)"),
    answer_due=("答复期限", "answer due"),
    result_due=("评估期限", "result due"),
    reserved_to=("预约有效至", "reserved until"),
    term_to=("期满日", "end of the term"),
    last_support_on=("上次支持", "last support"),
    asked=("了解", "asked"),
    forms=("申请数", "forms"),
    reservations=("预约数", "reservations"),
    opened=("已开业", "opened"),
    days_to_open=("平均开业天数", "days to the opening"),
    briefing=("招募说明会", "briefing meeting"),
    word_of_mouth=("开拓人员或口传", "scouts or word of mouth"),
    store_pop=("店面POP", "store POP"),
    prospectus=("加盟说明书或DM", "prospectus or DM"),
)


def _name() -> Any:
    return func.coalesce(col(Customer.company), col(Customer.name)).label("customer")


def _applications(today: date) -> Select[Any]:
    state = col(FranchiseApplication.state)
    step = case(*((state == name, number) for number, name in enumerate(STEPS, start=1)), else_=0)
    late = or_(
        (state == "form_submitted") & (col(FranchiseApplication.answer_due) < today),
        (state == "reservation_signed") & (col(FranchiseApplication.result_due) < today),
    )
    last = select(func.max(col(FranchiseSupport.on_day))).where(
        col(FranchiseSupport.application_id) == col(FranchiseApplication.id)
    )
    names = [name for name in schemas.FranchiseRow.model_fields if name in FranchiseApplication.model_fields]
    return select(
        *(col(getattr(FranchiseApplication, name)) for name in names),
        _name(),
        step.label("step_no"),
        func.coalesce(late, literal(False)).label("late"),
        cast(last.scalar_subquery(), Date).label("last_support_on"),
    ).join(Customer, col(Customer.id) == col(FranchiseApplication.customer_id))


def _support(_today: date) -> Select[Any]:
    names = [name for name in schemas.SupportRow.model_fields if name in FranchiseSupport.model_fields]
    return (
        select(*(col(getattr(FranchiseSupport, name)) for name in names), _name())
        .join(FranchiseApplication, col(FranchiseApplication.id) == col(FranchiseSupport.application_id))
        .join(Customer, col(Customer.id) == col(FranchiseApplication.customer_id))
    )


def _funnel(_today: date) -> Select[Any]:
    """By the story of each: who reached a step counts for it, whatever became of them."""

    def reached(act: str) -> Any:
        found = select(col(TimelineEntry.thing)).where(
            col(TimelineEntry.thing) == "franchise_application",
            col(TimelineEntry.thing_id) == col(FranchiseApplication.id),
            col(TimelineEntry.act) == act,
        )
        return cast(func.count().filter(found.exists()), Integer)

    source = col(FranchiseApplication.source)
    days = func.avg(col(FranchiseApplication.opened_on) - col(FranchiseApplication.made_on))
    return select(
        source.label("id"),
        source.label("source"),
        cast(func.count(), Integer).label("asked"),
        reached("submit_form").label("forms"),
        reached("reserve").label("reservations"),
        reached("sign_contract").label("contracted"),
        reached("open_store").label("opened"),
        reached("reject").label("rejected"),
        cast(func.round(days), Integer).label("days_to_open"),
    ).group_by(source)


APPLICATIONS = Listing(
    name="franchise_applications",
    row=schemas.FranchiseRow,
    source=_applications,
    search=("number", "customer", "city", "reason"),
    filters=("state", "source", "step_no", "late", "city", "customer_id"),
    on="term_to",
)
SUPPORT = Listing(
    name="franchise_support",
    row=schemas.SupportRow,
    source=_support,
    search=("customer", "note"),
    filters=("kind", "application_id"),
    on="on_day",
    sort="-on_day",
)
FUNNEL = Listing(
    name="franchise_funnel",
    row=schemas.FunnelRow,
    source=_funnel,
    filters=("source",),
    sort="-asked",
    totals=("asked", "forms", "reservations", "contracted", "opened", "rejected"),
    hidden=("id",),
)
LISTINGS = (APPLICATIONS, SUPPORT, FUNNEL)
