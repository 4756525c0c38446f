"""Every numbered rule of M1–M13 has a test that names it: this table says which rules there are.

A test names a rule by its number in the test's own name: `test_m8_1_…` names M8-1.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]

RULES: dict[str, str] = {
    "M1-1": "targets of every period sum to the year",
    "M1-2": "watch at -5 %, off track at -10 %; a target of nothing is not divided by",
    "M1-3": "off track closes only with a cause and a verified action",
    "M1-4": "price 600 and volume 1,000 add up to the gap of 1,600",
    "M1-5": "360,000 on 4,500,000 are 8.0 %",
    "M2-1": "no claim without an approved request",
    "M2-2": "a claim is within its request",
    "M2-3": "an invoice is claimed once",
    "M2-4": "an overdue advance bars a new one",
    "M2-5": "who approves follows the amount",
    "M2-6": "set-off: 620 back, 600 paid out",
    "M3-1": "available = budget - actual - reserved",
    "M3-2": "exceeded is strictly greater",
    "M3-3": "the year and the accumulated months, each with its action at each stage",
    "M3-4": "only the exception approver lifts a stop",
    "M3-5": "one live budget; months add up",
    "M3-6": "a revision leaves the old one standing",
    "M3-7": "reserved, consumed, released",
    "M3-8": "early warning at 80 %",
    **{f"M10-{rule}": "the plan of the recruitment conference" for rule in range(1, 21)},
    **{f"M11-{rule}": "franchise recruitment" for rule in range(1, 12)},
    **{f"M12-{rule}": "distributor management" for rule in range(1, 14)},
    **{f"M13-{rule}": "year-end reward" for rule in range(1, 15)},
    "M4-1": "allocations stay within the receipt and within the invoice; over-payment stays an advance",
    "M4-2": "a dunning level is never skipped; a disputed invoice is not raised",
    "M4-3": "payment in full resolves dunning by itself; a receipt taken back un-resolves it",
    "M4-4": "interest by year/365 and penalty by day, worked: 739.73 and 1,500.00",
    "M4-5": "ageing by due date (or invoice date), buckets worked as of 2026-06-30",
    "M4-6": "class dates of June goods: uncollected, under collection, report, solve",
    "M4-7": "a statement's difference carries a reason before it closes",
    "M4-8": "an overdue customer's new orders are held until paid or released",
    "M4-9": "receipts reported the same day; another payer needs finance",
    "M5-1": "balance = amount − allocated − refunded, never below zero",
    "M5-2": "an order's advance pays that order's invoices first, then the oldest",
    "M5-3": "no refund while the customer has overdue debt",
    "M5-4": "款到发货: confirmed money covers what leaves",
    "M5-5": "a deposit is no prepayment and at most 20 % of the price",
    "M5-6": "an advance without a purchase voids the month's growth bonus",
    "M6-1": "a case after two months, report in two days, full liability after fifteen",
    "M6-2": "an open case holds orders and shipments",
    "M6-3": "provision by ageing: 7,000, charge 1,500",
    "M6-4": "what a write-off needs",
    "M6-5": "later recovery: reverse, book, pay 1,500 back",
    "M7-1": "no seal without all verdicts; a change voids them",
    "M7-2": "below floor or longer terms: one level higher",
    "M7-3": "orders refer to an effective contract and stay within its cap",
    "M7-4": "what was signed is changed by amendment only",
    "M7-5": "notices 60 and 30 days ahead; obligations lapse",
    "M7-6": "two checks, their order a setting",
    "M7-7": "archive loans: applied, approved, lent, taken back, overdue seen",
    "M8-1": "exposure, equal passes: 520,000 holds, 500,000 passes",
    "M8-2": "checked again at shipment",
    "M8-3": "grade A is cash only, its own flag: short 5,000",
    "M8-4": "limit of customer, group, company; a change is reviewed jointly and recorded",
    "M8-5": "overdue debt or an open case holds under the limit, too",
    "M8-6": "a release has a duty, a reason, a sum, an end",
    "M8-7": "only what is not delivered is reduced; a price after confirmation is approved anew",
    "M9-1": "101 of 100 is refused",
    "M9-2": "partial deliveries by the customer's policy: back-order 40, billable 30,000",
    "M9-3": "scarce goods by confirmed date, grade, time",
    "M9-4": "a difference opens a claim; only what was accepted is billed",
    "M9-5": "asking, clearing and picking are three people",
    "M9-6": "lots with their region",
}

_NUMBER = re.compile(r"m(\d+)_(\d+)")
_RANGE = re.compile(r"m(\d+)_(\d+)_to_m\1_(\d+)")


def rules_named(test: str) -> set[str]:
    """`test_m6_3_to_m6_5_…` names three rules."""
    named = {f"M{module}-{rule}" for module, rule in _NUMBER.findall(test)}
    for module, first, last in _RANGE.findall(test):
        named |= {f"M{module}-{rule}" for rule in range(int(first), int(last) + 1)}
    return named


@cache
def names_of_tests() -> tuple[str, ...]:
    return tuple(_read())


def _read() -> Iterator[str]:
    for folder in sorted(TESTS.glob("*/backoffice")):
        for path in sorted(folder.glob("**/test_*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                    yield node.name


@pytest.mark.parametrize("rule", RULES)
def test_has_a_test_that_names_it(rule: str) -> None:
    naming = [name for name in names_of_tests() if rule in rules_named(name)]
    assert naming, f"no test names {rule} ({RULES[rule]}): write one called test_{rule.lower().replace('-', '_')}_…"


def test_ranges_and_neighbours_are_told_apart() -> None:
    assert rules_named("test_m6_3_to_m6_5_worked") == {"M6-3", "M6-4", "M6-5"}
    assert rules_named("test_m8_1_and_m4_8_x") == {"M8-1", "M4-8"}
    assert rules_named("test_m13_1_x") == {"M13-1"}
