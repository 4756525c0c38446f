"""A refusal is final everywhere: the number goes on the list, and its customer's consent is refused.

Entries are added and never taken out. Adding twice changes nothing: the first record stays as the evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from callcenter.kit.db import Session
from crm_sync.customers import repository as customers
from crm_sync.do_not_call import repository
from crm_sync.do_not_call.errors import NotAPhone
from crm_sync.do_not_call.models import DoNotCallSource
from crm_sync.do_not_call.repository import Entry
from crm_sync.phones import PHONE_SENTENCES, Phone, read_phone


async def add(
    session: Session,
    phone: str,
    source: DoNotCallSource,
    reason: str,
    now: datetime,
    by: UUID | None,
    call_id: UUID | None = None,
) -> bool:
    """Put an E.164 number on the list. Returns whether it was new there; either way it is listed afterwards.

    A customer with this number is marked as refusing from `now` on, in the same transaction.
    """
    added = await repository.insert(session, phone, source=source.value, reason=reason, now=now, by=by, call_id=call_id)
    await customers.refuse(session, phone, now=now, source=source.value)
    return added


async def is_listed(session: Session, phone: str) -> bool:
    return phone in await repository.which_listed(session, [phone])


async def which_listed(session: Session, phones: Sequence[str]) -> set[str]:
    """Those of the E.164 numbers that must not be called."""
    return await repository.which_listed(session, phones)


async def search(
    session: Session, *, words: str, source: DoNotCallSource | None, region: str, limit: int, offset: int
) -> tuple[list[Entry], int]:
    """Entries, newest first. `words`: a whole number in any spelling, or its last four digits or more."""
    phone, ending = number_or_ending(words, region)
    return await repository.search(
        session, phone=phone, ending=ending, source=source.value if source else None, limit=limit, offset=offset
    )


def number_or_ending(words: str, region: str) -> tuple[str | None, str | None]:
    """What somebody searching for a number means: (whole number, None), (None, its last digits), (None, None).

    Fewer than four digits would show whom one did not ask for; they find nothing.
    """
    words = words.strip()
    if not words:
        return None, None
    found = read_phone(words, region)
    if isinstance(found, Phone):
        return found.e164, None
    digits = "".join(c for c in words if c.isdigit() and c.isascii())
    return (None, digits) if len(digits) >= 4 else ("none", None)


def e164_of(text: str, region: str, *, field: str) -> str:
    """The number that a person typed. Raises NotAPhone."""
    found = read_phone(text, region)
    if not isinstance(found, Phone):
        why_zh, why_en = PHONE_SENTENCES[found]
        raise NotAPhone(field=field, why_zh=why_zh, why_en=why_en)
    return found.e164
