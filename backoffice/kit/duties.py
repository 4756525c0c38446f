"""PURE: the duties of the back office, held beside the sign-in role `back_office`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class OfficeRole(StrEnum):
    """A duty (岗位). One person may hold several; what one person may not combine, each rule says itself."""

    GM = "GM"
    CMO = "CMO"
    SM = "SM"
    REP = "REP"
    SUP = "SUP"
    CADM = "CADM"
    MKT = "MKT"
    FIN = "FIN"
    CASH = "CASH"
    CRED = "CRED"
    WH = "WH"
    QC = "QC"
    LEGAL = "LEGAL"
    PROD = "PROD"
    HRADM = "HRADM"
    TSUP = "TSUP"
    BOARD = "BOARD"


ROLE_NAMES: dict[OfficeRole, tuple[str, str]] = {
    OfficeRole.GM: ("总经理", "general manager"),
    OfficeRole.CMO: ("营销总监", "marketing director"),
    OfficeRole.SM: ("销售部经理", "sales manager"),
    OfficeRole.REP: ("业务员", "sales representative"),
    OfficeRole.SUP: ("销售内勤", "sales support"),
    OfficeRole.CADM: ("合同管理员", "contract administrator"),
    OfficeRole.MKT: ("市场部", "marketing department"),
    OfficeRole.FIN: ("财务部", "finance"),
    OfficeRole.CASH: ("出纳", "cashier"),
    OfficeRole.CRED: ("信用管理员", "credit controller"),
    OfficeRole.WH: ("仓储部", "warehouse"),
    OfficeRole.QC: ("质检部", "quality control"),
    OfficeRole.LEGAL: ("法务", "legal"),
    OfficeRole.PROD: ("生产部", "production"),
    OfficeRole.HRADM: ("行政人事部", "personnel and administration"),
    OfficeRole.TSUP: ("电话营销主管", "telesales supervisor"),
    OfficeRole.BOARD: ("董事会", "board of directors"),
}


def names(roles: frozenset[OfficeRole], lang: str) -> str:
    """`营销总监、总经理` / `general manager, marketing director`."""
    at = 0 if lang == "zh" else 1
    return ("、" if lang == "zh" else ", ").join(ROLE_NAMES[role][at] for role in sorted(roles))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command, with the duties held at this moment."""

    user_id: UUID
    name: str
    roles: frozenset[OfficeRole]
