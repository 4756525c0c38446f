"""Which field a heading means, in Chinese and English. PURE."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class Field(StrEnum):
    """What a column can be mapped to."""

    NAME = "name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    PHONE = "phone"
    PHONE2 = "phone2"
    HOME_PHONE = "home_phone"
    WORK_PHONE = "work_phone"
    AREA_CODE = "area_code"
    GENDER = "gender"
    BIRTH_YEAR = "birth_year"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    REGION = "region"
    PROVINCE = "province"
    CITY = "city"
    ADDRESS = "address"
    POSTCODE = "postcode"
    EMAIL = "email"
    COMPANY = "company"
    OCCUPATION = "occupation"
    INCOME_BAND = "income_band"
    INTERESTS = "interests"
    LAST_PURCHASE_ON = "last_purchase_on"
    TOTAL_PURCHASES = "total_purchases"
    CONSENT = "consent"
    CONSENT_SOURCE = "consent_source"
    CONSENT_AT = "consent_at"
    DO_NOT_CALL = "do_not_call"
    TIMEZONE = "timezone"
    ATTRIBUTE = "attribute"
    IGNORE = "ignore"


LABELS: dict[Field, tuple[str, str]] = {
    Field.NAME: ("姓名", "Name"),
    Field.FAMILY_NAME: ("姓", "Last name"),
    Field.GIVEN_NAME: ("名", "First name"),
    Field.PHONE: ("手机号码", "Mobile"),
    Field.PHONE2: ("备用电话", "Second phone"),
    Field.HOME_PHONE: ("家庭电话", "Home phone"),
    Field.WORK_PHONE: ("单位电话", "Work phone"),
    Field.AREA_CODE: ("区号", "Area code"),
    Field.GENDER: ("性别", "Gender"),
    Field.BIRTH_YEAR: ("出生年份", "Year of birth"),
    Field.BIRTH_DATE: ("出生日期", "Date of birth"),
    Field.AGE: ("年龄", "Age"),
    Field.REGION: ("省市", "Region"),
    Field.PROVINCE: ("省份", "Province"),
    Field.CITY: ("城市", "City"),
    Field.ADDRESS: ("通讯地址", "Address"),
    Field.POSTCODE: ("邮政编码", "Postcode"),
    Field.EMAIL: ("电子邮箱", "Email"),
    Field.COMPANY: ("工作单位", "Company"),
    Field.OCCUPATION: ("职业", "Occupation"),
    Field.INCOME_BAND: ("月收入", "Income"),
    Field.INTERESTS: ("兴趣爱好", "Interests"),
    Field.LAST_PURCHASE_ON: ("最近购买日期", "Last purchase date"),
    Field.TOTAL_PURCHASES: ("累计消费(元)", "Total purchases (yuan)"),
    Field.CONSENT: ("同意电话联系", "Consent to calls"),
    Field.CONSENT_SOURCE: ("同意来源", "Consent source"),
    Field.CONSENT_AT: ("同意日期", "Consent date"),
    Field.DO_NOT_CALL: ("请勿来电", "Do not call"),
    Field.TIMEZONE: ("时区", "Time zone"),
    Field.ATTRIBUTE: ("保留为附加信息", "Keep as extra information"),
    Field.IGNORE: ("忽略", "Ignore"),
}
"""Labels in Chinese and English: for the mapping screen, and the headings of the template."""

MANY = frozenset({Field.ATTRIBUTE, Field.IGNORE})
"""What more than one column may be mapped to."""

FURTHER = (Field.PHONE2, Field.HOME_PHONE, Field.WORK_PHONE)
"""Columns of further numbers, in the order in which they are tried after the person's own."""
PHONES = frozenset({Field.PHONE, *FURTHER})


def _exact(field: Field, rank: int, *words: str) -> list[tuple[str, tuple[Field, int]]]:
    return [(word, (field, rank)) for word in words]


_EXACT: dict[str, tuple[Field, int]] = dict(
    [
        *_exact(Field.NAME, 0, "姓名", "客户姓名", "name", "fullname", "customername"),
        *_exact(Field.NAME, 1, "名字", "称呼", "客户", "联系人", "客户名", "客户名称", "会员姓名", "收件人", "户主"),
        *_exact(
            Field.NAME, 1, "clientname", "contactname", "contact", "contactperson", "customer", "client", "recipient"
        ),
        *_exact(Field.FAMILY_NAME, 0, "姓", "姓氏", "lastname", "surname", "familyname", "lname"),
        *_exact(Field.GIVEN_NAME, 0, "名", "firstname", "givenname", "forename", "fname"),
        *_exact(
            Field.PHONE,
            0,
            "手机号码",
            "手机号",
            "手机",
            "移动电话",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cellphone",
        ),
        *_exact(
            Field.PHONE, 0, "cell", "mobileno", "cellnumber", "手机电话", "phonenumber", "phone", "mobilephonenumber"
        ),
        *_exact(
            Field.PHONE, 1, "电话", "电话号码", "联系电话", "联系方式", "telephone", "tel", "phoneno", "telephonenumber"
        ),
        *_exact(
            Field.PHONE, 1, "联系手机", "联系号码", "telno", "contactnumber", "contactphone", "primaryphone", "客户电话"
        ),
        *_exact(Field.PHONE, 3, "号码", "number", "msisdn"),
        *_exact(Field.AREA_CODE, 0, "区号", "电话区号", "areacode"),
        *_exact(Field.GENDER, 0, "性别", "gender", "sex"),
        *_exact(Field.AGE, 0, "年龄", "岁数", "age"),
        *_exact(Field.BIRTH_YEAR, 0, "出生年", "出生年份", "生年", "birthyear", "yearofbirth", "yob"),
        *_exact(
            Field.BIRTH_DATE,
            0,
            "出生日期",
            "生日",
            "出生年月",
            "出生年月日",
            "dateofbirth",
            "birthdate",
            "birthday",
            "dob",
        ),
        *_exact(Field.BIRTH_DATE, 0, "出生", "出生时间", "born"),
        *_exact(
            Field.REGION, 0, "省市", "地区", "所在地区", "所在地", "归属地", "省市区", "省份城市", "region", "location"
        ),
        *_exact(Field.PROVINCE, 0, "省", "省份", "所在省", "所在省份", "province", "state", "stateprovince"),
        *_exact(Field.CITY, 0, "市", "城市", "所在市", "所在城市", "地市", "city", "town"),
        *_exact(Field.POSTCODE, 0, "邮编", "邮政编码", "邮码", "postcode", "postalcode", "zip", "zipcode"),
        *_exact(
            Field.COMPANY, 0, "公司", "单位", "工作单位", "公司名称", "单位名称", "company", "companyname", "employer"
        ),
        *_exact(Field.COMPANY, 0, "organization", "organisation"),
        *_exact(
            Field.OCCUPATION, 0, "职业", "职务", "职位", "工作", "occupation", "job", "jobtitle", "profession", "title"
        ),
        *_exact(Field.INTERESTS, 0, "兴趣", "爱好", "兴趣爱好", "interest", "interests", "hobby", "hobbies"),
        *_exact(Field.CONSENT, 0, "同意", "consent", "optin", "permission", "授权", "是否同意", "是否授权"),
        *_exact(
            Field.DO_NOT_CALL, 0, "勿扰", "免打扰", "dnc", "donotcall", "optout", "optedout", "黑名单", "拒访", "拒接"
        ),
        *_exact(Field.TIMEZONE, 0, "时区", "timezone", "tz"),
        *_exact(Field.IGNORE, 0, "导入失败原因", "importerror", "序号", "no", "行号", "rowno"),
    ]
)

# The first pattern that is found decides, so a narrow meaning stands before the wide one it contains:
# "同意电话联系" is a consent and not a phone, "电子邮箱地址" an email and not an address.
_CONTAINS: list[tuple[re.Pattern[str], Field, int]] = [
    (re.compile(pattern), field, rank)
    for pattern, field, rank in (
        (r"身份证|证件号|idcard|idnumber|nationalid|ssn|passport|护照|银行卡|bankcard", Field.IGNORE, 2),
        (r"(同意|授权|consent|optin).*(日期|时间|date|time|at$|on$)", Field.CONSENT_AT, 1),
        (r"(同意|授权|consent|optin).*(来源|方式|渠道|途径|source|channel|method)", Field.CONSENT_SOURCE, 1),
        (
            r"勿扰|勿打|勿来电|请勿|拒绝|拒访|免打扰|退订|黑名单|donotcall|donotcontact|optout|unsubscrib",
            Field.DO_NOT_CALL,
            1,
        ),
        (r"同意|授权|consent|optin|maycall|permission", Field.CONSENT, 1),
        (r"邮箱|电邮|e?mail$|emailaddress|^email", Field.EMAIL, 1),
        (r"邮编|邮政编码|postcode|postalcode|zipcode", Field.POSTCODE, 1),
        (r"区号", Field.AREA_CODE, 1),
        (
            r"备用|第二|其他电话|其它电话|紧急|alternat|second|other(phone|mobile)|phone2|mobile2|tel2",
            Field.PHONE2,
            1,
        ),
        (
            r"宅电|(家庭|家里|住宅|家中)(固定)?(电话|座机|固话|号码)|home(phone|tel|number|line)|telhome",
            Field.HOME_PHONE,
            7,
        ),
        (
            r"(单位|办公|公司|工作|办公室)(固定)?(电话|座机|固话|号码)"
            r"|(work|office|business|company)(phone|tel|number|line)|telwork",
            Field.WORK_PHONE,
            7,
        ),
        (
            r"来源|渠道|编号|会员号|卡号|订单|次数|备注|remark|note|source|channel|count|status|型号|品牌",
            Field.ATTRIBUTE,
            1,
        ),
        (r"手机|移动电话|mobile|cellphone", Field.PHONE, 1),
        (
            r"(最近|最后|上次|末次|last|latest|recent).*(购|消费|下单|订购|purchase|order|buy|bought)",
            Field.LAST_PURCHASE_ON,
            1,
        ),
        (
            r"(累计|总|合计|历史|total|lifetime|cumulative).*(消费|购买|金额|交易|purchase|spen[dt]|order|amount)"
            r"|(消费|购买|交易)(总额|总金额|累计|金额|额)|lifetimevalue",
            Field.TOTAL_PURCHASES,
            1,
        ),
        (r"固话|座机|固定电话|landline", Field.PHONE, 2),
        (r"电话|telephone|phone|^tel", Field.PHONE, 2),
        (r"收入|月薪|年薪|工资|income|salary", Field.INCOME_BAND, 1),
        (r"地址|住址|住所|address|street", Field.ADDRESS, 1),
        (r"生日|出生日|出生年月|dateofbirth|birthda", Field.BIRTH_DATE, 1),
        (r"出生|birthyear|yearofbirth", Field.BIRTH_YEAR, 1),
        (r"年龄", Field.AGE, 1),
        (r"性别|gender", Field.GENDER, 1),
        (r"兴趣|爱好|hobb|interest", Field.INTERESTS, 1),
        (r"职业|职务|职位|occupation|profession", Field.OCCUPATION, 1),
        (r"公司|单位|企业|company|employer", Field.COMPANY, 1),
        (r"省份|province", Field.PROVINCE, 1),
        (r"城市|^city", Field.CITY, 1),
        (r"姓名|联系人", Field.NAME, 2),
    )
]

_BRACKETS = re.compile(r"[((\[【<《].*?[))\]】>》]")
_NOISE = re.compile(r"[\s_\-*:.、,/\\|'\"“”#&+?!]+")


@lru_cache(maxsize=4096)
def normalise(heading: str) -> str:
    """`" Phone_Number * "` → `phonenumber`; `手机号(必填)` → `手机号`."""
    text = unicodedata.normalize("NFKC", heading).lower().strip()
    bare = _NOISE.sub("", _BRACKETS.sub("", text))
    return bare or _NOISE.sub("", text.strip("()[]"))


def meaning(heading: str) -> tuple[Field, int] | None:
    """The field that a heading means and how surely (0 is surest), or None for a heading nobody knows."""
    word = normalise(heading)
    if not word:
        return None
    if word in _EXACT:
        return _EXACT[word]
    for pattern, field, rank in _CONTAINS:
        if pattern.search(word):
            return field, rank
    return None


def amount_factor(heading: str) -> int:
    """How many yuan one unit of a money column is: 10,000 under a heading with 万元, else 1."""
    return 10_000 if "万" in heading else 1


_DIGITS = re.compile(r"\d")


def looks_like_data(cells: list[str]) -> bool:
    """Whether a row that should hold headings holds customers instead (a phone number, an email)."""
    return any(len(_DIGITS.findall(cell)) >= 7 or "@" in cell for cell in cells)
