"""Approval rules to start with. Proposals [D]: handbooks differ from company to company, none is a standard.

`await install(session)` writes the rules of every kind that has none; what an administrator set stays.
"""

from __future__ import annotations

from backoffice import api as _api  # noqa: F401  (registers the kinds)
from backoffice.approvals import repository
from backoffice.approvals.outcomes import KINDS
from backoffice.approvals.rules import Band
from backoffice.kit.duties import OfficeRole
from callcenter.kit.db import Session
from callcenter.kit.ids import new_id

_R = OfficeRole
_MILLION_YUAN = 100_000_000

BANDS: dict[str, tuple[tuple[int, int | None, tuple[tuple[OfficeRole, ...], ...]], ...]] = {
    "extension": (
        (-1, 2_000_000, ((_R.SM,),)),
        (2_000_000, 20_000_000, ((_R.SM,), (_R.CMO,))),
        (20_000_000, None, ((_R.SM,), (_R.CMO,), (_R.GM,))),
    ),
    "refund": (
        (-1, 2_000_000, ((_R.SM,), (_R.FIN,), (_R.CMO,))),
        (2_000_000, None, ((_R.SM,), (_R.FIN,), (_R.GM,))),
    ),
    "order_price": ((-1, 2_000_000, ((_R.SM,),)), (2_000_000, None, ((_R.SM,), (_R.CMO,)))),
    # Joint review: sales and finance side by side, above that the directors.
    "credit": (
        (-1, 20_000_000, ((_R.SM, _R.FIN),)),
        (20_000_000, _MILLION_YUAN, ((_R.SM, _R.FIN), (_R.CMO,))),
        (_MILLION_YUAN, None, ((_R.SM, _R.FIN), (_R.CMO,), (_R.GM,))),
    ),
    # 预付款申请书: department manager, finance, and the general manager above a limit.
    "outlay": (
        (-1, 2_000_000, ((_R.SM,), (_R.FIN,))),
        (2_000_000, None, ((_R.SM,), (_R.FIN,), (_R.GM,))),
    ),
    "write_off": ((-1, None, ((_R.GM,),)),),
    # The budget committee; what it passed the general manager issues.
    "budget": ((-1, None, ((_R.CMO, _R.FIN),)),),
    "budget_change": ((-1, 2_000_000, ((_R.CMO,),)), (2_000_000, None, ((_R.GM,),))),
    # M2-5: to 2,000 the sales manager, to 20,000 the marketing director, above the general manager.
    "expense_request": (
        (-1, 200_000, ((_R.SM,),)),
        (200_000, 2_000_000, ((_R.SM,), (_R.CMO,))),
        (2_000_000, None, ((_R.SM,), (_R.CMO,), (_R.GM,))),
    ),
    # Payouts over 1,000 are confirmed by the general manager [H].
    "cash_advance": ((-1, 100_000, ((_R.SM,), (_R.FIN,))), (100_000, None, ((_R.SM,), (_R.FIN,), (_R.GM,)))),
    "expense_claim": ((-1, 2_000_000, ((_R.CMO,),)), (2_000_000, None, ((_R.GM,),))),
    # M2-1: without a request before it, both directors.
    "expense_claim_late": ((-1, None, ((_R.CMO,), (_R.GM,))),),
    "marketing_plan": ((-1, None, ((_R.CMO,), (_R.GM,))),),
    "conference": ((-1, None, ((_R.CMO,), (_R.GM,))),),
    # Finance and legal give their opinions side by side; then CMO, above a million yuan the general manager.
    "contract": (
        (-1, _MILLION_YUAN, ((_R.FIN, _R.LEGAL), (_R.CMO,))),
        (_MILLION_YUAN, None, ((_R.FIN, _R.LEGAL), (_R.CMO,), (_R.GM,))),
    ),
    "contract_change": (
        (-1, _MILLION_YUAN, ((_R.FIN, _R.LEGAL), (_R.CMO,))),
        (_MILLION_YUAN, None, ((_R.FIN, _R.LEGAL), (_R.CMO,), (_R.GM,))),
    ),
    "grade_standard": ((-1, None, ((_R.CMO,), (_R.GM,))),),
    "grade_review": ((-1, None, ((_R.CMO,), (_R.GM,))),),
    "key_account": ((-1, None, ((_R.SM,),)),),
    "reward_scheme": ((-1, None, ((_R.CMO,), (_R.FIN,), (_R.GM,))),),
    "reward_payout": ((-1, None, ((_R.GM,),)),),
}


async def install(session: Session) -> list[str]:
    """The kinds that were given rules now."""
    made = []
    for kind in KINDS:
        if kind in BANDS and not await repository.bands(session, kind):
            bands = [
                Band(new_id(), over, up_to, tuple(frozenset(step) for step in steps))
                for over, up_to, steps in BANDS[kind]
            ]
            await repository.replace_bands(session, kind, bands)
            made.append(kind)
    return made
