"""The next number of a series. Gap-free: it is given back when the transaction is rolled back.

The price is that two makers of the same kind wait for each other until the commit, which is short.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from callcenter.kit.db import Session

DIGITS = 6


async def next_number(session: Session, prefix: str, today: date) -> str:
    """`INV-2026-000001`, then …2; starts anew each year."""
    last = (
        await session.execute(
            text(
                "INSERT INTO office_number_series AS s (prefix, year, last) VALUES (:prefix, :year, 1)"
                " ON CONFLICT (prefix, year) DO UPDATE SET last = s.last + 1 RETURNING last"
            ),
            {"prefix": prefix, "year": today.year},
        )
    ).scalar_one()
    return f"{prefix}-{today.year}-{last:0{DIGITS}d}"
