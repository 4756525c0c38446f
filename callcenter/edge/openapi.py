"""The OpenAPI document: what FastAPI derives, plus what it cannot know."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from callcenter.kit.errors import NotSignedIn

_PROBLEM = "application/problem+json"

TAGS = {
    "people": "人员 · Signing in, users and roles, and the record of what people did.",
    "imports": "导入 · Prospect lists: preview, mapping, dry run, commit, error file.",
    "customers": "客户 · The customer master: who they are, how they may be reached.",
    "privacy": "个人信息 · What people ask about their data: a copy, its erasure; the record of their consent.",
    "do-not-call": "谢绝来电 · Numbers that are never called.",
    "segments": "客户选取 · Chosen parts of the customer master, with live counts.",
    "brochures": "手册 · What is mailed: brochures and their items.",
    "mailings": "邮寄 · Waves of a brochure, the posted date and the address file.",
    "campaigns": "活动 · Whom to call and when: lists, windows, pacing, leads and why not now.",
    "leads": "名单客户 · One customer in one campaign: how far they are, and why not now and when next.",
    "follow-ups": "跟进 · What is due because of an earlier call.",
    "dispositions": "通话结果 · The results an agent can choose, and what each requires.",
    "scripts": "话术 · What is said at each buying stage.",
    "calls": "通话记录 · The call log: every attempt, its times and its outcome.",
    "control": "呼出监控 · Results, lengths of talks, abandonment, the daily proof, supervisors' scores.",
    "sound": "语音 · What a page needs to be its person's telephone.",
    "lines": "线路 · Caller numbers with their reputation and rest, and how the telephone network is.",
    "recordings": "录音 · Recorded calls: what there is, leave to hear it, how long it is kept.",
    "orders": "订单 · Orders taken during calls.",
    "back office: approvals": "审批 · What waits for somebody's agreement, who decided what, and deputies.",
    "back office: calendar": "日历 · Working days, holidays and moved days.",
    "back office: roles": "岗位 · Who holds which duty.",
    "back office: settings": "设置 · Figures that management sets: limits, rates, deadlines.",
    "back office: documents": "文件 · Controlled documents, their versions and who has read them.",
    "back office: marketing control": "营销管理 · Plans, targets and the analysis of results.",
    "back office: expenses": "费用 · Claims, their limits and their approval.",
    "back office: budgets": "预算 · Budgets by department and month, and what is used of them.",
    "back office: contracts": "合同 · Contracts, their review and their changes.",
    "back office: orders": "订单 · Orders from the call to their closing.",
    "back office: deliveries": "发货 · Picking, sending, receipts and returns.",
    "back office: collection": "催收 · dunning, extensions, statements, collection tasks, reports.",
    "back office: receivables": "应收 · Billing, dunning, receipts, matching, reports.",
    "back office: advances": "预收 · Money received before it is earned, and what becomes of it.",
    "back office: problem accounts": "问题账款 · Overdue accounts, who handles them and how they end.",
    "back office: conferences": "会议 · Sales conferences: plan, guests, costs, result.",
    "back office: franchising": "加盟 · Franchisees, from application to end.",
    "back office: distributors": "经销商 · Distributors, their terms and their results.",
    "back office: rewards": "奖惩 · Commissions and rewards, as sums that can be followed.",
    "back office: reports": "报表 · Figures of the back office over periods.",
    "back office: papers": "打印 · Documents, contracts, orders, deliveries, invoices … on paper: PDF and xlsx.",
    "back office: nightly work": "夜间任务 · What the back office did by itself: dunning, cases, tasks, expiries.",
    "live": "实时 · The WebSocket of the console.",
    "operations": "运行 · Health, readiness, metrics and what this installation is.",
}
_DESCRIPTION = (
    "All times are UTC (RFC 3339). Money is integer fen. Lists answer `{rows, total}` with `limit` and `offset`. "
    "Refusals are RFC 9457 problems with `code`, `field` and a sentence in the language of Accept-Language "
    "(zh-CN unless English is asked for first). Sign in with `POST /api/sign-in`; the session is a cookie."
)


def build(app: FastAPI) -> dict[str, Any]:
    """The document of `app` with its present routes."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=_DESCRIPTION,
        routes=app.routes,
        separate_input_output_schemas=True,
    )
    used: set[str] = set()
    for operations in document.get("paths", {}).values():
        for operation in operations.values():
            used.update(operation.get("tags", ()))
            _mark_problems(operation)
    document["tags"] = [{"name": tag, "description": TAGS.get(tag, tag)} for tag in sorted(used, key=_order)]
    problem = document.get("components", {}).get("schemas", {}).get("ProblemBody")
    if problem is not None:
        problem["examples"] = [NotSignedIn().problem("zh")]
    return document


def _order(tag: str) -> tuple[int, str]:
    known = list(TAGS)
    return (known.index(tag) if tag in TAGS else len(known), tag)


def _mark_problems(operation: dict[str, Any]) -> None:
    """Problems are declared as JSON by the routers; they travel as problem+json."""
    for response in operation.get("responses", {}).values():
        content = response.get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if str(schema.get("$ref", "")).endswith("/ProblemBody"):
            content[_PROBLEM] = content.pop("application/json")


def install(app: FastAPI) -> None:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
