"""Our webhooks' addresses, and the names by which Twilio knows our things. No name holds personal data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

PREFIX = "/api/carriers/twilio"
RETRIES = "#rc=2&rp=ct,rt,5xx"
"""Asks Twilio to try a webhook twice more, also when it was slow or answered 5xx. Not part of the signature."""

_ENDPOINT = re.compile(r"(\+[1-9]\d{6,14}|sips?:.+@.+|client:[A-Za-z0-9_.-]+)")
_LABEL = re.compile(r"(customer|agent|supervisor|third)\.([0-9a-f]{32})(?:\.(\d{1,5}))?")


def webhook(public_url: str, name: str, **ids: UUID | int | str) -> str:
    """The address of a webhook, with ids in its query, e.g. `…/status?call=…`."""
    query = urlencode({key: str(value) for key, value in ids.items()})
    return f"{public_url.rstrip('/')}{PREFIX}/{name}" + (f"?{query}" if query else "")


def endpoint(agent_id: UUID, address: str) -> str:
    """Whom to ring for an agent: their SIP address, number or client, else the browser."""
    return address if _ENDPOINT.fullmatch(address) else f"client:{identity(agent_id)}"


def identity(agent_id: UUID) -> str:
    """The agent's browser, as Twilio's Voice SDK knows it."""
    return f"agent_{agent_id.hex}"


def agent_of_identity(client: str) -> UUID | None:
    """The agent whose browser calls (`client:agent_…`), or None."""
    found = re.fullmatch(r"client:agent_([0-9a-f]{32})", client)
    return UUID(found.group(1)) if found else None


def room(agent_id: UUID) -> str:
    """The agent's conference."""
    return f"agent-{agent_id.hex}"


def waiting_room(call_id: UUID) -> str:
    """Where a customer hears music on the way from one agent to another."""
    return f"music-{call_id.hex}"


def transfer_room(call_id: UUID) -> str:
    """Where a customer and the third party speak without us."""
    return f"transfer-{call_id.hex}"


@dataclass(frozen=True, slots=True)
class Label:
    """Who a participant is: an agent, the customer of a call with the number of their join, or another.

    `other`: `supervisor` (of that id), or `third` (somebody consulted about the call of that id; `join` counts them).
    """

    customer: bool
    id: UUID
    join: int = 0
    other: str = ""

    def __str__(self) -> str:
        if self.other == "supervisor":
            return f"supervisor.{self.id.hex}"
        if self.other:
            return f"{self.other}.{self.id.hex}.{self.join}"
        return f"customer.{self.id.hex}.{self.join}" if self.customer else f"agent.{self.id.hex}"


def label(text: str) -> Label | None:
    """The label of a participant, read; None when it is not one of ours."""
    found = _LABEL.fullmatch(text)
    if found is None:
        return None
    kind = found.group(1)
    other = kind if kind in ("supervisor", "third") else ""
    return Label(kind == "customer", UUID(found.group(2)), int(found.group(3) or 0), other)
