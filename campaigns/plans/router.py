"""REST: campaigns, their calendar, and what an agent's workplace needs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import text

from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import CurrentUser, require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from campaigns.dispositions import service as dispositions
from campaigns.mailings import service as mailings
from campaigns.plans import notices, service
from campaigns.plans.models import Campaign, CampaignState
from campaigns.plans.schemas import (
    Calendar,
    CampaignChange,
    CampaignDetail,
    CampaignNew,
    CampaignRow,
    Filled,
    PresetRow,
    Workplace,
    WorkplaceDisposition,
    WorkplaceItem,
)
from campaigns.schedule.presets import PRESETS, with_preset
from campaigns.schedule.rules import CallingRules, Window
from campaigns.scripts.models import Script

router = APIRouter(prefix="/api/campaigns", tags=["campaigns"], responses=PROBLEMS)

Reader = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR))]
Writer = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR))]


async def _detail(session: DbSession, row: Campaign, now: datetime) -> CampaignDetail:
    found = (
        await session.execute(
            text(
                "SELECT m.name AS mailing, b.title AS brochure,"
                " (SELECT count(*) FROM leads l WHERE l.campaign_id = :id) AS leads,"
                " (SELECT count(*) FROM leads l WHERE l.campaign_id = :id AND l.state = 'open') AS leads_open,"
                " (SELECT max(l.last_day) FROM leads l WHERE l.campaign_id = :id AND l.state = 'open') AS last_day,"
                " (SELECT max(r.posted_on) FROM mailing_recipients r WHERE r.mailing_id = :mailing) AS posted_on"
                " FROM mailings m JOIN brochures b ON b.id = m.brochure_id WHERE m.id = :mailing"
            ),
            {"id": row.id, "mailing": row.mailing_id},
        )
    ).one()
    rules = CallingRules.from_json(row.rules)
    return CampaignDetail(
        **CampaignRow.model_validate(row).model_dump(),
        mailing_name=found.mailing,
        brochure_title=found.brochure,
        leads=found.leads,
        leads_open=found.leads_open,
        warnings=notices.of_campaign(rules, now.date(), found.last_day, found.posted_on),
    )


@router.get("", summary="Campaigns. Agents see the running ones, to sign on to.")
async def list_campaigns(
    session: DbSession,
    user: CurrentUser,
    state: CampaignState | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[CampaignRow]:
    if user.role == Role.AGENT.value:
        running = await service.open_campaigns(session)
        shown = [row for row in running if state is None or row.state == state.value]
        rows = [CampaignRow.model_validate(row) for row in shown[offset : offset + limit]]
        return Page(rows=rows, total=len(shown))
    found, total = await service.page(session, limit, offset, state)
    return Page(rows=[CampaignRow.model_validate(row) for row in found], total=total)


@router.post("", status_code=201, summary="A new campaign, as a draft")
async def create_campaign(body: CampaignNew, session: DbSession, now: Now, user: Writer) -> CampaignDetail:
    row = await service.create(session, body, now, user.id)
    await audit(session, now, user, "campaign_created", "campaign", str(row.id))
    return await _detail(session, row, now)


@router.get("/presets", summary="Legal presets: what each country asks, and where it says so")
async def presets(_user: Reader) -> list[PresetRow]:
    return [
        PresetRow(
            code=preset.code,
            zh=preset.zh,
            en=preset.en,
            source_zh=preset.source_zh,
            source_en=preset.source_en,
            rules=with_preset(CallingRules(), preset).to_json(),
        )
        for preset in PRESETS.values()
    ]


@router.get("/{campaign_id}", summary="One campaign")
async def get_campaign(campaign_id: UUID, session: DbSession, now: Now, _user: Reader) -> CampaignDetail:
    return await _detail(session, await service.get(session, campaign_id), now)


@router.patch("/{campaign_id}", summary="Change a campaign; new rules hold at once")
async def change_campaign(
    campaign_id: UUID, body: CampaignChange, session: DbSession, now: Now, user: Writer
) -> CampaignDetail:
    row = await service.change(session, campaign_id, body, now)
    changed = sorted(body.model_fields_set - {"version"})
    await audit(session, now, user, "campaign_changed", "campaign", str(row.id), {"fields": changed})
    return await _detail(session, row, now)


@router.post("/{campaign_id}/open", summary="Start, or go on, calling")
async def open_campaign(campaign_id: UUID, session: DbSession, now: Now, user: Writer) -> CampaignDetail:
    row = await service.open_campaign(session, await service.get(session, campaign_id), now, user.id)
    await audit(session, now, user, "campaign_opened", "campaign", str(row.id))
    return await _detail(session, row, now)


@router.post("/{campaign_id}/pause", summary="No new calls; those in progress go on")
async def pause_campaign(campaign_id: UUID, session: DbSession, now: Now, user: Writer) -> CampaignDetail:
    row = await service.pause(session, await service.get(session, campaign_id), now, user.id)
    await audit(session, now, user, "campaign_paused", "campaign", str(row.id))
    return await _detail(session, row, now)


@router.post("/{campaign_id}/close", summary="The end of a campaign; it cannot be opened again")
async def close_campaign(campaign_id: UUID, session: DbSession, now: Now, user: Writer) -> CampaignDetail:
    row = await service.close(session, await service.get(session, campaign_id), now, user.id)
    await audit(session, now, user, "campaign_closed", "campaign", str(row.id))
    return await _detail(session, row, now)


@router.post("/{campaign_id}/fill", summary="Make leads of those whom the mailing has reached since")
async def fill_campaign(campaign_id: UUID, session: DbSession, now: Now, user: Writer) -> Filled:
    row = await service.get(session, campaign_id, lock=True)
    filled = await service.fill_from_mailing(session, row, now)
    await audit(session, now, user, "campaign_filled", "campaign", str(row.id), {"added": filled.added})
    return filled


@router.get("/{campaign_id}/calendar", summary="Who becomes callable on which day, and who is left out and why")
async def calendar(campaign_id: UUID, request: Request, session: DbSession, now: Now, _user: Reader) -> Calendar:
    settings: Settings = request.app.state.settings
    row = await service.get(session, campaign_id)
    return await service.preview(session, row, now.astimezone(settings.zone).date(), now)


def _pairs(windows: tuple[Window, ...]) -> list[tuple[str, str]]:
    return [(f"{window.start:%H:%M}", f"{window.end:%H:%M}") for window in windows]


@router.get("/{campaign_id}/workplace", summary="What an agent's screen needs to know about a campaign, once")
async def workplace(request: Request, campaign_id: UUID, session: DbSession, _user: CurrentUser) -> Workplace:
    settings: Settings = request.app.state.settings
    row = await service.get(session, campaign_id)
    rules = CallingRules.from_json(row.rules)
    script = await session.get(Script, row.script_id) if row.script_id is not None else None
    wave = await mailings.mailing(session, row.mailing_id)
    return Workplace(
        campaign_id=row.id,
        name=row.name,
        state=CampaignState(row.state),
        mode=row.mode,
        brochure_title=(await mailings.brochure(session, wave.brochure_id)).title,
        script_id=row.script_id,
        script_name=script.name if script is not None else None,
        script_version=script.version if script is not None else None,
        script=script.content if script is not None else None,
        dispositions=[WorkplaceDisposition.model_validate(one) for one in await dispositions.active(session)],
        items=[
            WorkplaceItem.model_validate(item) for item in await mailings.items_of_brochure(session, wave.brochure_id)
        ],
        windows=_pairs(rules.windows),
        legal_windows=_pairs(rules.legal_windows),
        callback_days_max=rules.callback_days_max,
        wrap_up_s=row.wrap_up_s,
        abandoned_message=row.abandoned_message,
        recorded=row.record_calls and settings.recording_store != "off",
    )
