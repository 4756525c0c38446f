"""The plan of a conference on paper: a controlled document with the source's parts, tables, day plan and budget."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backoffice.conferences.models import Conference
from backoffice.conferences.schemas import ConferenceOut
from backoffice.conferences.template import Part
from backoffice.documents.models import ControlledDocument
from backoffice.documents.papers import control
from backoffice.kit.duties import ROLE_NAMES, OfficeRole
from backoffice.printing.paper import Block, Both, Code, Fields, Money, Paper, Table, Text, Value
from backoffice.printing.who import names
from backoffice.timeline import acts
from callcenter.kit.db import Session

PARTS: dict[Part, Both] = {
    Part.PURPOSE: Both("招商会目的", "Purposes"),
    Part.HOST: Both("主办单位", "Hosts"),
    Part.MEDIA: Both("媒体支持", "Media"),
    Part.GUESTS: Both("嘉宾", "Guests"),
    Part.PLAN: Both("制订招商会的整体方案", "The whole plan"),
    Part.MATERIAL: Both("准备多媒体资料", "Multimedia material"),
    Part.INVITE: Both("筛选渠道、邀请嘉宾", "Choosing channels, inviting guests"),
    Part.STAFF: Both("人员准备", "Staff"),
    Part.COLOUR: Both("会场色调", "Colours of the hall"),
    Part.ROOM: Both("会场要求", "What the hall needs"),
    Part.RECEPTION: Both("会务登记与接待", "Registration and reception"),
    Part.TALK: Both("讲解内容", "What the talk covers"),
    Part.BELIEF: Both("五个相信", "The five beliefs"),
    Part.SIGNING: Both("促进签约", "Signing"),
    Part.AFTER: Both("善后事宜", "Afterwards"),
}
_ZONES = {
    "rostrum": Both("主席台区", "rostrum"),
    "distributor_zone": Both("分销商区", "distributors' zone"),
    "entrance": Both("大厅会场入口区", "entrance"),
}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _metres(from_cm: int | None, to_cm: int | None) -> str:
    if from_cm is None or to_cm is None:
        return ""
    return f"{from_cm / 100:g} m" if from_cm == to_cm else f"{from_cm / 100:g}~{to_cm / 100:g} m"


def _duty(code: str) -> Both:
    return Both(*ROLE_NAMES[OfficeRole(code)])


async def plan(session: Session, _today: date, shown: ConferenceOut) -> Paper:
    row = await acts.get(session, Conference, shown.id, "conference")
    document = await acts.get(session, ControlledDocument, row.document_id, "document")
    who = await names(session, *(item.responsible_id for item in shown.items))
    blocks: list[Block] = [
        Fields(
            [
                (Both("主题", "theme"), shown.theme),
                (Both("举办日期", "held on"), shown.held_on),
                (Both("地点", "place"), shown.venue),
                (Both("规模(人)", "people"), shown.target_count),
                (Both("会场座位", "seats"), shown.seats),
                (Both("确认到会截止", "attendance confirmed by"), shown.result.confirm_by),
            ]
        )
    ]
    for part, title in PARTS.items():
        lines = [line for line in shown.lines if line.part is part]
        if lines:
            rows: list[list[Value]] = [[x.seq, x.text, _duty(x.duty), x.done_on] for x in lines]
            heads = [Both("序", "no."), Both("内容", "text"), Both("负责", "duty"), Both("完成", "done on")]
            blocks.append(Table(heads, rows, title=title, widths=(0.5, 6, 1.4, 1.2)))
    blocks += [_items(shown, who), _roles(shown), _zones(shown), _slots(shown), _costs(shown)]
    if shown.summary:
        blocks.append(Text(shown.summary, title=Both("会后总结", "Summary")))
    return Paper(
        Both("渠道招商会操作方案", "Plan of the recruitment conference"),
        shown.number,
        blocks,
        on=shown.held_on,
        status=Code(shown.state),
        control=await control(session, document),
    )


def _items(shown: ConferenceOut, who: dict[UUID | None, str]) -> Table:
    rows: list[list[Value]] = [
        [
            item.seq,
            item.name,
            f"{item.quantity}{item.unit}" if item.quantity is not None else Code(item.amount),
            "\n".join(part for part in (item.note, "、".join(item.contents)) if part),
            who.get(item.responsible_id, ""),
            item.ready_on,
        ]
        for item in shown.items
    ]
    heads = [
        Both("序", "no."),
        Both("物品名称", "material"),
        Both("数量", "quantity"),
        Both("备注", "note"),
        Both("责任人", "responsible"),
        Both("备齐", "ready on"),
    ]
    return Table(heads, rows, title=Both("招商会所用物品表", "Materials"), widths=(0.5, 2, 1, 3.4, 1, 1.2))


def _roles(shown: ConferenceOut) -> Table:
    rows: list[list[Value]] = [[r.name, _duty(r.duty), r.person, "\n".join(r.duties)] for r in shown.roles]
    heads = [Both("角色", "role"), Both("担当人", "held by"), Both("姓名", "name"), Both("主要职责", "duties")]
    return Table(heads, rows, title=Both("招商会工作人员及其职责表", "Staff and their duties"), widths=(1.4, 1.4, 1, 4))


def _zones(shown: ConferenceOut) -> Table:
    rows: list[list[Value]] = [
        [
            _ZONES[z.zone],
            z.text,
            _metres(z.from_cm, z.to_cm),
            None if z.measured_cm is None else f"{z.measured_cm / 100:g} m",
            z.done_on,
        ]
        for z in shown.zones
    ]
    heads = [
        Both("会场分区", "zone"),
        Both("需要布置的任务", "task"),
        Both("距离", "distance"),
        Both("实测", "measured"),
        Both("完成", "done on"),
    ]
    return Table(heads, rows, title=Both("会场分区布置表", "Zones of the hall"), widths=(1.3, 4, 1, 0.8, 1.2))


def _slots(shown: ConferenceOut) -> Table:
    rows: list[list[Value]] = [[f"{_clock(s.starts)}–{_clock(s.ends)}", s.title, s.speaker] for s in shown.slots]
    heads = [Both("时间", "time"), Both("议题", "topic"), Both("主讲", "speaker")]
    return Table(heads, rows, title=Both("会议日程", "Day plan"), widths=(1.2, 4, 1.5))


def _costs(shown: ConferenceOut) -> Table:
    rows: list[list[Value]] = []
    for category in shown.categories:
        rows += [
            [
                "",
                cost.cost_item,
                *(Money(fen) for fen in (cost.planned_fen, cost.requested_fen, cost.spent_fen, cost.balance_fen)),
            ]
            for cost in shown.costs
            if cost.category == category.category
        ]
        figures = (category.planned_fen, category.requested_fen, category.spent_fen)
        rows.append(
            [
                Code(category.category),
                Both("小计", "subtotal"),
                *(Money(fen) for fen in figures),
                Money(category.planned_fen - category.spent_fen),
            ]
        )
    sums = [
        sum(getattr(cost, name) for cost in shown.costs)
        for name in ("planned_fen", "requested_fen", "spent_fen", "balance_fen")
    ]
    heads = [
        Both("类别", "category"),
        Both("费用项目", "item"),
        Both("预算", "budget"),
        Both("已申请", "requested"),
        Both("实际", "actual"),
        Both("余额", "balance"),
    ]
    foot: list[Value] = ["sum", None, *(Money(fen) for fen in sums)]
    return Table(heads, rows, foot, title=Both("招商会预算", "Budget"), widths=(2, 2, 1.3, 1.3, 1.3, 1.3))
