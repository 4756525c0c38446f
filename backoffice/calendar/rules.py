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
    name_zh: str = setting(
        "", source="D", zh="公司名称(打印用)", en="The company's name on papers, Chinese", max_length=100
    )
    name_en: str = setting("", source="D", zh="公司英文名称(打印用)", en="… and English", max_length=100)
    address_zh: str = setting("", source="D", zh="公司地址(打印用)", en="Its address, Chinese", max_length=200)
    address_en: str = setting("", source="D", zh="公司英文地址(打印用)", en="… and English", max_length=200)
    phone: str = setting("", source="D", zh="公司电话(打印用)", en="Its telephone number", max_length=50)
    bank_zh: str = setting(
        "",
        source="D",
        zh="收款账户(开户行、账号;打印在发票、对账单和催款单上)",
        en="Where customers pay to, Chinese",
        max_length=200,
    )
    bank_en: str = setting("", source="D", zh="收款账户英文", en="… and English", max_length=200)
