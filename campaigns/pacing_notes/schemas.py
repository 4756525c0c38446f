"""Notes of the pacer on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from campaigns.pacing_notes.rules import Why


class PacingNoteRow(BaseModel):
    """`zh`, `en`: the reason in words; `figures`: what it was reckoned from (callcenter.pacing.Reason)."""

    id: int
    at: datetime
    why: Why
    mode: str
    launch: int
    held_back: str
    zh: str
    en: str
    figures: dict[str, Any]
