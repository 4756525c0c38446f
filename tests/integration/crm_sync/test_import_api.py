"""The import over REST: preview, mapping, dry run, commit, error file, templates; refusals in both languages."""

from __future__ import annotations

import io
import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from callcenter.kit.clock import ManualClock, real_now
from callcenter.kit.db import Database
from callcenter.kit.ids import new_id
from callcenter.people.models import Role
from crm_sync.imports.reading import open_table
from crm_sync.imports.router import router
from crm_sync.imports.uploads import KEPT, Uploads, purge_error_files
from tests.clients import app_of, settings_for_tests, signed_in
from tests.unit.crm_sync.lists import csv_bytes, write_xlsx

HEADINGS = ["姓名", "手机号码", "城市", "代号"]
PEOPLE = [["王建国", "13912345670", "济南", "x1"], ["李秀英", "139****5671", "青岛", "x2"]]
LIST = csv_bytes([HEADINGS, *PEOPLE], "gb18030")
ENGLISH = {"accept-language": "en-GB,en;q=0.9"}


@pytest.fixture
def app(database: Database, clock: ManualClock, tmp_path: Path) -> FastAPI:
    settings = settings_for_tests(callcenter_home=tmp_path / "home")
    return app_of(database, clock, routers=[router], settings=settings)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with await signed_in(app, Role.MARKETING, name="李营销") as client:
        yield client


async def upload(client: httpx.AsyncClient, content: bytes, name: str = "名单.csv", **form: str) -> httpx.Response:
    return await client.post("/api/imports/preview", files={"file": (name, content)}, data=form)


async def test_from_upload_to_customers(client: httpx.AsyncClient, database: Database, app: FastAPI) -> None:
    preview = await upload(client, LIST)
    assert preview.status_code == 200, preview.text
    seen = preview.json()
    token = seen.pop("token")
    fields = {field["code"]: field for field in seen.pop("fields")}
    assert seen == {
        "file_name": "名单.csv",
        "format": "csv",
        "encoding": "gb18030",
        "delimiter": ",",
        "sheet": None,
        "sheets": [],
        "heading_row": 1,
        "headings": HEADINGS,
        "sample": PEOPLE,
        "mapping": {"姓名": "name", "手机号码": "phone", "城市": "city", "代号": "attribute"},
        "remembered": False,
        "has_phone": True,
        "same_file": None,
    }
    assert fields["phone"] == {"code": "phone", "zh": "手机号码", "en": "Mobile", "many": False}

    asked = {"token": token, "source": "春季名单", "mapping": seen["mapping"] | {"代号": "interests"}}
    checked = (await client.post("/api/imports/check", json=asked)).json()
    assert {name: checked[name] for name in ("dry_run", "rows", "new", "invalid", "reasons", "has_error_file")} == {
        "dry_run": True,
        "rows": 2,
        "new": 1,
        "invalid": 1,
        "reasons": {"phone_masked": 1},
        "has_error_file": True,
    }
    assert checked["sentences"]["phone_masked"].startswith("电话：被隐藏")
    async with database.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM customers"))).scalar_one() == 0

    committed = await client.post("/api/imports/commit", json=asked, headers=ENGLISH)
    assert committed.status_code == 200, committed.text
    done = committed.json()
    assert (done["dry_run"], done["new"]) == (False, 1)
    assert "hidden" in done["sentences"]["phone_masked"]
    async with database.transaction() as session:
        row = (await session.execute(text("SELECT name, interests, source FROM customers"))).one()
        audited = (
            await session.execute(text("SELECT thing_id FROM audit_records WHERE action = 'list_imported'"))
        ).scalar_one()
    assert tuple(row) == ("王建国", "x1", "春季名单")
    assert audited == done["run_id"]

    runs = (await client.get("/api/imports")).json()
    assert {(run["state"], run["rows"], run["by_name"]) for run in runs["rows"]} == {
        ("committed", 2, "李营销"),
        ("checked", 2, "李营销"),
    }
    assert (await client.get(f"/api/imports/{done['run_id']}")).json()["mapping"]["代号"] == "interests"
    assert (await client.get("/api/imports", params={"state": "committed"})).json()["total"] == 1

    again = (await upload(client, LIST, source="春季名单")).json()
    assert (again["remembered"], again["mapping"]["代号"]) == (True, "interests")
    assert again["same_file"]["run_id"] == done["run_id"]


async def test_the_error_file_is_downloaded_on_the_record(
    client: httpx.AsyncClient, app: FastAPI, database: Database, tmp_path: Path
) -> None:
    token = (await upload(client, LIST)).json()["token"]
    asked = {"token": token, "source": "x"}
    run_id = (await client.post("/api/imports/check", json=asked, headers=ENGLISH)).json()["run_id"]
    answer = await client.get(f"/api/imports/{run_id}/errors")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "-errors.csv" in answer.headers["content-disposition"]
    path = tmp_path / "errors.csv"
    path.write_bytes(answer.content)
    table = open_table(path)
    assert table.headings == (*HEADINGS, "Import error")
    assert [row.cells for row in table.rows()] == [
        [
            *PEOPLE[1],
            "Row 3: phone: digits are hidden (as in 139****5678); ask whoever supplied the list for the whole number",
        ]
    ]
    async with database.transaction() as session:
        recorded = await session.execute(
            text("SELECT count(*) FROM audit_records WHERE action = 'error_file_downloaded' AND thing_id = :id"),
            {"id": run_id},
        )
        assert recorded.scalar_one() == 1
    folder = app.state.settings.home / "errors"
    assert purge_error_files(folder, real_now() + timedelta(days=31)) == 1
    gone = await client.get(f"/api/imports/{run_id}/errors")
    assert (gone.status_code, gone.json()["code"]) == (404, "import_error_file_gone")
    assert (await client.get(f"/api/imports/{new_id()}/errors")).status_code == 404


async def test_another_sheet_or_encoding_is_looked_at_without_a_second_upload(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = write_xlsx(tmp_path, [["说明"]], 名单=[HEADINGS, *PEOPLE], 旧=[["手机"], ["13812345671"]])
    first = (await upload(client, path.read_bytes(), "两份.xlsx")).json()
    assert (first["sheet"], [sheet["name"] for sheet in first["sheets"]]) == ("名单", ["Sheet", "名单", "旧"])
    other = await client.post("/api/imports/preview-again", json={"token": first["token"], "sheet": "旧"})
    assert (other.json()["sheet"], other.json()["headings"]) == ("旧", ["手机"])
    checked = await client.post("/api/imports/check", json={"token": first["token"], "source": "x", "sheet": "旧"})
    assert (checked.json()["rows"], checked.json()["other_sheets"]) == (1, ["名单"])
    missing = await client.post("/api/imports/preview-again", json={"token": first["token"], "sheet": "无"})
    assert missing.json()["code"] == "import_no_such_sheet"

    short = (await upload(client, "mobile,模\r\n13912345670,x\r\n".encode("gbk"))).json()
    assert short["headings"] == ["mobile", "ģ"]
    body = {"token": short["token"], "encoding": "gb18030"}
    assert (await client.post("/api/imports/preview-again", json=body)).json()["headings"] == ["mobile", "模"]


async def test_an_upload_is_its_persons_own_and_expires(client: httpx.AsyncClient, app: FastAPI) -> None:
    token = (await upload(client, LIST)).json()["token"]
    asked = {"token": token, "source": "x"}
    async with await signed_in(app, Role.MARKETING) as other:
        answer = await other.post("/api/imports/check", json=asked)
        assert (answer.status_code, answer.json()["code"]) == (404, "import_upload_gone")
    invented = await client.post("/api/imports/check", json=asked | {"token": "x" * 43})
    assert invented.json()["code"] == "import_upload_gone"
    folder = app.state.settings.home / "uploads"
    files = list(folder.iterdir())
    assert len(files) == 2
    assert all(token not in file.name and file.stat().st_mode & 0o077 == 0 for file in files)
    old = time.time() - KEPT.total_seconds() - 60
    for file in files:
        os.utime(file, (old, old))
    Uploads(folder).purge(real_now())
    assert list(folder.iterdir()) == []
    assert (await client.post("/api/imports/check", json=asked)).json()["code"] == "import_upload_gone"


async def test_a_second_press_of_the_button_imports_nothing(client: httpx.AsyncClient, database: Database) -> None:
    import asyncio

    asked = {"token": (await upload(client, LIST)).json()["token"], "source": "x"}
    answers = await asyncio.gather(*(client.post("/api/imports/commit", json=asked) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert all(answer.status_code in (404, 409) for answer in sorted(answers, key=lambda a: a.status_code)[1:])
    async with database.transaction() as session:
        runs = await session.execute(text("SELECT count(*) FROM import_runs WHERE state = 'committed'"))
        assert runs.scalar_one() == 1


async def test_a_refused_commit_can_be_mended_and_repeated(client: httpx.AsyncClient) -> None:
    token = (await upload(client, LIST)).json()["token"]
    wrong = {"token": token, "source": "x", "mapping": {"姓名": "phone", "手机号码": "phone"}}
    refused = await client.post("/api/imports/commit", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "import_duplicated_mapping")
    assert (await client.post("/api/imports/commit", json={"token": token, "source": "x"})).status_code == 200


REFUSALS: list[tuple[str, bytes, dict[str, Any], str, str, str]] = [
    ("preview", b"", {}, "import_empty_file", "是空的", "is empty"),
    ("preview", csv_bytes([HEADINGS]), {}, "import_no_rows", "只有标题行", "only its heading row"),
    ("preview", csv_bytes(PEOPLE), {}, "import_no_headings", "看起来是数据", "looks like data"),
    ("preview", b"mobile\r\n\xff\xff\r\n", {}, "import_wrong_encoding", "第 2 行", "line 2"),
    (
        "preview",
        csv_bytes([["手机", *map(str, range(199))], ["1"]]),
        {},
        "import_too_many_columns",
        "200 列",
        "200 col",
    ),
    ("preview", b"PK\x03\x04rubbish", {}, "import_unreadable_workbook", "可能已损坏", "may be damaged"),
    ("preview", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, {}, "import_old_excel", "另存为 xlsx", "as xlsx"),
    ("check", csv_bytes([["姓名", "城市"], ["王", "x"]]), {}, "import_no_phone_column", "姓名、城市", "姓名、城市"),
    ("check", LIST, {"mapping": {"姓名": "tel"}}, "import_unknown_field", "tel", "tel"),
    ("check", LIST, {"mapping": {"X": "phone"}}, "import_unknown_heading", "X", "X"),
    ("commit", LIST, {"sheet": None, "encoding": "utf-8"}, "import_wrong_encoding", "UTF-8", "UTF-8"),
]


@pytest.mark.parametrize(("step", "content", "more", "code", "zh", "en"), REFUSALS)
async def test_every_refusal_says_what_is_wrong_in_both_languages(
    client: httpx.AsyncClient,
    app: FastAPI,
    step: str,
    content: bytes,
    more: dict[str, Any],
    code: str,
    zh: str,
    en: str,
) -> None:
    for headers, words in (({"accept-language": "zh-CN"}, zh), (ENGLISH, en)):
        client.headers.update(headers)
        answer = await upload(client, content)
        if step != "preview":
            assert answer.status_code == 200, answer.text
            body = {"token": answer.json()["token"], "source": "x"} | more
            answer = await client.post(f"/api/imports/{step}", json=body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] == code
        assert words in answer.json()["detail"]
    if step == "preview":
        assert list((app.state.settings.home / "uploads").iterdir()) == [], "what cannot be read is not kept"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_filled_template_is_understood_and_its_example_is_no_customer(
    client: httpx.AsyncClient, tmp_path: Path, lang: str, form: str
) -> None:
    answer = await client.get("/api/imports/template", params={"lang": lang, "format": form})
    assert answer.status_code == 200
    preview = (await upload(client, answer.content, f"template.{form}")).json()
    mapping = preview["mapping"]
    assert "attribute" not in mapping.values()
    assert len(set(mapping.values())) == len(mapping) == 22
    checked = (await client.post("/api/imports/check", json={"token": preview["token"], "source": "x"})).json()
    assert (checked["rows"], checked["new"] + checked["invalid"]) == (1, 1)
    assert checked["reasons"] == {"phone_test_number": 1}
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        assert sheet["B2"].number_format == "@", "phones typed here stay text"


@pytest.mark.parametrize("role", [Role.AGENT, Role.BACK_OFFICE])
async def test_lists_are_imported_by_marketing(app: FastAPI, role: Role) -> None:
    async with await signed_in(app, role) as other:
        assert (await upload(other, LIST)).status_code == 403
        assert (await other.get("/api/imports")).status_code == 403
        assert (await other.get("/api/imports/template")).status_code == 403


async def test_a_file_name_cannot_leave_its_folder(client: httpx.AsyncClient, app: FastAPI) -> None:
    preview = (await upload(client, LIST, "..\\..\\etc/pass\nwd.csv")).json()
    assert "/" not in preview["file_name"]
    assert "\\" not in preview["file_name"]
