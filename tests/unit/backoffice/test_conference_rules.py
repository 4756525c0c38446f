"""M10: every figure, list and date of 7.2.1 is in the template; deadlines, capacity and results as worked by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.conferences import rules, template
from backoffice.conferences.rules import CONFERENCE, INVITEE, ConferencePolicy, ConferenceState, InviteeState, Standing
from backoffice.conferences.template import Amount, Category, Part
from backoffice.kit.duties import OfficeRole

READY = Standing(120, 104, 3, (), (), (), (), 15_900_000, 8)


def _texts(part: Part) -> list[str]:
    return [line.text for line in template.LINES if line.part is part]


def test_m10_1_the_theme_is_printed_on_pop_roll_ups_banners_arches_and_the_backdrop() -> None:
    theme = template.THEME.format(product="××产品")
    assert theme == "共赢未来、战略联盟计划启动仪式暨××产品招商会"
    assert [item.name for item in template.ITEMS if "{theme}" in item.note] == [
        "会议现场POP", "易拉宝", "条幅", "拱门", "会议背板",
    ]  # fmt: skip


def test_m10_2_about_100_people_in_a_room_for_100_to_120() -> None:
    policy = ConferencePolicy()
    assert (policy.about, policy.seats_from, policy.seats_to) == (100, 100, 120)
    assert [rules.seats_fit(n, 100, 120) for n in (99, 100, 120, 121)] == [False, True, True, False]
    assert not rules.over_capacity(104, 120)
    assert rules.over_capacity(121, 120)


@pytest.mark.parametrize(
    ("part", "count"),
    [
        (Part.PURPOSE, 4),  # M10-3
        (Part.HOST, 2),  # M10-4
        (Part.MEDIA, 4),
        (Part.GUESTS, 3),
        (Part.PLAN, 4),  # M10-5
        (Part.MATERIAL, 2),  # M10-6
        (Part.INVITE, 3),  # M10-8
        (Part.STAFF, 2),  # M10-10
        (Part.RECEPTION, 3),  # M10-14: arrivals, lodging, transport
        (Part.TALK, 4),  # M10-15
        (Part.BELIEF, 5),  # M10-16
        (Part.SIGNING, 2),  # M10-17
        (Part.AFTER, 3),  # M10-18
        (Part.ROOM, 8),  # M10-12
        (Part.COLOUR, 1),
    ],
)
def test_m10_14_to_m10_16_each_part_has_as_many_lines_as_the_source(part: Part, count: int) -> None:
    assert len(_texts(part)) == count


def test_m10_3_to_m10_6_words_of_the_source() -> None:
    assert _texts(Part.MEDIA) == ["《××日报》", "《××晚报》", "《都市快报》", "《××电视台》"]
    assert _texts(Part.GUESTS) == ["专家组", "媒体记者", "政府机构"]
    assert (template.CITY, template.VENUE) == ("山东省青岛市", "××大酒店")
    assert [t[:4] for t in _texts(Part.BELIEF)] == ["相信企业", "相信产品", "相信模式", "相信利润", "相信合同"]
    duty = {line.part: line.duty for line in template.LINES}
    assert (duty[Part.PLAN], duty[Part.MATERIAL], duty[Part.INVITE], duty[Part.STAFF]) == (
        OfficeRole.MKT, OfficeRole.MKT, OfficeRole.SM, OfficeRole.HRADM,
    )  # fmt: skip


def test_m10_7_sixteen_kinds_of_material_with_their_numbers() -> None:
    assert [(item.name, item.quantity, item.unit) for item in template.ITEMS] == [
        ("会议现场POP", 15, "个"),
        ("易拉宝", 15, "个"),
        ("条幅", 2, "条"),
        ("拱门", 2, "扇"),
        ("接待桌", 2, "张"),
        ("会议背板", 1, "块"),
        ("会场向导牌", None, "个"),
        ("独家分销商铭牌", None, "个"),
        ("手提袋", None, "个"),
        ("签名板", 1, "个"),
        ("主席台姓名台卡", None, "个"),
        ("分销商的胸卡", None, "个"),
        ("企业标志", None, "个"),
        ("墙面形象展示牌", None, "个"),
        ("男、女职业装", None, "套"),
        ("可能需要的材料的复印件", None, "份"),
    ]
    assert Counter(item.amount for item in template.ITEMS) == {
        Amount.FIXED: 7, Amount.AS_NEEDED: 1, Amount.TO_SET: 7, Amount.NONE: 1,
    }  # fmt: skip
    assert template.ITEMS[8].contents == ("加盟手册", "企业产品手册", "三折页", "一期规划图", "宣传光盘")
    assert template.ITEMS[15].contents == ("营业执照", "税务登记证", "ICP经营许可证")
    assert "酒店、楼层、厅" in template.ITEMS[6].note


def test_m10_9_attendance_is_confirmed_three_days_before() -> None:
    assert ConferencePolicy().confirm_days == 3
    assert rules.confirm_by(date(2026, 5, 20), 3) == date(2026, 5, 17)


def test_m10_11_four_roles_with_their_holders_and_duties() -> None:
    assert [(role.name, role.holder.value, len(role.duties)) for role in template.ROLES] == [
        ("总指挥", "GM", 3),
        ("副总指挥(执行总指挥)", "CMO", 2),
        ("会务组组长", "HRADM", 3),
        ("会场组组长", "MKT", 2),
    ]


def test_m10_12_blue_and_light_grey_neither_white_nor_red() -> None:
    [colour] = _texts(Part.COLOUR)
    assert all(word in colour for word in ("蓝色", "浅灰色", "不选白色或红色"))


def test_m10_13_three_zones_of_five_tasks_with_their_distances() -> None:
    assert Counter(task.zone for task in template.ZONES) == {
        "rostrum": 5, "distributor_zone": 5, "entrance": 5,
    }  # fmt: skip
    assert [(task.zone, task.cm) for task in template.ZONES if task.cm] == [
        ("distributor_zone", (300, 300)),  # 约3米
        ("distributor_zone", (150, 150)),  # 约1.5米
        ("entrance", (1_000, 1_500)),  # 10~15米
    ]


@pytest.mark.parametrize(
    ("measured", "cm", "fits"),
    [
        (300, (300, 300), True), (270, (300, 300), True), (269, (300, 300), False), (330, (300, 300), True),
        (331, (300, 300), False), (165, (150, 150), True), (166, (150, 150), False),
        (1_000, (1_000, 1_500), True), (1_500, (1_000, 1_500), True), (999, (1_000, 1_500), False),
        (1_501, (1_000, 1_500), False),
    ],
)  # fmt: skip
def test_m10_13_about_has_a_tolerance_and_a_range_has_none(measured: int, cm: tuple[int, int], fits: bool) -> None:
    assert rules.distance_fits(measured, *cm, 10) is fits


def test_m10_17_those_agreed_with_sign_first() -> None:
    assert rules.may_sign(True, 3, True)
    assert not rules.may_sign(False, 1, True)
    assert rules.may_sign(False, 0, True)
    assert rules.may_sign(False, 1, False)  # a setting


def test_m10_19_two_categories_of_cost() -> None:
    assert [item for category, item in template.BUDGET if category is Category.SERVICES] == [
        "会议场地费用", "食宿费用", "会议物品费用", "交通费用", "其他会务相关费用",
    ]  # fmt: skip
    assert [item for category, item in template.BUDGET if category is Category.PUBLICITY] == [
        "新闻媒体购买费用", "嘉宾费用", "营销支持费用", "主持人费用", "其他宣传推广相关费用",
    ]  # fmt: skip


def test_m10_worked_figures() -> None:
    services, publicity = (30_000, 42_000, 9_000, 6_000), (40_000, 12_000, 15_000, 5_000)
    total = sum(services) + sum(publicity)
    assert (sum(services), sum(publicity), total) == (87_000, 72_000, 159_000)
    assert rules.share_permille(18, 104) == 173  # 17.3 %
    assert rules.cost_each(total * 100, 18) == 883_333  # 8,833.33
    assert (rules.share_permille(0, 0), rules.cost_each(1, 0)) == (None, None)


@pytest.mark.parametrize(
    ("standing", "codes"),
    [
        (READY, []),
        (Standing(99, 90, 1, (), (), (), (), 0, 1), ["seats"]),
        (Standing(120, 121, 1, (), (), (), (), 0, 1), ["capacity"]),
        (Standing(120, 104, 0, (), (), (), (), 0, 1), ["leaders"]),  # avoid nobody signing
        (Standing(120, 104, 1, ("x",), ("y",), ("z",), ("w",), 0, 0), ["agenda", "tasks", "items", "roles", "zones"]),
    ],
)
def test_ready_means_that_nothing_is_missing(standing: Standing, codes: list[str]) -> None:
    assert [m.code for m in rules.missing(standing, ConferencePolicy())] == codes


def test_the_sources_numbers_are_settings_marked_s() -> None:
    marks = {n: f.json_schema_extra["source"] for n, f in ConferencePolicy.model_fields.items()}  # type: ignore[index,call-overload]
    assert {n for n, mark in marks.items() if mark == "S"} == {
        "about", "seats_from", "seats_to", "confirm_days", "leaders_first",
    }  # fmt: skip


@given(st.lists(st.sampled_from(sorted({m.command for m in INVITEE.moves})), max_size=20))
def test_nobody_signs_who_did_not_attend(commands: list[str]) -> None:
    state, seen = InviteeState.CANDIDATE, [InviteeState.CANDIDATE]
    for command in commands:
        after = INVITEE.after(state, command)
        if after is not None:
            state = after
            seen.append(state)
    if state is InviteeState.SIGNED:
        assert seen[-2] is InviteeState.ATTENDED
        assert InviteeState.INVITED in seen


@given(st.lists(st.sampled_from(sorted({m.command for m in CONFERENCE.moves})), max_size=25))
def test_no_conference_opens_whose_last_plan_was_not_approved(commands: list[str]) -> None:
    state, approved = ConferenceState.PLANNED, False
    for command in commands:
        after = CONFERENCE.after(state, command)
        if after is not None:
            approved = (approved or command == "approve") and command != "replan"
            state = after
            assert approved or state in (ConferenceState.PLANNED, ConferenceState.CALLED_OFF)
