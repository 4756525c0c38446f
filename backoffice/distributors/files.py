"""The file of a distributor: its papers, its changes, its loans (M12-3, M12-10)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.dialects.postgresql import insert

from backoffice.distributors import rules
from backoffice.distributors.machines import ANY, FILE_CHANGE, FILE_LOAN, LIVE
from backoffice.distributors.models import Distributor, DistributorPaper, FileChange, FileLoan
from backoffice.distributors.rules import DistributorPolicy
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import Refused, SameHands
from backoffice.policies import service as policies
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput

_CADM = frozenset({OfficeRole.CADM})
_FIN = frozenset({OfficeRole.FIN, OfficeRole.CRED})


async def add_paper(
    session: Session, now: datetime, today: date, actor: Actor, distributor_id: UUID, name: str
) -> Distributor:
    """CADM takes a paper into the file (again: the newer one)."""
    acts.require_duty(actor, _CADM)
    row = await acts.get(session, Distributor, distributor_id, "distributor_record", lock=True)
    values = {"received_on": today, "received_by": actor.user_id}
    await session.execute(
        insert(DistributorPaper)
        .values(distributor_id=distributor_id, name=name, **values)
        .on_conflict_do_update(index_elements=["distributor_id", "name"], set_=values)
    )
    await acts.write(session, now, actor, row, "distributor_record", "paper_filed", note=name)
    return row


def _checked(delta: dict[str, Any]) -> dict[str, Any]:
    unknown = set(delta) - rules.CHANGEABLE
    if unknown:
        raise BadInput(
            field="delta",
            problem_zh=f"不能更改:{'、'.join(sorted(unknown))}",
            problem_en=f"these fields do not change this way: {', '.join(sorted(unknown))}",
        )
    out = {}
    for name, value in delta.items():
        kind: Any = Distributor.model_fields[name].annotation
        try:
            out[name] = TypeAdapter(kind).validate_python(value, strict=True)
        except ValidationError:
            raise BadInput(
                field=f"delta.{name}", problem_zh="值的类型不正确", problem_en="that is no value of this field"
            ) from None
        if isinstance(out[name], int) and not isinstance(out[name], bool) and not 0 <= out[name] < 2**53:
            raise BadInput(field=f"delta.{name}", problem_zh="不能为负或过大", problem_en="it is out of range")
    return out


async def report(
    session: Session,
    now: datetime,
    today: date,
    actor: Actor,
    distributor_id: UUID,
    what: str,
    delta: dict[str, Any],
    *,
    credit: bool = False,
    visit_id: UUID | None = None,
) -> FileChange:
    """REP reports a change of the distributor; finance one of its credit standing (`credit`)."""
    acts.require_duty(actor, _FIN if credit else frozenset({OfficeRole.REP}))
    await acts.get(session, Distributor, distributor_id, "distributor_record")
    if not what.strip() or (credit and delta):
        raise BadInput(field="what", problem_zh="须写明变更内容", problem_en="say what has changed")
    row = FileChange(
        distributor_id=distributor_id,
        credit=credit,
        what=what,
        delta=_checked(delta),
        visit_id=visit_id,
        made_by=actor.user_id,
        reported_on=today,
    )
    await acts.born(session, now, actor, row, FILE_CHANGE, note=what)
    return row


async def move_change(
    session: Session, now: datetime, today: date, actor: Actor, change_id: UUID, version: int, command: str, note: str
) -> FileChange:
    """`collect` (SM), `file` (CADM: the file says the new thing from now on), `reject`."""
    row = await acts.take(session, FileChange, change_id, "file_change", version)
    if actor.user_id == row.made_by:
        raise SameHands(("提供变更", "report a change"), ("汇总或归档", "collect or file it"))
    if command == "reject" and not note.strip():
        raise BadInput(field="note", problem_zh="须写明原因", problem_en="a refusal needs a reason")
    if command == "collect" and row.credit:
        raise Refused(
            "credit_goes_to_cadm", "信用变更由合同管理员直接归档。", "CADM files what finance tells, directly."
        )
    if command == "file":
        command = "file_credit" if row.credit else "file"
        distributor = await acts.get(session, Distributor, row.distributor_id, "distributor_record", lock=True)
        sets = {"filed_on": today, "before": {name: getattr(distributor, name) for name in row.delta}}
        await acts.move(session, now, actor, row, FILE_CHANGE, command, note=note, sets=sets)
        for name, value in row.delta.items():
            setattr(distributor, name, value)
        detail = {"fields": sorted(row.delta), "change": str(row.id)}
        await acts.write(session, now, actor, distributor, "distributor_record", "file_updated", detail=detail)
        return row
    await acts.move(session, now, actor, row, FILE_CHANGE, command, note=note)
    return row


# ---------------------------------------------------------------- loans


async def ask_loan(
    session: Session, now: datetime, actor: Actor, distributor_id: UUID, unit: str, purpose: str
) -> FileLoan:
    acts.require_duty(actor, ANY)
    distributor = await acts.get(session, Distributor, distributor_id, "distributor_record")
    if distributor.state not in {state.value for state in LIVE}:
        raise Refused("no_file", "该分销商尚无档案。", "There is no file of it yet.")
    row = FileLoan(distributor_id=distributor_id, unit=unit, purpose=purpose, made_by=actor.user_id)
    await acts.born(session, now, actor, row, FILE_LOAN, note=purpose)
    return row


async def move_loan(
    session: Session, now: datetime, today: date, actor: Actor, loan_id: UUID, version: int, command: str, note: str
) -> FileLoan:
    """`approve`, `reject`, `lend`, `take_back`."""
    row = await acts.take(session, FileLoan, loan_id, "file_loan", version)
    sets: dict[str, Any] = {}
    if command == "approve":
        if actor.user_id == row.made_by:
            raise SameHands(("申请借阅", "ask for a loan"), ("批准", "approve it"))
        sets = {"approved_by": actor.user_id}
    elif command == "lend":
        policy = await policies.load(session, DistributorPolicy)
        sets = {"lent_on": today, "due_on": today + timedelta(days=policy.loan_days)}
    elif command == "take_back":
        sets = {"back_on": today}
    await acts.move(session, now, actor, row, FILE_LOAN, command, note=note, sets=sets)
    return row
