"""What is said beside a campaign before somebody relies on it. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from campaigns.plans.schemas import Notice
from campaigns.schedule.holidays import unknown_years
from campaigns.schedule.rules import CallingRules


def of_calendar(rules: CallingRules, first: date, last: date) -> list[Notice]:
    """One notice for each year in which holidays are not known and only weekdays and closed days hold."""
    return [
        Notice(
            code="calendar_unknown_year",
            zh=f"节假日日历没有 {year} 年的数据：该年只按星期和“不外呼日”判断。"
            "请在“不外呼日”中填写法定节假日，或更新日历。",
            en=f"The calendar does not know {year}: only weekdays and closed days hold in that year. "
            "List the public holidays as closed days, or update the calendar.",
        )
        for year in unknown_years(rules.holidays, first, max(first, last))
    ]


def of_list(waiting: Mapping[str, int], callable_today: int) -> list[Notice]:
    """A campaign is within its windows and has nobody to call. `waiting`: its open leads, by reason why not now."""
    if not any(waiting.values()):
        return [
            Notice(
                code="list_used_up",
                zh="名单已全部呼完或结束，没有可呼的客户。可补充名单，或结束该活动。",
                en="Every lead is finished: there is nobody left to call. Take in new recipients, or close it.",
            )
        ]
    if callable_today == 0:
        return [
            Notice(
                code="nobody_today",
                zh="外呼时段已开始，但今天没有可呼的客户：原因见“名单去向”。",
                en="A window is open, but nobody may be called today: see where the list stands.",
            )
        ]
    return []


def of_campaign(rules: CallingRules, today: date, last_day: date | None, posted_on: date | None) -> list[Notice]:
    """`last_day`: the latest of the open leads; `posted_on`: the latest posting, for a campaign without leads yet."""
    last = last_day
    if last is None and posted_on is not None:
        last = posted_on + timedelta(days=rules.days_to)
    if last is None:
        return []
    return of_calendar(rules, today, last)
