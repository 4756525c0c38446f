"""PURE: a paper in one language, as plain data for the drawing. Every text is final here; numbers are kept beside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from backoffice.kit.words import word, words
from backoffice.printing.paper import (
    Block,
    Both,
    Code,
    Company,
    Control,
    Fields,
    Label,
    Money,
    Paper,
    Percent,
    Signatures,
    Table,
    Text,
    Value,
)
from callcenter.kit.errors import Lang
from callcenter.kit.money import yuan

words(
    controlled_state=("受控状态", "document status"),
    document_title=("文件名称", "title"),
    printed_at=("打印时间", "printed"),
    date=("日期", "date"),
    addressed_to=("致", "to"),
    made_by=("编制", "made by"),
    checked_by=("审核", "checked by"),
    approved_by=("批准", "approved by"),
    revision_log=("修改记录", "revision log"),
    revision_mark=("修改标记", "revision"),
    what_changed=("修改内容", "what changed"),
    signature=("签字", "signature"),
    pay_to=("收款账户", "pay to"),
    sum=("合计", "total"),
    note=("备注", "note"),
    in_yuan=("金额单位:元", "amounts in yuan"),
    price_fen=("单价", "price"),
)


def label(given: Label, lang: Lang) -> str:
    text = (given.zh if lang == "zh" else given.en) if isinstance(given, Both) else word(given, lang)
    return text[:1].upper() + text[1:] if lang == "en" else text


def cell(value: Value, lang: Lang, zone: ZoneInfo) -> dict[str, Any]:
    """`{"text": …, "right": …}`, and `number` or `day` for the spreadsheet where it is one."""
    out: dict[str, Any] = {"text": "", "right": False}
    if value is None:
        return out
    if isinstance(value, Money):
        return out | {"text": yuan(value.fen), "right": True, "number": value.fen / 100, "format": "#,##0.00"}
    if isinstance(value, Percent):
        text = f"{value.basis_points / 100:.2f} %"
        return out | {"text": text, "right": True, "number": value.basis_points / 10_000, "format": "0.00%"}
    if isinstance(value, Code):
        return out | {"text": word(value.code, lang, value.of)}
    if isinstance(value, Both):
        return out | {"text": value.zh if lang == "zh" else value.en}
    if isinstance(value, bool):
        return out | {"text": word("yes" if value else "no", lang)}
    if isinstance(value, int):
        return out | {"text": f"{value:,}", "right": True, "number": value, "format": "#,##0"}
    if isinstance(value, datetime):
        return out | {"text": value.astimezone(zone).strftime("%Y-%m-%d %H:%M")}
    if isinstance(value, date):
        return out | {"text": value.isoformat(), "day": value.isoformat()}
    return out | {"text": value}


def _block(block: Block, lang: Lang, zone: ZoneInfo) -> dict[str, Any]:
    if isinstance(block, Text):
        return {
            "kind": "text",
            "title": label(block.title, lang) if block.title else "",
            "paragraphs": [line.strip() for line in cell(block.text, lang, zone)["text"].splitlines() if line.strip()],
        }
    if isinstance(block, Signatures):
        lines = [[label(name, lang), who or "", on.isoformat() if on else ""] for name, who, on in block.lines]
        return {"kind": "signatures", "lines": lines}
    title = label(block.title, lang) if block.title else ""
    if isinstance(block, Fields):
        pairs = [[label(name, lang), cell(value, lang, zone)] for name, value in block.pairs]
        return {"kind": "fields", "title": title, "pairs": pairs, "columns": block.columns}
    return {"kind": "table", "title": title} | _table(block, lang, zone)


def _table(table: Table, lang: Lang, zone: ZoneInfo) -> dict[str, Any]:
    width = len(table.headings)
    if any(len(row) != width for row in table.rows) or (table.foot and len(table.foot) != width):
        raise ValueError(f"a row of the table has not the {width} values of its headings")
    rows = [[cell(value, lang, zone) for value in row] for row in table.rows]
    foot = [
        cell(label(v, lang) if at == 0 and isinstance(v, str) else v, lang, zone) for at, v in enumerate(table.foot)
    ]
    # A column is set to the right when what stands in it is numbers.
    right = [any(row[at]["right"] for row in [*rows, *([foot] if foot else [])]) for at in range(width)]
    return {
        "headings": [label(name, lang) for name in table.headings],
        "rows": rows,
        "foot": foot,
        "right": right,
        "widths": list(table.widths) or [1] * width,
    }


def _control(paper: Paper, control: Control, lang: Lang) -> dict[str, Any]:
    def day(on: date | None) -> str:
        return on.isoformat() if on else ""

    departments = [
        (label("executing_department", lang), control.executing_department),
        (label("supervising_department", lang), control.supervising_department),
        (label("verifying_department", lang), control.verifying_department),
    ]
    return {
        "head": [
            [label("document_title", lang), paper.title.zh if lang == "zh" else paper.title.en],
            [label("number", lang), paper.number],
            [label("controlled_state", lang), word(control.state.code, lang, control.state.of)],
            [label("revision", lang), str(control.revision)],
            *([name, department] for name, department in departments if any(text for _, text in departments)),
        ],
        "signed": [
            [label("made_by", lang), control.made_by or "", label("made_on", lang), day(control.made_on)],
            [label("checked_by", lang), control.checked_by or "", label("checked_on", lang), day(control.checked_on)],
            [
                label("approved_by", lang),
                control.approved_by or "",
                label("approved_on", lang),
                day(control.approved_on),
            ],
        ],
        "log_title": label("revision_log", lang),
        "log_headings": [label(name, lang) for name in ("revision_mark", "what_changed", "approved_on")],
        "log": [[str(line.revision), line.what, day(line.approved_on)] for line in control.log],
    }


def lay_out(paper: Paper, company: Company, lang: Lang, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Everything on the paper, in `lang`, as values that JSON can carry."""

    def own(both: Both) -> str:
        return both.zh if lang == "zh" else (both.en or both.zh)

    contact = "   ".join(part for part in (own(company.address), company.phone) if part)
    facts = [[label("number", lang), paper.number]]
    if paper.on is not None:
        facts.append([label("date", lang), paper.on.isoformat()])
    if paper.status is not None and paper.control is None:
        facts.append([label("state", lang), word(paper.status.code, lang, paper.status.of)])
    return {
        "lang": lang,
        "title": paper.title.zh if lang == "zh" else paper.title.en,
        "number": paper.number,
        "facts": facts if paper.control is None else [],
        "to": [label("addressed_to", lang), paper.to] if paper.to else [],
        "company": own(company.name),
        "contact": contact,
        "bank": [label("pay_to", lang), own(company.bank)] if paper.show_bank and own(company.bank) else [],
        "landscape": paper.landscape,
        "control": _control(paper, paper.control, lang) if paper.control is not None else None,
        "blocks": [_block(block, lang, zone) for block in paper.blocks],
        "printed": f"{label('in_yuan', lang)}   {label('printed_at', lang)} {now.astimezone(zone):%Y-%m-%d %H:%M}",
    }
