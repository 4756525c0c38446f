"""PURE: the numbers of the rules as settings, each with its source beside it.

A room declares one frozen class; a number that the source leaves open is shown with its mark:
S the source text, H a handbook of the field, C open-source practice, D a proposal of ours.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

CATALOGUE: dict[str, type[Policy]] = {}


class Policy(BaseModel):
    """Base of a room's numbers. `room` is their name in the settings table and in its REST address."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    room: ClassVar[str] = ""

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        if cls.room:
            CATALOGUE[cls.room] = cls


def setting(default: Any, *, source: str, zh: str, en: str, **limits: Any) -> Any:
    """A number (or switch) of a rule. `source`: S, H, C or D; `limits`: pydantic's ge, le, …"""
    return Field(default=default, description=en, json_schema_extra={"source": source, "zh": zh}, **limits)
