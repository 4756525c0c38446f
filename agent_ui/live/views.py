"""From the rows' own payloads (events and snapshots alike) to what a console is shown."""

from __future__ import annotations

from typing import Any

from agent_ui.live.protocol import AgentView, CallView
from campaigns.leads.card import Card

_AGENT = tuple(AgentView.model_fields)
_CALL = tuple(name for name in CallView.model_fields if name not in ("card", "customer_name", "masked_phone"))


def agent_view(payload: dict[str, Any]) -> AgentView:
    return AgentView.model_validate({name: payload[name] for name in _AGENT}, strict=False)


def call_view(payload: dict[str, Any], *, with_card: bool) -> CallView:
    """`with_card`: for the agent of the call; supervisors see the name and the masked number only."""
    card = payload["card"]
    return CallView.model_validate(
        {
            **{name: payload[name] for name in _CALL},
            "customer_name": card["customer"]["name"],
            "masked_phone": card["customer"]["masked_phone"],
            "card": Card.model_validate(card) if with_card else None,
        },
        strict=False,
    )
