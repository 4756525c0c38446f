"""Make the sample lists: 20,000 invented prospects with the dirt that real lists have.

    python samples/generate.py [FOLDER]

writes prospects-20000.csv (UTF-8 with BOM), prospects-20000-gb18030.csv (the same rows) and
prospects-sample.xlsx (the first 500 rows). Seeded: the same files every time.

Nobody in here exists: names are surnames and characters drawn at random, and numbers are random digits in
ranges that the numbering plan knows. A random number may by chance be somebody's, so these lists are for the
simulated carrier only and must never be dialled over a real one.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import phonenumbers
import xlsxwriter

SEED = 20260309
ROWS = 20_000
XLSX_ROWS = 500
LAST_DAY = date(2026, 2, 20)

HEADINGS = (
    "会员编号", "姓名", "性别", "手机号码", "省份", "城市", "通讯地址", "邮编", "出生年份", "职业", "月收入",
    "兴趣爱好", "最近购买日期", "累计消费(元)", "同意电话联系", "同意日期", "微信昵称",
)  # fmt: skip

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
WOMEN = "秀英玉兰桂芳淑珍美华丽萍红梅凤霞春燕月琴雪莲爱云素敏慧洁晓婷静怡"
MEN = "建国志强文军德明永福海波大伟家宝国庆长江少华学东立新振华宏亮成龙树林"

# province, city, area code of its landlines, postcode, weight (a list bought mostly in the north-east of the country)
PLACES = (
    ("山东省", "青岛市", "0532", "266000", 12), ("山东省", "济南市", "0531", "250000", 12),
    ("山东省", "烟台市", "0535", "264000", 7), ("山东省", "潍坊市", "0536", "261000", 5),
    ("江苏省", "南京市", "025", "210000", 7), ("江苏省", "苏州市", "0512", "215000", 6),
    ("浙江省", "杭州市", "0571", "310000", 7), ("浙江省", "宁波市", "0574", "315000", 4),
    ("北京市", "北京市", "010", "100000", 6), ("上海市", "上海市", "021", "200000", 6),
    ("天津市", "天津市", "022", "300000", 4), ("河北省", "石家庄市", "0311", "050000", 5),
    ("河南省", "郑州市", "0371", "450000", 5), ("辽宁省", "沈阳市", "024", "110000", 4),
    ("湖北省", "武汉市", "027", "430000", 4), ("四川省", "成都市", "028", "610000", 4),
    ("广东省", "广州市", "020", "510000", 4), ("陕西省", "西安市", "029", "710000", 3),
    ("内蒙古自治区", "呼和浩特市", "0471", "010000", 1),
)  # fmt: skip
SEVEN_DIGITS = frozenset({"0535", "0536", "0471"})
"""Areas whose landlines have seven digits, not eight."""
STREETS = ("中山路", "人民路", "解放路", "建设路", "和平街", "新华路", "文化路", "胜利街", "东风路", "公园路")
JOBS = ("退休", "退休教师", "个体", "会计", "医生", "工程师", "司机", "职员", "教师", "家庭主妇", "公务员", "")
INCOMES = ("3000以下", "3000-5000", "5000-8000", "8000-12000", "12000以上", "")
HOBBIES = ("太极", "广场舞", "书法", "养生", "旅游", "钓鱼", "园艺", "摄影", "合唱", "")
NICKNAMES = ("平安是福", "宁静致远", "开心果", "阳光", "晨曦", "")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def valid(number: str) -> bool:
    """Whether the numbering plan has such a number."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "CN"))
    except phonenumbers.NumberParseException:
        return False


class Maker:
    """Draws rows one after the other from one seeded source of randomness."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._used: set[str] = set()

    def mobile(self) -> str:
        """Eleven digits in a range that exists, never drawn before."""
        while True:
            number = f"1{self.rng.choice('3335555777888889')}{self.rng.randrange(10**9):09d}"
            tail = number[-8:]
            fresh = number not in self._used and len(set(tail)) > 2 and "12345678" not in number
            if fresh and valid(number):
                self._used.add(number)
                return number

    def landline(self, area: str) -> str:
        while True:
            digits = f"{self.rng.choice('2345678')}{self.rng.randrange(10**7):07d}"
            digits = digits[:7] if area in SEVEN_DIGITS else digits
            fresh = area + digits not in self._used and len(set(digits)) > 2 and not digits.endswith("12345678")
            if fresh and valid(area + digits):
                self._used.add(area + digits)
                return f"{area}-{digits}"

    def row(self, number: int) -> list[str]:
        """A clean row, in the order of HEADINGS."""
        rng = self.rng
        woman = rng.random() < 0.62
        given = "".join(rng.sample(WOMEN if woman else MEN, rng.choice((1, 2, 2, 2))))
        province, city, area, postcode, _ = rng.choices(PLACES, [place[4] for place in PLACES])[0]
        phone = self.landline(area) if rng.random() < 0.06 else self.mobile()
        bought = rng.random() < 0.55
        bought_on = LAST_DAY - timedelta(days=rng.randrange(900))
        consent = rng.choices(("是", "", "未知"), (88.5, 7.5, 4.0))[0]
        return [
            f"M{number:06d}",
            rng.choice(SURNAMES) + given,
            "女" if woman else "男",
            phone,
            province,
            city,
            f"{rng.choice(STREETS)}{rng.randrange(1, 300)}号",
            postcode,
            str(min(1990, max(1938, int(rng.gauss(1961, 9))))),
            rng.choice(JOBS),
            rng.choice(INCOMES),
            "、".join(hobby for hobby in rng.sample(HOBBIES, 2) if hobby),
            bought_on.isoformat() if bought else "",
            f"{rng.randrange(50, 12_000)}.{rng.choice(('00', '00', '50', '90'))}" if bought else "0",
            consent,
            (LAST_DAY - timedelta(days=rng.randrange(30, 500))).isoformat() if consent == "是" else "",
            rng.choice(NICKNAMES),
        ]


NAME, PHONE, PROVINCE, CITY, BORN, BOUGHT_ON, SPENT, CONSENT, CONSENT_ON = 1, 3, 4, 5, 8, 12, 13, 14, 15


def other_spelling(rng: random.Random, phone: str) -> str:
    """The same number as another clerk would write it."""
    if "-" in phone:
        area, digits = phone.split("-")
        return rng.choice((f"({area}){digits}", f"{area}{digits}", f"+86 {area[1:]} {digits}"))
    return rng.choice(
        (
            f"{phone[:3]}-{phone[3:7]}-{phone[7:]}",
            f"{phone[:3]} {phone[3:7]} {phone[7:]}",
            f"+86{phone}",
            f"086-{phone}",
            phone.translate(FULL_WIDTH),
            f"0086 {phone}",
        )
    )


def dirty_date(rng: random.Random, text: str) -> str:
    day = date.fromisoformat(text)
    return rng.choice(
        (f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", "去年秋天")
    )


def bad_phones(maker: Maker, phone: str) -> str:
    """A number that cannot be called."""
    rng = maker.rng
    mobile = phone.replace("-", "")[:11].ljust(11, "7")
    hidden = f"{mobile[:3]}****{mobile[-4:]}"
    placeholders = ("13800138000", "12345678901", "19000000000")
    words = ("无", "见备注")
    return rng.choices(
        (
            "",
            "1.39E+10",
            mobile[:10],
            mobile + "5",
            rng.choice(placeholders),
            "400-820-1234",
            hidden,
            "62371845",
            rng.choice(words),
        ),
        (22, 10, 14, 8, 14, 4, 8, 12, 8),
    )[0]


def harmless(maker: Maker, row: list[str]) -> None:
    """Dirt that costs no customer."""
    rng = maker.rng
    touch = rng.randrange(9)
    if touch == 0:
        row[PHONE] = f"{maker.landline('0531')}转{rng.randrange(100, 999)}"
    elif touch == 1:
        row[PHONE] = other_spelling(rng, row[PHONE])
    elif touch == 2:
        row[PHONE] = f"{row[PHONE]}/{maker.mobile()}"
    elif touch == 3:
        hong_kong = f"{rng.choice('569')}{rng.randrange(10**7):07d}"
        if valid("+852" + hong_kong):
            row[PHONE] = f"(852) {hong_kong[:4]} {hong_kong[4:]}"
            row[PROVINCE], row[CITY] = "香港", "香港"
    elif touch == 4:
        row[NAME] = f" {row[NAME][0]} {row[NAME][1:]} "
    elif touch == 5 and row[BOUGHT_ON]:
        row[BOUGHT_ON] = dirty_date(rng, row[BOUGHT_ON])
    elif touch == 6:
        row[BORN] = rng.choice((f"{row[BORN]}年", f"{row[BORN]}-05-03", "不详", "62"))
    elif touch == 7 and row[SPENT] != "0":
        row[SPENT] = rng.choice((f"¥{row[SPENT]}", f"{row[SPENT]}元", "约三千"))
    elif touch == 8:
        row[CITY] = row[CITY].removesuffix("市")


def make_rows(seed: int = SEED, count: int = ROWS) -> list[list[str]]:
    """`count` rows under HEADINGS, about one in twenty of which is no new customer."""
    maker = Maker(seed)
    rng = maker.rng
    rows: list[list[str]] = []
    phones: list[str] = []
    for number in range(1, count + 1):
        row = maker.row(number)
        chance = rng.random()
        if chance < 0.0008 and number > 1:
            row = [""] * len(HEADINGS)
        elif chance < 0.020:
            row[PHONE] = bad_phones(maker, row[PHONE])
        elif chance < 0.036 and phones:
            row[PHONE] = other_spelling(rng, rng.choice(phones))
        elif chance < 0.051:
            row[CONSENT] = rng.choice(("拒绝", "否", "不同意", "勿扰"))
            row[CONSENT_ON] = ""
        elif chance < 0.090:
            harmless(maker, row)
        else:
            phones.append(row[PHONE])
        rows.append(row)
    if not any(rows[-1]):
        rows[-1] = maker.row(count)
    return rows


def csv_text(rows: list[list[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows(rows)
    return stream.getvalue()


def write_xlsx(path: Path, rows: list[list[str]]) -> None:
    """As spreadsheets come: a sheet of notes beside the list, years and phones as numbers, dates as dates."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2026, 2, 20), "title": "Invented prospects"})  # noqa: DTZ001 - a property
    sheet = book.add_worksheet("客户名单")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADINGS, bold)
    as_number: dict[int, Callable[[str], bool]] = {PHONE: str.isdigit, BORN: str.isdigit, SPENT: _is_amount}
    for r, row in enumerate(rows, start=1):
        for c, cell in enumerate(row):
            if c in as_number and cell.isascii() and as_number[c](cell):
                sheet.write_number(r, c, float(cell))
            elif c in (BOUGHT_ON, CONSENT_ON) and len(cell) == 10 and cell[4] == "-":
                sheet.write_datetime(r, c, datetime.fromisoformat(cell), day)
            elif cell:
                sheet.write_string(r, c, cell)
    notes = book.add_worksheet("说明")
    notes.write(0, 0, "本名单由程序生成，人物与号码均为虚构，仅用于模拟线路。")
    book.close()


def _is_amount(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()


def main(folder: Path) -> None:
    rows = make_rows()
    text = csv_text(rows)
    (folder / "prospects-20000.csv").write_bytes(text.encode("utf-8-sig"))
    (folder / "prospects-20000-gb18030.csv").write_bytes(text.encode("gb18030"))
    write_xlsx(folder / "prospects-sample.xlsx", rows[:XLSX_ROWS])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
