"""Asking for approval, deciding, and what a change does to verdicts.

await submit(session, now, actor, Ask(kind="contract", thing="contract", …))   # opens the first step
await agree(session, now, today, actor, approval_id, version, opinion)         # 同意
await approved(session, "contract", contract.id, digest)                       # may it be sealed?
await void(session, now, actor, "contract", contract.id, "text changed")       # a change after approval
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from backoffice.approvals import repository, rules
from backoffice.approvals.models import Approval, ApprovalTask, Delegation
from backoffice.approvals.outcomes import KINDS
from backoffice.approvals.rules import APPROVAL, Band, Refusal, TaskState
from backoffice.kit.duties import ROLE_NAMES, Actor, OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, WrongState
from backoffice.roles import service as roles
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from callcenter.people.audit import audit
from callcenter.people.models import User


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be approved. `levels_up`: how many bands higher than the amount alone would say."""

    kind: str
    thing: str
    thing_id: UUID
    title: str
    amount_fen: int
    content: Mapping[str, Any]
    levels_up: int = 0


def digest(content: Mapping[str, Any]) -> str:
    """The fingerprint of what is approved."""
    return hashlib.sha256(orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def submit(session: Session, now: datetime, actor: Actor, ask: Ask) -> Approval:
    """Open an approval; `actor` is its maker. Raises Refused when nobody is named to approve it."""
    if ask.kind not in KINDS:
        raise ValueError(f"no room listens to approvals of kind {ask.kind}")
    kind = KINDS[ask.kind]
    band = rules.choose(await repository.bands(session, ask.kind), ask.amount_fen, ask.levels_up)
    if band is None or not band.steps:
        raise Refused(
            "no_approval_rule",
            f"没有为“{kind.zh}”的该金额设定审批人。请管理员在“审批规则”中设定。",
            f"No rule says who approves a {kind.en} of this amount. Ask an administrator to add one.",
        )
    holders = {role: frozenset(await roles.holders(session, role)) for step in band.steps for role in step}
    missing = rules.unmanned(band.steps, holders, actor.user_id)
    if missing is not None:
        zh, en = ROLE_NAMES[missing]
        raise Refused(
            "nobody_to_approve",
            f"除制单人外没有人担任“{zh}”,此审批无法完成。请管理员先授予该岗位。",
            f"Nobody but the maker is {en}, so this could never be approved. Ask an administrator to name somebody.",
        )
    approval = Approval(
        kind=ask.kind,
        thing=ask.thing,
        thing_id=ask.thing_id,
        title=ask.title,
        amount_fen=ask.amount_fen,
        digest=digest(ask.content),
        maker_id=actor.user_id,
        made_at=now,
    )
    await acts.born(session, now, actor, approval, APPROVAL, act="submitted")
    session.add_all(
        ApprovalTask(
            approval_id=approval.id,
            maker_id=actor.user_id,
            step=number,
            role=role.value,
            state=(TaskState.OPEN if number == 1 else TaskState.WAITING).value,
        )
        for number, step in enumerate(band.steps, start=1)
        for role in sorted(step)
    )
    await session.flush()
    return approval


async def _task_of(
    session: Session, today: date, actor: Actor, approval: Approval, rows: list[ApprovalTask]
) -> tuple[ApprovalTask, rules.Standing]:
    """The task that is the actor's to decide. Raises SameHands, NotYourDuty or Refused."""
    spoken = frozenset(who for row in rows for who in (row.decided_by, row.decided_for) if who is not None)
    found = rules.first_task(
        [repository.plain(row) for row in rows],
        approval.maker_id,
        spoken,
        actor.user_id,
        actor.roles,
        await repository.absences(session, actor.user_id, today),
    )
    if isinstance(found, tuple):
        task, standing = found
        return next(row for row in rows if row.id == task.id), standing
    if found is Refusal.MAKER:
        raise SameHands(("制单", "make"), ("审批", "approve the same document"))
    if found is Refusal.ALREADY_SPOKE:
        raise SameHands(("前一步审批", "decide an earlier step"), ("这一步审批", "decide this one"))
    raise NotYourDuty(
        frozenset(OfficeRole(row.role) for row in rows if row.state == TaskState.OPEN.value),
        why_zh="请由有该岗位的人员、被转交人或其代理人审批。",
        why_en="The decision belongs to a holder of that duty, to whom it was forwarded, or to their deputy.",
    )


async def _open(session: Session, approval_id: UUID, version: int | None) -> tuple[Approval, list[ApprovalTask]]:
    approval = await acts.take(session, Approval, approval_id, "approval", version)
    return approval, await repository.tasks(session, approval_id)


def _require(approval: Approval, command: str) -> None:
    """Raises WrongState. Who may is a question of the open task, not of the table."""
    if APPROVAL.after(approval.state, command) is None:
        raise WrongState(thing="approval", state=approval.state, command=command)


async def agree(
    session: Session, now: datetime, today: date, actor: Actor, approval_id: UUID, version: int, opinion: str = ""
) -> Approval:
    """同意. The last agreement completes the approval and tells the room that asked."""
    approval, rows = await _open(session, approval_id, version)
    _require(approval, "agree")
    task, standing = await _task_of(session, today, actor, approval, rows)
    task.state, task.opinion = TaskState.AGREED.value, opinion
    task.decided_by, task.decided_for, task.decided_at = actor.user_id, standing.acting_for, now
    await acts.write(
        session,
        now,
        actor,
        approval,
        "approval",
        "agree",
        note=opinion,
        detail=_line(task),
        states=(approval.state, approval.state),
    )
    step = rules.next_step([repository.plain(row) for row in rows], task.step)
    if step is None:
        await acts.move(session, now, None, approval, APPROVAL, "complete")
        approval.ended_at, approval.approved_on = now, today
        await _tell(session, now, actor, approval)
    elif step != approval.step:
        approval.step = step
        for row in rows:
            if row.step == step:
                row.state = TaskState.OPEN.value
        await session.flush()
    return approval


def _line(task: ApprovalTask) -> dict[str, Any]:
    return {"step": task.step, "role": task.role, "for": str(task.decided_for) if task.decided_for else None}


async def _end(
    session: Session,
    now: datetime,
    actor: Actor | None,
    approval: Approval,
    rows: list[ApprovalTask],
    command: str,
    note: str,
    detail: dict[str, Any] | None = None,
) -> None:
    for row in rows:
        if row.state in (TaskState.OPEN.value, TaskState.WAITING.value):
            row.state = TaskState.CLOSED.value
    # The table names no duties for these; who may was checked by the caller.
    states = (approval.state, str(APPROVAL.after(approval.state, command)))
    approval.state, approval.ended_at = states[1], now
    await acts.write(session, now, actor, approval, "approval", command, note=note, detail=detail, states=states)
    await _tell(session, now, actor, approval)


async def _tell(session: Session, now: datetime, actor: Actor | None, approval: Approval) -> None:
    await KINDS[approval.kind].handler(session, now, actor, approval)


async def reject(
    session: Session, now: datetime, today: date, actor: Actor, approval_id: UUID, version: int, opinion: str
) -> Approval:
    """驳回, which needs an opinion. One refusal ends the approval."""
    approval, rows = await _open(session, approval_id, version)
    _require(approval, "reject")
    task, standing = await _task_of(session, today, actor, approval, rows)
    if not opinion.strip():
        raise BadInput(field="note", problem_zh="驳回必须写明意见", problem_en="a refusal needs an opinion")
    task.state, task.opinion = TaskState.REFUSED.value, opinion
    task.decided_by, task.decided_for, task.decided_at = actor.user_id, standing.acting_for, now
    await _end(session, now, actor, approval, rows, "reject", opinion, _line(task))
    return approval


async def forward(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    approval_id: UUID,
    version: int,
    to: UUID,
    opinion: str = "",
) -> Approval:
    """转交: hand one's task to another holder of the same duty."""
    approval, rows = await _open(session, approval_id, version)
    _require(approval, "forward")
    task, _ = await _task_of(session, today, actor, approval, rows)
    if to in (approval.maker_id, actor.user_id):
        raise SameHands(("制单或转交", "make or forward it"), ("接受转交", "receive it"))
    if OfficeRole(task.role) not in await roles.roles_of(session, to):
        zh, en = ROLE_NAMES[OfficeRole(task.role)]
        raise BadInput(field="to", problem_zh=f"被转交人没有“{zh}”岗位", problem_en=f"that person is no {en}")
    task.state, task.forwarded_by, task.opinion = TaskState.FORWARDED.value, actor.user_id, opinion
    session.add(
        ApprovalTask(
            approval_id=approval.id,
            maker_id=approval.maker_id,
            step=task.step,
            role=task.role,
            assignee_id=to,
            state=TaskState.OPEN.value,
        )
    )
    await acts.write(
        session,
        now,
        actor,
        approval,
        "approval",
        "forward",
        note=opinion,
        detail={"to": str(to)},
        states=(approval.state, approval.state),
    )
    return approval


async def withdraw(
    session: Session, now: datetime, actor: Actor, approval_id: UUID, version: int, note: str = ""
) -> Approval:
    """撤回: the maker takes the question back while it is open."""
    approval, rows = await _open(session, approval_id, version)
    _require(approval, "withdraw")
    if actor.user_id != approval.maker_id:
        raise NotYourDuty(
            frozenset(), why_zh="只有制单人可以撤回。", why_en="Only its maker may withdraw a request for approval."
        )
    await _end(session, now, actor, approval, rows, "withdraw", note)
    return approval


async def void(
    session: Session, now: datetime, actor: Actor | None, kind: str, thing_id: UUID, reason: str
) -> Approval | None:
    """The thing changed: a pending question and an approved verdict both lose their meaning."""
    approval = await repository.alive(session, kind, thing_id, lock=True)
    if approval is None:
        return None
    await session.refresh(approval)
    rows = await repository.tasks(session, approval.id)
    await _end(session, now, actor, approval, rows, "void", reason)
    return approval


async def approved(session: Session, kind: str, thing_id: UUID, content: Mapping[str, Any]) -> bool:
    """Whether exactly this content has been approved."""
    approval = await repository.alive(session, kind, thing_id)
    return approval is not None and approval.state == "approved" and approval.digest == digest(content)


# ---------------------------------------------------------------- rules and absences


async def set_bands(session: Session, now: datetime, by: User | None, kind: str, new: list[Band]) -> list[Band]:
    """Replace the rules of one kind. Approvals already asked for keep the steps they began with."""
    if kind not in KINDS:
        raise NotFound(what_zh="审批类型", what_en="kind of approval", id=kind)
    clash = rules.overlap(new)
    if clash is not None:
        raise BadInput(
            field="bands", problem_zh="两个金额区间重叠", problem_en="two bands claim the same amount of money"
        )
    if any(not band.steps or not all(band.steps) for band in new):
        raise BadInput(field="bands", problem_zh="有区间没有审批人", problem_en="a band has a step without a duty")
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:kind))"), {"kind": f"approval_rules {kind}"})
    await repository.replace_bands(session, kind, new)
    await audit(session, now, by, "approval_rules_set", "approval_kind", kind, {"bands": len(new)})
    return await repository.bands(session, kind)


async def delegate(
    session: Session,
    now: datetime,
    absent: UUID,
    deputy: UUID,
    role: OfficeRole | None,
    days: tuple[date, date],
    reason: str,
) -> Delegation:
    """`absent` asks `deputy` to decide in their name on `days` (first and last, both included)."""
    if absent == deputy:
        raise BadInput(field="deputy_id", problem_zh="不能委托给自己", problem_en="one cannot stand in for oneself")
    if days[0] > days[1]:
        raise BadInput(field="last_day", problem_zh="结束日早于开始日", problem_en="the last day is before the first")
    if not await roles.roles_of(session, absent):
        raise BadInput(field="role", problem_zh="您没有可委托的岗位", problem_en="you hold no duty to delegate")
    if await session.get(User, deputy) is None:
        raise NotFound(what_zh="用户", what_en="user", id=deputy)
    row = Delegation(
        absent_id=absent,
        deputy_id=deputy,
        role=role.value if role else None,
        first_day=days[0],
        last_day=days[1],
        reason=reason,
        made_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def revoke(session: Session, now: datetime, absent: UUID, delegation_id: UUID) -> Delegation:
    row = await session.get(Delegation, delegation_id, with_for_update=True)
    if row is None or row.absent_id != absent:
        raise NotFound(what_zh="委托", what_en="delegation", id=delegation_id)
    row.revoked_at = row.revoked_at or now
    await session.flush()
    return row
