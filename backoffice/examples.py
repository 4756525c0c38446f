"""Examples of request bodies for the description of the surface, composed from what each field usually holds.

A field's own `examples` come first, then the table below, then what its type allows. A text without an entry is a
mistake: a test composes every body and lets the server's own schema judge it.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_ID = "0199b3a2-7c00-7000-8000-00000000a001"
_DAY = "2026-03-20"

FIELDS: Mapping[str, Any] = {
    "accept_payer": "客户的母公司代付,有委托书",
    "account_code": "6601-03",
    "address": "山东省青岛市市南区香港中路 1 号",
    "advice": "多走访县级药店",
    "amount_capitals": "伍仟元整",
    "amount_fen": 1_280_000,
    "annual_fen": 120_000_000,
    "annual_turnover_fen": 500_000_000,
    "archive_place": "档案柜 3-12",
    "area_m2": 80,
    "bank_reference": "20260320-001873",
    "body": "一、产品与价格\n二、付款方式\n三、违约责任",
    "brand": "康元",
    "carrier": "顺丰",
    "cause": "客户资金周转困难",
    "changes": "新开两家门店",
    "channel": "电话",
    "city": "青岛市",
    "city_class": 2,
    "conduct": ["honest_guided"],
    "contact": "王女士",
    "contact_phone": "0532-80000000",
    "contract_reference": "HT-2026-0018",
    "decision": "同意分期付款方案,由业务员跟进",
    "delivery_terms": "卖方送货至买方仓库",
    "delta": {"contact": "李先生"},
    "department_code": "SALES-EAST",
    "disclosed_on": "2026-02-01",
    "evidence": "批号照片与购货小票",
    "evidence_note": "法院裁定书 (2026) 鲁破 12 号",
    "exception_reason": "展会临时加位",
    "executing_department": "销售部",
    "expense_ratio_bp": 750,
    "findings": "订单充足,下月初有回款",
    "found_region": "河南",
    "fen": 5_000_000,
    "first_day": "2026-04-01",
    "last_day": "2026-04-07",
    "from_on": "2026-01-01",
    "from_year": 2026,
    "grade": "AA",
    "to_on": "2026-12-31",
    "start_on": "2026-01-01",
    "end_on": "2026-12-31",
    "invoice_no": "25372000000012345678",
    "issuer": "青岛海天大酒店有限公司",
    "item_note": "含主题与主办单位",
    "kind": "quality",
    "legal_name": "青岛海风商贸有限公司",
    "legal_representative": "张海",
    "limit_fen": 50_000_000,
    "lodging": "标准间一晚",
    "lot": "L2026-03",
    "low": 0,
    "high": 100_000,
    "measure": "上门对账并停止发货",
    "month": "2026-03-01",
    "months": [10_000_000] * 12,
    "name": "康元人参礼盒",
    "name_en": "Conference expenses",
    "name_zh": "会务费",
    "note": "按合同办理",
    "opinion": "建议分期收回",
    "orders": "本月订 200 盒",
    "organisation": "青岛海风商贸有限公司",
    "over_fen": -1,
    "parent_code": "6601",
    "payer_name": "青岛海风商贸有限公司",
    "period": 3,
    "phone": "13800000000",
    "plan": "先协商分期,逾期即起诉",
    "product": "康元人参礼盒",
    "proposals": "希望提供试饮装",
    "publicity": "两家报纸已刊登",
    "purpose": "核对条款",
    "quantity": 10,
    "price_fen": 23_880,
    "reason": "客户书面申请",
    "receipt_number": "SJ-0042",
    "recipient": "张海",
    "region": "山东",
    "result": "已补签订单",
    "roles": ["SUP", "REP"],
    "row_no": 1,
    "satisfaction_percent": 82,
    "score": 4,
    "series": "001",
    "settled_fen": 200_000,
    "shares_bp": [],
    "signed_name": "张海",
    "signer": "王女士",
    "sku": "HK-030",
    "source": "行业协会月报",
    "speaker": "营销总监",
    "stock": "库存 60 盒",
    "summary": "到会 104 人,现场签约 18 家",
    "supervising_department": "财务部",
    "supplier": "海天大酒店",
    "texts": ["产品前景", "利润空间"],
    "theme": "共赢未来",
    "title": "二季度推广方案",
    "transport": "高铁站接站",
    "unit": "财务部",
    "up_to_fen": 200_000,
    "value": "working",
    "venue": "青岛海天大酒店",
    "verifying_department": "总经办",
    "voucher": "付-2026-0312",
    "waybill": "SF1001",
    "what": "每季度对账一次",
    "year": 2026,
    "year_on_request": "stop",
    "years_in_trade": 6,
}
"""By field, or by `Model.field` where one word means several things."""

_OPTIONAL = frozenset({"note", "requested_on", "promised_on", "dues", "lots", "goods_on", "end_on", "region"})
"""Of what may be left out, what a reader wants to see all the same."""


def attach(routers: Iterable[APIRouter]) -> None:
    """Give every request body of the back office its example; other rooms' routers are left as they are."""
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute) or not route.path.startswith("/api/backoffice/"):
                continue
            if route.body_field is None or route.openapi_extra is not None:
                continue
            try:
                example = of_type(route.body_field.field_info.annotation)
            except LookupError:
                continue  # the description lacks an example, and a test fails: no reason not to serve
            route.openapi_extra = {"requestBody": {"content": {"application/json": {"example": example}}}}


def of_model(model: type[BaseModel]) -> dict[str, Any]:
    """A body that the model accepts: all it needs, and what is usually said beside it."""
    return {
        name: of_field(model, name, field)
        for name, field in model.model_fields.items()
        if field.is_required() or name in _OPTIONAL or f"{model.__name__}.{name}" in FIELDS
    }


def of_field(model: type[BaseModel], name: str, field: FieldInfo) -> Any:
    own = FIELDS.get(f"{model.__name__}.{name}")
    if own is not None:
        return own
    if field.examples:
        return field.examples[0]
    given = FIELDS.get(name)
    plain = _plain(field.annotation)
    if given is not None and not _is_model(plain) and not _is_closed(plain) and plain is not UUID:
        return given
    return of_type(field.annotation, name)


def _plain(kind: Any) -> Any:
    """Without `| None`."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(one for one in get_args(kind) if one is not type(None))
    return kind


def _is_model(kind: Any) -> bool:
    inner = get_args(kind)[0] if get_origin(kind) is list else kind
    return isinstance(inner, type) and issubclass(inner, BaseModel)


def _is_closed(kind: Any) -> bool:
    return get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, Enum))


def of_type(kind: Any, name: str = "") -> Any:
    kind = _plain(kind)
    origin = get_origin(kind)
    if origin is list:
        return [of_type(get_args(kind)[0], name)]
    if origin is dict or kind is dict:
        return {}
    if origin is Literal:
        return get_args(kind)[0]
    if isinstance(kind, type):
        if issubclass(kind, BaseModel):
            return of_model(kind)
        if issubclass(kind, Enum):
            return next(iter(kind)).value
        for known, value in ((UUID, _ID), (date, _DAY), (bool, True), (int, 1)):
            if issubclass(kind, known):
                return value
    raise LookupError(f"what does '{name}' usually hold? Say it in backoffice/examples.py")
