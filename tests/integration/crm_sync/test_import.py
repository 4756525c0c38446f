"""Import on the real database: every row accounted for, whole or not at all, twice without harm."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from crm_sync.customers.models import Customer
from crm_sync.do_not_call import service as do_not_call
from crm_sync.do_not_call.models import DoNotCallSource
from crm_sync.imports import errors, repository, service
from crm_sync.imports.mapping import resolve
from crm_sync.imports.models import ImportRun
from crm_sync.imports.reading import open_table
from crm_sync.imports.reasons import REASON_HEADING
from crm_sync.imports.service import ImportReport, import_file
from tests.factories import EARLY, make_customer
from tests.unit.crm_sync.lists import write_csv, write_xlsx

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
HEADINGS = ["姓名", "手机号码", "城市", "同意电话联系", "微信昵称"]
PEOPLE = [
    ["王建国", "13912345670", "济南", "是", "平安"],
    ["李秀英", "13812345671", "青岛", "", ""],
    ["", "", "", "", ""],
    ["张伟", "139 1234 5670", "烟台", "是", ""],  # the first one again, in another spelling
    ["刘洋", "1.39E+10", "济南", "是", ""],
    ["陈静", "13712345672", "济南", "拒绝", ""],
    ["赵敏", "13612345673", "济南", "是", ""],
]

Importer = Callable[..., Any]


@pytest.fixture
def run(database: Database, clock: ManualClock, tmp_path: Path) -> Importer:
    async def run(path: Path, *, dry_run: bool = False, source: str = "春季名单", **given: Any) -> ImportReport:
        return await import_file(
            database, clock.now, path, dry_run=dry_run, source=source, error_dir=tmp_path / "errors", **given
        )

    return run


async def rows_of(database: Database, table: str) -> list[dict[str, Any]]:
    async with database.transaction() as session:
        found = await session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))
        return [dict(row._mapping) for row in found]


async def customers_by_phone(database: Database) -> dict[str, dict[str, Any]]:
    return {row["phone"]: row for row in await rows_of(database, "customers")}


def adds_up(report: ImportReport) -> bool:
    told = report.as_json()
    outcomes = sum(told[name] for name in ("new", "updated", "duplicate", "do_not_call", "invalid"))
    return bool(outcomes == told["rows"] and sum(told["reasons"].values()) == told["invalid"])


async def test_every_row_has_one_outcome(database: Database, run: Importer, tmp_path: Path) -> None:
    async with database.transaction() as session:
        await make_customer(session, phone="+8613812345671", name="旧名", city=None, province=None)
        await do_not_call.add(session, "+8613612345673", DoNotCallSource.OFFICE, "来信", EARLY, None)
    report = await run(write_csv(tmp_path, [HEADINGS, *PEOPLE]))
    assert report.as_json() == {
        "rows": 7,
        "new": 1,
        "updated": 1,
        "duplicate": 1,
        "do_not_call": 2,
        "invalid": 2,
        "reasons": {"empty_row": 1, "phone_scientific": 1},
    }
    assert adds_up(report)
    assert list(report.as_json()) == ["rows", "new", "updated", "duplicate", "do_not_call", "invalid", "reasons"]
    known = await customers_by_phone(database)
    assert set(known) == {"+8613912345670", "+8613812345671"}
    assert known["+8613912345670"]["name"] == "王建国", "the first row of a number is the one that is used"
    assert known["+8613912345670"]["attributes"] == {"微信昵称": "平安"}
    assert known["+8613912345670"]["source"] == "春季名单"


async def test_the_same_file_twice_brings_nobody_new_and_touches_nobody(
    database: Database, run: Importer, tmp_path: Path
) -> None:
    path = write_csv(tmp_path, [HEADINGS, *PEOPLE])
    first = await run(path)
    before = await rows_of(database, "customers")
    second = await run(path)
    assert (second.new, second.updated) == (0, first.new)
    assert second.remarks["no_change"] == first.new
    assert (second.duplicate, second.do_not_call, second.invalid) == (first.duplicate, first.do_not_call, first.invalid)
    assert await rows_of(database, "customers") == before, "no version, no time and no value has moved"


async def test_a_dry_run_counts_the_same_and_changes_nothing(database: Database, run: Importer, tmp_path: Path) -> None:
    path = write_csv(tmp_path, [HEADINGS, *PEOPLE])
    async with database.transaction() as session:
        await make_customer(session, phone="+8613812345671")
    before = await rows_of(database, "customers"), await rows_of(database, "do_not_call")
    dry = await run(path, dry_run=True)
    assert (await rows_of(database, "customers"), await rows_of(database, "do_not_call")) == before
    wet = await run(path)
    assert dry.as_json() == wet.as_json()
    assert dry.remarks == wet.remarks
    assert sorted(row["state"] for row in await rows_of(database, "import_runs")) == ["checked", "committed"]


async def test_encodings_and_formats_agree(database: Database, run: Importer, tmp_path: Path) -> None:
    paths = [
        write_csv(tmp_path, [HEADINGS, *PEOPLE], encoding=encoding, name=f"{encoding}.csv")
        for encoding in ("utf-8", "utf-8-sig", "gb18030")
    ]
    paths.append(write_xlsx(tmp_path, [HEADINGS, *PEOPLE]))
    reports = []
    contents = []
    for path in paths:
        async with database.transaction() as session:
            await session.execute(text("TRUNCATE customers, do_not_call CASCADE"))
        report = await run(path)
        reports.append((report.as_json(), report.remarks))
        contents.append(
            [{k: v for k, v in row.items() if k != "id"} for row in (await customers_by_phone(database)).values()]
        )
    assert all(report == reports[0] for report in reports)
    by_phone = [sorted(content, key=lambda row: str(row["phone"])) for content in contents]
    assert all(content == by_phone[0] for content in by_phone)


def error_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


async def test_the_error_file_holds_the_rows_as_they_came_and_why(run: Importer, tmp_path: Path) -> None:
    report = await run(write_csv(tmp_path, [HEADINGS, *PEOPLE], encoding="gb18030"))
    path = tmp_path / "errors" / str(report.error_file)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "spreadsheets open it without garbling"
    rows = error_rows(path)
    assert [list(row.values())[:5] for row in rows] == [PEOPLE[2], PEOPLE[4]]
    assert [row[REASON_HEADING["zh"]] for row in rows] == [
        "第 4 行：整行：空行；无需处理，或删除该行",
        "第 6 行：电话：被表格软件变成科学计数法，末几位已丢失；请把该列设为文本后重新填写",
    ]
    assert path.stat().st_mode & 0o077 == 0, "it holds personal data"


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_an_error_file_comes_back_as_itself_and_mended_it_is_taken(
    run: Importer, tmp_path: Path, write: Callable[..., Path], lang: Any
) -> None:
    people = [*PEOPLE, ["周", "139****5670", "x", "", "", "one cell", "too many"]]
    first = await run(write(tmp_path, [HEADINGS, *people]), lang=lang)
    assert first.reasons == {"empty_row": 1, "phone_scientific": 1, "too_many_cells": 1}
    path = tmp_path / "errors" / str(first.error_file)
    again = await run(path, lang=lang)
    assert (again.rows, again.invalid, again.reasons) == (first.invalid, first.invalid, first.reasons)
    table = open_table(tmp_path / "errors" / str(again.error_file))
    assert table.headings == (*HEADINGS, REASON_HEADING[lang]), "reasons do not pile up"
    rows: list[Sequence[Any]] = [list(row.cells) for row in table.rows()]
    mended = [
        [*row[:1], f"1391234568{n}", *row[2:6]] if row[0] else list(row[:6]) for n, row in enumerate(rows, start=1)
    ]
    fixed = await run(write(tmp_path, [table.headings, *mended], name=f"mended{path.suffix}"), lang=lang)
    assert (fixed.new, fixed.invalid) == (2, 1)


async def test_cells_that_look_like_formulas_stay_text_in_the_error_file(run: Importer, tmp_path: Path) -> None:
    report = await run(write_csv(tmp_path, [HEADINGS, ["=1+1", "+123", "@x", "", ""]]))
    assert error_rows(tmp_path / "errors" / str(report.error_file))[0]["姓名"] == "=1+1"
    path = tmp_path / "list.xlsx"
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, ["=1+1", "+123"])
    book.close()
    report = await run(path)
    table = open_table(tmp_path / "errors" / str(report.error_file))  # would be refused if it held formulas
    assert next(iter(table.rows())).cells[:2] == ["=1+1", "+123"]


async def test_empty_cells_change_nothing_and_filled_ones_replace(
    database: Database, run: Importer, tmp_path: Path
) -> None:
    headings = [
        "姓名",
        "手机",
        "省份",
        "城市",
        "职业",
        "最近购买日期",
        "累计消费",
        "同意电话联系",
        "同意日期",
        "微信昵称",
        "宠物",
    ]
    await run(
        write_csv(
            tmp_path,
            [
                headings,
                ["王", "13912345670", "山东", "济南", "退休", "2025-11-03", "100", "是", "2025-06-01", "平安", "猫"],
            ],
        )
    )
    before = (await customers_by_phone(database))["+8613912345670"]
    second = [headings, ["", "13912345670", "", "青岛", "", "2025-01-01", "", "", "", "开心", ""]]
    report = await run(write_csv(tmp_path, second), source="另一名单")
    after = (await customers_by_phone(database))["+8613912345670"]
    assert (report.updated, report.remarks) == (1, {"name_missing": 1})
    assert after == before | {
        "city": "青岛",
        "attributes": {"微信昵称": "开心", "宠物": "猫"},
        "version": before["version"] + 1,
        "updated_at": after["updated_at"],
    }, "an older last purchase and empty cells change nothing; the first source stays"


async def test_a_refusal_anywhere_in_the_file_outweighs_and_is_final(
    database: Database, run: Importer, tmp_path: Path
) -> None:
    headings = ["姓名", "手机", "同意电话联系"]
    async with database.transaction() as session:
        await make_customer(session, phone="+8613812345671", consent="given")
    rows = [
        ["甲", "13912345670", "是"],
        ["甲", "139-1234-5670", "拒绝"],
        ["乙", "13812345671", "拒绝"],
    ]
    report = await run(write_csv(tmp_path, [headings, *rows]))
    assert report.as_json() | {"reasons": None} == {
        "rows": 3,
        "new": 0,
        "updated": 0,
        "duplicate": 1,
        "do_not_call": 2,
        "invalid": 0,
        "reasons": None,
    }
    listed = {row["phone"]: row for row in await rows_of(database, "do_not_call")}
    assert set(listed) == {"+8613912345670", "+8613812345671"}
    assert {(row["source"], row["reason"]) for row in listed.values()} == {("list", "春季名单")}
    known = await customers_by_phone(database)
    assert set(known) == {"+8613812345671"}, "who refuses and is not known is not stored either"
    assert known["+8613812345671"]["consent"] == "refused"

    later = await run(write_csv(tmp_path, [headings, ["甲", "13912345670", "是"], ["乙", "13812345671", "是"]]))
    assert (later.new, later.updated, later.do_not_call) == (0, 0, 2)
    assert (await customers_by_phone(database))["+8613812345671"]["consent"] == "refused"


async def test_a_customer_who_refused_is_do_not_call_even_off_the_list(
    database: Database, run: Importer, tmp_path: Path
) -> None:
    async with database.transaction() as session:
        await make_customer(session, phone="+8613912345670", consent="refused", name="旧名")
    report = await run(write_csv(tmp_path, [["姓名", "手机", "同意"], ["新名", "13912345670", "是"]]))
    assert (report.do_not_call, report.updated) == (1, 0)
    assert (await customers_by_phone(database))["+8613912345670"]["name"] == "旧名"


async def test_a_mapping_is_remembered_for_its_source(run: Importer, tmp_path: Path) -> None:
    rows = [["甲", "乙", "丙"], ["王", "济南", "13912345670"]]
    with pytest.raises(errors.NoPhoneColumn):
        await run(write_csv(tmp_path, rows), source="合作商")
    mapping = {"甲": "name", "乙": "city", "丙": "phone"}
    await run(write_csv(tmp_path, rows), source="合作商", mapping=mapping)
    assert (await run(write_csv(tmp_path, rows), source="合作商")).mapping == mapping
    with pytest.raises(errors.NoPhoneColumn):
        await run(write_csv(tmp_path, rows), source="别家")


async def test_an_import_that_breaks_off_leaves_nothing_but_its_record(
    database: Database, run: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Exception):
        pass

    async def fail(self: Any, **given: Any) -> None:
        await original(self, **given)
        raise Broken

    original = repository.Staging.write
    monkeypatch.setattr(repository.Staging, "write", fail)
    with pytest.raises(Broken):
        await run(write_csv(tmp_path, [HEADINGS, *PEOPLE]))
    assert await rows_of(database, "customers") == []
    assert await rows_of(database, "do_not_call") == []
    (record,) = await rows_of(database, "import_runs")
    assert (record["state"], record["total_rows"]) == ("failed", 0)
    assert list((tmp_path / "errors").glob("*")) == []


async def test_a_file_that_breaks_in_the_middle_takes_nobody(database: Database, run: Importer, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    people = "".join(f"某{n},139{n:08d},\r\n" for n in range(20_000_000, 20_003_000))
    path.write_bytes(f'姓名,手机,城市\r\n{people}"未完,13912345670,\r\n'.encode())
    with pytest.raises(errors.BrokenCsv) as refused:
        await run(path)
    assert refused.value.values["line"] == 3002
    assert await rows_of(database, "customers") == []


async def test_two_imports_at_once_bring_each_person_once(database: Database, run: Importer, tmp_path: Path) -> None:
    import asyncio

    people = [[f"某{n}", f"139{20_000_000 + n:08d}"] for n in range(300)]
    one = write_csv(tmp_path, [["姓名", "手机"], *people], name="one.csv")
    two = write_csv(tmp_path, [["姓名", "手机"], *reversed(people)], name="two.csv")
    reports = await asyncio.gather(run(one), run(two))
    assert sorted((report.new, report.updated) for report in reports) == [(0, 300), (300, 0)]


async def test_the_run_is_written_down_with_its_counts(database: Database, run: Importer, tmp_path: Path) -> None:
    report = await run(write_csv(tmp_path, [HEADINGS, *PEOPLE]), by=None)
    async with database.transaction() as session:
        record = await session.get(ImportRun, report.run_id)
    assert record is not None
    told = (record.new_rows, record.updated_rows, record.duplicate_rows, record.do_not_call_rows, record.invalid_rows)
    assert (record.total_rows, told) == (7, (3, 0, 1, 1, 2))
    assert record.mapping == {
        "姓名": "name",
        "手机号码": "phone",
        "城市": "city",
        "同意电话联系": "consent",
        "微信昵称": "attribute",
    }
    assert record.reasons == report.reasons
    assert len(record.file_sha256) == 64


async def test_a_source_is_needed(run: Importer, tmp_path: Path) -> None:
    with pytest.raises(errors.SourceMissing):
        await run(write_csv(tmp_path, [HEADINGS, *PEOPLE]), source="  ")


async def test_the_report_speaks_both_languages(run: Importer, tmp_path: Path) -> None:
    report = await run(write_csv(tmp_path, [HEADINGS, *PEOPLE]), dry_run=True)
    assert "共 7 行（试运行，未作任何更改）" in report.lines("zh")
    assert "7 rows (dry run: nothing was changed)" in report.lines("en")
    assert any("phone_scientific" in line for line in report.lines("en"))


async def test_one_transaction_may_hold_two_imports(session: Session, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        table = open_table(write_csv(tmp_path, [HEADINGS, *PEOPLE], name=name))
        report = await service.run_import(
            session,
            lambda: EARLY,
            table,
            dry_run=False,
            source="x",
            mapping=None,
            error_dir=tmp_path / "errors",
        )
        assert adds_up(report)


async def test_every_field_of_the_mapping_reaches_its_column(database: Database, run: Importer, tmp_path: Path) -> None:
    cells = {
        "姓名": "王",
        "手机": "13912345670",
        "性别": "女",
        "出生年份": "1962",
        "省份": "山东",
        "城市": "青岛",
        "地址": "香港中路1号",
        "邮编": "266000",
        "邮箱": "a@b.cn",
        "单位": "啤酒厂",
        "职业": "退休",
        "月收入": "3000",
        "爱好": "太极",
        "最近购买日期": "2025-11-03",
        "累计消费(万元)": "2147.5",
        "同意": "是",
        "同意来源": "登记表",
        "同意日期": "2025-06-01",
        "时区": "Asia/Urumqi",
    }
    await run(write_csv(tmp_path, [list(cells), list(cells.values())]))
    row = (await customers_by_phone(database))["+8613912345670"]
    empty = [name for name, value in row.items() if value in (None, "")]
    assert empty == []
    assert row["total_purchases_fen"] == 2_147_500_000, "more than four bytes hold"
    assert (row["timezone"], row["timezone_known"]) == ("Asia/Urumqi", True)
    assert set(Customer.model_fields) == set(row)


async def test_the_sample_lists_agree_in_both_encodings(database: Database, run: Importer) -> None:
    utf8 = await run(SAMPLES / "prospects-20000.csv", dry_run=True)
    gb = await run(SAMPLES / "prospects-20000-gb18030.csv", dry_run=True)
    assert utf8.as_json() == gb.as_json()
    assert adds_up(utf8)
    assert utf8.rows == 20_000
    spoilt = utf8.rows - utf8.new
    assert 0.04 <= spoilt / utf8.rows <= 0.06
    assert len(utf8.reasons) >= 9, "the dirt is of many kinds"
    xlsx = await run(SAMPLES / "prospects-sample.xlsx")
    assert (xlsx.rows, xlsx.sheet) == (500, "客户名单")
    again = await run(SAMPLES / "prospects-20000.csv")
    assert again.updated == xlsx.new, "the workbook holds the same people"
    assert again.remarks["no_change"] == xlsx.new


async def test_columns_and_table_agree_after_resolve(tmp_path: Path) -> None:
    table = open_table(SAMPLES / "prospects-20000.csv")
    mapping = resolve(table.headings, table.sample()).as_dict()
    assert [heading for heading, field in mapping.items() if field == "attribute"] == ["会员编号", "微信昵称"]


async def test_further_numbers_of_a_list_become_numbers_of_the_person(
    run: Importer, database: Database, tmp_path: Path
) -> None:
    headings = ["姓名", "手机号码", "家庭电话", "单位电话", "同意电话联系"]
    rows = [
        ["王建国", "13912345670", "0531-88812345", "0531-88812346转801", "是"],
        ["李秀英", "13812345671", "", "", "是"],
        ["陈静", "13712345672", "0531-88812399", "", "拒绝"],
    ]
    await run(write_csv(tmp_path, [headings, *rows]))
    numbers = [
        (row["phone"], row["kind"], row["position"], row["source"])
        for row in await rows_of(database, "customer_phones")
    ]
    assert sorted(numbers) == [
        ("+8653188812345", "home", 1, "春季名单"),
        ("+8653188812346", "work", 2, "春季名单"),
    ]
    # The person refuses, not the telephone.
    assert {row["phone"] for row in await rows_of(database, "do_not_call")} == {"+8613712345672", "+8653188812399"}

    async with database.transaction() as session:
        await session.execute(
            text("UPDATE customer_phones SET state = 'unallocated', state_at = now() WHERE kind = 'home'")
        )
    again = [rows[0], ["李秀英", "13812345671", "0531-88812377", "", "是"]]
    report = await run(write_csv(tmp_path, [headings, *again], name="again.csv"))
    # What is known of a number stays; a row that brings only a number is a change.
    assert (report.updated, report.remarks.get("no_change")) == (2, 1)
    found = {row["phone"]: (row["state"], row["position"]) for row in await rows_of(database, "customer_phones")}
    assert found == {
        "+8653188812345": ("unallocated", 1),
        "+8653188812346": ("usable", 2),
        "+8653188812377": ("usable", 1),
    }
