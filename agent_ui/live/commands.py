"""What an agent's console may ask for. Each command is one transaction: done whole, or refused and nothing changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from agent_ui.live.protocol import (
    Break,
    Command,
    CompleteTransfer,
    Consult,
    Dial,
    EndConsultation,
    HangUp,
    Hold,
    OrderForm,
    PauseRecording,
    Ready,
    Resume,
    ResumeRecording,
    SaveDisposition,
    SendDigits,
    SignOff,
    SignOn,
    Skip,
    StageReached,
    StopSupervising,
    Supervise,
    Transfer,
)
from backoffice.orders import service as orders
from callcenter.agents import service as agents
from callcenter.agents.models import Agent
from callcenter.calls import company
from callcenter.calls import repository as call_rows
from callcenter.calls import service as calls
from callcenter.calls.models import Call, CommandKind
from callcenter.domain.agent import AgentState, BreakReason
from callcenter.domain.call import CallState, EndCause
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict, NotAllowed, NotFound
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.recordings import service as recordings
from campaigns.dispositions import service as dispositions
from campaigns.leads import service as leads
from campaigns.mailings import service as mailings
from campaigns.mix import service as mix
from campaigns.plans.models import Campaign, CampaignState
from campaigns.schedule.rules import describe as describe_verdict
from campaigns.schedule.rules import from_json
from crm_sync.customers.models import Customer


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, when, in which transaction."""

    session: Session
    user: User
    now: datetime
    transfer_numbers: frozenset[str] = frozenset()
    """Outside numbers that calls may be passed on to."""


async def carry_out(desk: Desk, command: Command) -> None:
    """Do what `command` asks.

    Raises:
        AppError: refused; the transaction must be rolled back.
    """
    leads = desk.user.role in (Role.SUPERVISOR, Role.ADMINISTRATOR)
    if leads != (type(command) in _OF_SUPERVISORS) or not (leads or desk.user.role == Role.AGENT):
        raise NotAllowed(role=desk.user.role)
    handler: Callable[[Desk, Any], Awaitable[None]] = (_OF_SUPERVISORS if leads else _HANDLERS)[type(command)]
    await handler(desk, command)


async def _disposition_saved(desk: Desk, agent: Agent) -> bool:
    return agent.call_id is None or (await calls.get(desk.session, agent.call_id)).disposed_at is not None


async def _sign_on(desk: Desk, command: SignOn) -> None:
    campaign = await desk.session.get(Campaign, command.queue_id)
    if campaign is None:
        raise NotFound(what_zh="活动", what_en="campaign", id=command.queue_id)
    if campaign.state not in (CampaignState.OPEN.value, CampaignState.PAUSED.value):
        raise Conflict(why_zh="该活动尚未开放或已结束。", why_en="This campaign is not open.")
    # A campaign that shares the agents of another is called from there.
    host_id = await mix.host_of(desk.session, campaign.id)
    await agents.sign_on(desk.session, desk.user.id, host_id, desk.now)
    await audit(desk.session, desk.now, desk.user, "signed_on", "campaign", str(campaign.id), {})


async def _ready(desk: Desk, _command: Ready) -> None:
    agent = await agents.locked(desk.session, desk.user.id)
    saved = await _disposition_saved(desk, agent)
    await agents.go_ready(desk.session, agent, desk.now, disposition_saved=saved)


async def _break(desk: Desk, command: Break) -> None:
    await _leave_preview(desk)
    agent = await agents.locked(desk.session, desk.user.id)
    saved = await _disposition_saved(desk, agent)
    await agents.go_on_break(desk.session, agent, command.reason, desk.now, disposition_saved=saved)


async def _sign_off(desk: Desk, _command: SignOff) -> None:
    await _leave_preview(desk)
    agent = await agents.locked(desk.session, desk.user.id)
    saved = await _disposition_saved(desk, agent)
    await agents.sign_off(desk.session, agent, desk.now, disposition_saved=saved)
    await audit(desk.session, desk.now, desk.user, "signed_off", "agent", str(desk.user.id), {})


async def _leave_preview(desk: Desk) -> None:
    """Let go of the customer who is shown, if one is: they are offered again later."""
    agent = await agents.find(desk.session, desk.user.id)
    if agent is not None and agent.state == AgentState.PREVIEWING.value and agent.call_id is not None:
        await _pass_over(desk, agent.call_id)


async def _pass_over(desk: Desk, call_id: UUID) -> None:
    call = await calls.own_call(desk.session, call_id, desk.user.id)
    if call.state != CallState.RESERVED.value:
        raise Conflict(why_zh="该客户已不在预览中。", why_en="This customer is no longer in preview.")
    agent = await agents.locked(desk.session, desk.user.id)
    await agents.skip_preview(desk.session, agent, desk.now)
    await calls.end_by_us(desk.session, call, EndCause.SKIPPED, desk.now)
    await leads.release(desk.session, call.subject_id, desk.now, None)


async def _skip(desk: Desk, command: Skip) -> None:
    await _pass_over(desk, command.call_id)
    await audit(desk.session, desk.now, desk.user, "preview_skipped", "call", str(command.call_id), {})


async def _dial(desk: Desk, command: Dial) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    agent = await agents.locked(desk.session, desk.user.id)
    # The customer may have been on the screen for a while: the rules are asked again at the instant of dialling.
    verdict = await leads.recheck(desk.session, call, desk.now)
    if not verdict.allowed:
        raise Conflict(
            code="not_callable_now", why_zh=describe_verdict(verdict, "zh"), why_en=describe_verdict(verdict, "en")
        )
    await agents.start_dialling(desk.session, agent, desk.now)
    await calls.dial_reserved(desk.session, call, desk.now)
    await leads.start_reserved(desk.session, call, desk.now)
    await call_rows.ask(desk.session, call.id, CommandKind.DIAL, desk.now, desk.user.id)


async def _hang_up(desk: Desk, command: HangUp) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    await calls.ask_hang_up(desk.session, call, desk.user.id, desk.now)


async def _hold(desk: Desk, command: Hold) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    await calls.ask_hold(desk.session, call, desk.user.id, desk.now)


async def _resume(desk: Desk, command: Resume) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    await calls.ask_resume(desk.session, call, desk.user.id, desk.now)


async def _stage(desk: Desk, command: StageReached) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    await calls.reach_stage(desk.session, call, command.stage.value)
    await recordings.mark(desk.session, call.id, command.stage.value, desk.now)


# ---------------------------------------------------------------- others in the call


async def _digits(desk: Desk, command: SendDigits) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    await company.ask_digits(desk.session, call, desk.user.id, command.digits, desk.now)


def _one_of(command: Transfer | Consult) -> None:
    given = [name for name in ("queue_id", "agent_id", "number") if getattr(command, name, None)]
    if len(given) != 1:
        raise BadInput(
            field="to",
            problem_zh="请选择一个转接对象",
            problem_en="choose one to whom the call is passed on",
        )


async def _transfer(desk: Desk, command: Transfer) -> None:
    _one_of(command)
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    if command.number:
        await company.ask_transfer_outside(
            desk.session, call, desk.user.id, desk.now, number=command.number, allowed=desk.transfer_numbers
        )
    else:
        await company.ask_transfer_inside(
            desk.session, call, desk.user.id, desk.now, queue_id=command.queue_id, agent_id=command.agent_id
        )
    to = "number" if command.number else "agent" if command.agent_id else "queue"
    await audit(desk.session, desk.now, desk.user, "call_transferred", "call", str(call.id), {"to": to})


async def _consult(desk: Desk, command: Consult) -> None:
    _one_of(command)
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    if command.agent_id is not None:
        await agents.keep_for_consultation(desk.session, command.agent_id, desk.now)
    await company.ask_consult(
        desk.session,
        call,
        desk.user.id,
        desk.now,
        agent_id=command.agent_id,
        number=command.number or "",
        allowed=desk.transfer_numbers,
    )
    await calls.told(desk.session, call)


async def _complete(desk: Desk, command: CompleteTransfer) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    await company.ask_complete(desk.session, call, desk.user.id, desk.now)
    await audit(desk.session, desk.now, desk.user, "call_transferred", "call", str(call.id), {"to": "consulted"})


async def _end_consultation(desk: Desk, command: EndConsultation) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    await company.ask_end_consult(desk.session, call, desk.user.id, desk.now)


async def _pause_recording(desk: Desk, command: PauseRecording) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    await company.ask_pause_recording(desk.session, call, desk.user.id, desk.now)


async def _resume_recording(desk: Desk, command: ResumeRecording) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    await company.ask_resume_recording(desk.session, call, desk.user.id, desk.now)


async def _supervise(desk: Desk, command: Supervise) -> None:
    call = await calls.locked(desk.session, command.call_id)
    row = await company.supervise(desk.session, call, desk.user.id, command.how, desk.now)
    detail = {"how": row.how, "agent_id": str(row.agent_id)}
    await audit(desk.session, desk.now, desk.user, "call_supervised", "call", str(call.id), detail)


async def _stop_supervising(desk: Desk, _command: StopSupervising) -> None:
    row = await company.stop_supervising(desk.session, desk.user.id, desk.now)
    if row is not None:
        await audit(desk.session, desk.now, desk.user, "supervision_ended", "call", str(row.call_id), {"how": row.how})


async def _disposition(desk: Desk, command: SaveDisposition) -> None:
    call = await calls.own_call(desk.session, command.call_id, desk.user.id)
    if call.connected_at is None and call.state != CallState.ENDED.value:
        raise Conflict(why_zh="通话尚未接通，不能保存结果。", why_en="The call is not connected yet.")
    agent = await agents.locked(desk.session, desk.user.id)
    campaign = await desk.session.get_one(Campaign, call.queue_id)
    order_id = await take_order(desk, call, campaign, command.order) if command.order is not None else None
    await dispositions.save(
        desk.session,
        call=call,
        agent_id=desk.user.id,
        code=command.code,
        note=command.note,
        callback_at=command.callback_at,
        order_id=order_id,
        now=desk.now,
        rules=from_json(campaign.rules),
    )
    await audit(desk.session, desk.now, desk.user, "disposition_saved", "call", str(call.id), {"code": command.code})
    if agent.call_id != call.id:
        return
    if command.then == "break":
        reason = command.break_reason or BreakReason.SHORT_BREAK
        await agents.go_on_break(desk.session, agent, reason, desk.now, disposition_saved=True)
    elif command.then == "ready" and agent.state == AgentState.WRAP_UP.value:
        await agents.after_disposition(desk.session, agent, desk.now)


async def take_order(desk: Desk, call: Call, campaign: Campaign, form: OrderForm) -> UUID:
    """Raises BadInput for an item that is not in the brochure of this customer."""
    chosen = await mailings.ordered(
        desk.session,
        campaign.mailing_id,
        [(line.item_id, line.quantity) for line in form.lines],
        field="order.lines.item_id",
    )
    lines = [orders.OrderedItem(item.sku, item.name, item.price_fen, quantity) for item, quantity in chosen]
    order = await orders.take_phone_order(
        desk.session,
        call=call,
        customer=await desk.session.get_one(Customer, call.customer_id),
        lines=lines,
        recipient=form.recipient,
        address=form.address,
        payment=form.payment,
        note=form.note,
        by=desk.user.id,
        now=desk.now,
    )
    return order.id


_HANDLERS: dict[type, Callable[[Desk, Any], Awaitable[None]]] = {
    SignOn: _sign_on,
    Ready: _ready,
    Break: _break,
    SignOff: _sign_off,
    Dial: _dial,
    Skip: _skip,
    HangUp: _hang_up,
    Hold: _hold,
    Resume: _resume,
    StageReached: _stage,
    SendDigits: _digits,
    Transfer: _transfer,
    Consult: _consult,
    CompleteTransfer: _complete,
    EndConsultation: _end_consultation,
    PauseRecording: _pause_recording,
    ResumeRecording: _resume_recording,
    SaveDisposition: _disposition,
}
_OF_SUPERVISORS: dict[type, Callable[[Desk, Any], Awaitable[None]]] = {
    Supervise: _supervise,
    StopSupervising: _stop_supervising,
}
