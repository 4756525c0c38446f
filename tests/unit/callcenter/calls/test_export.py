"""The call log as a workbook: texts stay texts, times are local, the summary sums to the calls."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from callcenter.calls.export import summary, workbook
from callcenter.calls.schemas import CallRow
from callcenter.kit.ids import new_id

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


def call(**given: Any) -> CallRow:
    values = dict.fromkeys(CallRow.model_fields, None) | {
        "id": new_id(),
        "queue_id": new_id(),
        "customer_id": new_id(),
        "customer_name": "客户",
        "masked_phone": "138****0000",
        "attempt_no": 1,
        "mode": "predictive",
        "state": "ended",
        "abandoned": False,
        "created_at": TEN,
        "launched_at": TEN,
        "hold_s": 0.0,
        "note": "",
        "carrier": "simulated",
    }
    return CallRow.model_validate(values | given)


CALLS = [
    call(agent_name="陈静", answered_at=TEN, connected_at=TEN, talk_s=100.0, note="=1+1"),
    call(agent_name="陈静", answered_at=TEN, connected_at=TEN, talk_s=50.0),
    call(answered_at=TEN, abandoned=True),
    call(outcome="busy"),
    call(answered_at=TEN, answered_by="machine", launched_at=TEN + timedelta(hours=1)),
    call(launched_at=None),
]


def test_the_summary_counts_each_launched_call_once_by_local_hour_and_agent() -> None:
    rows = summary(CALLS, SHANGHAI).to_dict("records")
    assert [(r["hour"], r["agent"], r["attempts"], r["answered"], r["connected"], r["abandoned"]) for r in rows] == [
        ("2026-03-09 10:00", "", 2, 1, 0, 1),
        ("2026-03-09 10:00", "陈静", 2, 2, 2, 0),
        ("2026-03-09 11:00", "", 1, 0, 0, 0),  # a machine's answer is no answer
    ]
    assert rows[1]["talk_s"] == 75.0


def test_an_empty_log_makes_an_empty_summary() -> None:
    assert summary([], SHANGHAI).empty
    assert workbook([], "en", SHANGHAI)[:2] == b"PK"


def test_texts_stay_texts_and_times_are_local() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(CALLS, "zh", SHANGHAI)))
    sheet = book["calls"]
    headings = [cell.value for cell in sheet[1]]
    first = dict(zip(headings, [cell.value for cell in sheet[2]], strict=True))
    assert first["备注"] == "=1+1"
    assert sheet.cell(2, headings.index("备注") + 1).data_type == "s"
    assert first["呼出时间"] == datetime(2026, 3, 9, 10, 0)  # noqa: DTZ001 - a workbook's times have no zone
    assert book.sheetnames == ["calls", "汇总"]
