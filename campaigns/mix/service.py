"""Mixes: set by supervisors, read and kept by the dialler at each launch."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlmodel import col

from callcenter.kit.clock import midnight_of
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.wake import wake
from campaigns.mix import repository
from campaigns.mix.models import MixPart
from campaigns.mix.rules import Part
from campaigns.mix.schemas import Mix, MixNew, MixRow
from campaigns.plans import service as plans
from campaigns.plans.models import Campaign, CampaignState


def _refuse(field: str, zh: str, en: str) -> BadInput:
    return BadInput(
        field=field,
        problem_zh=zh,
        problem_en=en,
        mend_zh="请调整共用名单后再保存。",
        mend_en="Change the lists of the mix, then save.",
    )


async def parts(session: Session, host_id: UUID) -> list[MixPart]:
    """The lists that take turns for the host's agents; locked until the transaction ends."""
    return list(await repository.of_host(session, host_id, lock=True))


def plain(row: MixPart) -> Part:
    return Part(row.campaign_id, row.weight, row.priority, row.given, row.dry)


async def host_of(session: Session, campaign_id: UUID) -> UUID:
    """In which campaign agents sit down who want to call for this one: the host of its mix, else itself."""
    return await repository.open_host_of(session, campaign_id) or campaign_id


async def put(session: Session, host_id: UUID, body: MixNew, now: datetime, by: UUID) -> None:
    """Replace the host's mix; a new round begins.

    Raises:
        BadInput: the host is missing; a campaign is in another mix, is a host itself, has ended, or is unknown.
    """
    host = await plans.get(session, host_id, lock=True)
    ids = [line.campaign_id for line in body.lists]
    if ids and host_id not in ids:
        raise _refuse("lists", f"缺少主活动“{host.name}”本身", f"the host '{host.name}' is missing among its own lists")
    known = await repository.campaigns(session, ids)
    for line in body.lists:
        await _check(session, host, known.get(line.campaign_id), line.campaign_id)
    await session.execute(delete(MixPart).where(col(MixPart.host_id) == host_id))
    for position, line in enumerate(body.lists):
        session.add(MixPart(**line.model_dump(), host_id=host_id, position=position, changed_at=now, changed_by=by))
    await session.flush()
    await wake(session, plans.DIALER, str(host_id))


async def _check(session: Session, host: Campaign, guest: Campaign | None, guest_id: UUID) -> None:
    if guest is None:
        raise _refuse("lists", f"没有活动 {guest_id}", f"there is no campaign {guest_id}")
    if guest.state == CampaignState.CLOSED.value:
        raise _refuse("lists", f"活动“{guest.name}”已结束", f"the campaign '{guest.name}' is closed")
    row = await session.get(MixPart, guest.id, with_for_update=True)
    if row is not None and row.host_id != host.id:
        raise _refuse(
            "lists", f"活动“{guest.name}”已在另一组共用中", f"the campaign '{guest.name}' is in another mix already"
        )
    if guest.id != host.id and await repository.of_host(session, guest.id):
        raise _refuse("lists", f"活动“{guest.name}”自己是主活动", f"the campaign '{guest.name}' is a host itself")


async def of(session: Session, campaign_id: UUID, now: datetime, zone: ZoneInfo) -> Mix:
    """The mix this campaign is in (as host or guest), with today's calls; its own list alone where there is none."""
    campaign = await plans.get(session, campaign_id)
    mine = await session.get(MixPart, campaign_id)
    host = campaign if mine is None or mine.host_id == campaign_id else await plans.get(session, mine.host_id)
    rows = list(await repository.of_host(session, host.id))
    if not rows:
        return Mix(host_id=host.id, host_name=host.name, lists=[])
    known = await repository.campaigns(session, [row.campaign_id for row in rows])
    midnight = midnight_of(now, zone)
    calls = await repository.calls_since(session, host.id, midnight)
    weights: dict[int, int] = {}
    for row in rows:
        weights[row.priority] = weights.get(row.priority, 0) + row.weight
    return Mix(
        host_id=host.id,
        host_name=host.name,
        lists=[
            MixRow(
                campaign_id=row.campaign_id,
                name=known[row.campaign_id].name,
                state=CampaignState(known[row.campaign_id].state),
                host=row.campaign_id == host.id,
                weight=row.weight,
                priority=row.priority,
                share=row.weight / weights[row.priority],
                calls_today=calls.get(row.campaign_id, 0),
                given=row.given,
                dry=row.dry,
            )
            for row in rows
        ],
    )
