"""Approvals on the real database: sequences, parallel opinions, hands kept apart, verdicts that a change voids."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backoffice.approvals import repository, service
from backoffice.approvals.models import ApprovalTask
from backoffice.approvals.service import Ask
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, Stale, WrongState
from backoffice.roles import service as roles
from backoffice.timeline import acts
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import AppError, BadInput
from callcenter.people.models import Role, User
from tests.integration.backoffice.conftest import walks

TODAY = date(2026, 3, 9)


def ask(amount: int = 50_000, thing_id: UUID | None = None, **content: Any) -> Ask:
    return Ask("test", "approval", thing_id or uuid4(), "测试单据", amount, {"text": "原文"} | content)


async def test_small_amounts_end_with_the_first_signature(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    approval = await service.submit(session, clock.now(), staff.rep, ask(100_000))
    approval = await service.agree(session, clock.now(), TODAY, staff.sm, approval.id, 1, "同意")
    assert (approval.state, heard) == ("approved", ["approved"])


async def test_sequence_and_opinions_side_by_side(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    now = clock.now()
    approval = await service.submit(session, now, staff.rep, ask(100_001))
    with pytest.raises(NotYourDuty):  # not the general manager's turn yet
        await service.agree(session, now, TODAY, staff.gm, approval.id, approval.version)
    await service.agree(session, now, TODAY, staff.sm, approval.id, approval.version)
    await service.agree(session, now, TODAY, staff.legal, approval.id, approval.version, "条款合法")
    assert approval.step == 2  # finance has not spoken
    await service.agree(session, now, TODAY, staff.fin, approval.id, approval.version)
    assert approval.step == 3
    await service.agree(session, now, TODAY, staff.gm, approval.id, approval.version)
    assert approval.state == "approved"
    assert heard == ["approved"]
    story = await acts.story(session, "approval", approval.id)
    assert [line["act"] for line in story] == ["submitted", "agree", "agree", "agree", "agree", "complete"]
    assert story[2]["note"] == "条款合法"


async def test_a_refusal_needs_an_opinion_and_ends_it(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    approval = await service.submit(session, clock.now(), staff.rep, ask())
    with pytest.raises(BadInput):
        await service.reject(session, clock.now(), TODAY, staff.sm, approval.id, 1, "  ")
    await service.reject(session, clock.now(), TODAY, staff.sm, approval.id, 1, "价格过低")
    assert heard == ["rejected"]
    with pytest.raises(WrongState):
        await service.agree(session, clock.now(), TODAY, staff.sm2, approval.id, approval.version)


async def test_forwarding_hands_the_task_to_one_person_of_the_same_duty(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    now = clock.now()
    approval = await service.submit(session, now, staff.rep, ask())
    with pytest.raises(BadInput):
        await service.forward(session, now, TODAY, staff.sm, approval.id, 1, staff.gm.user_id)
    await service.forward(session, now, TODAY, staff.sm, approval.id, 1, staff.sm2.user_id, "请代为审批")
    with pytest.raises(NotYourDuty):
        await service.agree(session, now, TODAY, staff.sm, approval.id, approval.version)
    await service.agree(session, now, TODAY, staff.sm2, approval.id, approval.version)
    assert approval.state == "approved"


async def test_a_deputy_decides_in_the_name_of_the_absent_on_those_days_only(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    now = clock.now()
    days = (TODAY, TODAY + timedelta(days=2))
    row = await service.delegate(session, now, staff.sm.user_id, staff.mkt.user_id, OfficeRole.SM, days, "出差")
    approval = await service.submit(session, now, staff.rep, ask())
    late = days[1] + timedelta(days=1)
    with pytest.raises(NotYourDuty):
        await service.agree(session, now, late, staff.mkt, approval.id, 1)
    await service.agree(session, now, days[1], staff.mkt, approval.id, 1)
    task = (await repository.tasks(session, approval.id))[0]
    assert (task.decided_by, task.decided_for) == (staff.mkt.user_id, staff.sm.user_id)
    await service.revoke(session, now, staff.sm.user_id, row.id)
    other = await service.submit(session, now, staff.rep, ask())
    with pytest.raises(NotYourDuty):
        await service.agree(session, now, TODAY, staff.mkt, other.id, 1)


async def test_the_maker_never_approves_even_with_the_duty_or_as_a_deputy(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    now = clock.now()
    approval = await service.submit(session, now, staff.sm, ask())
    with pytest.raises(SameHands):
        await service.agree(session, now, TODAY, staff.sm, approval.id, 1)
    await service.delegate(session, now, staff.sm2.user_id, staff.sm.user_id, None, (TODAY, TODAY), "")
    with pytest.raises(SameHands):
        await service.agree(session, now, TODAY, staff.sm, approval.id, 1)
    with pytest.raises(SameHands):  # nor is it forwarded to them
        await service.forward(session, now, TODAY, staff.sm2, approval.id, 1, staff.sm.user_id)


@pytest.mark.parametrize("column", ["decided_by", "decided_for", "assignee_id"])
async def test_the_database_itself_keeps_the_makers_hands_off(
    session: Session, clock: ManualClock, staff: Any, heard: list[str], column: str
) -> None:
    approval = await service.submit(session, clock.now(), staff.sm, ask())
    values = {"state": "agreed", "decided_by": staff.gm.user_id} | {column: staff.sm.user_id}
    if column == "assignee_id":
        values = {column: staff.sm.user_id}
    with pytest.raises(IntegrityError, match="maker"):
        await session.execute(update(ApprovalTask).where(col(ApprovalTask.approval_id) == approval.id).values(**values))


async def test_the_database_keeps_the_maker_of_a_task_the_maker_of_the_approval(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    approval = await service.submit(session, clock.now(), staff.sm, ask())
    with pytest.raises(IntegrityError, match="fk_approval_tasks_approval"):
        await session.execute(
            update(ApprovalTask).where(col(ApprovalTask.approval_id) == approval.id).values(maker_id=staff.gm.user_id)
        )


async def test_one_hand_gives_one_verdict(session: Session, clock: ManualClock, staff: Any, heard: list[str]) -> None:
    now = clock.now()
    many = await roles.set_roles(session, now, None, staff.sm.user_id, [OfficeRole.SM, OfficeRole.FIN, OfficeRole.GM])
    both = Actor(staff.sm.user_id, "both", many)
    approval = await service.submit(session, now, staff.rep, ask(100_001))
    await service.agree(session, now, TODAY, both, approval.id, approval.version)
    with pytest.raises(SameHands):
        await service.agree(session, now, TODAY, both, approval.id, approval.version)


async def test_a_change_after_approval_voids_the_verdict(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    now, thing = clock.now(), uuid4()
    approval = await service.submit(session, now, staff.rep, ask(thing_id=thing))
    await service.agree(session, now, TODAY, staff.sm, approval.id, 1)
    assert await service.approved(session, "test", thing, {"text": "原文"})
    # Even before anybody says so: another text is not what was approved.
    assert not await service.approved(session, "test", thing, {"text": "改过的原文"})
    await service.void(session, now, staff.rep, "test", thing, "修改了正文")
    assert not await service.approved(session, "test", thing, {"text": "原文"})
    assert heard == ["approved", "voided"]
    again = await service.submit(session, now, staff.rep, ask(thing_id=thing))
    assert again.state == "pending"


async def test_only_the_maker_withdraws_and_only_while_it_is_open(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    approval = await service.submit(session, clock.now(), staff.rep, ask())
    with pytest.raises(NotYourDuty):
        await service.withdraw(session, clock.now(), staff.rep2, approval.id, 1)
    await service.withdraw(session, clock.now(), staff.rep, approval.id, 1)
    assert heard == ["withdrawn"]
    with pytest.raises(WrongState):
        await service.withdraw(session, clock.now(), staff.rep, approval.id, approval.version)


async def test_an_approval_nobody_could_end_is_refused_at_once(
    session: Session, clock: ManualClock, staff: Any, heard: list[str]
) -> None:
    await roles.set_roles(session, clock.now(), None, staff.gm.user_id, [])
    with pytest.raises(Refused) as refused:
        await service.submit(session, clock.now(), staff.rep, ask(100_001))
    assert refused.value.code == "nobody_to_approve"


async def test_duties_go_to_people_of_the_back_office_only(session: Session, clock: ManualClock) -> None:
    agent = User(login="a", name="a", role=Role.AGENT.value, password_hash="!", created_at=clock.now())
    session.add(agent)
    await session.flush()
    with pytest.raises(BadInput):
        await roles.set_roles(session, clock.now(), None, agent.id, [OfficeRole.GM])


async def test_the_timeline_never_changes(session: Session, clock: ManualClock, staff: Any, heard: list[str]) -> None:
    await service.submit(session, clock.now(), staff.rep, ask())
    for statement in ("UPDATE office_timeline SET note = 'x'", "DELETE FROM office_timeline"):
        with pytest.raises(IntegrityError, match="never changed"):
            async with session.begin_nested():
                await session.execute(text(statement))


async def test_of_two_at_the_same_time_one_wins_and_the_other_learns_what_changed(
    database: Database, clock: ManualClock, hired: Any, heard_committed: Any
) -> None:
    staff = hired
    async with database.transaction() as session:
        approval = await service.submit(session, clock.now(), staff.rep, ask())

    async def decide(actor: Actor) -> str:
        try:
            async with database.transaction() as session:
                await service.agree(session, clock.now(), TODAY, actor, approval.id, 1, f"by {actor.name}")
            return "won"
        except Stale as stale:
            entry = stale.problem("en")["changed"][0]
            return f"{entry['by']} did {entry['act']}"

    results = await asyncio.gather(decide(staff.sm), decide(staff.sm2))
    assert sorted(results) in (["SM did agree", "won"], ["SM2 did agree", "won"])


commands = st.lists(
    st.tuples(
        st.sampled_from(["agree", "agree", "agree", "reject", "forward", "withdraw", "void", "resubmit"]),
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    max_size=14,
)


@settings(max_examples=walks(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(maker=st.integers(0, 20), amount=st.sampled_from([1, 100_000, 100_001]), plan=commands)
async def test_no_sequence_of_commands_lets_a_maker_approve(
    session: Session, clock: ManualClock, staff: Any, heard: list[str], maker: int, amount: int, plan: Any
) -> None:
    """Whoever does what in any order: verdicts are by others, one a hand, and an end is told exactly once."""
    people = [staff.sm, staff.rep, staff.sm2, staff.fin, staff.legal, staff.gm]  # those whose word could count
    now, thing = clock.now(), uuid4()
    savepoint = await session.begin_nested()
    by = people[maker % len(people)]
    heard.clear()
    asked = 1
    try:
        approval = await service.submit(session, now, by, ask(amount, thing))
    except Refused:  # the maker is the only one of a duty
        event("could never end")
        await savepoint.rollback()
        return
    for command, who, other in plan:
        actor, to = people[who % len(people)], people[other % len(people)]
        try:
            if command == "agree":
                await service.agree(session, now, TODAY, actor, approval.id, approval.version)
            elif command == "reject":
                await service.reject(session, now, TODAY, actor, approval.id, approval.version, "不同意")
            elif command == "forward":
                await service.forward(session, now, TODAY, actor, approval.id, approval.version, to.user_id)
            elif command == "withdraw":
                await service.withdraw(session, now, actor, approval.id, approval.version)
            elif command == "void":
                await service.void(session, now, actor, "test", thing, "changed")
            elif approval.state in ("rejected", "withdrawn", "voided"):
                by = actor
                approval = await service.submit(session, now, by, ask(amount, thing))
                asked += 1
        except AppError:
            pass
        tasks = await repository.tasks(session, approval.id)
        verdicts = [task.decided_by for task in tasks if task.decided_by]
        assert by.user_id not in verdicts
        assert len(set(verdicts)) == len(verdicts)
        open_steps = {task.step for task in tasks if task.state == "open"}
        if approval.state == "pending":
            assert open_steps == {approval.step}
        else:
            assert not open_steps
        if approval.state == "approved":
            assert all(task.state in ("agreed", "forwarded") for task in tasks)
    event(approval.state)
    alive = await repository.alive(session, "test", thing)
    assert (alive is not None) == (approval.state in ("pending", "approved"))
    assert len([end for end in heard if end != "voided"]) <= asked
    await savepoint.rollback()
    session.expunge_all()
