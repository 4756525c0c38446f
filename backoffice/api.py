"""Every router of the back office, for the app: `create_app(…, routers=api.ROUTERS)`.

Importing it also registers what each room listens to (the kinds of approval).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from backoffice import examples
from backoffice.advances import router as advances
from backoffice.approvals.router import APPROVALS
from backoffice.approvals.router import router as approvals
from backoffice.budgets import router as budgets
from backoffice.calendar.router import router as calendar
from backoffice.collection import router as collection
from backoffice.conferences import router as conferences
from backoffice.contracts import router as contracts
from backoffice.credit import router as credit
from backoffice.customer_accounts import router as accounts
from backoffice.deliveries import router as deliveries
from backoffice.distributors import router as distributors
from backoffice.documents.router import DOCUMENTS
from backoffice.documents.router import router as documents
from backoffice.expenses import router as expenses
from backoffice.franchising import router as franchising
from backoffice.listing.query import Listing
from backoffice.marketing_control import router as marketing_control
from backoffice.nightly import router as nightly
from backoffice.order_book import router as orders
from backoffice.outlays import router as outlays
from backoffice.policies.router import router as policies
from backoffice.printing.router import router as papers
from backoffice.problem_accounts import router as problems
from backoffice.receivables import lists
from backoffice.receivables import router as receivables
from backoffice.reports import router as reports
from backoffice.rewards import router as rewards
from backoffice.roles.router import router as roles
from backoffice.stock import router as stock

ROUTERS: tuple[APIRouter, ...] = (
    roles,
    policies,
    calendar,
    documents,
    approvals,
    receivables.router,
    collection.router,
    advances.router,
    orders.router,
    accounts.router,
    deliveries.router,
    problems.router,
    contracts.router,
    credit.router,
    outlays.router,
    stock.router,
    budgets.router,
    expenses.router,
    conferences.router,
    marketing_control.router,
    reports.router,
    nightly.router,
    papers,
    distributors.router,
    rewards.router,
    franchising.router,
)
examples.attach(ROUTERS)
LISTINGS: tuple[Listing[Any], ...] = (
    APPROVALS,
    DOCUMENTS,
    *lists.LISTINGS,
    *advances.LISTINGS,
    *orders.LISTINGS,
    *accounts.LISTINGS,
    *deliveries.LISTINGS,
    *problems.LISTINGS,
    *contracts.LISTINGS,
    *credit.LISTINGS,
    *outlays.LISTINGS,
    *stock.LISTINGS,
    *budgets.LISTINGS,
    *expenses.LISTINGS,
    *conferences.LISTINGS,
    *marketing_control.LISTINGS,
    *reports.LISTINGS,
    *nightly.LISTINGS,
    *distributors.LISTINGS,
    *rewards.LISTINGS,
    *franchising.LISTINGS,
)
