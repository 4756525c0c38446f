"""Which kinds of approval exist, and what their end means to the room that asked.

A room registers its kind where the room is defined; `submit` refuses a kind nobody registered, so that an
approval can never end without anybody listening. Handlers run in the transaction of the last verdict.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from backoffice.approvals.models import Approval
from backoffice.kit.duties import Actor
from callcenter.kit.db import Session

Handler = Callable[[Session, datetime, Actor | None, Approval], Awaitable[None]]
"""Called with the approval in its final state: approved, rejected, withdrawn or voided."""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    zh: str
    en: str
    handler: Handler


KINDS: dict[str, Kind] = {}


def register(name: str, zh: str, en: str, handler: Handler) -> None:
    KINDS[name] = Kind(name, zh, en, handler)
