"""Campaigns: made, edited, opened, paused, closed. Each step checks what it needs and names what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, text
from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, Conflict, NotFound
from callcenter.kit.wake import wake
from campaigns.mailings import service as mailings
from campaigns.mailings.models import MailingState
from campaigns.plans.filling import expect, fill_from_mailing, preview
from campaigns.plans.models import Campaign, CampaignState, PacingMode
from campaigns.plans.schemas import CampaignChange, CampaignNew
from campaigns.schedule.rules import CallingRules, validate_rules
from campaigns.scripts.models import Script

__all__ = [
    "change",
    "close",
    "create",
    "expect",
    "fill_from_mailing",
    "get",
    "open_campaign",
    "open_campaigns",
    "page",
    "pause",
    "preview",
]

DIALER = "dialer"
"""Channel on which the dialler is told to look again."""
_RUNNING = (CampaignState.OPEN.value, CampaignState.PAUSED.value)


async def get(session: Session, campaign_id: UUID, *, lock: bool = False) -> Campaign:
    row = await session.get(Campaign, campaign_id, with_for_update=lock or None, populate_existing=True)
    if row is None:
        raise NotFound(what_zh="活动", what_en="campaign", id=campaign_id)
    return row


async def id_of(session: Session, name_or_id: str) -> UUID:
    """The campaign that somebody names on a command line.

    Raises:
        NotFound: none has that id or name.
    """
    statement = select(Campaign.id).where(
        (col(Campaign.name) == name_or_id) | (cast(col(Campaign.id), String) == name_or_id)
    )
    found = (await session.execute(statement.limit(1))).scalar_one_or_none()
    if found is None:
        raise NotFound(what_zh="活动", what_en="campaign", id=name_or_id)
    return found


async def open_campaigns(session: Session) -> Sequence[Campaign]:
    """Those a supervisor watches: open, and paused for the moment."""
    statement = select(Campaign).where(col(Campaign.state).in_(_RUNNING)).order_by(Campaign.name)
    return (await session.execute(statement)).scalars().all()


async def page(
    session: Session, limit: int, offset: int, state: CampaignState | None
) -> tuple[Sequence[Campaign], int]:
    wanted: list[Any] = [Campaign.state == state.value] if state is not None else []
    statement = select(Campaign).where(*wanted).order_by(col(Campaign.created_at).desc(), Campaign.name)
    total = (
        await session.execute(
            text("SELECT count(*) FROM campaigns WHERE CAST(:state AS text) IS NULL OR state = :state"),
            {"state": state.value if state is not None else None},
        )
    ).scalar_one()
    return (await session.execute(statement.limit(limit).offset(offset))).scalars().all(), total


async def _check_names(session: Session, name: str | None, script_id: UUID | None, own: UUID | None) -> None:
    if name is not None:
        other = (await session.execute(select(Campaign.id).where(Campaign.name == name))).scalar_one_or_none()
        if other is not None and other != own:
            raise BadInput(
                field="name",
                problem_zh=f"已有名为“{name}”的活动",
                problem_en=f"a campaign named '{name}' exists already",
                mend_zh="请换一个名称。",
                mend_en="Choose another name.",
            )
    if script_id is not None and await session.get(Script, script_id) is None:
        raise NotFound(what_zh="话术", what_en="script", id=script_id)


async def create(session: Session, body: CampaignNew, now: datetime, by: UUID | None) -> Campaign:
    """A draft; nothing is called before it is opened."""
    await mailings.mailing(session, body.mailing_id)
    await _check_names(session, body.name, body.script_id, None)
    row = Campaign(
        **body.model_dump(mode="json", exclude={"mailing_id", "script_id"}),
        mailing_id=body.mailing_id,
        script_id=body.script_id,
        created_at=now,
        created_by=by,
    )
    # An empty body has the default rules; stored in full, so that a later version's defaults change nothing.
    row.rules = validate_rules(CallingRules.from_json(row.rules)).to_json()
    session.add(row)
    await session.flush()
    return row


async def change(session: Session, campaign_id: UUID, body: CampaignChange, now: datetime) -> Campaign:
    """Compare-and-set. New rules hold from the next look: every waiting lead is judged anew.

    Raises:
        Conflict: changed by somebody else meanwhile, or closed.
    """
    row = await get(session, campaign_id, lock=True)
    if row.version != body.version:
        raise Conflict(
            why_zh="该活动已被别人修改，请刷新后重做。",
            why_en="Someone else has changed this campaign. Refresh and do it again.",
        )
    if row.state == CampaignState.CLOSED.value:
        raise Conflict(why_zh="活动已结束，不能再修改。", why_en="This campaign is closed and cannot be changed.")
    await _check_names(session, body.name, body.script_id, row.id)
    before = dict(row.rules)
    given = body.model_dump(mode="json", exclude={"version", "script_id"}, exclude_none=True)
    for name, value in given.items():
        setattr(row, name, value)
    if "script_id" in body.model_fields_set:
        row.script_id = body.script_id
    if row.state != CampaignState.DRAFT.value:
        _check_runnable(row)
    row.version += 1
    await session.flush()
    if row.rules != before:
        await _rules_changed(session, row)
    await wake(session, DIALER, str(row.id))
    return row


async def _rules_changed(session: Session, campaign: Campaign) -> None:
    """Days are counted anew, and nobody sleeps because of a rule that is gone."""
    rules = CallingRules.from_json(campaign.rules)
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    await session.execute(
        text(
            "UPDATE leads SET first_day = posted_on + :days_from, last_day = posted_on + :days_to, not_before = NULL"
            " WHERE campaign_id = :campaign AND state = 'open' AND (not_before IS NOT NULL"
            " OR first_day <> posted_on + :days_from OR last_day <> posted_on + :days_to)"
        ),
        {"campaign": campaign.id, "days_from": rules.days_from, "days_to": rules.days_to},
    )


def _check_runnable(campaign: Campaign) -> None:
    """Raises BadInput for what would make calling wrong or unlawful."""
    validate_rules(CallingRules.from_json(campaign.rules))
    if campaign.mode != PacingMode.PREVIEW.value and not campaign.abandoned_message.strip():
        raise BadInput(
            field="abandoned_message",
            problem_zh="自动拨号的活动没有“无人接听提示语”",
            problem_en="a campaign that dials ahead has no message for people whom no agent can take",
            mend_zh="请填写公司名称和电话，供未接通坐席的客户收听。",
            mend_en="Write the company's name and number: law asks for it.",
        )


async def open_campaign(session: Session, campaign: Campaign, now: datetime, by: UUID | None) -> Campaign:
    """Start (or go on) calling. Leads are made of the mailing where there are none yet.

    Raises:
        Conflict: open already, or closed.
        BadInput: nothing posted, no message, rules that cannot be run, nobody to call.
    """
    row = await get(session, campaign.id, lock=True)
    if row.state not in (CampaignState.DRAFT.value, CampaignState.PAUSED.value):
        raise Conflict(
            why_zh=f"活动当前状态为“{row.state}”，不能开启。",
            why_en=f"The campaign is '{row.state}' and cannot be opened.",
        )
    _check_runnable(row)
    wave = await mailings.mailing(session, row.mailing_id)
    if wave.state != MailingState.POSTED.value:
        raise BadInput(
            field="mailing_id",
            problem_zh=f"邮寄“{wave.name}”尚未确认寄出",
            problem_en=f"the mailing '{wave.name}' is not confirmed as posted",
            mend_zh="请先确认寄出日期：呼叫日从它起算。",
            mend_en="Confirm the posting date first: calling days are counted from it.",
        )
    if row.state == CampaignState.DRAFT.value:
        counts = await fill_from_mailing(session, row, now)
        if counts.added + counts.already == 0:
            raise BadInput(
                field="mailing_id",
                problem_zh=f"该邮寄的 {counts.recipients} 位收件人中没有可呼叫的客户",
                problem_en=f"none of the {counts.recipients} recipients of this mailing may be called",
                mend_zh="请查看跳过原因（禁呼、拒绝、退信、已过期等）。",
                mend_en="See the reasons: do-not-call, refused, returned, expired …",
            )
        row.opened_at = now
    return await _move(session, row, CampaignState.OPEN)


async def pause(session: Session, campaign: Campaign, now: datetime, by: UUID | None) -> Campaign:
    """No new calls; calls in progress go on. Pausing twice is harmless."""
    row = await get(session, campaign.id, lock=True)
    if row.state == CampaignState.PAUSED.value:
        return row
    if row.state != CampaignState.OPEN.value:
        raise Conflict(why_zh="活动未开启，不能暂停。", why_en="The campaign is not open, so it cannot be paused.")
    return await _move(session, row, CampaignState.PAUSED)


_CLOSE_LEADS = text(
    """
    WITH gone AS (
      UPDATE leads SET state = 'closed', closed_reason = 'campaign_closed', closed_at = :now, callback_at = NULL,
             callback_agent_id = NULL, follow_up_at = NULL, rest_until = NULL, not_before = NULL, version = version + 1
      WHERE campaign_id = :campaign AND state = 'open' AND call_id IS NULL RETURNING id)
    , dropped AS (
      UPDATE follow_ups f SET state = 'dropped', ended_at = :now, ended_because = 'lead_closed' FROM gone
      WHERE f.lead_id = gone.id AND f.state = 'due' RETURNING f.id)
    INSERT INTO follow_up_events (follow_up_id, at, what, note) SELECT id, :now, 'dropped', 'lead_closed' FROM dropped
    """
)


async def close(session: Session, campaign: Campaign, now: datetime, by: UUID | None) -> Campaign:
    """The end: every lead that is not in a call is closed; those in a call are closed with their result."""
    row = await get(session, campaign.id, lock=True)
    if row.state == CampaignState.CLOSED.value:
        return row
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    await session.execute(_CLOSE_LEADS, {"campaign": row.id, "now": now})
    return await _move(session, row, CampaignState.CLOSED)


async def _move(session: Session, row: Campaign, state: CampaignState) -> Campaign:
    row.state = state.value
    row.version += 1
    await session.flush()
    await wake(session, DIALER, str(row.id))
    return row
