"""The problem-account report (问题账款报告书): data, history, opinions, plan, decision."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backoffice.kit.duties import Actor
from backoffice.kit.words import words
from backoffice.listing.query import one
from backoffice.printing.paper import Both, Code, Fields, Money, Paper, Signatures, Table, Text
from backoffice.printing.who import names
from backoffice.problem_accounts.models import ProblemCase
from backoffice.problem_accounts.router import CASES
from backoffice.problem_accounts.rules import CaseKind
from backoffice.timeline import acts
from callcenter.kit.db import Session

words(
    case_history=("经过(按时间顺序)", "what happened, in order of time"),
    happened=("事项", "what"),
    cause=("原因", "cause"),
    opinion=("单位主管意见", "opinion of the head"),
    legal_plan=("法务处理方案", "legal plan"),
    decision=("总经理批示", "decision of the general manager"),
    liable_percent=("责任意见(%)", "liability, an opinion (%)"),
    liable=("责任人(意见)", "liable (opinion)"),
    reported_on=("报告日期", "reported on"),
)


_LATE = Both("逾期两个月未收", "unpaid for two months")


async def case_report(session: Session, today: date, _actor: Actor, case_id: UUID) -> Paper:
    row = await acts.get(session, ProblemCase, case_id, "problem_case")
    values = await one(session, CASES, case_id, today)
    who = await names(session, row.reported_by, row.verified_by, row.planned_by, row.decided_by, row.liable_id)
    history = sorted(row.history, key=lambda line: str(line["on"]))
    return Paper(
        Both("问题账款报告书", "Problem-account report"),
        row.number,
        [
            Fields(
                [
                    ("customer", str(values["customer"])),
                    ("invoice_number", values["invoice_number"]),
                    ("kind", _LATE if row.kind == CaseKind.LATE else Code(row.kind)),
                    ("amount_fen", Money(row.amount_fen)),
                    ("outstanding_fen", Money(int(values["outstanding_fen"]))),
                    ("written_off_fen", Money(int(values["written_off_fen"]))),
                    ("occurred_on", row.occurred_on),
                    ("discovered_on", row.discovered_on),
                    ("report_due", row.report_due),
                    ("reported_on", row.reported_on),
                    ("plan_due", row.plan_due),
                    ("report_late", bool(values["report_late"])),
                    ("liable", who[row.liable_id]),
                    ("liable_percent", row.liable_percent),
                ]
            ),
            Text(row.cause, title="cause"),
            Table(
                ["date", "happened"],
                [[str(line["on"]), str(line["what"])] for line in history],
                title="case_history",
                widths=(1, 6),
            ),
            Text(row.opinion, title="opinion"),
            Text(row.plan, title="legal_plan"),
            Text(row.decision, title="decision"),
            Signatures(
                [
                    (Both("业务员", "representative"), who[row.reported_by] or None, row.reported_on),
                    (Both("单位主管", "head of the unit"), who[row.verified_by] or None, None),
                    (Both("法务", "legal"), who[row.planned_by] or None, row.planned_on),
                    (Both("总经理", "general manager"), who[row.decided_by] or None, None),
                ]
            ),
        ],
        on=row.discovered_on,
        status=Code(row.state),
        to="",
    )
