"""Calculating a scheme, the dealers' confirmation, approval and payment (M13-10, M13-14).

A calculation writes new lines and never touches old ones. What is paid stays paid: the difference between what the
lines say now and what was paid is the open payout of that kind, and may be negative.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from backoffice.approvals import outcomes
from backoffice.approvals import service as approvals
from backoffice.approvals.models import Approval
from backoffice.approvals.service import Ask
from backoffice.kit.duties import Actor
from backoffice.kit.refusals import Refused, SameHands
from backoffice.policies import service as policies
from backoffice.rewards import engine, months, purchases, rules, service
from backoffice.rewards.machines import OPEN_VIOLATIONS, OUT, REWARD_PAYOUT, REWARD_STATEMENT, SCHEME
from backoffice.rewards.models import RewardPayout, RewardScheme, RewardStatement, Violation
from backoffice.rewards.rules import Kind, RewardPolicy
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput
from callcenter.kit.ids import new_id

KIND = "reward_payout"
_BATCH = 500
_STATEMENT = text(
    "INSERT INTO reward_statements AS s (id, scheme_id, dealer_id, state, run, city_class, exclusive, purchase_fen,"
    " exclusive_fen, growth_fen, confirmed_name, version)"
    " VALUES (:id, :scheme_id, :dealer_id, 'calculated', :run, :city_class, :exclusive, :purchase_fen, :exclusive_fen,"
    " :growth_fen, '', 1)"
    " ON CONFLICT (scheme_id, dealer_id) DO UPDATE SET run = excluded.run, city_class = excluded.city_class,"
    " exclusive = excluded.exclusive, purchase_fen = excluded.purchase_fen, exclusive_fen = excluded.exclusive_fen,"
    " growth_fen = excluded.growth_fen, version = s.version + 1,"
    # The dealer's word stands as long as the figures it was given for.
    " state = CASE WHEN (s.purchase_fen, s.exclusive_fen, s.growth_fen)"
    " = (excluded.purchase_fen, excluded.exclusive_fen, excluded.growth_fen) THEN s.state ELSE 'calculated' END"
)
_LINE_COLUMNS = "id, statement_id, run, kind, series, month, base_fen, units, rate, percent, amount_fen, reason"
_PAYOUTS = """
INSERT INTO reward_payouts (id, statement_id, kind, state, amount_fen, receipt_kind, receipt_number, version)
SELECT gen_random_uuid(), due.statement_id, due.kind, 'open', due.fen - coalesce(paid.fen, 0), '', '', 1
FROM (
    SELECT s.id AS statement_id, k.kind, k.fen FROM reward_statements s
    CROSS JOIN LATERAL (VALUES ('purchase', s.purchase_fen), ('exclusive', s.exclusive_fen), ('growth', s.growth_fen))
        AS k (kind, fen)
    WHERE s.scheme_id = :scheme AND NOT s.dealer_id = ANY (CAST(:out AS uuid[]))
) due
LEFT JOIN (
    SELECT p.statement_id, p.kind, sum(p.amount_fen) AS fen FROM reward_payouts p WHERE p.state = 'paid' GROUP BY 1, 2
) paid USING (statement_id, kind)
WHERE due.fen <> coalesce(paid.fen, 0)
"""


async def out_of(session: Session, scheme_id: UUID) -> list[UUID]:
    """M13-13: dealers that are disqualified."""
    rows = await session.scalars(
        select(col(Violation.dealer_id))
        .where(col(Violation.scheme_id) == scheme_id, col(Violation.state).in_([s.value for s in OUT]))
        .distinct()
    )
    return list(rows)


async def calculate(
    session: Session, now: datetime, today: date, actor: Actor, scheme_id: UUID, version: int
) -> RewardScheme:
    """FIN calculates the year of every dealer, or calculates it anew after a return or a correction."""
    row = await service.take(session, scheme_id, version)
    acts.require_duty(actor, SCHEME.roles("closed", "calculate"))
    if row.state == "payout_approved":  # what was approved is another sum now
        await approvals.void(session, now, actor, KIND, row.id, "重新计算")
        row = await service.take(session, scheme_id, None)
    policy = engine.readings(row, await policies.load(session, RewardPolicy))
    await acts.move(session, now, actor, row, SCHEME, "calculate", sets={"run": row.run + 1})
    await purchases.collect(session, today)
    await months.refresh(session, row.from_on, row.to_on, today, policy.overdue_reading)
    await write(session, row, policy)
    return row


async def write(session: Session, row: RewardScheme, policy: RewardPolicy) -> int:
    """Statements, lines and open payouts of run `row.run`; the number of dealers."""
    await session.execute(text("SET LOCAL statement_timeout = '600s'"))
    table = await engine.tables(session, row.id)
    known = {
        found.dealer_id: found.id
        for found in await session.execute(
            select(col(RewardStatement.dealer_id), col(RewardStatement.id)).where(
                col(RewardStatement.scheme_id) == row.id
            )
        )
    }
    batch: list[engine.Result] = []
    count = 0
    async for result in engine.years(session, row.from_on, row.to_on, table, policy):
        batch.append(result)
        count += 1
        if len(batch) == _BATCH:
            await _flush(session, row, batch, known)
            batch = []
    await _flush(session, row, batch, known)
    await session.execute(
        text(
            "DELETE FROM reward_payouts p USING reward_statements s"
            " WHERE s.id = p.statement_id AND s.scheme_id = :scheme AND p.state = 'open' AND p.kind <> 'payment'"
        ),
        {"scheme": row.id},
    )
    await session.execute(text(_PAYOUTS), {"scheme": row.id, "out": await out_of(session, row.id)})
    return count


async def _flush(session: Session, row: RewardScheme, batch: list[engine.Result], known: dict[UUID, UUID]) -> None:
    if not batch:
        return
    statements, lines = [], []
    for result in batch:
        statement = known.get(result.dealer.id) or new_id()
        statements.append(
            {
                "id": statement,
                "scheme_id": row.id,
                "dealer_id": result.dealer.id,
                "run": row.run,
                "city_class": result.year.city_class,
                "exclusive": result.year.exclusive,
                "purchase_fen": result.total(Kind.PURCHASE),
                "exclusive_fen": result.total(Kind.EXCLUSIVE),
                "growth_fen": result.total(Kind.GROWTH),
            }
        )
        lines += [
            (
                new_id(), statement, row.run, line.kind.value, line.series, line.month, line.base_fen, line.units,
                line.rate, line.percent, line.fen, line.reason,
            )
            for line in result.lines
        ]  # fmt: skip
    await session.execute(_STATEMENT, statements)
    driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    async with driver.cursor() as cursor, cursor.copy(f"COPY reward_lines ({_LINE_COLUMNS}) FROM STDIN") as copy:
        for line in lines:
            await copy.write_row(line)


# ---------------------------------------------------------------- the dealer's word


async def answer(
    session: Session, now: datetime, actor: Actor, statement_id: UUID, version: int, agreed: bool, name: str, note: str
) -> RewardStatement:
    """REP writes down what the dealer says to the statement."""
    row = await acts.take(session, RewardStatement, statement_id, "reward_statement", version)
    if agreed and not name.strip():
        raise BadInput(field="name", problem_zh="须写明确认人", problem_en="say who confirmed it")
    if not agreed and not note.strip():
        raise BadInput(field="note", problem_zh="须写明异议", problem_en="say what is disputed")
    command = "confirm" if agreed else "dispute"
    sets = {"confirmed_name": name.strip() if agreed else ""}
    await acts.move(session, now, actor, row, REWARD_STATEMENT, command, note=note, sets=sets)
    return row


# ---------------------------------------------------------------- approval and payment


async def _sums(session: Session, scheme_id: UUID) -> dict[str, int]:
    rows = await session.execute(
        text(
            "SELECT p.kind, sum(p.amount_fen)::bigint AS fen FROM reward_payouts p"
            " JOIN reward_statements s ON s.id = p.statement_id WHERE s.scheme_id = :scheme AND p.state = 'open'"
            " GROUP BY 1 ORDER BY 1"
        ),
        {"scheme": scheme_id},
    )
    return {row.kind: row.fen for row in rows}


async def submit(session: Session, now: datetime, actor: Actor, scheme_id: UUID, version: int) -> RewardScheme:
    row = await service.take(session, scheme_id, version)
    await acts.move(session, now, actor, row, SCHEME, "submit_payout")
    sums = await _sums(session, row.id)
    title = f"{row.number} 发放"
    ask = Ask(KIND, "reward_scheme", row.id, title, max(0, sum(sums.values())), {"run": row.run, "sums": sums})
    await approvals.submit(session, now, actor, ask)
    return row


async def _decided(session: Session, now: datetime, _actor: Actor | None, approval: Approval) -> None:
    row = await service.take(session, approval.thing_id, None)
    command = "approve_payout" if approval.state == "approved" else "refuse_payout"
    if SCHEME.after(row.state, command) is not None:
        await acts.move(session, now, None, row, SCHEME, command, detail={"approval": str(approval.id)})


outcomes.register(KIND, "年终奖励发放", "payout of rewards", _decided)


async def receive(
    session: Session, now: datetime, actor: Actor, payout_id: UUID, version: int, kind: str, number: str
) -> RewardPayout:
    """M13-10: FIN takes in the uniform invoice or lawful receipt."""
    row = await acts.take(session, RewardPayout, payout_id, "reward_payout", version)
    sets = {"receipt_kind": kind, "receipt_number": number.strip(), "received_by": actor.user_id}
    await acts.move(session, now, actor, row, REWARD_PAYOUT, "receive", sets=sets)
    return row


async def open_violation(session: Session, scheme_id: UUID, dealer_id: UUID) -> bool:
    found = await session.scalar(
        select(col(Violation.id))
        .where(
            col(Violation.scheme_id) == scheme_id,
            col(Violation.dealer_id) == dealer_id,
            col(Violation.state).in_([s.value for s in OPEN_VIOLATIONS]),
        )
        .limit(1)
    )
    return found is not None


def pay_day(scheme: RewardScheme, kind: str) -> date | None:
    """M13-14: three dates; a payment reward that is claimed back is due at once."""
    return {
        "purchase": scheme.purchase_pay_on,
        "exclusive": scheme.exclusive_pay_on,
        "growth": scheme.growth_pay_on,
    }.get(kind, scheme.from_on)


async def grounds(session: Session, today: date, row: RewardPayout) -> list[str]:
    """Why an open payout is held; empty: it can be paid."""
    statement = await acts.get(session, RewardStatement, row.statement_id, "reward_statement")
    scheme = await acts.get(session, RewardScheme, statement.scheme_id, "reward_scheme")
    return rules.held(
        row.receipt_number,
        await open_violation(session, scheme.id, statement.dealer_id),
        statement.state == "confirmed",
        scheme.state in ("payout_approved", "paid"),
        pay_day(scheme, row.kind),
        today,
    )


async def pay(
    session: Session, now: datetime, today: date, actor: Actor, payout_id: UUID, version: int
) -> RewardPayout:
    row = await acts.take(session, RewardPayout, payout_id, "reward_payout", version)
    acts.require_duty(actor, REWARD_PAYOUT.roles("open", "pay"))
    if row.state == "open":
        if actor.user_id == row.received_by:
            raise SameHands(("收取票据", "take in the receipt"), ("付款", "pay"))
        found = await grounds(session, today, row)
        if found:
            raise Refused(
                "m13-held",
                "该奖励暂不能发放:" + "、".join(_WHY[ground][0] for ground in found) + "。",
                "It cannot be paid now: " + ", ".join(_WHY[ground][1] for ground in found) + ".",
            )
    await acts.move(session, now, actor, row, REWARD_PAYOUT, "pay", sets={"paid_by": actor.user_id, "paid_on": today})
    return row


_WHY = {
    "not_approved": ("发放未经批准", "the payout is not approved"),
    "not_confirmed": ("经销商未确认", "the dealer has not confirmed"),
    "not_due": ("未到发放日期", "its date has not come"),
    "no_receipt": ("未收到统一发票或合法收据", "no uniform invoice or lawful receipt"),
    "investigation": ("违规调查中", "an investigation is open"),
}


async def void_unpaid(session: Session, now: datetime, scheme_id: UUID, dealer_id: UUID, note: str) -> int:
    """M13-13: nothing further is paid."""
    rows = (
        await session.scalars(
            select(RewardPayout)
            .join(RewardStatement, col(RewardStatement.id) == col(RewardPayout.statement_id))
            .where(
                col(RewardStatement.scheme_id) == scheme_id,
                col(RewardStatement.dealer_id) == dealer_id,
                col(RewardPayout.state) == "open",
                col(RewardPayout.kind) != "payment",
            )
            .with_for_update(of=RewardPayout)
        )
    ).all()
    for row in rows:
        await acts.move(session, now, None, row, REWARD_PAYOUT, "void", note=note)
    return len(rows)


async def restore(session: Session, scheme: RewardScheme, dealer_id: UUID) -> None:
    """An appeal that was granted brings back what was void."""
    await session.execute(
        text(_PAYOUTS + " AND due.statement_id = (SELECT id FROM reward_statements WHERE scheme_id = :scheme"
             " AND dealer_id = :dealer) ON CONFLICT DO NOTHING"),
        {"scheme": scheme.id, "dealer": dealer_id, "out": await out_of(session, scheme.id)},
    )  # fmt: skip


async def finish(session: Session, now: datetime, actor: Actor, scheme_id: UUID, version: int) -> RewardScheme:
    """Every payout is paid or void."""
    row = await service.take(session, scheme_id, version)
    left = await session.scalar(
        select(col(RewardPayout.id))
        .join(RewardStatement, col(RewardStatement.id) == col(RewardPayout.statement_id))
        .where(col(RewardStatement.scheme_id) == row.id, col(RewardPayout.state) == "open")
        .limit(1)
    )
    if left is not None:
        raise Refused("unpaid", "尚有未发放的奖励。", "Some rewards are not paid yet.")
    await acts.move(session, now, actor, row, SCHEME, "finish")
    return row
