"""The rewards are what a plain recomputation in SQL says, to the fen; the large run is a benchmark of `make bench`."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backoffice.rewards import payouts, trace
from backoffice.rewards.models import RewardLine, RewardPayout, RewardScheme, RewardStatement
from backoffice.rewards.rules import RewardPolicy, round_micro
from callcenter.kit.db import Session
from tests.integration.backoffice import reward_world
from tests.integration.backoffice.conftest import Staff


async def test_rewards_equal_sql_and_every_line_is_the_sum_of_its_purchases(session: Session, staff: Staff) -> None:
    await reward_world.fill(session, staff.fin.user_id, 60, 120)
    scheme = await session.get(RewardScheme, UUID(reward_world.SCHEME))
    assert scheme is not None
    assert await payouts.write(session, scheme, RewardPolicy()) >= 60
    assert await reward_world.differences(session) == 0
    # Every row of every table, every step of growth and every reason is met: the equality means something.
    lines = (await session.scalars(select(RewardLine))).all()
    assert {line.rate for line in lines if line.kind == "purchase"} == {
        0,
        10_000,
        12_000,
        15_000,
        20_000,
        25_000,
        30_000,
    }
    assert {line.percent for line in lines if line.kind == "purchase"} >= {80, 100, 120}
    assert {line.reason for line in lines if line.kind == "growth"} >= {"grown", "not_grown", "new_dealer", "overdue"}
    assert {line.rate for line in lines if line.kind == "growth"} == {0, 3_000, 5_000, 7_000}
    assert {line.rate for line in lines if line.kind == "exclusive"} == {10_000, 5_000}
    for line in lines[::25]:  # from each yuan to the purchases behind it
        parts = await trace.of_line(session, line)
        counted = [part for part in parts if line.amount_fen]
        assert not counted or round_micro(sum(part.exact for part in counted)) == line.amount_fen
    # Statements, lines and payouts say the same.
    total = RewardStatement.purchase_fen + RewardStatement.exclusive_fen + RewardStatement.growth_fen
    stated = await session.scalar(select(func.sum(total)))
    assert stated == sum(line.amount_fen for line in lines)
    assert stated == await session.scalar(select(func.sum(col(RewardPayout.amount_fen))))
    # And again: a second calculation writes new lines, changes nothing, and leaves one payout of a kind.
    scheme.run = 2
    await payouts.write(session, scheme, RewardPolicy())
    assert await reward_world.differences(session) == 0
    assert stated == await session.scalar(select(func.sum(col(RewardPayout.amount_fen))))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reward_lines SET amount_fen = amount_fen + 1",
        "DELETE FROM reward_lines",
        "UPDATE reward_purchases SET fen = fen + 1",
        "UPDATE reward_payouts SET state = 'paid'",
        "INSERT INTO reward_rows (scheme_id, series, class, row_no, value) SELECT id, 'x', 9, 1, 1 FROM reward_schemes",
    ],
)
async def test_what_was_calculated_and_bought_stays(session: Session, staff: Staff, statement: str) -> None:
    await reward_world.fill(session, staff.fin.user_id, 2, 5)
    scheme = await session.get(RewardScheme, UUID(reward_world.SCHEME))
    assert scheme is not None
    await payouts.write(session, scheme, RewardPolicy())
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await session.execute(text(statement))
