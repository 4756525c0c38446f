"""The responsibilities of a franchise contract on paper, with the conditions that were checked before it."""

from __future__ import annotations

from datetime import date

from backoffice.contracts.models import Contract
from backoffice.franchising.schemas import FranchiseOut
from backoffice.franchising.seed import COSTS, STEPS, UNIFIED
from backoffice.printing.http import company
from backoffice.printing.paper import Both, Code, Fields, Money, Paper, Signatures, Table, Text
from callcenter.kit.db import Session

NAMES: dict[str, tuple[str, str]] = {
    "fit_out": ("场地装修", "fit-out of the premises"),
    "fixed_assets": ("固定资产投资", "fixed assets"),
    "rent": ("房租", "rent"),
    "property_management": ("物业管理", "property management"),
    "property_insurance": ("财产保险", "property insurance"),
    "taxes": ("税金", "taxes"),
    "advertising": ("广告宣传", "advertising"),
    "promotion": ("促销", "promotion"),
    "name_and_brand": ("统一的商号、品牌形象", "one name and brand"),
    "scope": ("统一的经营范围", "one scope of business"),
    "service_standard": ("统一的服务规范", "one standard of service"),
    "information_system": ("统一的信息系统", "one information system"),
    "representative": ("担任加盟企业的法定代表人", "is the legal representative of the store"),
    "liability": ("承担相应法律责任", "bears the legal liability"),
}
_UNIFIED_ADVERTISING = Both("统一的广告宣传", "one advertising")


async def responsibilities(session: Session, _today: date, shown: FranchiseOut) -> Paper:
    own = await company(session)
    contract = await session.get(Contract, shown.contract_id) if shown.contract_id else None
    held = {kind: set(names) for kind, names in shown.responsibilities.items()}

    def rows(kind: str, names: tuple[str, ...]) -> list[list[Both | bool]]:
        return [
            [
                _UNIFIED_ADVERTISING if (kind, name) == ("unified", "advertising") else Both(*NAMES[name]),
                name in held.get(kind, ()),
            ]
            for name in names
        ]

    heads = [Both("事项", "matter"), Both("合同已约定", "in the contract")]
    return Paper(
        Both("连锁加盟合同责任约定", "Responsibilities of the franchise contract"),
        shown.number,
        [
            Fields(
                [
                    (Both("甲方(公司)", "party A (company)"), own.name),
                    (Both("乙方(加盟主)", "party B (franchisee)"), shown.customer),
                    (Both("城市", "city"), shown.city),
                    (Both("合同编号", "contract"), contract.number if contract else None),
                    (Both("加盟期限自", "term from"), contract.start_on if contract else None),
                    (Both("加盟期限至", "term to"), shown.term_to),
                    (Both("加盟资金", "capital"), Money(shown.funds_fen)),
                    (Both("意向金", "intent money"), Money(shown.intent_fen)),
                    (
                        Both("所处步骤", "step"),
                        Both(*STEPS[shown.state]) if shown.state in STEPS else Code(shown.state),
                    ),
                ]
            ),
            Text(Both("经营方式:公司和加盟主合作经营。", "Mode of operation: company and franchisee operate jointly.")),
            Table(
                heads, rows("costs", COSTS), title=Both("加盟主承担的费用", "Costs the franchisee bears"), widths=(4, 1)
            ),
            Table(
                heads, rows("legal", ("representative", "liability")), title=Both("法律责任", "Legal"), widths=(4, 1)
            ),
            Table(heads, rows("unified", UNIFIED), title=Both("统一管理事项", "Unified matters"), widths=(4, 1)),
            Table(
                [Both("条件", "condition"), Both("审查结果", "met")],
                [[Both(check.zh, check.en), check.met] for check in shown.checks],
                title=Both("加盟条件审查", "Conditions checked"),
                widths=(4, 1),
            ),
            Signatures([(Both("甲方", "party A"), None, None), (Both("乙方", "party B"), None, None)]),
        ],
        on=shown.made_on,
        status=Code(shown.state),
    )
