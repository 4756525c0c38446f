"""M4, rule by rule: the notes' worked examples and their boundaries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.kit.dates import Calendar, DayCounting
from backoffice.receivables import rules
from backoffice.receivables.collection import tasks_due
from backoffice.receivables.models import TaskKind
from backoffice.receivables.rules import (
    CollectionClass,
    InvoiceFacts,
    InvoiceStatus,
    Promise,
    QuasiBad,
    ReceivablesPolicy,
)

P = ReceivablesPolicy()
C = CollectionClass


@pytest.mark.parametrize(
    ("amount", "free", "outstanding", "allowed"),
    [(100, 100, 100, True), (101, 200, 100, False), (101, 100, 200, False), (0, 100, 100, False), (-1, 5, 5, False)],
    ids=lambda value: f"M4-1 {value}",
)
def test_m4_1_no_more_than_the_receipt_has_or_the_invoice_asks(
    amount: int, free: int, outstanding: int, allowed: bool
) -> None:
    assert rules.may_allocate(amount, free, outstanding) is allowed


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6), st.integers(0, 10**10))
def test_m4_1_money_pays_the_earliest_instalment_first(amounts: list[int], paid: int) -> None:
    schedule = [(date(2026, 1, 1) + timedelta(days=30 * at), amount) for at, amount in enumerate(amounts)]
    lines = rules.open_lines(schedule, paid)
    assert sum(amount for _, amount in lines) == max(0, sum(amounts) - paid)
    full = dict(schedule)
    assert all(amount == full[due] for due, amount in lines[1:])  # only the first open one can be part-paid


@given(st.integers(1, 10**12), st.integers(1, 12))
def test_instalments_add_up_to_the_fen(total: int, parts: int) -> None:
    dues = [date(2026, 1, 1) + timedelta(days=at) for at in range(parts)]
    got = [amount for _, amount in rules.instalments(total, dues)]
    assert sum(got) == total
    assert max(got) - min(got) <= 1


@pytest.mark.parametrize(
    ("level", "days", "gap", "disputed", "expected"),
    [
        (0, 0, None, False, None),  # not overdue
        (0, 1, None, False, 1),
        (0, 400, None, False, 1),  # however late: the first letter is the first level
        (1, 14, 13, False, None),
        (1, 15, 14, False, 2),
        (1, 400, 6, False, None),  # not before the gap between two letters
        (1, 400, 7, False, 2),
        (2, 29, 14, False, None),
        (2, 30, 15, False, 3),
        (3, 400, 100, False, None),  # no level above the last
        (0, 40, None, True, None),  # disputed: blocked
    ],
)
def test_m4_2_dunning_never_skips_a_level_and_rests_while_disputed(
    level: int, days: int, gap: int | None, disputed: bool, expected: int | None
) -> None:
    assert rules.next_level(level, days, gap, disputed, P) == expected


@given(st.lists(st.integers(0, 60), max_size=30))
def test_m4_2_any_sequence_of_days_climbs_one_level_at_a_time(steps: list[int]) -> None:
    level, day, last = 0, 0, None
    for step in steps:
        day += step
        new = rules.next_level(level, day, None if last is None else day - last, False, P)
        if new is not None:
            assert new == level + 1
            assert day >= P.dunning_days[level]
            level, last = new, day


def test_m4_4_interest_worked_example() -> None:
    assert rules.interest_fen(5_000_000, 180_000, 30) == 73_973  # 50,000 at 18 %, 30 days: 739.73
    assert rules.penalty_fen(5_000_000, 1_000, 30) == 150_000  # 0.1 % a day: 1,500.00
    assert rules.interest_fen(5_000_000, 180_000, 0) == 0
    assert rules.interest_fen(365 * 50, 1_000_000, 1) == 50
    assert rules.interest_fen(365, 500_000, 1) == 1  # half a fen goes up


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2026, 7, 10), "not_due"),
        (date(2026, 6, 30), "not_due"),  # due today is not overdue
        (date(2026, 6, 29), "1-30"),
        (date(2026, 6, 15), "1-30"),
        (date(2026, 5, 31), "1-30"),  # 30 days
        (date(2026, 5, 30), "31-60"),  # 31 days
        (date(2026, 5, 1), "31-60"),  # 60
        (date(2026, 4, 30), "61-90"),  # 61
        (date(2026, 4, 1), "61-90"),  # 90
        (date(2026, 3, 31), ">90"),  # 91
    ],
)
def test_m4_5_ageing_as_of_30_june_2026(due: date, expected: str) -> None:
    assert rules.bucket(rules.overdue_days(due, date(2026, 6, 30)), P.ageing_days) == expected


def test_m4_5_bucket_names() -> None:
    assert rules.bucket_names((30, 60, 90)) == ["not_due", "1-30", "31-60", "61-90", ">90"]


JUNE = date(2026, 6, 10)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 6, 30), C.DUE),
        (date(2026, 7, 5), C.DUE),  # the 5th included
        (date(2026, 7, 6), C.UNCOLLECTED),
        (date(2026, 7, 31), C.UNCOLLECTED),
        (date(2026, 8, 1), C.UNDER_COLLECTION),
        (date(2027, 8, 1), C.UNDER_COLLECTION),
    ],
)
def test_m4_6_classes_of_june_goods(as_of: date, expected: CollectionClass) -> None:
    assert rules.collection_class(JUNE, JUNE, 100, as_of, P) is expected


def test_m4_6_deadlines_of_june_goods() -> None:
    dates = rules.class_dates(JUNE, P)
    assert dates.in_time_to == date(2026, 7, 5)
    assert dates.under_collection_from == date(2026, 8, 1)
    assert (dates.report_due, dates.solve_due) == (date(2026, 8, 6), date(2026, 8, 31))
    counted = rules.class_dates(JUNE, ReceivablesPolicy(count_first_day=True))
    assert (counted.report_due, counted.solve_due) == (date(2026, 8, 5), date(2026, 8, 30))
    working = rules.class_dates(JUNE, P, Calendar(DayCounting.WORKING))
    assert working.report_due == date(2026, 8, 7)  # 1 August 2026 is a Saturday: five working days on


def test_m4_6_nothing_is_late_before_its_own_due_date() -> None:
    due = date(2026, 9, 10)
    assert rules.collection_class(JUNE, due, 100, date(2026, 9, 9), P) is C.NOT_DUE
    assert rules.collection_class(JUNE, due, 100, date(2026, 9, 10), P) is C.DUE
    assert rules.collection_class(JUNE, due, 100, date(2026, 10, 6), P) is C.UNCOLLECTED


def test_m4_6_flags_and_settled_money() -> None:
    assert rules.collection_class(JUNE, JUNE, 0, date(2026, 12, 1), P) is C.SETTLED
    assert rules.collection_class(JUNE, JUNE, 0, date(2026, 12, 1), P, written_off=True) is C.BAD
    assert rules.collection_class(JUNE, JUNE, 5, date(2026, 6, 11), P, quasi_bad=True) is C.QUASI_BAD


@pytest.mark.parametrize(
    ("case", "cls", "stopped_days", "holds"),
    [
        (QuasiBad.BANKRUPT, C.DUE, None, True),
        (QuasiBad.SEIZED, C.DUE, None, True),
        (QuasiBad.BOUNCED, C.UNCOLLECTED, None, False),
        (QuasiBad.BOUNCED, C.UNCOLLECTED, 30, False),  # more than a month
        (QuasiBad.BOUNCED, C.UNCOLLECTED, 31, True),
        (QuasiBad.UNSOLVED, C.UNCOLLECTED, 31, False),
        (QuasiBad.UNSOLVED, C.UNDER_COLLECTION, 31, True),
        (QuasiBad.LEGAL_ACTION, C.DUE, None, True),
    ],
)
def test_m4_6_quasi_bad_is_carried_by_facts(
    case: QuasiBad, cls: CollectionClass, stopped_days: int | None, holds: bool
) -> None:
    today = date(2026, 8, 31)
    stopped = None if stopped_days is None else today - timedelta(days=stopped_days)
    assert rules.quasi_bad_holds(case, cls, stopped, today) is holds


def test_m4_6_tasks_follow_the_class() -> None:
    today = date(2026, 8, 1)
    assert tasks_due(JUNE, C.DUE, today, P, Calendar()) == []
    assert tasks_due(JUNE, C.UNCOLLECTED, today, P, Calendar()) == [(TaskKind.REASON, date(2026, 8, 4))]
    assert tasks_due(JUNE, C.UNDER_COLLECTION, today, P, Calendar()) == [
        (TaskKind.REPORT, date(2026, 8, 6)),
        (TaskKind.SOLVE, date(2026, 8, 31)),
    ]


@pytest.mark.parametrize(
    ("days", "up"), [(15, 0), (16, 1), (30, 1), (31, 2)], ids=["at", "over", "at the second", "over the second"]
)
def test_a_longer_extension_goes_higher(days: int, up: int) -> None:
    assert rules.extension_levels_up(days, P) == up


@pytest.mark.parametrize(
    ("promised_on", "received", "as_of", "expected"),
    [
        (None, 0, date(2026, 7, 1), Promise.NONE),
        (date(2026, 7, 1), 0, date(2026, 7, 1), Promise.OPEN),
        (date(2026, 7, 1), 99, date(2026, 7, 2), Promise.BROKEN),
        (date(2026, 7, 1), 100, date(2026, 7, 2), Promise.KEPT),
    ],
)
def test_promises(promised_on: date | None, received: int, as_of: date, expected: Promise) -> None:
    assert rules.promise(promised_on, 100, received, as_of) is expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (InvoiceFacts("draft", 100, 0), InvoiceStatus.DRAFT),
        (InvoiceFacts("cancelled", 100, 0), InvoiceStatus.CANCELLED),
        (InvoiceFacts("issued", 100, 0), InvoiceStatus.ISSUED),
        (InvoiceFacts("issued", 100, 1), InvoiceStatus.PARTLY_PAID),
        (InvoiceFacts("issued", 100, 99, overdue_fen=1), InvoiceStatus.OVERDUE),
        (InvoiceFacts("issued", 100, 100), InvoiceStatus.PAID),
        (InvoiceFacts("issued", 100, 99, 1), InvoiceStatus.PAID),  # 99,300 cash and 700 reward close it at 0
        (InvoiceFacts("issued", 100, 0, 100), InvoiceStatus.CREDITED),
        (InvoiceFacts("issued", 100, 60, 0, 40), InvoiceStatus.WRITTEN_OFF),
        (InvoiceFacts("disputed", 100, 0, overdue_fen=100), InvoiceStatus.DISPUTED),
        (InvoiceFacts("issued", 100, 0, overdue_fen=100, in_case=True), InvoiceStatus.PROBLEM),
        (InvoiceFacts("disputed", 100, 100, in_case=True), InvoiceStatus.PAID),
    ],
)
def test_the_headline_of_an_invoice_is_derived(facts: InvoiceFacts, expected: InvoiceStatus) -> None:
    assert rules.invoice_status(facts) is expected


def test_dso_and_collection_rate() -> None:
    assert rules.dso_tenths(60_000_000, 180_000_000, 90) == 300  # 600,000 / 1,800,000 × 90 = 30 days
    assert rules.dso_tenths(5, 0, 90) is None
    assert rules.rate_basis_points(1, 3) == 3333
    assert rules.rate_basis_points(1, 0) is None
