"""The call log as a workbook: the calls, and a summary of the same calls by hour and by agent."""

from __future__ import annotations

import io
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pandas
import xlsxwriter
from xlsxwriter.workbook import Workbook

from callcenter.calls.schemas import CallRow
from callcenter.domain.call import AnsweredBy
from callcenter.kit.errors import Lang

# Field, Chinese heading, English heading. Times are shown in the company's zone.
_COLUMNS = (
    ("launched_at", "呼出时间", "Launched"),
    ("customer_name", "客户", "Customer"),
    ("masked_phone", "电话", "Phone"),
    ("agent_name", "坐席", "Agent"),
    ("attempt_no", "第几次", "Attempt"),
    ("outcome", "呼叫结果", "Outcome"),
    ("disposition", "通话结果", "Disposition"),
    ("stage", "到达阶段", "Stage"),
    ("abandoned", "放弃", "Abandoned"),
    ("answered_at", "应答时间", "Answered"),
    ("connected_at", "接通时间", "Connected"),
    ("ended_at", "结束时间", "Ended"),
    ("ring_s", "振铃秒", "Ring s"),
    ("wait_s", "等待秒", "Wait s"),
    ("talk_s", "通话秒", "Talk s"),
    ("hold_s", "保持秒", "Hold s"),
    ("wrap_up_s", "整理秒", "Wrap-up s"),
    ("billable_s", "计费秒", "Billable s"),
    ("cause", "结束原因", "Cause"),
    ("note", "备注", "Note"),
)
_TIMES = frozenset({"launched_at", "answered_at", "connected_at", "ended_at"})


_HOUR = ("时段", "Hour")
_AGENT = ("坐席", "Agent")
_SUMMARY = (
    ("attempts", "呼出", "Attempts"),
    ("answered", "接听", "Answered"),
    ("connected", "接通", "Connected"),
    ("abandoned", "放弃", "Abandoned"),
    ("talk_s", "平均通话秒", "Mean talk s"),
)


def summary(calls: Sequence[CallRow], zone: ZoneInfo) -> pandas.DataFrame:
    """One row an hour and agent (empty: no agent was reached); the definitions are the glossary's."""
    rows = [
        {
            "hour": call.launched_at.astimezone(zone).strftime("%Y-%m-%d %H:00"),
            "agent": call.agent_name or "",
            "attempts": 1,
            "answered": call.answered_at is not None and call.answered_by != AnsweredBy.MACHINE,
            "connected": call.connected_at is not None and call.answered_by != AnsweredBy.MACHINE,
            "abandoned": call.abandoned,
            "talk_s": call.talk_s,
        }
        for call in calls
        if call.launched_at is not None
    ]
    table = pandas.DataFrame(rows, columns=["hour", "agent", *(name for name, _, _ in _SUMMARY)])
    counts = dict.fromkeys(("attempts", "answered", "connected", "abandoned"), "sum")
    return table.groupby(["hour", "agent"], sort=True, as_index=False).agg({**counts, "talk_s": "mean"})


def workbook(calls: Sequence[CallRow], lang: Lang, zone: ZoneInfo) -> bytes:
    """The calls as xlsx. Texts stay texts: a note that begins with `=` is no formula."""
    out = io.BytesIO()
    options = {"constant_memory": True, "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("calls")
        bold = book.add_format({"bold": True})
        when = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        for column, (_, zh, en) in enumerate(_COLUMNS):
            sheet.write_string(0, column, zh if lang == "zh" else en, bold)
        for row, call in enumerate(calls, start=1):
            for column, (name, _, _) in enumerate(_COLUMNS):
                value = getattr(call, name)
                if value is None:
                    continue
                if name in _TIMES:
                    sheet.write_datetime(row, column, value.astimezone(zone).replace(tzinfo=None), when)
                elif isinstance(value, bool):
                    sheet.write_boolean(row, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(row, column, value)
                else:
                    sheet.write_string(row, column, str(value))
        _write_summary(book, summary(calls, zone), lang)
    return out.getvalue()


def _write_summary(book: Workbook, table: pandas.DataFrame, lang: Lang) -> None:
    sheet = book.add_worksheet("汇总" if lang == "zh" else "summary")
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    pick = 0 if lang == "zh" else 1
    for column, heading in enumerate((_HOUR[pick], _AGENT[pick], *(names[pick] for _, *names in _SUMMARY))):
        sheet.write_string(0, column, heading, bold)
    for row, values in enumerate(table.itertuples(index=False), start=1):
        sheet.write_string(row, 0, values.hour)
        sheet.write_string(row, 1, values.agent)
        for column, (name, _, _) in enumerate(_SUMMARY, start=2):
            value = getattr(values, name)
            if not pandas.isna(value):
                sheet.write_number(row, column, round(float(value), 1))
