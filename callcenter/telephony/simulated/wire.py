"""The JSON between the simulated network's process and its client: the port's own values, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from callcenter.domain.call import AnsweredBy, CallEventKind, EndCause
from callcenter.telephony.port import CallStatus, CarrierEvent, Recorded

EVENTS_PATH = "/events"


def dump_event(event: CarrierEvent) -> str:
    return orjson.dumps(event).decode()  # orjson writes dataclasses, ids, enums and aware datetimes as they are


def load_event(text: str | bytes) -> CarrierEvent:
    raw: dict[str, Any] = orjson.loads(text)
    return CarrierEvent(
        call_id=UUID(raw["call_id"]),
        kind=CallEventKind(raw["kind"]),
        at=datetime.fromisoformat(raw["at"]),
        sequence=raw["sequence"],
        cause=EndCause(raw["cause"]) if raw.get("cause") else None,
        answered_by=AnsweredBy(raw["answered_by"]) if raw.get("answered_by") else None,
        agent_id=UUID(raw["agent_id"]) if raw.get("agent_id") else None,
        carrier_ref=raw.get("carrier_ref"),
    )


def load_status(body: bytes) -> CallStatus:
    raw: dict[str, Any] = orjson.loads(body)
    return CallStatus(
        call_id=UUID(raw["call_id"]),
        known=raw["known"],
        ended=raw["ended"],
        answered_at=_instant(raw.get("answered_at")),
        joined_agent=UUID(raw["joined_agent"]) if raw.get("joined_agent") else None,
        ended_at=_instant(raw.get("ended_at")),
        cause=EndCause(raw["cause"]) if raw.get("cause") else None,
        joined_at=_instant(raw.get("joined_at")),
        answered_by=AnsweredBy(raw["answered_by"]) if raw.get("answered_by") else None,
        held=raw.get("held", False),
        agent_there=raw.get("agent_there"),
    )


def load_recordings(body: bytes) -> list[Recorded]:
    raw: list[dict[str, Any]] = orjson.loads(body)
    return [
        Recorded(
            ref=one["ref"],
            call_id=UUID(one["call_id"]),
            began_at=datetime.fromisoformat(one["began_at"]),
            ended_at=_instant(one.get("ended_at")),
            channels=one["channels"],
            ready=one["ready"],
        )
        for one in raw
    ]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
