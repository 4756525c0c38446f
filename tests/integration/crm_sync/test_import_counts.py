"""For any file over any master the counts are those of a plain reading of the rules, and they sum to its rows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from callcenter.kit.db import Database
from crm_sync.imports.service import ImportReport, import_file
from tests.factories import EARLY
from tests.unit.crm_sync.lists import write_csv, write_xlsx

NUMBERS = [f"1391234567{n}" for n in range(5)]
SPELLINGS = st.sampled_from(["{}", " {} ", "+86{}", "0086 {}", "{}(本人)"])
PHONES = st.one_of(
    st.tuples(st.sampled_from(NUMBERS), SPELLINGS).map(lambda pair: pair[1].format(pair[0])),
    st.sampled_from(["", "无", "139", "13800138000", "1.39E+10"]),
)
ROWS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["王", "李", ""]), PHONES, st.sampled_from(["是", "", "拒绝"]), st.just("")),
        st.just(("", "", "", "")),
        st.just(("王", "13912345670", "是", "", "one cell too many")),
    ).map(list),
    max_size=14,
)
STANDING = st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(["known", "listed", "refused"]))


def expected(rows: list[list[str]], standing: dict[str, str]) -> dict[str, int]:
    """The outcomes by a reading of the rules that has nothing in common with the SQL."""
    while rows and not any(rows[-1]):
        rows = rows[:-1]
    found = dict.fromkeys(("new", "updated", "duplicate", "do_not_call", "invalid"), 0)
    digits = [next((n for n in NUMBERS if n in row[1]), None) for row in rows]
    sound = [n is not None and len(row) == 4 for n, row in zip(digits, rows, strict=True)]
    refusing = {n for n, ok, row in zip(digits, sound, rows, strict=True) if ok and row[2] == "拒绝"}
    seen: set[str] = set()
    for number, ok in zip(digits, sound, strict=True):
        if not ok or number is None:
            found["invalid"] += 1
        elif number in seen:
            found["duplicate"] += 1
        elif number in refusing or standing.get(number) in ("listed", "refused"):
            found["do_not_call"] += 1
        else:
            found["updated" if standing.get(number) == "known" else "new"] += 1
        if ok and number is not None:
            seen.add(number)
    return found | {"rows": len(rows)}


async def prepare(database: Database, standing: dict[str, str]) -> None:
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE customers, do_not_call, import_runs CASCADE"))
        for number, how in standing.items():
            if how == "listed":
                await session.execute(
                    text("INSERT INTO do_not_call (phone, source, reason, added_at) VALUES (:p, 'office', '', now())"),
                    {"p": f"+86{number}"},
                )
            else:
                await session.execute(
                    text(
                        "INSERT INTO customers (id, name, phone, timezone, timezone_known, total_purchases_fen, source,"
                        " consent, attributes, created_at, updated_at, version) VALUES (gen_random_uuid(), '旧', :p,"
                        " 'Asia/Shanghai', true, 0, '', :consent, '{}', now(), now(), 1)"
                    ),
                    {"p": f"+86{number}", "consent": "refused" if how == "refused" else "unknown"},
                )


def told(report: ImportReport) -> dict[str, int]:
    as_json = report.as_json()
    assert sum(as_json["reasons"].values()) == as_json["invalid"]
    return {name: value for name, value in as_json.items() if name != "reasons"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, standing=STANDING, xlsx=st.booleans())
async def test_counts_sum_to_the_rows_and_a_second_import_brings_nobody(
    database: Database, rows: list[list[str]], standing: dict[str, str], xlsx: bool
) -> None:
    wanted = expected(rows, standing)
    if not wanted["rows"]:
        return
    await prepare(database, standing)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = (write_xlsx if xlsx else write_csv)(folder, [["姓名", "手机", "同意", "备注"], *rows])

        async def run(*, dry_run: bool) -> ImportReport:
            return await import_file(database, EARLY, path, dry_run=dry_run, source="名单", error_dir=folder / "errors")

        assert told(await run(dry_run=True)) == wanted
        assert told(await run(dry_run=False)) == wanted
        again = told(await run(dry_run=False))
        assert again == wanted | {"new": 0, "updated": wanted["updated"] + wanted["new"]}
