"""The controlled documents of M1–M3 and M10–M13 on paper: both languages as PDF, and as a spreadsheet.

`PAPERS=folder` keeps what was drawn, for whoever wants to look.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from backoffice.budgets import router as budgets
from backoffice.conferences import router as conferences
from backoffice.distributors import care, grading
from backoffice.distributors import router as distributors
from backoffice.distributors.models import GradeStandard
from backoffice.expenses import router as expenses
from backoffice.franchising import router as franchising
from backoffice.franchising import service as franchise_service
from backoffice.kit.duties import Actor
from backoffice.policies import service as policies
from backoffice.printing import pdf
from backoffice.printing.http import company
from backoffice.printing.layout import lay_out
from backoffice.printing.paper import Paper
from backoffice.printing.sheet import sheet
from backoffice.rewards import router as rewards
from callcenter.kit.db import Session
from tests.integration.backoffice import budgets as b
from tests.integration.backoffice import channel
from tests.integration.backoffice import expenses as x
from tests.integration.backoffice import test_conferences as c
from tests.integration.backoffice import test_franchising as f
from tests.integration.backoffice import test_rewards as r
from tests.integration.backoffice.conftest import EARLY, Staff
from tests.integration.backoffice.ledgers import at

DAY = date(2026, 3, 9)
ZONE = ZoneInfo("Asia/Shanghai")
CHINESE = re.compile(r"[\u3400-\u9fff]")
Make = Callable[[Session, Staff], Awaitable[UUID]]
Draw = Callable[[Session, date, Actor, UUID], Awaitable[Paper]]


async def _budget(session: Session, staff: Staff) -> UUID:
    row = await b.issued(session, staff, b.CONFERENCE, 120_000_000)
    await b.issued(session, staff, b.ADVERTISING, 24_000_000)
    await x.granted(session, staff, 1_000_000, department="MKT", account="660106")
    return row.id


async def _claim(session: Session, staff: Staff) -> UUID:
    await b.issued(session, staff, b.TRAVEL, 12_000_000)
    request = await x.granted(session, staff, 500_000)
    row = await x.claimed(session, staff, request, [438_000, 12_000])
    return (await x.approved(session, staff, row)).id


async def _conference(session: Session, staff: Staff) -> UUID:
    row = await c.planned(session, staff)
    await c.filled(session, staff, row)
    return row.id


async def _distributor(session: Session, staff: Staff) -> UUID:
    row = await channel.active(session, staff, DAY)
    topics = {"stock": "礼盒 120", "orders": "下月 200", "changes": "无"}
    await care.visit(session, at(DAY), DAY, staff.rep, row.id, DAY, topics, {})
    await care.complain(session, at(DAY), DAY, staff.rep, row.id, "少发一箱")
    return row.id


async def _grading(session: Session, staff: Staff) -> UUID:
    for company_name in ("深圳甲", "深圳乙"):
        await channel.active(session, staff, DAY, company=company_name)
    session.add(
        GradeStandard(
            number=1,
            from_year=2025,
            method="share",
            reading="end",
            aaa=50,
            aa=80,
            reason="首版",
            state="approved",
            made_by=staff.sm.user_id,
        )
    )
    await session.flush()
    return (await grading.make(session, at(DAY), DAY, staff.sm, 2025)).id


async def _franchise(session: Session, staff: Staff) -> UUID:
    await f._figures(session)
    await policies.change(session, EARLY, None, "franchising", "term_years", 3)
    row = await f._asked(session, staff)
    s, day = session, at(DAY)
    await franchise_service.apply(s, day, DAY, staff.rep, row.id, row.version)
    await franchise_service.reserve(s, day, DAY, staff.sm, row.id, row.version, 5_000_00)
    await franchise_service.assess(s, day, staff.sm, row.id, row.version, f.WHERE, "中山路1号")
    await franchise_service.agree_plan(s, day, staff.sm, row.id, row.version, "首年目标")
    await channel.approvers(s, "contract")
    who = await f.accounts.of(s, row.customer_id)
    paper = await channel.contract(s, staff, who, DAY, kind=f.ContractKind.FRANCHISE)
    await franchise_service.contract(s, day, DAY, staff.sm, row.id, row.version, paper.id, f.DUTIES)
    return row.id


async def _reward(session: Session, staff: Staff) -> UUID:
    row = await r.scheme_of(session, staff)
    dealer = await r.dealer_of(session, staff, city="天津市")
    for month in (1, 2, 3):
        await r.buy(session, dealer, date(2026, month, 5), 60 * r.WAN, 60)
        await r.buy(session, dealer, date(2026, month, 6), 100 * r.WAN, 60, "002")
    await r._finished(session, staff, row)
    return (await r.statement(session, dealer)).id


PAPERS: dict[str, tuple[Make, Any, tuple[str, ...]]] = {
    "budget": (_budget, budgets._budget_paper, ("会务费", "广告费", "1,200,000.00", "10,000.00")),
    "claim": (_claim, expenses._claim_paper, ("海景大酒店", "4,500.00", "肆仟伍佰元整")),
    "conference": (_conference, conferences._plan_paper, ("易拉宝", "签到", "09:00–09:30", "五个相信", "3 m")),
    "distributor": (_distributor, distributors._file_paper, ("王五", "少发一箱", "礼盒 120")),
    "grading": (_grading, distributors._grading_paper, ("深圳甲", "2025年度分销商等级评定表")),
    "franchise": (_franchise, franchising._responsibilities_paper, ("统一的广告宣传", "场地装修", "张三小店")),
    "reward": (_reward, rewards._statement_paper, ("进货奖励 001", "天津", "以下为每一行所依据的进货")),
}


def _texts(value: Any) -> list[str]:
    """Every text of a laid-out paper."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", PAPERS)
async def test_the_paper_in_both_languages_and_as_a_spreadsheet(name: str, session: Session, staff: Staff) -> None:
    make, draw, expected = PAPERS[name]
    paper = await draw(session, DAY, staff.fin, await make(session, staff))
    own = await company(session)
    zh, en = (lay_out(paper, own, lang, at(DAY), ZONE) for lang in ("zh", "en"))  # type: ignore[arg-type]
    told = "\n".join(_texts(zh))
    assert [text for text in expected if text not in told] == []
    # Headings of the English paper are English; what people wrote stays as they wrote it.
    heads = [en["title"], *(block.get("title", "") for block in en["blocks"])]
    heads += [text for block in en["blocks"] for text in block.get("headings", [])]
    heads += [pair[0] for block in en["blocks"] if block["kind"] == "fields" for pair in block["pairs"]]
    assert [text for text in heads if CHINESE.search(text)] == []
    for lang, laid_out in (("zh", zh), ("en", en)):
        drawn = pdf.draw(laid_out, at(DAY))
        assert drawn.startswith(b"%PDF-")
        if folder := os.environ.get("PAPERS"):
            (Path(folder) / f"{name}-{lang}.pdf").write_bytes(drawn)
    book = openpyxl.load_workbook(io.BytesIO(sheet(zh)))
    cells = [str(v) for row in book.active.iter_rows(values_only=True) for v in row if v is not None]  # type: ignore[union-attr]
    assert any(expected[0] in cell for cell in cells)
