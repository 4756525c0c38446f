"""Notes of the pacer: written as data, read in both languages, forgotten after their time."""

from __future__ import annotations

from datetime import timedelta

from callcenter.kit.db import Session
from callcenter.pacing import Decision
from callcenter.pacing.reasons import HeldBack, Reason
from campaigns.pacing_notes import service
from campaigns.pacing_notes.rules import Why
from tests.conftest import MONDAY_TEN
from tests.factories import make_campaign

NOW = MONDAY_TEN


async def test_a_note_is_read_back_in_the_words_of_its_decision(session: Session) -> None:
    campaign = await make_campaign(session)
    launched = Decision(3, Reason(HeldBack.ABANDONMENT, agents=12, free=2, ringing=5, allowed_chance=0.021))
    lines = Decision(0, Reason(HeldBack.LINES, limit=30.0))
    notes = [(Why.ABANDONED, launched, NOW), (Why.CHANGED, lines, NOW + timedelta(seconds=5))]
    await service.write(session, campaign.id, "predictive", notes)
    day = (NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    rows, total = await service.page(session, campaign.id, *day, why=None, limit=10, offset=0)
    assert [(row.why, row.launch, row.held_back) for row in rows] == [
        (Why.CHANGED, 0, "lines"),
        (Why.ABANDONED, 3, "abandonment"),
    ]
    assert total == 2
    assert "30" in rows[0].zh
    assert "30" in rows[0].en
    assert rows[1].figures["agents"] == 12
    _, abandoned = await service.page(session, campaign.id, *day, why=Why.ABANDONED, limit=10, offset=0)
    assert abandoned == 1


async def test_notes_are_forgotten_after_ninety_days(session: Session) -> None:
    campaign = await make_campaign(session)
    await service.write(session, campaign.id, "power", [(Why.CHANGED, Decision(0, Reason(HeldBack.NO_AGENTS)), NOW)])
    window = (NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    for age, left in ((service.KEPT, 1), (service.KEPT + timedelta(seconds=1), 0)):
        await service.purge(session, NOW + age)
        assert (await service.page(session, campaign.id, *window, why=None, limit=1, offset=0))[1] == left
