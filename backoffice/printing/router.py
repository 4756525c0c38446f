"""/api/backoffice/…/{id}/print of every thing that has a paper in M4–M9 and of the controlled documents."""

from __future__ import annotations

from fastapi import APIRouter

from backoffice.contracts import papers as contracts
from backoffice.deliveries import papers as deliveries
from backoffice.documents import papers as documents
from backoffice.order_book import papers as orders
from backoffice.printing.http import Make, add_print
from backoffice.problem_accounts import papers as problems
from backoffice.receivables import papers as receivables
from callcenter.kit.http import PROBLEMS

router = APIRouter(prefix="/api/backoffice", tags=["back office: papers"], responses=PROBLEMS)

PAPERS: dict[str, Make] = {
    "/documents": documents.document,
    "/contracts": contracts.contract,
    "/orders": orders.order,
    "/deliveries": deliveries.delivery,
    "/invoices": receivables.invoice,
    "/statements": receivables.statement,
    "/dunnings": receivables.dunning_letter,
    "/problem-cases": problems.case_report,
}
for _path, _make in PAPERS.items():
    add_print(router, _path, _make)
