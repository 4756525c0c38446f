"""The file of a distributor, and the record of a year's grading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from backoffice.distributors import lists
from backoffice.distributors.schemas import DistributorOut, ReviewOut
from backoffice.listing.query import ListQuery, page
from backoffice.printing.paper import Block, Both, Code, Fields, Money, Paper, Percent, Signatures, Table, Value
from backoffice.printing.who import verdicts
from callcenter.kit.db import Session

_LAST = 20
"""Visits and complaints on the file's paper: the last ones."""


async def _of(session: Session, today: date, listing: object, distributor_id: UUID, sort: str) -> list[object]:
    query = ListQuery(filter=[f"distributor_id:{distributor_id}"], sort=sort, limit=_LAST)
    found: list[object] = (await page(session, listing, query, today)).rows  # type: ignore[arg-type]
    return found


def _any(title: Both, columns: Sequence[tuple[Both, float]], rows: list[list[Value]]) -> list[Block]:
    """A table of heads with their widths; none where there is nothing to say."""
    heads, widths = [head for head, _ in columns], tuple(width for _, width in columns)
    return [Table(heads, rows, title=title, widths=widths)] if rows else []


async def file(session: Session, today: date, shown: DistributorOut) -> Paper:
    visits: list[list[Value]] = [
        [getattr(v, name) for name in ("visited_on", "visitor", "stock", "orders", "changes")]
        for v in await _of(session, today, lists.VISITS, shown.id, "-visited_on")
    ]
    complaints: list[list[Value]] = [
        [*(getattr(c, name) for name in ("number", "received_on", "what", "solution", "solved_on"))]
        for c in await _of(session, today, lists.COMPLAINTS, shown.id, "-received_on")
    ]
    kept: list[list[Value]] = [[p.name, p.received_on] for p in shown.papers]
    kept += [[name, None] for name in shown.missing_papers]
    return Paper(
        Both("分销商档案", "Distributor's file"),
        shown.file_number or "—",
        [
            Fields(
                [
                    ("customer", shown.customer),
                    (Both("类别", "kind"), Code(shown.kind.value)),
                    ("region", shown.region),
                    (Both("城市", "city"), shown.city),
                    (Both("地址", "address"), shown.address),
                    (Both("联系人", "contact"), f"{shown.contact} {shown.contact_phone}".strip()),
                    (Both("法定代表人", "legal representative"), shown.legal_representative),
                    (Both("从业年限", "years in the trade"), shown.years_in_trade),
                    (Both("固定资产", "fixed assets"), Money(shown.fixed_assets_fen)),
                    (Both("年营业额", "annual turnover"), Money(shown.annual_turnover_fen)),
                    (Both("等级", "grade"), shown.grade),
                    (Both("现款交易", "cash only"), shown.cash_only),
                    (
                        Both("信用额度", "credit limit"),
                        None if shown.credit_limit_fen is None else Money(shown.credit_limit_fen),
                    ),
                    (Both("负责业务员", "representative"), shown.rep),
                    (Both("建档日期", "filed on"), shown.filed_on),
                    (Both("存放位置", "kept at"), shown.archive_place),
                ]
            ),
            Table(
                [Both("选择标准", "selection criterion"), Both("符合", "met")],
                [[Both(f.zh, f.en), f.met] for f in shown.findings],
                title=Both("选择标准", "Selection"),
                widths=(5, 1),
            ),
            Table(
                [Both("资料", "paper"), Both("收到日期", "received on")],
                kept,
                title=Both("档案资料(缺少的没有日期)", "Papers (those missing have no date)"),
                widths=(4, 2),
            ),
            *_any(
                Both("走访记录", "Visits"),
                [
                    (Both("日期", "date"), 1),
                    (Both("走访人", "by"), 1),
                    (Both("库存", "stock"), 2),
                    (Both("订货", "orders"), 2),
                    (Both("经营变更", "changes"), 2),
                ],
                visits,
            ),
            *_any(
                Both("投诉", "Complaints"),
                [
                    (Both("编号", "number"), 1.5),
                    (Both("日期", "date"), 1),
                    (Both("内容", "complaint"), 2),
                    (Both("处理", "solution"), 2),
                    (Both("解决日期", "solved on"), 0.9),
                ],
                complaints,
            ),
            Signatures([(Both("合同管理员", "contract administrator"), None, None)]),
        ],
        on=shown.filed_on,
        status=Code(shown.state),
    )


async def grading(session: Session, _today: date, shown: ReviewOut) -> Paper:
    lines: list[list[Value]] = [
        [
            place,
            line.customer,
            line.region,
            Money(line.sales_fen),
            Percent(line.share_basis_points),
            Percent(line.cumulative_basis_points),
            line.old_grade,
            line.computed,
            line.grade,
            line.reason,
        ]
        for place, line in enumerate(shown.lines, start=1)
    ]
    counts = {grade: sum(1 for line in shown.lines if line.grade == grade) for grade in ("AAA", "AA", "A")}
    return Paper(
        Both(f"{shown.year}年度分销商等级评定表", f"Grading of distributors {shown.year}"),
        f"{shown.year}-{shown.standard_number}",
        [
            Fields(
                [
                    (Both("评定标准版本", "standard no."), shown.standard_number),
                    (Both("应完成日期", "due on"), shown.due_on),
                    (Both("生效日期", "applied on"), shown.applied_on),
                    (Both("等级变动", "changed"), shown.changed),
                    *((Both(f"{grade}级", f"grade {grade}"), count) for grade, count in counts.items()),
                ]
            ),
            Table(
                [
                    Both("序", "no."),
                    "customer",
                    "region",
                    Both("销售额", "sales"),
                    Both("占比", "share"),
                    Both("累计", "cumulative"),
                    Both("原等级", "before"),
                    Both("测算", "computed"),
                    Both("评定", "grade"),
                    Both("调整原因", "why"),
                ],
                lines,
                [
                    "sum",
                    None,
                    None,
                    Money(sum(line.sales_fen for line in shown.lines)),
                    None,
                    None,
                    None,
                    None,
                    None,
                    None,
                ],
                widths=(0.7, 2.4, 1, 1.5, 1, 1, 0.8, 0.8, 0.8, 1.6),
            ),
            Signatures(await verdicts(session, "grade_review", shown.id)),
        ],
        on=shown.made_on,
        status=Code(shown.state),
        landscape=True,
    )
