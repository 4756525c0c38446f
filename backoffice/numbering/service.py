"""The next number of a series. Gap-free: it is given back when the transaction is rolled back.

The price is that two makers of the same kind wait for each other until the commit, which is short.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from callcenter.kit.db import Session

DIGITS = 6


async def next_numbers(session: Session, prefix: str, today: date, count: int) -> list[str]:
    """The next `count` numbers of a series: `INV-2026-000001`, then …2. Each year starts anew."""
    last = (
        await session.execute(
            text(
                "INSERT INTO office_number_series AS s (prefix, year, last) VALUES (:prefix, :year, :count)"
                " ON CONFLICT (prefix, year) DO UPDATE SET last = s.last + :count RETURNING last"
            ),
            {"prefix": prefix, "year": today.year, "count": count},
        )
    ).scalar_one()
    return [f"{prefix}-{today.year}-{number:0{DIGITS}d}" for number in range(last - count + 1, last + 1)]


async def next_number(session: Session, prefix: str, today: date) -> str:
    return (await next_numbers(session, prefix, today, 1))[0]
