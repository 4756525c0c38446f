"""All state machines of the back office, and their pictures for the documentation.

`python -m backoffice.machines` draws docs/backoffice-states.md anew; a test fails while it is stale.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backoffice.advances.rules import REFUND
from backoffice.approvals.rules import APPROVAL
from backoffice.budgets import rules as budgets
from backoffice.conferences import rules as conferences
from backoffice.contracts.rules import CONTRACT, LOAN
from backoffice.credit.rules import CREDIT
from backoffice.deliveries import machines as deliveries
from backoffice.distributors import machines as distributors
from backoffice.documents.rules import DOCUMENT
from backoffice.expenses import rules as expenses
from backoffice.franchising import machines as franchising
from backoffice.kit.machine import Machine
from backoffice.kit.words import word
from backoffice.marketing_control import rules as marketing_control
from backoffice.orders.rules import ORDER
from backoffice.outlays.rules import OUTLAY
from backoffice.problem_accounts.rules import CASE
from backoffice.receivables import machines as receivables
from backoffice.rewards import machines as rewards

MACHINES: tuple[Machine[Any], ...] = (
    APPROVAL,
    DOCUMENT,
    *receivables.MACHINES,
    REFUND,
    ORDER,
    CREDIT,
    OUTLAY,
    *deliveries.MACHINES,
    CASE,
    CONTRACT,
    LOAN,
    *franchising.MACHINES,
    *rewards.MACHINES,
    *distributors.MACHINES,
    *budgets.MACHINES,
    *expenses.MACHINES,
    *conferences.MACHINES,
    *marketing_control.MACHINES,
)

PATH = Path(__file__).resolve().parent.parent / "docs" / "backoffice-states.md"


def drawing() -> str:
    """The whole file."""
    parts = [
        "# State machines of the back office",
        "Drawn from the tables in the code by `python -m backoffice.machines`; do not edit. Beside each command "
        "stand the duties that may give it; `·` is the house itself (a nightly job, the end of an approval, "
        "another room).",
    ]
    for machine in MACHINES:
        parts.append(f"## {word(machine.name, 'zh')} · {word(machine.name, 'en')}")
        parts.append(f"```mermaid\n{machine.mermaid()}\n```")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PATH.write_text(drawing(), encoding="utf-8")
