"""Counting filters: exact where it is quick, estimated and said so where it is not, exact on request."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from callcenter.kit.db import Session
from campaigns.targeting import service
from campaigns.targeting.rules import margin
from campaigns.targeting.schemas import SegmentFilters
from crm_sync.customers.models import SAMPLE_OF

TODAY = date(2026, 3, 9)
MANY = 60_000


@pytest.mark.parametrize(
    ("found", "sample_of", "population", "off"),
    [
        (0, 512, 10_000_000, 1536),  # none of the sample: at most 3 in it, in 19 cases of 20
        (19_531, 512, 10_000_000, 0),  # everybody
        (9_766, 512, 10_000_000, 70_123),  # half of them: 1.96 × 0.5 / √19531 of ten million
        (195, 512, 10_000_000, 13_943),  # one in a hundred
        (5, 512, 0, 0),  # never analysed: no more is known than that all of those in the sample were found
    ],
)
def test_how_far_an_estimate_may_be_off(found: int, sample_of: int, population: int, off: int) -> None:
    assert margin(found, sample_of, population) == pytest.approx(off, rel=0.001, abs=600)


async def test_a_broad_filter_is_estimated_and_says_so(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    await session.execute(
        text(
            "INSERT INTO customers (id, name, phone, timezone, timezone_known, source, consent, attributes, gender,"
            " total_purchases_fen, created_at, updated_at, version) SELECT gen_random_uuid(), 'c' || n,"
            " '+86' || (13900000000 + n), 'Asia/Shanghai', true, 'l', 'given', '{}', CASE n % 4 WHEN 0 THEN 'f' END, 0,"
            " now(), now(), 1 FROM generate_series(1, :n) AS n"
        ),
        {"n": MANY},
    )
    await session.execute(text("ANALYZE customers"))
    women = SegmentFilters(genders=["f"])
    quick = await service.count(session, women, TODAY)
    assert (quick.customers, quick.callable_after, quick.estimated, quick.margin) == (MANY // 4, MANY // 4, False, 0)

    monkeypatch.setattr(service, "DEAR", 0.0)
    about = await service.count(session, women, TODAY)
    assert about.estimated
    assert about.customers % SAMPLE_OF == 0
    assert 0 < about.margin < MANY // 4
    assert abs(about.customers - MANY // 4) <= about.margin
    sql, _ = await service.count_statement(session, women, TODAY)
    plan = (await session.execute(text(f"EXPLAIN {sql}"), {"f_genders": ["f"]})).scalars().all()
    assert any("ix_customers_sample" in line for line in plan), plan
    asked = await service.count(session, women, TODAY, exact=True)
    assert (asked.customers, asked.estimated) == (MANY // 4, False)
