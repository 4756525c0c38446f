"""Samples and control groups: drawn by chance, drawn alike again, left alone, and compared."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from agent_ui.lift import service as lift
from callcenter.kit.db import Session
from campaigns.leads.models import Lead
from campaigns.mailings import repository
from campaigns.mailings import service as mailings
from campaigns.mailings.models import Brochure, Mailing, MailingControl, MailingRecipient
from campaigns.mailings.schemas import MailingNew
from campaigns.plans import service as plans
from campaigns.targeting import service as targeting
from campaigns.targeting.schemas import SegmentFilters, SegmentNew
from tests.factories import make_customer, make_mailing
from tests.integration.campaigns.desk import NOW, SHANGHAI
from tests.integration.campaigns.test_plans import draft

POSTED = date(2026, 3, 2)


async def people(session: Session, n: int) -> UUID:
    for _ in range(n):
        await make_customer(session, address="路 1 号")
    return (await session.execute(select(Brochure.id))).scalars().first() or (await make_mailing(session)).brochure_id


async def groups(session: Session, wave: Mailing) -> tuple[set[UUID], set[UUID]]:
    mailed = select(MailingRecipient.customer_id).where(MailingRecipient.mailing_id == wave.id)
    held = select(MailingControl.customer_id).where(MailingControl.mailing_id == wave.id)
    return set((await session.execute(mailed)).scalars()), set((await session.execute(held)).scalars())


async def make(session: Session, brochure: UUID, name: str, **given: object) -> Mailing:
    body = MailingNew.model_validate({"name": name, "brochure_id": brochure, "made_on": "2026-02-20"} | given)
    return await mailings.create(session, body, NOW, None)


async def test_a_draw_is_by_chance_exact_in_number_and_the_same_for_the_same_seed(session: Session) -> None:
    brochure = await people(session, 60)
    first = await make(session, brochure, "一", sample_size=40, control_percent=25, draw_seed=7)
    again = await make(session, brochure, "二", sample_size=40, control_percent=25, draw_seed=7)
    other = await make(session, brochure, "三", sample_size=40, control_percent=25, draw_seed=8)
    mailed, held = await groups(session, first)
    assert (len(mailed), len(held), mailed & held) == (30, 10, set())
    assert await groups(session, again) == (mailed, held)
    assert await groups(session, other) != (mailed, held)
    row = await repository.wave(session, first.id)
    assert row is not None
    assert (row.recipients, row.controls, row.control_percent, row.draw_seed) == (30, 10, 25, 7)


async def test_without_a_wish_everybody_is_mailed_and_a_seed_is_chosen_only_where_it_is_needed(
    session: Session,
) -> None:
    brochure = await people(session, 12)
    all_of_them = await make(session, brochure, "全部")
    assert (all_of_them.draw_seed, await groups(session, all_of_them)) == (
        None,
        ((await groups(session, all_of_them))[0], set()),
    )
    assert len((await groups(session, all_of_them))[0]) == 12
    drawn = await make(session, brochure, "抽样", control_percent=50)
    assert drawn.draw_seed is not None
    assert [len(group) for group in await groups(session, drawn)] == [6, 6]


async def test_a_mailing_keeps_the_version_of_its_segment(session: Session) -> None:
    brochure = await people(session, 3)
    segment = await targeting.create(session, SegmentNew(name="有地址", filters=SegmentFilters()), NOW, None)
    assert (await make(session, brochure, "版本", segment_id=segment.id)).segment_version == 1


async def test_the_control_group_is_neither_mailed_nor_called_whoever_writes(session: Session) -> None:
    brochure = await people(session, 20)
    wave = await make(session, brochure, "对照", control_percent=50)
    mailed, held = await groups(session, wave)
    await session.execute(text("UPDATE mailing_recipients SET posted_on = :on"), {"on": POSTED})
    campaign = await draft(session, wave)
    assert (await plans.fill_from_mailing(session, campaign, NOW)).added == 10
    leads = set((await session.execute(select(Lead.customer_id).where(Lead.campaign_id == campaign.id))).scalars())
    assert leads == mailed
    member = next(iter(held))
    with pytest.raises(IntegrityError, match="cannot be a recipient"):
        async with session.begin_nested():
            session.add(MailingRecipient(mailing_id=wave.id, customer_id=member))
    days = {"posted_on": POSTED, "first_day": POSTED, "last_day": POSTED}
    with pytest.raises(IntegrityError, match="cannot be a lead"):
        async with session.begin_nested():
            session.add(Lead(campaign_id=campaign.id, customer_id=member, **days))
    with pytest.raises(IntegrityError, match="cannot be in its control group"):
        async with session.begin_nested():
            session.add(MailingControl(mailing_id=wave.id, customer_id=next(iter(mailed))))


async def test_the_lift_counts_buyers_in_both_groups_by_the_same_rule(session: Session) -> None:
    brochure = await people(session, 40)
    wave = await make(session, brochure, "增量", control_percent=50)
    mailed, held = await groups(session, wave)
    before = await lift.of_mailing(session, wave.id, NOW, SHANGHAI)
    assert (before.since, before.mailed) == (None, None)
    await session.execute(text("UPDATE mailing_recipients SET posted_on = :on"), {"on": POSTED})
    for n, customer in enumerate([*sorted(mailed)[:12], *sorted(held)[:2]]):
        await session.execute(
            text("UPDATE customers SET last_purchase_on = :on WHERE id = :id"),
            # The second of the control group bought the day before the letters went out.
            {"on": date(2026, 3, 1) if n == 13 else date(2026, 3, 5), "id": customer},
        )
    other = await make_mailing(session)
    session.add(MailingRecipient(mailing_id=other.id, customer_id=sorted(held)[0], posted_on=POSTED))
    await session.flush()
    found = await lift.of_mailing(session, wave.id, NOW, SHANGHAI)
    assert found.mailed is not None
    assert found.control is not None
    assert (found.mailed.people, found.mailed.bought) == (20, 12)
    assert (found.control.people, found.control.bought) == (20, 1)
    assert found.lift == pytest.approx(0.55)
    assert found.low is not None
    assert found.low > 0
    assert found.proven
    assert found.control_touched == 1
