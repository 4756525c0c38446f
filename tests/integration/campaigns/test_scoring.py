"""Learned scores at work: trained from real rows, never used unless a person says so, and what they then change."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import text
from sqlmodel import select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict
from callcenter.kit.ids import new_id
from callcenter.people.models import AuditRecord, Role, User
from campaigns.dispositions import service as dispositions
from campaigns.leads.models import Lead
from campaigns.plans import service as plans
from campaigns.scoring import service as scoring
from campaigns.scoring.schemas import BackToCard, Use
from campaigns.targeting import rules as card
from campaigns.targeting import service as targeting
from campaigns.targeting.models import ScoreModel
from campaigns.targeting.schemas import SegmentChange, SegmentFilters, SegmentNew
from tests.factories import make_campaign, make_customer, make_lead, make_mailing, make_user
from tests.integration.campaigns.desk import NOW
from tests.integration.campaigns.test_plans import draft, post_to

ZONE = ZoneInfo("Asia/Shanghai")


async def conversations(session: Session, n: int) -> None:
    """`n` first conversations over the last half year; women buy, whatever the card says."""
    await dispositions.seed_defaults(session)
    campaign = await make_campaign(session)
    first = await make_lead(session, campaign)
    chance = random.Random(4)
    rows: list[dict[str, Any]] = []
    for k in range(n):
        woman = chance.random() < 0.5
        sold = chance.random() < (0.35 if woman else 0.05)
        facts = {"gender": "f" if woman else "m", "birth_year": chance.choice([1950, 1980]), "interests": "送礼"}
        at = NOW - timedelta(days=200) + timedelta(days=160) * k / n
        rows.append({"phone": f"+86139{k:08d}", "at": at.isoformat(), "facts": facts, "sold": sold})
    given = {"rows": orjson.dumps(rows).decode(), "campaign": campaign.id, "posted": first.posted_on}
    await session.execute(text(CONVERSATIONS), given)


CONVERSATIONS = """
    WITH given AS MATERIALIZED (
      SELECT gen_random_uuid() AS customer, gen_random_uuid() AS lead, gen_random_uuid() AS call, g.*
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (phone text, at timestamptz, facts jsonb, sold boolean)),
    people AS (
      INSERT INTO customers (id, name, phone, timezone, timezone_known, source, consent, attributes,
                             total_purchases_fen, created_at, updated_at, version)
      SELECT customer, '客户', phone, 'Asia/Shanghai', true, '', 'given', '{}', 0, at, at, 1 FROM given),
    led AS (
      INSERT INTO leads (id, campaign_id, customer_id, posted_on, first_day, last_day, score, score_reasons, state,
                         timezone, attempts, fruitless, call_no, version)
      SELECT lead, :campaign, customer, :posted, CAST(:posted AS date) + 7, CAST(:posted AS date) + 14, 0, '', 'open',
             'Asia/Shanghai', 1, 0, 1, 1 FROM given),
    called AS (
      INSERT INTO calls (id, queue_id, subject_id, customer_id, attempt_no, mode, to_number, from_number, state,
                         outcome, abandoned, patience_s, hold_s, note, created_at, ended_at, carrier, card, version)
      SELECT call, :campaign, lead, customer, 1, 'predictive', phone, '+864006187000', 'ended', 'talked', false, 2,
             0, '', at, at, 'simulated', jsonb_build_object('customer', facts), 1 FROM given)
    INSERT INTO call_results (call_id, lead_id, campaign_id, customer_id, code, note, detail, saved_at)
    SELECT call, lead, :campaign, customer, CASE WHEN sold THEN 'order' ELSE 'considering' END, '',
           jsonb_build_object('right_party', true, 'sale', sold), at FROM given
"""


async def trained(session: Session, n: int = 1_500) -> tuple[User, ScoreModel]:
    await conversations(session, n)
    user = await make_user(session, Role.MARKETING)
    return user, await scoring.train(session, NOW, ZONE, user)


async def test_too_few_calls_are_refused_with_how_many_it_takes(session: Session) -> None:
    await conversations(session, 20)
    user = await make_user(session, Role.MARKETING)
    with pytest.raises(BadInput) as refused:
        await scoring.train(session, NOW, ZONE, user)
    assert "20" in refused.value.sentence("zh")
    assert "1000" in refused.value.sentence("en")
    assert (await scoring.stock(session, NOW)).calls == 20


async def test_a_conversation_is_learned_from_when_its_end_is_known(session: Session) -> None:
    await conversations(session, 50)
    # The youngest is 40 days old; 30 days after it each one is known, before that the younger ones are not.
    assert (await scoring.stock(session, NOW)).calls == 50
    assert 0 < (await scoring.stock(session, NOW - timedelta(days=50))).calls < 50
    assert len(await scoring.told(session, NOW, ZONE)) == 50


async def test_a_model_is_used_only_when_a_person_says_so_and_every_step_is_on_record(session: Session) -> None:
    user, model = await trained(session)
    row = await scoring.shown(session, model)
    assert row.comparison.verdict == "better"
    assert row.comparison.auc_difference.low > 0
    assert {line.code for line in row.lines} >= {"woman"}
    assert (row.calls + row.comparison.held_out_calls, row.state.value) == (1_500, "trained")
    # Trained, compared, better: and still the card scores.
    assert await targeting.in_force(session) == card.POINTS_CARD
    wave = await make_mailing(session)
    woman = await post_to(session, wave, customer={"gender": "f", "birth_year": 1950})
    before = await draft(session, wave)
    await plans.fill_from_mailing(session, before, NOW)
    with pytest.raises(BadInput) as none:
        await targeting.count(session, SegmentFilters(score_from=50, score_by="model"), NOW.date())
    assert none.value.field == "score_by"

    await scoring.use(session, NOW, user, model.id, Use(version=model.version, reason="检验更好"))
    after = await draft(session, wave)
    await plans.fill_from_mailing(session, after, NOW)
    leads = {
        row.campaign_id: row
        for row in (await session.execute(select(Lead).where(Lead.customer_id == woman.id))).scalars()
    }
    assert (leads[before.id].score_model_id, leads[before.id].score_reasons) == (None, "")
    learned = targeting.scale_of_model(model)
    assert (leads[after.id].score, leads[after.id].score_reasons) == card.score(woman.model_dump(), NOW.date(), learned)
    assert leads[after.id].score_model_id == model.id
    by_model = await targeting.count(session, SegmentFilters(score_from=50, score_by="model"), NOW.date())
    assert by_model.customers >= 1

    await scoring.back_to_card(session, NOW, user, BackToCard(reason="先停用"))
    assert await targeting.in_force(session) == card.POINTS_CARD
    with pytest.raises(Conflict):
        await scoring.back_to_card(session, NOW, user, BackToCard(reason="再停用"))
    said = (await session.execute(select(AuditRecord.action).where(AuditRecord.thing == "score_model"))).scalars().all()
    assert sorted(said) == ["score_model_retired", "score_model_trained", "score_model_used"]


async def test_a_model_that_is_not_proven_better_takes_an_express_word(session: Session) -> None:
    user, model = await trained(session)
    model.comparison = model.comparison | {"verdict": "not_proven"}
    await session.flush()
    with pytest.raises(BadInput) as refused:
        await scoring.use(session, NOW, user, model.id, Use(version=1, reason="试用"))
    assert refused.value.field == "despite_comparison"
    await scoring.use(session, NOW, user, model.id, Use(version=1, reason="试用", despite_comparison=True))
    with pytest.raises(Conflict):
        await scoring.use(session, NOW, user, model.id, Use(version=2, reason="又试", despite_comparison=True))
    # One at a time: the database itself refuses a second.
    session.add(ScoreModel(**(model.model_dump() | {"id": new_id()})))
    with pytest.raises(Exception, match="uq_score_models_in_force"):
        await session.flush()


async def test_what_the_agent_saw_then_counts_not_what_is_known_now(session: Session) -> None:
    """Whoever bought has bought before, afterwards: learning from today's master would teach that."""
    await conversations(session, 30)
    await session.execute(text("UPDATE customers SET total_purchases_fen = 500000, last_purchase_on = '2026-03-01'"))
    told = await scoring.told(session, NOW, ZONE)
    assert len(told) == 30
    assert {row.facts["total_purchases_fen"] for row in told} == {None}


async def test_every_version_of_a_segment_is_kept(session: Session) -> None:
    user = await make_user(session, Role.MARKETING)
    segment = await targeting.create(session, SegmentNew(name="一", filters=SegmentFilters(age_from=25)), NOW, user.id)
    change = SegmentChange(name="二", filters=SegmentFilters(age_from=30), version=1)
    await targeting.change(session, segment.id, change, NOW, user.id)
    kept = await targeting.versions(session, segment.id)
    assert [(row.version, row.name, row.filters.age_from, row.saved_by) for row in kept] == [
        (2, "二", 30, user.name),
        (1, "一", 25, user.name),
    ]
    customer = await make_customer(session, address="路", birth_year=1980)
    assert customer.birth_year == 1980
