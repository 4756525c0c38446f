"""What the back office does every night, for the worker's clock: `await nightly(session, now, today)`.

Each job may run twice on a day without harm; one that fails must not keep the others from running, so the
worker gives each its own transaction (`JOBS`, run by backoffice/nightly). A new job of a room is one line here.
"""

from __future__ import annotations

from datetime import date, datetime

from backoffice.budgets import warnings as budgets
from backoffice.conferences import invitees as conferences
from backoffice.contracts import service as contracts
from backoffice.distributors import grading as gradings
from backoffice.distributors import plans as channel_plans
from backoffice.expenses import advances as cash_advances
from backoffice.expenses import requests as expense_requests
from backoffice.franchising import service as franchising
from backoffice.marketing_control import service as marketing_control
from backoffice.nightly.service import Job
from backoffice.orders import nightly as orders
from backoffice.problem_accounts import service as problems
from backoffice.receivables import collection, dunning
from backoffice.rewards import jobs as rewards
from callcenter.kit.db import Session


async def _collect(session: Session, _now: datetime, today: date) -> int:
    return await collection.run(session, today)


JOBS: dict[str, Job] = {
    "contracts_expire": contracts.run,
    "orders_unpaid": orders.expire_unpaid,
    "order_holds": orders.review_holds,
    "collection_tasks": _collect,
    "dunning": dunning.run,
    "problem_cases": problems.run,
    "budget_warnings": budgets.early_warning,
    "advances_overdue": cash_advances.call_guarantors,
    "requests_expire": expense_requests.expire,
    "conference_confirmations": conferences.confirmation_due,
    "plan_against_actual": marketing_control.measure,
    "actions_overdue": marketing_control.overdue_actions,
    "channel_plans": channel_plans.run,
    "yearly_grading": gradings.run,
    "reward_purchases": rewards.collect,
    "reward_schemes": rewards.begin,
    "reward_provisions": rewards.provide,
    "franchise_reservations": franchising.run,
}


async def nightly(session: Session, now: datetime, today: date) -> dict[str, int]:
    """All of them in one transaction (for the demo and for tests)."""
    return {name: await job(session, now, today) for name, job in JOBS.items()}
