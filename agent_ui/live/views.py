"""From the rows' own payloads (events and snapshots alike) to what a console is shown."""

from __future__ import annotations

from typing import Any

from agent_ui.live.protocol import AgentView, CallView, SupervisionView
from callcenter.telephony.port import Supervising
from campaigns.leads.card import Card

_AGENT = tuple(AgentView.model_fields)
_CALL = tuple(name for name in CallView.model_fields if name not in ("card", "customer_name", "masked_phone"))

_SUPERVISION = ("id", "call_id", "supervisor_id", "agent_id", "how", "began_at", "trouble")


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


def supervision_view(payload: dict[str, Any], supervisor_name: str) -> SupervisionView:
    return SupervisionView.model_validate(
        {
            **{
                name: payload[name]
                for name in ("id", "call_id", "supervisor_id", "agent_id", "how", "began_at", "trouble")
            },
            "supervisor_name": supervisor_name,
            "heard": payload["heard_from"] is not None,
            "ended": payload["ended_at"] is not None,
        },
        strict=False,
    )


def agent_sees(how: Supervising, *, visible: bool) -> bool:
    """Whether the agent's desk shows it: who speaks with the customer is never hidden from them."""
    return visible or how in (Supervising.BARGE, Supervising.TAKE_OVER)
