"""M3 on the database: the whole way of a budget, spending on it, its changes, and two who want the same money."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backoffice import defaults
from backoffice.approvals import repository as approval_repository
from backoffice.budgets import changes, lists, service, warnings
from backoffice.budgets.rules import Action, Stage
from backoffice.budgets.service import Dimension, Expense, Figures, Leave
from backoffice.kit.duties import Actor, OfficeRole
from backoffice.kit.refusals import NotYourDuty, Refused, SameHands, WrongState
from backoffice.listing.query import ListQuery, page
from backoffice.policies import service as policies
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import AppError, BadInput, NotFound
from callcenter.kit.ids import new_id
from tests.integration.backoffice import budgets as b
from tests.integration.backoffice.budgets import ADVERTISING, CONFERENCE, DAY
from tests.integration.backoffice.conftest import EARLY, Desk, Staff, walks
from tests.integration.backoffice.ledgers import at

D = date
MILLION_2 = 120_000_000  # 1,200,000 yuan
MONTHLY = [10_000_000] * 12
BASE = "/api/backoffice"


async def june(session: Session, staff: Staff, **actions: Action) -> None:
    """The worked example: 520,000 spent to June, 50,000 reserved in June; 广告费 has 40,000 left to June."""
    await b.issued(session, staff, CONFERENCE, MILLION_2, months=MONTHLY, **actions)
    await b.issued(session, staff, ADVERTISING, 24_000_000, months=[2_000_000] * 12)
    await service.spend(session, Expense(b.want(CONFERENCE, 52_000_000, D(2026, 5, 31))))
    await service.reserve(session, D(2026, 6, 1), b.want(CONFERENCE, 5_000_000, D(2026, 6, 5)))
    await service.spend(session, Expense(b.want(ADVERTISING, 8_000_000, D(2026, 6, 1))))


async def test_m3_worked_example_40_000_exceeds_june_by_10_000_and_30_000_passes(
    session: Session, staff: Staff
) -> None:
    await june(session, staff, month_on_request=Action.STOP, month_on_actual=Action.IGNORE)
    with pytest.raises(Refused) as refused:
        await service.reserve(session, D(2026, 6, 2), b.want(CONFERENCE, 4_000_000, D(2026, 6, 20)))
    assert (refused.value.code, refused.value.field) == ("m3-3", "amount_fen")
    assert "¥600,000.00" in refused.value.sentence("zh")
    assert "over by ¥10,000.00" in refused.value.sentence("en")
    await service.reserve(session, D(2026, 6, 2), b.want(CONFERENCE, 3_000_000, D(2026, 6, 20)))
    assert (await b.stands(session, CONFERENCE, 6)).available == 0


async def test_m3_worked_example_a_transfer_of_15_000_lets_it_pass_with_5_000_left(
    session: Session, staff: Staff
) -> None:
    await june(session, staff, month_on_request=Action.STOP, month_on_actual=Action.IGNORE)
    assert (await b.stands(session, ADVERTISING, 6)).available == 4_000_000
    await b.changed(session, staff, CONFERENCE, 1_500_000, 6, (ADVERTISING, 6))
    await service.reserve(session, D(2026, 6, 2), b.want(CONFERENCE, 4_000_000, D(2026, 6, 20)))
    left = await b.stands(session, CONFERENCE, 6)
    assert (left.budget, left.available) == (61_500_000, 500_000)
    assert (await b.stands(session, ADVERTISING, 6)).available == 2_500_000


async def test_m3_3_a_month_that_only_warns_lets_it_pass_and_says_so(session: Session, staff: Staff) -> None:
    await june(session, staff)
    _, check = await service.reserve(session, D(2026, 6, 2), b.want(CONFERENCE, 4_000_000, D(2026, 6, 20)))
    assert (check.action, check.over) == (Action.WARN, 1_000_000)
    found = await page(session, lists.RESERVATIONS, ListQuery(filter=["status:still_reserved"]), D(2026, 6, 2))
    assert sorted(row.over_fen for row in found.rows) == [0, 1_000_000]


async def test_m3_3_the_three_stages_have_actions_of_their_own(session: Session, staff: Staff) -> None:
    await b.issued(
        session, staff, CONFERENCE, 1_200, months=[100] * 12,
        year_on_request=Action.IGNORE, month_on_request=Action.IGNORE, year_on_order=Action.STOP,
        year_on_actual=Action.WARN, month_on_actual=Action.STOP,
    )  # fmt: skip
    for stage, action in ((Stage.REQUEST, Action.IGNORE), (Stage.ORDER, Action.STOP), (Stage.ACTUAL, Action.STOP)):
        check = await service.look(session, b.want(CONFERENCE, 1_201, D(2026, 12, 1)), stage)
        assert check.action is action
    held, _ = await service.reserve(session, D(2026, 3, 1), b.want(CONFERENCE, 1_201, D(2026, 12, 1)))
    with pytest.raises(Refused):
        await service.over_now(session, held)


async def test_m3_4_only_the_exception_approver_lifts_a_stop_and_who_and_why_is_on_record(
    session: Session, staff: Staff
) -> None:
    await b.issued(session, staff, CONFERENCE, 1_200)
    over = b.want(CONFERENCE, 1_201, D(2026, 12, 1), "EX-1")
    for leave in (None, Leave(staff.cmo, "急"), Leave(staff.gm, "  ")):
        with pytest.raises(Refused):
            await service.reserve(session, DAY, over, leave)
    held, _ = await service.reserve(session, DAY, over, Leave(staff.gm, "政府会议,无法改期"))
    assert (held.excepted_by, held.over_fen) == (staff.gm.user_id, 1)
    logged = (await page(session, lists.EXCEPTIONS, ListQuery(), DAY)).rows
    assert [(r.document_number, r.exception_by, r.exception_reason, r.over_fen) for r in logged] == [
        ("EX-1", "GM", "政府会议,无法改期", 1)
    ]
    with pytest.raises(Refused):  # for itself only
        await service.reserve(session, DAY, b.want(CONFERENCE, 1, D(2026, 12, 1)))


async def test_m3_5_one_live_budget_for_a_pot_and_none_on_groups_or_balance_sheet(
    session: Session, staff: Staff
) -> None:
    await b.issued(session, staff, CONFERENCE, 1_200)
    with pytest.raises(Refused, match="BG-2026-000001"):
        await service.draft(session, EARLY, DAY, staff.mkt, CONFERENCE, Figures(1))
    for account in ("6601", "1221"):
        with pytest.raises(Refused) as refused:
            await service.draft(session, EARLY, DAY, staff.mkt, Dimension(2026, "MKT", account), Figures(1))
        assert refused.value.code == "m3-5"
        with pytest.raises(IntegrityError, match="balance-sheet"):
            async with session.begin_nested():
                await session.execute(
                    text("INSERT INTO budget_pots VALUES (gen_random_uuid(), 2026, 'MKT', :a)"), {"a": account}
                )
    with pytest.raises(NotFound):
        await service.draft(session, EARLY, DAY, staff.mkt, Dimension(2026, "MKT", "999"), Figures(1))


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        (Figures(1_200, [100] * 11), "months"),
        (Figures(1_200, [100] * 11 + [99]), "months"),
        (Figures(1_200, shares_bp=[833] * 12), "shares_bp"),
        (Figures(1_200, shares_bp=[5_000, 5_000]), "shares_bp"),
    ],
)
async def test_m3_5_months_add_up_to_the_total_and_to_a_hundred_percent(
    session: Session, staff: Staff, figures: Figures, field: str
) -> None:
    with pytest.raises(BadInput) as bad:
        await service.draft(session, EARLY, DAY, staff.mkt, CONFERENCE, figures)
    assert bad.value.field == field


async def test_m3_5_the_database_keeps_the_sum_and_issued_months(session: Session, staff: Staff) -> None:
    row = await b.issued(session, staff, CONFERENCE, 1_200)
    with pytest.raises(IntegrityError, match="revision or an applied change"):
        async with session.begin_nested():
            await session.execute(text("UPDATE budget_months SET amount_fen = 1 WHERE budget_id = :b"), {"b": row.id})
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    with pytest.raises(IntegrityError, match="are not the year"):
        async with session.begin_nested():
            await session.execute(text("UPDATE budgets SET annual_fen = 1201 WHERE id = :b"), {"b": row.id})


async def test_m3_6_a_revision_takes_its_place_when_issued_and_the_old_one_stays(
    session: Session, staff: Staff
) -> None:
    old = await b.issued(session, staff, CONFERENCE, 120_000)
    await service.reserve(session, DAY, b.want(CONFERENCE, 60_000, D(2026, 12, 1)))
    await service.spend(session, Expense(b.want(CONFERENCE, 20_000, D(2026, 12, 1))))
    with pytest.raises(Refused) as refused:  # M3-5: below what is spent and promised
        await service.revise(session, EARLY, DAY, staff.mkt, old.id, old.version, Figures(79_999, reason="缩减"))
    assert refused.value.code == "m3-5"
    new = await service.revise(session, EARLY, DAY, staff.mkt, old.id, old.version, Figures(80_000, reason="缩减"))
    assert (new.revision, new.revision_of, old.state) == (1, old.id, "issued")
    assert (await b.stands(session, CONFERENCE)).budget == 120_000  # until it is issued
    with pytest.raises(Refused):  # one at work
        await service.revise(session, EARLY, DAY, staff.mkt, old.id, old.version, Figures(90_000))
    await b.through(session, staff, new)
    await session.refresh(old)
    assert (old.state, new.state) == ("revised", "issued")
    now = await b.stands(session, CONFERENCE)
    assert (now.budget, now.actual, now.reserved, now.available) == (80_000, 20_000, 60_000, 0)
    assert await service.months_of(session, old.id) == [10_000] * 12


async def test_m3_7_reserved_consumed_and_released_without_counting_twice(session: Session, staff: Staff) -> None:
    await b.issued(session, staff, CONFERENCE, 100_000)
    asked = b.want(CONFERENCE, 50_000, D(2026, 3, 1))
    held, _ = await service.reserve(session, DAY, asked)

    async def now() -> tuple[int, int, int]:
        p = await b.stands(session, CONFERENCE)
        return p.reserved, p.actual, p.available

    assert await now() == (50_000, 0, 50_000)
    await service.spend(session, Expense(b.want(CONFERENCE, 38_000, D(2026, 3, 9))), held)
    assert await now() == (12_000, 38_000, 50_000)
    with pytest.raises(IntegrityError, match="more spent than was reserved"):
        async with session.begin_nested():
            await service.spend(session, Expense(b.want(CONFERENCE, 12_001, D(2026, 3, 9))), held)
    await service.release(session, DAY, "test", asked.document_id)
    await service.release(session, DAY, "test", asked.document_id)  # twice is once
    assert await now() == (0, 38_000, 62_000)
    with pytest.raises(IntegrityError):
        async with session.begin_nested():
            await service.spend(session, Expense(b.want(CONFERENCE, 1, D(2026, 3, 9))), held)
    with pytest.raises(IntegrityError):  # one document reserves once
        async with session.begin_nested():
            await service.reserve(session, DAY, asked)


async def test_m3_8_the_early_warning_is_told_once_for_each_scope(session: Session, staff: Staff) -> None:
    row = await b.issued(session, staff, CONFERENCE, MILLION_2, months=MONTHLY)
    day = D(2026, 3, 9)
    await service.spend(session, Expense(b.want(CONFERENCE, 23_999_999, day)))
    assert await warnings.early_warning(session, at(day), day) == 0
    await service.reserve(session, day, b.want(CONFERENCE, 1, day))
    assert await warnings.early_warning(session, at(day), day) == 1  # 80 % of January to March
    assert await warnings.early_warning(session, at(day), day) == 0
    later = D(2026, 12, 1)
    await service.reserve(session, day, b.want(CONFERENCE, 72_000_000, later))
    assert await warnings.early_warning(session, at(later), later) == 2  # the year, and December to date
    found = (await page(session, lists.WARNINGS, ListQuery(sort="month"), later)).rows
    assert sorted((w.scope, w.month, w.used_percent) for w in found) == [
        ("month", 3, 80),
        ("month", 12, 80),
        ("year", 12, 80),
    ]
    await policies.change(session, EARLY, None, "budgets", "warn_percent", 100)
    await session.refresh(row)
    assert row.version > 5


async def test_outside_budget_is_stopped_unless_the_general_manager_lets_it_through(
    session: Session, staff: Staff
) -> None:
    with pytest.raises(Refused):
        await service.reserve(session, DAY, b.want(CONFERENCE, 1, D(2026, 3, 1)))
    await service.reserve(session, DAY, b.want(CONFERENCE, 1, D(2026, 3, 1)), Leave(staff.gm, "预算外特批"))
    await policies.change(session, EARLY, None, "budgets", "unbudgeted", "ignore")
    await service.reserve(session, DAY, b.want(CONFERENCE, 1, D(2026, 3, 1)))


async def test_the_maker_of_a_budget_never_reviews_consolidates_or_issues_it(session: Session, staff: Staff) -> None:
    await defaults.install(session)
    every = Actor(staff.mkt.user_id, "all duties", frozenset(OfficeRole))
    row = await service.draft(session, EARLY, DAY, staff.mkt, CONFERENCE, Figures(1_200))
    with pytest.raises(SameHands):
        await service.review(session, EARLY, every, row.id, row.version, "")
    with pytest.raises(NotYourDuty):
        await service.review(session, EARLY, staff.rep, row.id, row.version, "")
    await service.review(session, EARLY, staff.sm, row.id, row.version, "")
    with pytest.raises(SameHands):
        await service.consolidate(session, EARLY, every, row.id, row.version, "")
    await service.consolidate(session, EARLY, staff.fin, row.id, row.version, "")
    with pytest.raises(WrongState):
        await service.issue(session, EARLY, DAY, staff.gm, row.id, row.version)
    await b.agree_all(session, staff, "budget", row.id)
    await session.refresh(row)
    # A changed amount voids the committee's verdict and begins anew.
    await service.edit(session, EARLY, staff.mkt, row.id, row.version, Figures(2_400))
    assert (row.state, row.reviewed_by, await approval_repository.alive(session, "budget", row.id)) == (
        "draft", None, None,
    )  # fmt: skip
    await b.through(session, staff, row)
    for column in ("reviewed_by", "consolidated_by", "issued_by"):
        with pytest.raises(IntegrityError, match="maker_never"):
            async with session.begin_nested():
                await session.execute(text(f"UPDATE budgets SET {column} = made_by WHERE id = :i"), {"i": row.id})


async def test_a_transfer_gives_no_more_than_is_available_and_needs_three_hands(session: Session, staff: Staff) -> None:
    await june(session, staff)
    with pytest.raises(Refused) as refused:
        await b.changed(session, staff, CONFERENCE, 2_000_001, 6, (ADVERTISING, 6))
    assert refused.value.code == "m3-1"
    row = await changes.draft(session, EARLY, DAY, staff.mkt, (CONFERENCE, 6), 2_000_000, "x", (ADVERTISING, 6))
    await changes.submit(session, EARLY, staff.mkt, row.id, row.version)
    every = Actor(staff.mkt.user_id, "all duties", frozenset(OfficeRole))
    with pytest.raises(SameHands):
        await changes.give_opinion(session, EARLY, every, row.id, row.version, "可行")
    await changes.give_opinion(session, EARLY, staff.fin, row.id, row.version, "可行")
    with pytest.raises(WrongState):
        await changes.apply(session, EARLY, DAY, staff.fin, row.id, row.version)
    await b.agree_all(session, staff, "budget_change", row.id)
    await session.refresh(row)
    with pytest.raises(SameHands):
        await changes.apply(session, EARLY, DAY, every, row.id, row.version)
    # Meanwhile the money was promised to something else.
    await service.reserve(session, DAY, b.want(ADVERTISING, 16_000_000, D(2026, 12, 1)))
    with pytest.raises(Refused):
        await changes.apply(session, EARLY, DAY, staff.fin, row.id, row.version)


async def test_a_supplement_up_to_20_000_is_the_directors_and_above_it_the_general_managers(
    session: Session, staff: Staff
) -> None:
    await b.issued(session, staff, CONFERENCE, MILLION_2)
    for fen, role in ((2_000_000, "CMO"), (2_000_001, "GM")):
        row = await changes.draft(session, EARLY, DAY, staff.mkt, (CONFERENCE, 6), fen, "x")
        await changes.submit(session, EARLY, staff.mkt, row.id, row.version)
        await changes.give_opinion(session, EARLY, staff.fin, row.id, row.version, "可行")
        approval = await approval_repository.alive(session, "budget_change", row.id)
        assert approval is not None
        assert [t.role for t in await approval_repository.tasks(session, approval.id)] == [role]
    await b.changed(session, staff, CONFERENCE, 100, 6)
    assert (await b.stands(session, CONFERENCE)).budget == MILLION_2 + 100


async def test_two_at_once_never_overspend_a_budget_that_stops(database: Database, hired: Staff) -> None:
    async with database.transaction() as session:
        await b.issued(session, hired, CONFERENCE, 100_000)

    async def ask() -> bool:
        try:
            async with database.transaction() as session:
                await service.reserve(session, DAY, b.want(CONFERENCE, 60_000, D(2026, 12, 1)))
                await asyncio.sleep(0)
        except Refused:
            return False
        return True

    assert sorted(await asyncio.gather(ask(), ask(), ask(), ask())) == [False, False, False, True]
    async with database.transaction() as session:
        assert (await b.stands(session, CONFERENCE)).reserved == 60_000


async def test_whoever_writes_past_the_services_does_not_overspend_either(database: Database, hired: Staff) -> None:
    """Two connections insert at once: the trigger locks the pot, the second sees the first."""
    async with database.transaction() as session:
        row = await b.issued(session, hired, CONFERENCE, 100_000)
    insert = text(
        "INSERT INTO budget_reservations (id, pot_id, month, document, document_id, document_number, amount_fen,"
        " over_fen, exception_reason, made_on, version)"
        " VALUES (gen_random_uuid(), :pot, 12, 'x', gen_random_uuid(), 'x', 60000, 0, '', '2026-12-01', 1)"
    )

    async def write() -> bool:
        try:
            async with database.transaction() as session:
                await session.execute(insert, {"pot": row.pot_id})
        except IntegrityError:
            return False
        return True

    assert sorted(await asyncio.gather(write(), write())) == [False, True]


STEPS = st.one_of(
    st.tuples(st.just("reserve"), st.integers(1, 400), st.integers(1, 12)),
    st.tuples(st.just("consume"), st.integers(1, 300), st.integers(1, 12)),
    st.tuples(st.just("direct"), st.integers(1, 200), st.integers(1, 12)),
    st.tuples(st.just("release"), st.integers(0, 5), st.just(0)),
    st.tuples(st.just("supplement"), st.integers(1, 300), st.integers(1, 12)),
    st.tuples(st.just("transfer"), st.integers(1, 300), st.integers(1, 12)),
    st.tuples(st.just("revise"), st.integers(0, 2_400), st.just(0)),
)


@settings(max_examples=walks(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=3, max_size=9))
async def test_reserved_and_used_and_available_are_the_budget_after_every_step(
    session: Session, staff: Staff, plan: Any
) -> None:
    """Against a plain re-computation from what succeeded; a budget that stops is never below nothing."""
    savepoint = await session.begin_nested()
    stops = {"month_on_request": Action.STOP, "month_on_actual": Action.STOP}
    budgets = dict.fromkeys((CONFERENCE, ADVERTISING), 1200)
    for what in budgets:
        await b.issued(session, staff, what, 1_200, months=[100] * 12, **stops)
    held: list[tuple[Any, list[int]]] = []  # reservation, [amount, consumed, released?]
    direct = 0
    for step, n, month in plan:
        day = D(2026, month or 1, 1)
        try:
            async with session.begin_nested():
                match step:
                    case "reserve":
                        row, _ = await service.reserve(session, DAY, b.want(CONFERENCE, n, day))
                        held.append((row, [n, 0, 0]))
                    case "consume" if held:
                        row, sums = held[n % len(held)]
                        await service.spend(session, Expense(b.want(CONFERENCE, n, day)), row)
                        sums[1] += n
                    case "direct":
                        await service.spend(session, Expense(b.want(CONFERENCE, n, day)))
                        direct += n
                    case "release" if held:
                        row, sums = held[n % len(held)]
                        await service.release(session, DAY, row.document, row.document_id)
                        sums[2] = 1
                    case "supplement":
                        await b.changed(session, staff, CONFERENCE, n, month)
                        budgets[CONFERENCE] += n
                    case "transfer":
                        await b.changed(session, staff, ADVERTISING, n, month, (CONFERENCE, month))
                        budgets[CONFERENCE] -= n
                        budgets[ADVERTISING] += n
                    case "revise":
                        pot = await service.pot_of(session, CONFERENCE)
                        old = await service.in_force(session, pot.id)
                        assert old is not None
                        new = await service.revise(session, EARLY, DAY, staff.mkt, old.id, old.version, Figures(n))
                        await b.through(session, staff, new)
                        budgets[CONFERENCE] = n
            event(step)
        except (AppError, IntegrityError):
            await session.execute(text("SELECT 1"))
            for row, _ in held:
                await session.refresh(row)
        reserved = sum(amount - consumed for _, (amount, consumed, gone) in held if not gone)
        used = direct + sum(consumed for _, (_, consumed, _) in held)
        line = await b.row_of(session, CONFERENCE, D(2026, 12, 31))
        assert (line["budget_fen"], line["actual_fen"], line["reserved_fen"]) == (budgets[CONFERENCE], used, reserved)
        assert line["reserved_fen"] + line["actual_fen"] + line["available_fen"] == line["budget_fen"]
        assert line["available_fen"] >= 0
        assert (await b.stands(session, ADVERTISING)).budget == budgets[ADVERTISING]
    await savepoint.rollback()
    session.expunge_all()


async def test_a_budget_over_http_from_draft_to_stop_and_transfer(database: Database, desk: Desk, hired: Staff) -> None:
    async with database.transaction() as session:
        await defaults.install(session)
        await b.issued(session, hired, ADVERTISING, 24_000_000)
    mkt, sm, fin, cmo, gm = [await desk(getattr(hired, who)) for who in ("mkt", "sm", "fin", "cmo", "gm")]

    async def post(client: Any, path: str, **body: Any) -> Any:
        answer = await client.post(f"{BASE}/{path}", json=body)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    async def verdict(client: Any) -> None:
        waiting = (await client.get(f"{BASE}/approvals/inbox")).json()
        await post(client, f"approvals/{waiting[0]['id']}/agree", version=waiting[0]["version"])

    what = {"year": 2026, "department_code": "MKT", "account_code": "660106"}
    made = await post(
        mkt, "budgets", **what, annual_fen=MILLION_2, months=MONTHLY, actions={"month_on_request": "stop"}
    )
    at_budget = f"budgets/{made['id']}"
    assert (made["number"], made["state"], made["account_name"], made["commands"]) == (
        "BG-2026-000002", "draft", "会务费", ["drop", "edit"],
    )  # fmt: skip
    await post(sm, f"{at_budget}/unit-review", version=1)
    await post(fin, f"{at_budget}/consolidate", version=2)
    await verdict(cmo)
    await verdict(await desk(hired.fin2))
    passed = (await gm.get(f"{BASE}/{at_budget}")).json()
    assert (passed["state"], passed["commands"]) == ("committee_approved", ["issue_budget"])
    issued = await post(gm, f"{at_budget}/issue-budget", version=passed["version"])
    assert [line["act"] for line in issued["timeline"]] == [
        "made", "unit_review", "consolidate", "approve", "issue_budget",
    ]  # fmt: skip
    ask = {"department_code": "MKT", "account_code": "660106", "day": "2026-03-20", "amount_fen": 30_000_001}
    stopped = await post(mkt, "budget-checks", **ask)
    assert (stopped["action"], stopped["findings"][0]["over_fen"]) == ("stop", 1)
    change = await post(
        mkt, "budget-changes", to=what, to_month=3, source=what | {"account_code": "660103"}, source_month=3,
        amount_fen=1, reason="会议加场",
    )  # fmt: skip
    at_change = f"budget-changes/{change['id']}"
    await post(mkt, f"{at_change}/submit", version=1)
    await post(fin, f"{at_change}/give-opinion", version=2, note="可行")
    await verdict(cmo)
    applied = await post(fin, f"{at_change}/carry-out", version=4)
    assert (applied["state"], applied["from_account"]) == ("carried_out", "广告费")
    assert (await post(mkt, "budget-checks", **ask))["action"] is None
    table = (await fin.get(f"{BASE}/budget-execution", params={"filter": "year:2026", "sort": "account_code"})).json()
    assert [(r["account_name"], r["budget_fen"]) for r in table["rows"]] == [
        ("广告费", 23_999_999), ("会务费", MILLION_2 + 1),
    ]  # fmt: skip
    assert table["totals"]["available_fen"] == 24_000_000 + MILLION_2
    for name in ("budgets", "budget-reservations", "budget-actuals", "budget-exceptions", "budget-changes",
                 "budget-warnings", "expense-accounts", "budget-execution"):  # fmt: skip
        assert (await fin.get(f"{BASE}/{name}/export")).status_code == 200, name
        assert (await fin.get(f"{BASE}/{name}")).status_code == 200, name
    assert len((await fin.get(f"{BASE}/departments")).json()) == 4
    missing = await mkt.post(f"{BASE}/budgets", json=what | {"account_code": "6601", "annual_fen": 1})
    assert (missing.status_code, missing.json()["code"]) == (409, "m3-5")
    assert (await mkt.get(f"{BASE}/budgets/{new_id()}")).status_code == 404
