"""A file as headings and rows, and every way in which a file is refused as a whole."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from callcenter.kit.errors import AppError
from crm_sync.imports import errors
from crm_sync.imports.reading import Table, open_table, text_of
from tests.unit.crm_sync.lists import csv_bytes, write_csv, write_xlsx

HEADINGS = ["姓名", "手机号码", "城市"]
BORN, BORN_AT = datetime(1962, 5, 3), datetime(1962, 5, 3, 8, 30)  # noqa: DTZ001 - a spreadsheet knows no zone
PEOPLE = [["王建国", "13912345670", "济南"], ["李秀英", "13812345671", "青岛"], ["欧阳娜娜", "0531-88812345", "重庆"]]
LIST = [HEADINGS, *PEOPLE]


def texts(table: Table) -> list[list[str]]:
    return [[text_of(cell) for cell in row.cells] for row in table.rows()]


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("gbk", "gb18030")]
)
def test_every_encoding_gives_the_same_rows(tmp_path: Path, encoding: str, told: str) -> None:
    table = open_table(write_csv(tmp_path, LIST, encoding=encoding))
    assert table.encoding == told
    assert table.headings == tuple(HEADINGS)
    assert texts(table) == PEOPLE


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [[*HEADINGS, "备注"], *([*row, "一,二;三"] for row in PEOPLE)]
    table = open_table(write_csv(tmp_path, rows, delimiter=delimiter))
    assert table.delimiter == delimiter
    assert texts(table) == rows[1:]


def test_a_list_of_one_column_is_a_list(tmp_path: Path) -> None:
    table = open_table(write_csv(tmp_path, [["手机"], ["13912345670"]]))
    assert texts(table) == [["13912345670"]]


def test_xlsx_gives_the_same_rows(tmp_path: Path) -> None:
    table = open_table(write_xlsx(tmp_path, LIST))
    assert (table.format, table.headings, texts(table)) == ("xlsx", tuple(HEADINGS), PEOPLE)


def test_the_content_and_not_the_name_tells_the_format(tmp_path: Path) -> None:
    renamed = write_xlsx(tmp_path, LIST).rename(tmp_path / "list.csv")
    assert open_table(renamed).format == "xlsx"


def test_numbers_and_dates_of_a_spreadsheet_read_as_typed(tmp_path: Path) -> None:
    rows = [["手机", "出生", "消费", "会员"], [13912345670, BORN, 12.5, True]]
    assert texts(open_table(write_xlsx(tmp_path, rows))) == [["13912345670", "1962-05-03", "12.5", "TRUE"]]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (13912345670.0, "13912345670"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (None, ""),
        ("  a ", "a"),
        (date(1962, 5, 3), "1962-05-03"),
        (BORN_AT, "1962-05-03 08:30:00"),
        (False, "FALSE"),
    ],
)
def test_a_cell_reads_as_a_person_would_type_it(cell: object, text: str) -> None:
    assert text_of(cell) == text  # type: ignore[arg-type]


def test_blank_rows_inside_are_rows_and_at_the_end_are_not(tmp_path: Path) -> None:
    rows = [HEADINGS, PEOPLE[0], ["", " ", ""], [], PEOPLE[1], ["", "", ""], [], []]
    for path in (write_csv(tmp_path, rows), write_xlsx(tmp_path, rows)):
        table = open_table(path)
        assert [row.number for row in table.rows()] == [2, 3, 4, 5]


def test_titles_above_the_headings_are_skipped(tmp_path: Path) -> None:
    rows = [["2026年春季客户电话名单"], [], *LIST]
    for path in (write_csv(tmp_path, rows), write_xlsx(tmp_path, rows, merge=["A1:C1"])):
        table = open_table(path)
        assert (table.headings, table.heading_row) == (tuple(HEADINGS), 3)
        assert texts(table) == PEOPLE


def test_headings_are_made_different_and_nameless_columns_numbered(tmp_path: Path) -> None:
    rows = [["电话", "电话", "", "姓名", "", ""], ["13912345670", "13812345671", "x", "王", "", ""]]
    assert open_table(write_csv(tmp_path, rows)).headings == ("电话", "电话 (2)", "#3", "姓名")


def test_a_value_may_hold_delimiters_quotes_and_lines(tmp_path: Path) -> None:
    rows = [HEADINGS, ['王"建"国', "13912345670", "济南,\n历下区"]]
    table = open_table(write_csv(tmp_path, rows))
    assert texts(table) == rows[1:]


def test_the_sheet_with_phones_is_taken_whichever_it_is(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path, [["说明"], ["内部资料"]], 名单=LIST, 旧名单=LIST)
    table = open_table(path)
    assert table.sheet == "名单"
    assert [(s.name, s.rows, s.phone_column) for s in table.sheets] == [
        ("Sheet", 2, False),
        ("名单", 4, True),
        ("旧名单", 4, True),
    ]
    assert open_table(path, sheet="旧名单").sheet == "旧名单"


def test_formulas_with_a_saved_result_are_read_by_their_result(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, PEOPLE[0])
    sheet.write_formula(1, 2, '="济"&"南"', value="济南")
    sheet.write_formula(1, 1, "=13912345669+1", value=13912345670)
    book.close()
    assert texts(open_table(path)) == [PEOPLE[0]]


def test_a_rows_number_is_what_the_spreadsheet_shows(tmp_path: Path) -> None:
    table = open_table(write_xlsx(tmp_path, [["名单"], *LIST]))
    assert [row.number for row in table.rows()] == [3, 4, 5]


def test_rows_can_be_walked_twice(tmp_path: Path) -> None:
    for path in (write_csv(tmp_path, LIST), write_xlsx(tmp_path, LIST)):
        table = open_table(path)
        assert texts(table) == texts(table)


# ---------------------------------------------------------------- encodings


def test_a_person_may_choose_the_encoding_and_then_nothing_else_is_tried(tmp_path: Path) -> None:
    path = write_csv(tmp_path, LIST, encoding="gb18030")
    assert open_table(path, encoding="gb18030").encoding == "gb18030"
    with pytest.raises(errors.WrongEncoding):
        open_table(path, encoding="utf-8")


def test_a_short_gbk_file_that_happens_to_be_valid_utf8_can_be_read_by_choice(tmp_path: Path) -> None:
    # "模" in GBK is the UTF-8 of one Latin letter: no chain can tell, and the picker is the way out.
    path = tmp_path / "short.csv"
    path.write_bytes("mobile,模\r\n13912345670,x\r\n".encode("gbk"))
    assert open_table(path).headings == ("mobile", "ģ")
    assert open_table(path, encoding="gb18030").headings == ("mobile", "模")


def test_a_utf8_file_with_one_bad_byte_is_refused_and_not_read_as_garbage(tmp_path: Path) -> None:
    good = csv_bytes([*LIST, *PEOPLE * 50])
    cut = good.index("欧阳".encode()) + 1
    path = tmp_path / "list.csv"
    path.write_bytes(good[:cut] + good[cut + 1 :])
    with pytest.raises(errors.WrongEncoding) as refused:
        open_table(path)
    for lang in ("zh", "en"):
        assert "UTF-8" in refused.value.sentence(lang)
        assert "4" in refused.value.sentence(lang)


def test_the_first_bad_byte_and_its_line_are_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(csv_bytes(LIST, "gb18030") + b"\r\nabc,\xff\xff,x\r\n")
    with pytest.raises(errors.WrongEncoding) as refused:
        open_table(path)
    assert refused.value.values["byte"] == "FF"
    assert refused.value.values["line"] == 6
    assert refused.value.values["encoding"] == "GB18030"


@given(st.lists(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=4), min_size=1))
def test_a_list_of_chinese_names_in_gbk_is_never_taken_for_broken_utf8(names: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        rows = [["姓名", "手机号码"], *([name, "13912345670"] for name in names)]
        try:
            encoded = csv_bytes(rows, "gbk")
        except UnicodeEncodeError:
            return
        path = Path(folder) / "list.csv"
        path.write_bytes(encoded)
        assert texts(open_table(path)) == rows[1:]


def test_characters_cut_by_a_chunks_edge_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_sync.imports import encodings

    for size, encoding in itertools.product((1, 2, 3, 7), ("utf-8", "gb18030")):
        monkeypatch.setattr(encodings, "_CHUNK", size)
        path = write_csv(tmp_path, LIST, encoding=encoding)
        assert open_table(path).encoding == encoding
        path.write_bytes(path.read_bytes() + b"\xff")
        with pytest.raises(errors.WrongEncoding) as refused:
            open_table(path)
        assert refused.value.values["byte"] == "FF"


# ---------------------------------------------------------------- refusals


def _formula(folder: Path) -> Path:
    return write_xlsx(folder, [HEADINGS, ["王建国", "=13912345669+1", "济南"], ["李秀英", "13812345671", "=C2"]])


def _text(content: bytes, name: str = "list.csv") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return write


def _cut_workbook(folder: Path) -> Path:
    path = write_xlsx(folder, LIST)
    path.write_bytes(path.read_bytes()[:-400])
    return path


def _mangled_sheet(folder: Path) -> Path:
    """A workbook whose archive is whole but whose sheet is not XML."""
    path = write_xlsx(folder, [HEADINGS, *PEOPLE * 30])
    mangled = folder / "mangled.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(mangled, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            target.writestr(info, content[: len(content) // 2] if "sheet1" in info.filename else content)
    return mangled


def _other_zip(folder: Path) -> Path:
    path = folder / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return path


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
WIDE = [["手机", *(f"第{n}列" for n in range(2, 201))], ["13912345670", *("x" for _ in range(199))]]

REFUSED: list[tuple[str, Callable[[Path], Path], type[AppError], str, str]] = [
    ("missing file", lambda f: f / "nowhere.csv", errors.FileMissing, "nowhere.csv", "nowhere.csv"),
    ("a folder", lambda f: f, errors.FileMissing, "找不到", "There is no file"),
    ("empty file", _text(b""), errors.EmptyFile, "空", "empty"),
    ("only blanks", _text(b"\r\n , \r\n\r\n"), errors.EmptyFile, "空", "empty"),
    ("empty workbook", lambda f: write_xlsx(f, []), errors.EmptyFile, "空", "empty"),
    ("header only", _text(csv_bytes([HEADINGS])), errors.NoRows, "手机号码", "手机号码"),
    ("header only, xlsx", lambda f: write_xlsx(f, [HEADINGS]), errors.NoRows, "手机号码", "手机号码"),
    ("no headings", _text(csv_bytes(PEOPLE)), errors.NoHeadings, "13912345670", "13912345670"),
    ("bad bytes", _text(b"name,mobile\r\n\xff\xfe\xfd,1\r\n"), errors.WrongEncoding, "第 2 行", "line 2"),
    ("utf-16", _text("手机\r\n13912345670".encode("utf-16")), errors.Utf16, "UTF-16", "UTF-16"),
    ("binary", _text(b"\x00\x01\x02" * 100), errors.NotAList, "CSV", "CSV"),
    ("pdf", _text(b"%PDF-1.7 ..."), errors.NotAList, "PDF", "PDF"),
    ("another zip", _other_zip, errors.NotAList, "zip", "zip"),
    ("old excel", _text(OLE, "list.xls"), errors.OldExcel, "xlsx", "xlsx"),
    (
        "password",
        _text(OLE + "EncryptedPackage".encode("utf-16-le"), "list.xlsx"),
        errors.ProtectedWorkbook,
        "密码",
        "password",
    ),
    ("text called xlsx", _text(b"hello", "list.xlsx"), errors.UnreadableWorkbook, "损坏", "damaged"),
    ("cut workbook", _cut_workbook, errors.UnreadableWorkbook, "损坏", "damaged"),
    ("mangled sheet", _mangled_sheet, errors.UnreadableWorkbook, "损坏", "damaged"),
    ("formulas", _formula, errors.FormulasWithoutValues, "B2", "B2"),
    ("merged", lambda f: write_xlsx(f, LIST, merge=["A3:A4"]), errors.MergedCells, "A3:A4", "A3:A4"),
    ("merged headings", lambda f: write_xlsx(f, LIST, merge=["B1:C1"]), errors.MergedCells, "B1:C1", "B1:C1"),
    ("200 columns", _text(csv_bytes(WIDE)), errors.TooManyColumns, "200 列", "200 columns"),
    ("200 columns, xlsx", lambda f: write_xlsx(f, WIDE), errors.TooManyColumns, "最多允许 100", "at most 100"),
    ("open quote", _text(b'name,mobile\r\n"a,13912345670\r\nb,1\r\n'), errors.BrokenCsv, "第 2 行", "line 2"),
]


@pytest.mark.parametrize(
    ("write", "error", "zh", "en"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_file_that_cannot_be_read_says_what_is_wrong_and_what_to_do(
    tmp_path: Path, write: Callable[[Path], Path], error: type[AppError], zh: str, en: str
) -> None:
    path = write(tmp_path)
    with pytest.raises(AppError) as refused:
        list(open_table(path).rows())
    assert type(refused.value) is error
    assert zh in refused.value.sentence("zh")
    assert en in refused.value.sentence("en")
    assert "请" in refused.value.sentence("zh"), "it says what to do"


def test_formulas_are_counted(tmp_path: Path) -> None:
    with pytest.raises(errors.FormulasWithoutValues) as refused:
        open_table(_formula(tmp_path))
    assert refused.value.values["count"] == 2


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(errors.NoSuchSheet) as refused:
        open_table(write_xlsx(tmp_path, LIST, 名单=LIST), sheet="Tabelle1")
    for lang in ("zh", "en"):
        assert "Sheet、名单" in refused.value.sentence(lang)


def test_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_sync.imports import reading, workbooks

    path = write_csv(tmp_path, LIST)
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    with pytest.raises(errors.TooLarge):
        open_table(path)
    monkeypatch.setattr(reading, "MAX_BYTES", 10**9)
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 100)
    with pytest.raises(errors.TooLarge):
        open_table(write_xlsx(tmp_path, LIST))


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_sync.imports import reading

    monkeypatch.setattr(reading, "MAX_ROWS", 2)
    with pytest.raises(errors.TooManyRows):
        list(open_table(write_csv(tmp_path, LIST)).rows())


def test_formulas_under_any_prefix_are_seen(tmp_path: Path) -> None:
    """Some programs write <x:c><x:f>…: the same cells under a prefix."""
    path = _formula(tmp_path)
    prefixed = tmp_path / "prefixed.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(prefixed, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                text = content.decode()
                for tag in ("worksheet", "sheetData", "row", "c", "f", "v", "is", "t"):
                    text = text.replace(f"<{tag}>", f"<x:{tag}>").replace(f"<{tag} ", f"<x:{tag} ")
                    text = text.replace(f"</{tag}>", f"</x:{tag}>").replace(f"<{tag}/>", f"<x:{tag}/>")
                content = text.replace("xmlns=", "xmlns:x=").encode()
            target.writestr(info, content)
    from crm_sync.imports.workbooks import formulas_without_value

    assert formulas_without_value(prefixed, "Sheet") == (2, "B2")


def test_openpyxl_itself_confirms_that_the_formulas_have_no_value(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(_formula(tmp_path), data_only=True)
    sheet = book.active
    assert sheet is not None
    assert sheet["B2"].value is None
