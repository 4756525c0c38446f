"""Departments and accounts to start with (migration 0004 writes them; administrators may add their own).

The two accounts of a recruitment conference and their parts are the source's (7.2.1 六) [S]; the others are the usual
selling expenses of the handbooks [H].
"""

from __future__ import annotations

DEPARTMENTS: tuple[tuple[str, str, str], ...] = (
    ("SALES", "销售部", "Sales"),
    ("MKT", "市场部", "Marketing"),
    ("HRADM", "行政人事部", "Personnel and administration"),
    ("FIN", "财务部", "Finance"),
)

ACCOUNTS: tuple[tuple[str, str, str, str | None, bool, bool, bool], ...] = (
    # code, zh, en, parent, group, balance sheet, travel
    ("1221", "其他应收款(员工借款)", "Other receivables (staff advances)", None, False, True, False),
    ("6601", "销售费用", "Selling expenses", None, True, False, False),
    ("660101", "差旅费", "Travel", "6601", False, False, True),
    ("660102", "业务招待费", "Entertainment", "6601", False, False, False),
    ("660103", "广告费", "Advertising", "6601", False, False, False),
    ("660104", "促销费", "Sales promotion", "6601", False, False, False),
    ("660105", "通讯费", "Communication", "6601", False, False, False),
    ("660106", "会务费", "Conference services", "6601", False, False, False),
    ("660107", "会议宣传推广费", "Conference publicity", "6601", False, False, False),
    ("660108", "办公费", "Office", "6601", False, False, False),
)
CONFERENCE_SERVICES = "660106"
CONFERENCE_PUBLICITY = "660107"


def _quoted(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value).lower() if isinstance(value, bool) else "'" + str(value).replace("'", "''") + "'"


def statements() -> list[str]:
    """SQL that writes both lists."""
    departments = ", ".join(f"({', '.join(map(_quoted, row))}, true)" for row in DEPARTMENTS)
    accounts = ", ".join(f"({', '.join(map(_quoted, row))}, true)" for row in ACCOUNTS)
    return [
        f"INSERT INTO departments (code, name_zh, name_en, enabled) VALUES {departments}",
        "INSERT INTO expense_accounts (code, name_zh, name_en, parent_code, is_group, balance_sheet, travel, enabled)"
        f" VALUES {accounts}",
    ]
