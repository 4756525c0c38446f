"""PURE: every number, list and date of the source's 7.2.3 分销商管理控制方案, with the words it stands in.

A test lists them all. Nothing here is a setting: what the source says binds; what it leaves blank is in `rules.py`.
"""

from __future__ import annotations

from enum import StrEnum


class DistributorKind(StrEnum):
    """一、2:“本方案适用于公司经销商、代理商、零售商、加盟商等分销商的管理工作。”"""

    DEALER = "dealer"
    AGENT = "agent"
    RETAILER = "retailer"
    FRANCHISEE = "franchisee"


KIND_NAMES: dict[DistributorKind, tuple[str, str]] = {
    DistributorKind.DEALER: ("经销商", "dealer"),
    DistributorKind.AGENT: ("代理商", "agent"),
    DistributorKind.RETAILER: ("零售商", "retailer"),
    DistributorKind.FRANCHISEE: ("加盟商", "franchisee"),
}

COMPANY_PLAN_DAY = (11, 1)
"""三、2(1):“销售部每年11月1日下发年度销售渠道规划。”"""
REGION_PLAN_DAY = (11, 5)
"""三、2(3):“于11月5日将片区渠道规划、合格分销商名录以及分销商的选择标准下发给业务员。”"""


class PlanPart(StrEnum):
    """三、2(3): the three papers that the representatives are given on 5 November."""

    REGION_PLAN = "region_plan"
    QUALIFIED_LIST = "qualified_list"
    SELECTION_STANDARD = "selection_standard"


class Criterion(StrEnum):
    """三、1: the four selection criteria; the second is met by either of two figures."""

    EXPERIENCE = "experience"  # (1)经营同类产品或同业经营经验达××年以上
    MEANS = "means"  # (2)固定资产达××××元以上(或年营业额达×××元以上)
    CHARACTER = "character"  # (3)法人代表道德品质好
    SYSTEMS = "systems"  # (4)建有客户档案管理制度和风险评估办法


GRADINGS_A_YEAR = 1
"""六、3:“公司每年开展一次分销商等级评定工作。”"""

GRADE_POLICY: dict[str, tuple[str, str]] = {
    "AAA": ("战略合作;促销资源优先支持", "strategic partner; promotion resources first"),
    "AA": ("重点维护,提供更多指导,促使转为AAA级", "key maintenance, more guidance, pushed towards AAA"),
    "A": ("统一现款交易,一般维护", "cash only, ordinary maintenance"),
}
"""六、2: three grades (三级管理制度) and what each means."""

CASH_ONLY_GRADE = "A"
"""六、2(2)③:“A级分销商统一采取现款交易,提供一般的维护。”"""


class VisitTopic(StrEnum):
    """四、2:“了解分销商的库存情况、订货情况以及经营状态变更情况。”"""

    STOCK = "stock"
    ORDERS = "orders"
    CHANGES = "changes"


FILE_FLOW = ("REP", "SM", "CADM")
"""四、2: 业务员提供 → 销售部经理汇总 → 合同管理员归档更新."""
LOAN_FLOW = ("ask", "SM", "CADM", "CADM")
"""五、2: 业务部门申请 → 销售部经理审批 → 合同管理员提供 → 合同管理员回收."""
