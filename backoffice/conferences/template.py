"""The plan of 7.2.1 渠道招商会操作方案, line by line [S]. A new conference begins as a copy of it.

What the source leaves blank (××) has no quantity here: it is filled before the conference is ready.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backoffice.kit.duties import OfficeRole

THEME = "共赢未来、战略联盟计划启动仪式暨{product}招商会"
ABOUT = 100
"""People, 左右."""
SEATS = (100, 120)
CITY, VENUE = "山东省青岛市", "××大酒店"
SIGN_THEME = "共赢未来、战略联盟计划启动仪式"
CONFIRM_DAYS_BEFORE = 3
_R = OfficeRole


class Part(StrEnum):
    """What a line of the plan belongs to; in the order of the source."""

    PURPOSE = "purpose_of_conference"
    HOST = "host"
    MEDIA = "media_support"
    GUESTS = "guests"
    PLAN = "plan_task"
    MATERIAL = "material_task"
    INVITE = "invite_task"
    STAFF = "staff_task"
    COLOUR = "colour_scheme"
    ROOM = "room_need"
    RECEPTION = "reception_task"
    TALK = "talk_point"
    BELIEF = "belief"
    SIGNING = "signing_task"
    AFTER = "after_task"


@dataclass(frozen=True, slots=True)
class Line:
    part: Part
    text: str
    duty: OfficeRole
    task: bool = False
    """Something to be done before the conference is ready (`AFTER`: before it is summarised)."""


def _lines(part: Part, duty: OfficeRole, *texts: str, task: bool = False) -> tuple[Line, ...]:
    return tuple(Line(part, text, duty, task) for text in texts)


LINES: tuple[Line, ...] = (
    *_lines(
        Part.PURPOSE,
        _R.SM,
        "安排有明确投资意向并已基本谈妥的分销商签约。",
        "安排已谈妥合作意向的企业带动部分观望的分销商签约。",
        "针对一些以后可能加入渠道网络的分销商进行产品宣传和招商讲解。",
        "借助本活动及有关报道为企业及其产品在当地市场形成一定的影响。",
    ),
    *_lines(Part.HOST, _R.MKT, "××公司", "××协会"),
    *_lines(Part.MEDIA, _R.MKT, "《××日报》", "《××晚报》", "《都市快报》", "《××电视台》"),
    *_lines(Part.GUESTS, _R.SM, "专家组", "媒体记者", "政府机构"),
    *_lines(
        Part.PLAN,
        _R.MKT,
        "制订招商会的整体方案,设定会议议题和议程。",
        "策划本产品的全套招商资料。",
        "起草招商会邀请函和分销协议的相关内容。",
        "确定本次招商会的宣传策略:借助合作媒体的声音,传播公司规模、实力及优势所在。",
        task=True,
    ),
    *_lines(
        Part.MATERIAL,
        _R.MKT,
        "制作有关企业及产品的多媒体讲解资料,包括媒体报道文章。",
        "准备、制作招商会中要用到的各种物品(见物品表)。",
        task=True,
    ),
    *_lines(
        Part.INVITE,
        _R.SM,
        "制订分销渠道的建设方案,初步筛选、联络潜在的分销商;会前多轮沟通,确保一定数量的现场签约;会前三天确认到会人数。",
        "全面了解并熟悉整个招商会的模式和细节,准备相关的讲解课程并反复演练。",
        "邀请有关地方政府机构和相关协会的人员、专家,以及媒体单位的记者。",
        task=True,
    ),
    *_lines(
        Part.STAFF,
        _R.HRADM,
        "聘请会议主持人、接待人员、礼仪人员。",
        "配备工作人员,制定《招商会工作人员配备表》。",
        task=True,
    ),
    *_lines(Part.COLOUR, _R.MKT, "以蓝色和浅灰色为主,尽量不选白色或红色为主色调。"),
    *_lines(
        Part.ROOM,
        _R.MKT,
        "环境舒适、温度适宜、不压抑",
        "无噪音",
        "光线充足",
        "能满足预期人员(100~120人)的座位",
        "音响效果良好",
        "数码投影仪与幕布",
        "白板",
        "立式讲台(最好在侧下方加坐式解说台)",
        task=True,
    ),
    *_lines(
        Part.RECEPTION,
        _R.HRADM,
        "目标分销商的到会确认和接待",
        "与会人员的住宿",
        "与会人员的交通",
        task=True,
    ),
    *_lines(
        Part.TALK,
        _R.SM,
        "产品是否有前景,是否有竞争力。",
        "利润空间是否够,是否有钱可赚。",
        "推广支持是否周密可行,支持力度是否大,能否到位。",
        "企业是否有实力、信誉,承诺能否兑现,包括支持、协销承诺及分销商风险控制承诺等。",
    ),
    *_lines(
        Part.BELIEF,
        _R.SM,
        "相信企业:有实力、讲信誉、有能力、有战略、有远见。",
        "相信产品:确实有功效、卖点独特、定位准确、质量可靠,在市场上有前景。",
        "相信模式:营销模式先进有实效、管理规范,可操作性强。",
        "相信利润:产品有钱可赚、利润空间大。",
        "相信合同:严密、责权利明确,有绝对的约束性和保障性。",
    ),
    *_lines(
        Part.SIGNING,
        _R.SM,
        "会前沟通,选出有条件、态度积极、合作倾向明确的分销商事前确定,同时听取其对招商会的建议和期望。",
        "请事先沟通确定有合作意向、态度积极的分销商带头签约,引发从众心理。",
    ),
    Line(Part.AFTER, "结算、撤离等工作,由所有参会的工作人员按职责进行。", _R.HRADM, True),
    Line(Part.AFTER, "签约分销商的后期追款,由签约的销售部工作人员负责。", _R.SM, True),
    Line(Part.AFTER, "制作会后总结及宣传材料,由市场部与会人员负责。", _R.MKT, True),
)


class Amount(StrEnum):
    FIXED = "fixed"
    AS_NEEDED = "as_needed"
    TO_SET = "to_set"  # ×× in the source
    NONE = "none_said"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the 招商会所用物品表."""

    name: str
    amount: Amount
    quantity: int | None = None
    unit: str = "个"
    note: str = ""
    contents: tuple[str, ...] = ()


_THEME = "注明会议主题“{theme}”"
ITEMS: tuple[Item, ...] = (
    Item("会议现场POP", Amount.FIXED, 15, note=_THEME),
    Item("易拉宝", Amount.FIXED, 15, note=_THEME),
    Item("条幅", Amount.FIXED, 2, "条", _THEME),
    Item("拱门", Amount.FIXED, 2, "扇", _THEME),
    Item("接待桌", Amount.FIXED, 2, "张"),
    Item("会议背板", Amount.FIXED, 1, "块", _THEME + "及“主办单位”"),
    Item("会场向导牌", Amount.AS_NEEDED, None, "个", f"注明“{SIGN_THEME}、酒店、楼层、厅”"),
    Item("独家分销商铭牌", Amount.TO_SET),
    Item("手提袋", Amount.TO_SET, contents=("加盟手册", "企业产品手册", "三折页", "一期规划图", "宣传光盘")),
    Item("签名板", Amount.FIXED, 1),
    Item("主席台姓名台卡", Amount.TO_SET),
    Item("分销商的胸卡", Amount.TO_SET),
    Item("企业标志", Amount.TO_SET),
    Item("墙面形象展示牌", Amount.TO_SET),
    Item("男、女职业装", Amount.TO_SET, None, "套"),
    Item(
        "可能需要的材料的复印件",
        Amount.NONE,
        None,
        "份",
        contents=("营业执照", "税务登记证", "ICP经营许可证"),
    ),
)


@dataclass(frozen=True, slots=True)
class Role:
    """A line of the 招商会工作人员及其职责表: who is to hold it, and what for."""

    code: str
    name: str
    holder: OfficeRole
    duties: tuple[str, ...]


ROLES: tuple[Role, ...] = (
    Role("commander", "总指挥", _R.GM, ("会议前期的组织", "后期服务", "整个会议的总协调")),
    Role(
        "deputy_commander", "副总指挥(执行总指挥)", _R.CMO, ("所有会议细节的安排和处理", "会议议程、科目和时间的安排")
    ),
    Role(
        "services_head",
        "会务组组长",
        _R.HRADM,
        (
            "会议接待、登记、会议资料的发放、会场的整理、各个成员的分组、突发事件的处理和协调",
            "票务安排、会议各种费用结算、支付等",
            "接站、登记等接待事宜",
        ),
    ),
    Role(
        "venue_head",
        "会场组组长",
        _R.MKT,
        (
            "会场秩序的调节、摄影、摄像、讲课进程的安排、会场现场的业务处理、会场气氛的营造",
            "参会人员的名单整理、分组、就餐安排、合同资料、与会人员的事务协调、意向分销商的沟通促进、配合会务组安排业务等",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ZoneTask:
    """A line of the 会场分区布置表; `cm`: a distance that is measured, from and to (the same: about)."""

    zone: str
    text: str
    cm: tuple[int, int] | None = None


ROSTRUM, SEATING, ENTRANCE = "rostrum", "distributor_zone", "entrance"
ZONES: tuple[ZoneTask, ...] = (
    ZoneTask(ROSTRUM, "主席台背板"),
    ZoneTask(ROSTRUM, "主席台会议桌"),
    ZoneTask(ROSTRUM, "投影仪、投影幕"),
    ZoneTask(ROSTRUM, "笔记本电脑"),
    ZoneTask(ROSTRUM, "主持台、麦克风、音响设备"),
    ZoneTask(SEATING, "分销商第一排离主席台保持约3米的距离", (300, 300)),
    ZoneTask(SEATING, "分销商区的两侧留出约1.5米的距离", (150, 150)),
    ZoneTask(SEATING, "会场内四周易拉宝的环型摆放"),
    ZoneTask(SEATING, "会议桌、笔、饮用水"),
    ZoneTask(SEATING, "会场内墙面形象展示牌"),
    ZoneTask(ENTRANCE, "会场台阶处,摆放易拉宝"),
    ZoneTask(ENTRANCE, "会场10~15米的入口处,摆放易拉宝", (1_000, 1_500)),
    ZoneTask(ENTRANCE, "会场入口处工作区:进入手续登记、会议资料发放、咨询、解答、推荐、引导"),
    ZoneTask(ENTRANCE, "专柜实景展示"),
    ZoneTask(ENTRANCE, "实景两侧不同角度地摆放易拉宝"),
)


class Category(StrEnum):
    """The two parts of the budget (六)."""

    SERVICES = "conference_services"
    PUBLICITY = "conference_publicity"


BUDGET: tuple[tuple[Category, str], ...] = (
    (Category.SERVICES, "会议场地费用"),
    (Category.SERVICES, "食宿费用"),
    (Category.SERVICES, "会议物品费用"),
    (Category.SERVICES, "交通费用"),
    (Category.SERVICES, "其他会务相关费用"),
    (Category.PUBLICITY, "新闻媒体购买费用"),
    (Category.PUBLICITY, "嘉宾费用"),
    (Category.PUBLICITY, "营销支持费用"),
    (Category.PUBLICITY, "主持人费用"),
    (Category.PUBLICITY, "其他宣传推广相关费用"),
)

EXECUTING, SUPERVISING, VERIFYING = "市场部", "销售部", "总经理办公室"
"""Of the document's head; the source leaves them blank (D)."""
