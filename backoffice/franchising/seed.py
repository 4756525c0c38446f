"""PURE: every list and condition of the source's 7.2.2 连锁加盟店招募方案, with the words it stands in."""

from __future__ import annotations

from enum import StrEnum


class Source(StrEnum):
    """三:the five recruiting ways."""

    MEDIA = "media"  # 1.媒体招募
    BRIEFING = "briefing"  # 2.招募说明会
    WORD_OF_MOUTH = "word_of_mouth"  # 3.开拓人员或其他类型的口传招募
    STORE_POP = "store_pop"  # 4.店面POP
    PROSPECTUS = "prospectus"  # 5.加盟说明书或DM


class Education(StrEnum):
    """二、1(3):“具有大专以上学历”."""

    BELOW = "below"
    JUNIOR_COLLEGE = "junior_college"
    BACHELOR = "bachelor"
    MASTER = "master"


COLLEGE_OR_HIGHER = (Education.JUNIOR_COLLEGE, Education.BACHELOR, Education.MASTER)

STEPS: dict[str, tuple[str, str]] = {
    "understanding": ("加盟者详细了解加盟方案", "the scheme is read in detail"),
    "form_submitted": ("填写加盟申请表,提交公司总部审查", "the form is with head office"),
    "reservation_signed": ("审查合格后,签约加盟预约", "qualified; the reservation is signed"),
    "site_assessed": ("加盟地点评估", "the site is assessed"),
    "plan_agreed": ("经营计划的制定与沟通", "the business plan is made and agreed"),
    "contracted": ("签约", "the contract is signed"),
    "licensing": ("办理开业所需的经营证、照等手续", "papers are obtained"),
    "pre_opening": ("开业前的各项交接、培训、广告宣传和促销", "handover, training, advertising, promotion"),
    "open_supported": ("后续支持", "open, and supported"),
}
"""六: the nine steps."""

CONDITIONS = ("experience", "health", "knowledge", "competition", "site", "funds", "conduct")
"""二: the seven conditions."""

CONDUCT = ("honest_guided", "joins_activities", "proposes")
"""二、7: honest and guided; joins head office's activities; often makes and works for rational proposals."""

COSTS = (
    "fit_out",
    "fixed_assets",
    "rent",
    "property_management",
    "property_insurance",
    "taxes",
    "advertising",
    "promotion",
)
"""四、2: 场地装修、固定资产投资、房租、物业管理、财产保险、税金、广告宣传、促销等全部费用."""

UNIFIED = ("name_and_brand", "scope", "service_standard", "advertising", "information_system")
"""五: the five unified matters."""

OPERATION = "joint"
"""四、3:“公司和加盟主合作经营。”"""

PRE_OPENING = ("handover", "training", "advertising", "promotion")
"""六、8."""

SUPPORT = ("review", "training", "enquiry")
"""六、9: head office learns of the operation; exchange and training; the franchisee asks by telephone, fax …"""
