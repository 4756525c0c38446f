"""PURE: how the company counts days."""

from __future__ import annotations

from typing import ClassVar

from backoffice.kit.dates import DayCounting
from backoffice.kit.policy import Policy, setting


class CompanyPolicy(Policy):
    room: ClassVar[str] = "company"

    day_counting: DayCounting = setting(
        DayCounting.CALENDAR,
        source="D",
        zh="期限按日历日(calendar)或工作日(working)计算;章节原文未提工作日",
        en="Deadlines count calendar days or working days; the source nowhere mentions working days",
    )
