"""/api/backoffice/approvals: the inbox, the verdicts, the rules, and who stands in for whom."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import or_, select
from sqlmodel import col

from backoffice.approvals import repository, rules, service
from backoffice.approvals.models import Approval, Delegation
from backoffice.approvals.outcomes import KINDS
from backoffice.approvals.rules import Band
from backoffice.approvals.schemas import (
    ApprovalOut,
    ApprovalRow,
    BandBody,
    DelegationNew,
    DelegationOut,
    Forward,
    KindBody,
    TaskOut,
)
from backoffice.listing.http import Command, StoryLine, Today, add_list
from backoffice.listing.query import Listing
from backoffice.roles.access import Administrator, OfficeActor
from backoffice.timeline import acts
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.ids import new_id
from callcenter.people.models import User

router = APIRouter(prefix="/api/backoffice/approvals", tags=["back office: approvals"], responses=PROBLEMS)

APPROVALS = Listing(
    name="approvals",
    row=ApprovalRow,
    source=lambda _today: (
        select(*(col(getattr(Approval, name)) for name in ApprovalRow.model_fields if name != "maker"))
        .add_columns(col(User.name).label("maker"))
        .join(User, col(User.id) == col(Approval.maker_id))
    ),
    search=("title", "maker"),
    filters=("state", "kind", "thing_id"),
    sort="-made_at",
    totals=("amount_fen",),
    hidden=("id", "version", "thing"),
)
add_list(router, APPROVALS)


async def _out(session: DbSession, approval: Approval) -> ApprovalOut:
    return ApprovalOut(
        **approval.model_dump(exclude={"digest", "made_at", "ended_at"}),
        tasks=[TaskOut(**task.model_dump()) for task in await repository.tasks(session, approval.id)],
        timeline=[StoryLine(**line) for line in await acts.story(session, "approval", approval.id)],
    )


@router.get("/inbox")
async def inbox(session: DbSession, today: Today, actor: OfficeActor) -> list[ApprovalOut]:
    """What waits for this person's verdict: by duty, forwarded to them, or as somebody's deputy."""
    absences = await repository.absences(session, actor.user_id, today)
    out = []
    for approval in await repository.inbox(session, actor.user_id, actor.roles, absences):
        tasks = await repository.tasks(session, approval.id)
        spoken = frozenset(w for t in tasks for w in (t.decided_by, t.decided_for) if w is not None)
        found = rules.first_task(
            [repository.plain(task) for task in tasks], approval.maker_id, spoken, actor.user_id, actor.roles, absences
        )
        if isinstance(found, tuple):
            out.append(await _out(session, approval))
    return out


@router.get("/kinds")
async def kinds(session: DbSession, _: OfficeActor) -> list[KindBody]:
    """Every kind of approval with its rules."""
    return [
        KindBody(kind=kind.name, zh=kind.zh, en=kind.en, bands=_bodies(await repository.bands(session, kind.name)))
        for kind in KINDS.values()
    ]


def _bodies(bands: list[Band]) -> list[BandBody]:
    return [
        BandBody(over_fen=b.over_fen, up_to_fen=b.up_to_fen, steps=[sorted(step) for step in b.steps]) for b in bands
    ]


@router.put("/kinds/{kind}")
async def set_kind(session: DbSession, now: Now, by: Administrator, kind: str, bands: list[BandBody]) -> list[BandBody]:
    """Replace the rules of one kind; approvals already asked for keep their steps."""
    new = [Band(new_id(), b.over_fen, b.up_to_fen, tuple(frozenset(step) for step in b.steps)) for b in bands]
    return _bodies(await service.set_bands(session, now, by, kind, new))


@router.get("/delegations")
async def delegations(session: DbSession, actor: OfficeActor) -> list[DelegationOut]:
    """Those this person gave or received, newest first."""
    rows = await session.scalars(
        select(Delegation)
        .where(or_(col(Delegation.absent_id) == actor.user_id, col(Delegation.deputy_id) == actor.user_id))
        .order_by(col(Delegation.made_at).desc())
        .limit(200)
    )
    return [DelegationOut(**row.model_dump()) for row in rows]


@router.post("/delegations", status_code=201)
async def delegate(session: DbSession, now: Now, actor: OfficeActor, body: DelegationNew) -> DelegationOut:
    row = await service.delegate(
        session, now, actor.user_id, body.deputy_id, body.role, (body.first_day, body.last_day), body.reason
    )
    return DelegationOut(**row.model_dump())


@router.post("/delegations/{delegation_id}/revoke")
async def revoke(session: DbSession, now: Now, actor: OfficeActor, delegation_id: UUID) -> DelegationOut:
    row = await service.revoke(session, now, actor.user_id, delegation_id)
    return DelegationOut(**row.model_dump())


@router.get("/{approval_id}")
async def read(session: DbSession, _: OfficeActor, approval_id: UUID) -> ApprovalOut:
    return await _out(session, await acts.get(session, Approval, approval_id, "approval"))


@router.post("/{approval_id}/agree")
async def agree(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, approval_id: UUID, body: Command
) -> ApprovalOut:
    """同意; `note` is the opinion."""
    return await _out(session, await service.agree(session, now, today, actor, approval_id, body.version, body.note))


@router.post("/{approval_id}/reject")
async def reject(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, approval_id: UUID, body: Command
) -> ApprovalOut:
    """驳回; `note` is the opinion, which a refusal needs."""
    return await _out(session, await service.reject(session, now, today, actor, approval_id, body.version, body.note))


@router.post("/{approval_id}/forward")
async def forward(
    session: DbSession, now: Now, today: Today, actor: OfficeActor, approval_id: UUID, body: Forward
) -> ApprovalOut:
    """转交 to another holder of the same duty."""
    approval = await service.forward(session, now, today, actor, approval_id, body.version, body.to, body.note)
    return await _out(session, approval)


@router.post("/{approval_id}/withdraw")
async def withdraw(session: DbSession, now: Now, actor: OfficeActor, approval_id: UUID, body: Command) -> ApprovalOut:
    """撤回, by the maker."""
    return await _out(session, await service.withdraw(session, now, actor, approval_id, body.version, body.note))
