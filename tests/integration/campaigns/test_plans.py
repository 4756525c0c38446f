"""Campaigns from a mailing: who becomes a lead and who not, opening, changing, closing, and today's figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict
from campaigns.dispositions import service as dispositions
from campaigns.leads import service as leads
from campaigns.leads.models import Lead
from campaigns.mailings import service as mailings
from campaigns.mailings.models import Mailing, MailingRecipient
from campaigns.mailings.schemas import MailingNew
from campaigns.plans import figures, filling
from campaigns.plans import service as plans
from campaigns.plans.models import Campaign
from campaigns.plans.schemas import CampaignChange, CampaignNew
from campaigns.schedule.calling import ConsentPolicy
from campaigns.targeting import rules as card
from campaigns.targeting import service as targeting
from campaigns.targeting.schemas import SegmentChange, SegmentFilters, SegmentNew
from crm_sync.customers.models import Customer
from crm_sync.do_not_call.models import DoNotCallEntry
from tests.factories import make_campaign, make_customer, make_lead, make_mailing
from tests.integration.campaigns.desk import NOW, RULES, SHANGHAI, at, attempt, end, ended_call, save, talked

MESSAGE = "您好,这里是康元公司,电话 400-618-7000。"


async def post_to(session: Session, wave: Mailing, posted_on: date | None = date(2026, 3, 2), **given: Any) -> Customer:
    customer = await make_customer(session, **given.pop("customer", {}))
    session.add(MailingRecipient(mailing_id=wave.id, customer_id=customer.id, posted_on=posted_on, **given))
    await session.flush()
    return customer


async def draft(session: Session, wave: Mailing, **given: Any) -> Campaign:
    body = CampaignNew(
        name=f"活动 {uuid4()}", mailing_id=wave.id, from_number="+864006187000", abandoned_message=MESSAGE, **given
    )
    return await plans.create(session, body, NOW, None)


async def test_who_becomes_a_lead_and_who_is_left_out_with_the_reason(session: Session) -> None:
    wave = await make_mailing(session)
    good = await post_to(session, wave)
    await post_to(session, wave, None)
    await post_to(session, wave, replied_on=date(2026, 3, 6))
    await post_to(session, wave, returned_on=date(2026, 3, 6))
    await post_to(session, wave, customer={"consent": "refused"})
    await post_to(session, wave, date(2026, 2, 22))  # 9 March is day 15
    listed = await post_to(session, wave)
    session.add(DoNotCallEntry(phone=listed.phone, source="office", added_at=NOW))
    campaign = await draft(session, wave)
    filled = await plans.fill_from_mailing(session, campaign, NOW)
    assert (filled.recipients, filled.added, filled.already) == (7, 1, 0)
    assert filled.skipped == {
        "not_posted": 1,
        "replied": 1,
        "returned": 1,
        "consent_refused": 1,
        "expired": 1,
        "do_not_call": 1,
    }
    lead = (await session.execute(select(Lead).where(Lead.campaign_id == campaign.id))).scalar_one()
    assert (lead.customer_id, lead.first_day, lead.last_day) == (good.id, date(2026, 3, 9), date(2026, 3, 16))
    again = await plans.fill_from_mailing(session, campaign, NOW)
    assert (again.added, again.already) == (0, 1)


async def test_consent_where_the_rules_ask_for_it(session: Session) -> None:
    wave = await make_mailing(session)
    await post_to(session, wave, customer={"consent": "unknown"})
    rules = replace(RULES, consent=ConsentPolicy.REQUIRED).to_json()
    campaign = await draft(session, wave, rules=rules)
    assert (await plans.expect(session, campaign, NOW)).skipped == {"consent_missing": 1}


async def test_the_points_card_is_the_same_in_sql_and_in_python(session: Session) -> None:
    wave = await make_mailing(session)
    people: list[dict[str, Any]] = [
        {},
        {"birth_year": 1976, "interests": "送礼,养生", "occupation": "销售经理", "total_purchases_fen": 5},
        {"birth_year": 1975},
        {"birth_year": 2001, "last_purchase_on": date(2025, 3, 9)},
        {"birth_year": 2002, "last_purchase_on": date(2025, 3, 8)},
        {"birth_year": 1955, "interests": "GIFT 100%", "last_purchase_on": date(2026, 3, 10)},
        {"interests": "", "occupation": "", "total_purchases_fen": 1},
    ]
    made = [await post_to(session, wave, customer=given) for given in people]
    campaign = await draft(session, wave)
    await plans.fill_from_mailing(session, campaign, NOW)
    rows = (await session.execute(select(Lead).where(Lead.campaign_id == campaign.id))).scalars().all()
    found = {row.customer_id: (row.score, row.score_reasons) for row in rows}
    assert found == {customer.id: card.score(customer.model_dump(), NOW.date()) for customer in made}
    # The source's buyer (7.3.1 二): young or middle-aged, a gift, busy, minds the brand.
    assert found[made[1].id] == (85, "buyer_age +30, gift +15, busy +15, brand +10, bought_before +15")
    assert card.MAX_SCORE == 90


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        ({"abandoned_message": ""}, "abandoned_message"),
        ({"rules": {"windows": []}}, "rules.windows"),
        ({"rules": {"windows": [["11:00", "10:00"]]}}, "rules.windows"),
    ],
)
async def test_what_a_campaign_lacks_is_named_when_it_is_opened(
    session: Session, spoil: dict[str, Any], field: str
) -> None:
    wave = await make_mailing(session)
    await post_to(session, wave)
    campaign = await draft(session, wave)
    for name, value in spoil.items():
        setattr(campaign, name, value)
    await session.flush()
    with pytest.raises(BadInput) as refused:
        await plans.open_campaign(session, campaign, NOW, None)
    assert refused.value.field == field


async def test_nothing_posted_or_nobody_to_call_cannot_be_opened(session: Session) -> None:
    planned = await make_mailing(session, state="planned")
    with pytest.raises(BadInput) as refused:
        await plans.open_campaign(session, await draft(session, planned), NOW, None)
    assert "尚未确认寄出" in refused.value.sentence("zh")
    empty = await make_mailing(session)
    await post_to(session, empty, customer={"consent": "refused"})
    with pytest.raises(BadInput) as refused:
        await plans.open_campaign(session, await draft(session, empty), NOW, None)
    assert "none of the 1 recipients" in refused.value.sentence("en")


async def test_opened_paused_and_closed(session: Session) -> None:
    wave = await make_mailing(session)
    await post_to(session, wave)
    await post_to(session, wave)
    campaign = await plans.open_campaign(session, await draft(session, wave), NOW, None)
    assert (campaign.state, campaign.opened_at) == ("open", NOW)
    with pytest.raises(Conflict):
        await plans.open_campaign(session, campaign, NOW, None)
    lead, call = await attempt(session, campaign, NOW)
    await plans.pause(session, campaign, NOW, None)
    assert (await leads.why(session, lead.id, NOW)).reason.value == "in_call"
    await plans.open_campaign(session, campaign, NOW, None)
    await plans.close(session, campaign, NOW, None)
    rows = (await session.execute(select(Lead).execution_options(populate_existing=True))).scalars().all()
    assert sorted(row.closed_reason or "in call" for row in rows) == ["campaign_closed", "in call"]
    await end(session, call, "busy", NOW)
    assert lead.closed_reason == "campaign_closed"
    with pytest.raises(Conflict):
        await plans.open_campaign(session, campaign, NOW, None)


async def test_new_rules_hold_for_leads_that_sleep(session: Session) -> None:
    wave = await make_mailing(session)
    await post_to(session, wave, date(2026, 3, 4))  # 9 March is day 5
    campaign = await draft(session, wave)
    await plans.fill_from_mailing(session, campaign, NOW)
    assert await leads.claim(session, campaign, RULES, NOW, 1) == []
    rules = replace(RULES, days_from=5, days_to=9)
    body = CampaignChange(version=campaign.version, rules=rules.to_json())
    changed = await plans.change(session, campaign.id, body, NOW)
    [one] = await leads.claim(session, changed, rules, NOW, 1)
    await session.refresh(one.lead)
    assert (one.lead.first_day, one.lead.last_day) == (date(2026, 3, 9), date(2026, 3, 13))
    with pytest.raises(Conflict):
        await plans.change(session, campaign.id, body, NOW)  # the version that was read is no longer the newest


async def test_the_calendar_foresees_each_day(session: Session) -> None:
    wave = await make_mailing(session)
    for posted in (date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 3)):
        await post_to(session, wave, posted)
    campaign = await draft(session, wave)
    await plans.fill_from_mailing(session, campaign, NOW)
    calendar = await filling.preview(session, campaign, date(2026, 3, 9), NOW)
    found = {day.day.day: (day.callable, day.starting, day.last) for day in calendar.days}
    assert found[9] == (2, 0, 0)
    assert found[10] == (3, 1, 0)
    assert found[15] == (3, 0, 2)
    assert found[17] == (1, 0, 1)
    assert max(found) == 17


# ---------------------------------------------------------------- figures


async def test_each_number_of_the_day(session: Session) -> None:
    await dispositions.seed_defaults(session)
    campaign = await make_campaign(session)
    for n in range(8):
        await make_lead(session, campaign, posted_on=date(2026, 2, 23) if n == 7 else date(2026, 3, 2))
    lead, call = await talked(session, campaign, NOW)
    call.talk_s, call.answered_by = 600.0, "unknown"
    await save(session, call, "order", NOW, order_id=uuid4())
    _, dropped = await attempt(session, campaign, NOW)
    await end(session, dropped, "abandoned", NOW, answered_at=NOW, answered_by="person", abandoned=True)
    _, machine = await attempt(session, campaign, NOW)
    await end(session, machine, "machine", NOW, answered_at=NOW, answered_by="machine")
    _, unanswered = await attempt(session, campaign, NOW)
    await end(session, unanswered, "no_answer", NOW)
    _, ringing = await attempt(session, campaign, NOW)
    ringing.state = "ringing"
    await ended_call(
        session, lead, "busy", at(8, 23, 59, 59), launched_at=at(8, 23, 59, 59), attempt_no=77
    )  # yesterday
    await ended_call(session, lead, "skipped", NOW, attempt_no=78)  # a preview passed over
    found = (await figures.figures(session, [campaign.id], NOW, SHANGHAI, funnels=figures.FunnelCache()))[campaign.id]
    assert (found.attempts, found.answered, found.connected, found.abandoned) == (5, 2, 1, 1)
    assert (found.abandonment_rate, found.answer_rate, found.talk_s_mean) == (0.5, 0.5, 600.0)
    assert (found.orders, found.ringing, found.waiting, found.talking) == (1, 1, 0, 0)
    assert (found.callable_now, found.callable_today) == (3, 4)  # the unanswered one again this afternoon
    assert found.follow_ups_due == 0
    later = await figures.figures(session, [campaign.id], at(10, 16), SHANGHAI, funnels=figures.FunnelCache())
    assert later[campaign.id].follow_ups_due == 3  # abandoned, machine, unanswered
    assert (found.next_window_at, found.why_idle) == (None, None)
    assert set(found.shown()) & {"orders"} == set()


@pytest.mark.parametrize(
    ("answered", "abandoned", "left"),
    [(0, 0, 0), (100, 0, 3), (97, 0, 3), (96, 0, 2), (100, 3, 0), (1000, 29, 1), (10, 5, 0)],
)
def test_how_many_may_still_be_abandoned(answered: int, abandoned: int, left: int) -> None:
    assert figures.abandonments_left(answered, abandoned, 0.03) == left
    if left:
        assert (abandoned + left) / (answered + left) <= 0.03 + 1e-9
    assert (abandoned + left + 1) / (answered + left + 1) > 0.03


async def test_outside_the_windows_the_board_says_when_the_next_one_opens(session: Session) -> None:
    campaign = await make_campaign(session)
    await make_lead(session, campaign)
    found = await figures.figures(session, [campaign.id], at(9, 11), SHANGHAI, funnels=figures.FunnelCache())
    assert (found[campaign.id].next_window_at, found[campaign.id].why_idle) == (at(9, 12), "outside_window")


async def test_the_board_says_when_the_holidays_of_a_year_are_not_known(session: Session) -> None:
    campaign = await make_campaign(session)
    await make_lead(session, campaign, posted_on=date(2026, 3, 2))
    quiet = await figures.figures(session, [campaign.id], NOW, SHANGHAI)
    assert quiet[campaign.id].warnings == ()
    await make_lead(session, campaign, posted_on=date(2049, 12, 20))
    told = (await figures.figures(session, [campaign.id], NOW, SHANGHAI))[campaign.id].warnings
    assert "2050" in told[-1].zh
    assert (await filling.preview(session, campaign, NOW.date(), NOW)).warnings[-1].code == "calendar_unknown_year"


# ---------------------------------------------------------------- segments and mailings


async def test_segments_filter_count_and_keep_their_version(session: Session) -> None:
    today = NOW.date()
    await make_customer(session, birth_year=1980, occupation="销售经理", address="路1号")
    await make_customer(session, birth_year=1940, interests="100%_养生", address="路2号", consent="refused")
    listed = await make_customer(session, birth_year=1990, last_purchase_on=date(2026, 1, 1))
    session.add(DoNotCallEntry(phone=listed.phone, source="office", added_at=NOW))
    await session.flush()

    async def count(**filters: Any) -> int:
        return (await targeting.count(session, SegmentFilters(**filters), today)).customers

    assert await count() == 3
    assert await count(age_from=30, age_to=50) == 2
    assert await count(occupations=["经理"]) == 1
    assert await count(interests=["0%_养"]) == 1
    assert await count(interests=["%"]) == 1  # signs of LIKE are ordinary characters
    assert await count(not_purchased_since=date(2026, 1, 1)) == 2
    assert await count(has_address=False) == 1
    assert await count(score_from=45) == 1
    full = await targeting.count(session, SegmentFilters(), today)
    assert (full.do_not_call, full.refused, full.callable_after, full.with_address) == (1, 1, 1, 2)
    segment = await targeting.create(session, SegmentNew(name="忙碌的人", filters=SegmentFilters()), NOW, None)
    body = SegmentChange(name="忙碌的人", filters=SegmentFilters(genders=["f"]), version=1)
    assert (await targeting.change(session, segment.id, body, NOW)).version == 2
    with pytest.raises(Conflict):
        await targeting.change(session, segment.id, body, NOW)


async def test_a_wave_is_made_divided_and_posted(session: Session) -> None:
    for n in range(10):
        await make_customer(session, address=f"路{n}号")
    await make_customer(session, address=None)
    await make_customer(session, address="路", consent="refused")
    brochure = (await make_mailing(session)).brochure_id
    wave = await mailings.create(session, MailingNew(name="三月", brochure_id=brochure), at(1, 9), None)
    assert (await mailings.counts(session, wave.id)).recipients == 10
    await mailings.split_into_batches(session, wave, [3, 2])
    sizes = await session.execute(
        text("SELECT batch_no, count(*) FROM mailing_recipients WHERE mailing_id = :id GROUP BY 1 ORDER BY 1"),
        {"id": wave.id},
    )
    assert [tuple(row) for row in sizes] == [(1, 6), (2, 4)]
    given: dict[str, Any] = {"now": NOW, "by": None}
    for posted_on, zh in ((date(2026, 3, 10), "之后"), (date(2026, 2, 28), "早于该邮寄的建立日期")):
        with pytest.raises(BadInput) as refused:
            await mailings.confirm_posted(session, wave, posted_on=posted_on, batch_no=1, **given)
        assert (refused.value.field, zh in refused.value.sentence("zh")) == ("posted_on", True)
    with pytest.raises(BadInput):
        await mailings.confirm_posted(session, wave, posted_on=date(2026, 3, 2), batch_no=9, **given)
    counts = await mailings.confirm_posted(session, wave, posted_on=date(2026, 3, 2), batch_no=1, **given)
    assert (counts.posted, wave.state) == (6, "posted")
    await mailings.confirm_posted(session, wave, posted_on=date(2026, 3, 2), batch_no=1, **given)  # the same again
    with pytest.raises(Conflict):
        await mailings.confirm_posted(session, wave, posted_on=date(2026, 3, 3), batch_no=1, **given)
    with pytest.raises(Conflict):
        await mailings.split_into_batches(session, wave, [1])


async def test_a_wave_from_before_this_system_may_be_entered(session: Session) -> None:
    await make_customer(session, address="路1号")
    brochure = (await make_mailing(session)).brochure_id
    body = MailingNew(name="二月", brochure_id=brochure, made_on=date(2026, 2, 20))
    wave = await mailings.create(session, body, NOW, None)
    counts = await mailings.confirm_posted(session, wave, posted_on=date(2026, 3, 1), batch_no=None, now=NOW, by=None)
    assert counts.posted == 1


async def test_nobody_to_mail_is_said(session: Session) -> None:
    brochure = (await make_mailing(session)).brochure_id
    with pytest.raises(BadInput) as refused:
        await mailings.create(session, MailingNew(name="空", brochure_id=brochure), NOW, None)
    assert refused.value.field == "segment_id"
