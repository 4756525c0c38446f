"""What a heading means, in Chinese and English."""

from __future__ import annotations

import pytest

from crm_sync.imports.headings import LABELS, Field, amount_factor, looks_like_data, meaning, normalise

MEANS = [
    ("姓名", Field.NAME),
    ("客户姓名", Field.NAME),
    ("Name", Field.NAME),
    ("Full Name", Field.NAME),
    ("姓", Field.FAMILY_NAME),
    ("Last Name", Field.FAMILY_NAME),
    ("first_name", Field.GIVEN_NAME),
    ("名", Field.GIVEN_NAME),
    ("手机号码*", Field.PHONE),
    ("手机号（必填）", Field.PHONE),
    ("联系电话", Field.PHONE),
    ("Phone Number", Field.PHONE),
    ("MOBILE", Field.PHONE),
    ("Work Phone", Field.WORK_PHONE),
    ("办公电话", Field.WORK_PHONE),
    ("单位电话", Field.WORK_PHONE),
    ("家庭电话", Field.HOME_PHONE),
    ("宅电", Field.HOME_PHONE),
    ("Home Phone Number", Field.HOME_PHONE),
    ("单位", Field.COMPANY),
    ("电话２", Field.PHONE),
    ("备用电话", Field.PHONE2),
    ("Alternate Phone", Field.PHONE2),
    ("区号", Field.AREA_CODE),
    ("性别", Field.GENDER),
    ("年龄", Field.AGE),
    ("出生年份", Field.BIRTH_YEAR),
    ("出生日期", Field.BIRTH_DATE),
    ("D.O.B.", Field.BIRTH_DATE),
    ("省市", Field.REGION),
    ("省份", Field.PROVINCE),
    ("State", Field.PROVINCE),
    ("城市", Field.CITY),
    ("通讯地址", Field.ADDRESS),
    ("Address Line 1", Field.ADDRESS),
    ("邮编", Field.POSTCODE),
    ("Zip", Field.POSTCODE),
    ("电子邮箱地址", Field.EMAIL),
    ("E-mail", Field.EMAIL),
    ("工作单位", Field.COMPANY),
    ("职业", Field.OCCUPATION),
    ("月收入", Field.INCOME_BAND),
    ("兴趣爱好", Field.INTERESTS),
    ("最近购买日期", Field.LAST_PURCHASE_ON),
    ("Last Order Date", Field.LAST_PURCHASE_ON),
    ("累计消费(元)", Field.TOTAL_PURCHASES),
    ("Total Spent", Field.TOTAL_PURCHASES),
    ("是否同意电话联系", Field.CONSENT),
    ("Opt-in", Field.CONSENT),
    ("同意日期", Field.CONSENT_AT),
    ("Consent Date", Field.CONSENT_AT),
    ("授权方式", Field.CONSENT_SOURCE),
    ("请勿来电", Field.DO_NOT_CALL),
    ("是否拒绝来电", Field.DO_NOT_CALL),
    ("DNC", Field.DO_NOT_CALL),
    ("时区", Field.TIMEZONE),
    ("客户来源", Field.ATTRIBUTE),
    ("会员编号", Field.ATTRIBUTE),
    ("购买次数", Field.ATTRIBUTE),
    ("身份证号", Field.IGNORE),  # sensitive and not needed: not stored unless somebody asks for it
    ("导入失败原因", Field.IGNORE),
    ("Import error", Field.IGNORE),
]


@pytest.mark.parametrize(("heading", "field"), MEANS)
def test_a_heading_means_its_field(heading: str, field: Field) -> None:
    found = meaning(heading)
    assert found is not None
    assert found[0] is field


@pytest.mark.parametrize("heading", ["", "微信昵称", "通话时长", "Shoe size", "username", "#3"])
def test_a_heading_nobody_knows_means_nothing(heading: str) -> None:
    assert meaning(heading) is None


def test_every_label_of_the_template_is_understood_in_both_languages() -> None:
    for field, labels in LABELS.items():
        for label in labels:
            if field not in (Field.ATTRIBUTE, Field.IGNORE):
                found = meaning(label)
                assert found is not None, label
                assert found[0] is field, label


def test_decoration_does_not_matter() -> None:
    assert normalise(" Phone_Number * ") == normalise("phone number") == "phonenumber"
    assert normalise("手机号（必填）") == normalise("手机号(选填)") == "手机号"


def test_ten_thousands_are_read_off_the_heading() -> None:
    assert amount_factor("累计消费(万元)") == 10_000
    assert amount_factor("累计消费(元)") == 1


def test_a_row_of_data_is_no_heading() -> None:
    assert looks_like_data(["张三", "13912345670"])
    assert looks_like_data(["a@b.cn"])
    assert not looks_like_data(["姓名", "电话2", "2025年消费"])
