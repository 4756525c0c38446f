"""A contract on paper, with who checked it, who approved it, and what its earlier versions were."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from backoffice.accounts import service as accounts
from backoffice.contracts import service
from backoffice.contracts.models import Contract, ContractRevision
from backoffice.kit.duties import Actor
from backoffice.kit.words import words
from backoffice.printing.http import company
from backoffice.printing.paper import (
    Both,
    Code,
    Control,
    Fields,
    Money,
    Paper,
    Revision,
    Signatures,
    Table,
    Text,
    Value,
)
from backoffice.printing.who import names, verdicts
from backoffice.timeline import acts
from callcenter.kit.db import Session, zone_of

words(
    party_a=("甲方(供方)", "party A (supplier)"),
    party_b=("乙方(需方)", "party B (customer)"),
    delivery_terms=("交货条款", "delivery terms"),
    capped_amount=("订货总额以合同金额为限", "orders limited to the amount"),
    contract_text=("条款", "terms"),
    contract_goods=("标的", "goods"),
)


async def contract(session: Session, _today: date, _actor: Actor, contract_id: UUID) -> Paper:
    row = await acts.get(session, Contract, contract_id, "contract")
    account = await accounts.of(session, row.customer_id)
    own = await company(session)
    who = await names(session, row.made_by, row.first_checked_by, row.final_checked_by, row.sealed_by)
    lines = await service.lines_of(session, contract_id)
    agreed = await verdicts(session, service.KIND, contract_id)
    old = await session.scalars(
        select(ContractRevision)
        .where(col(ContractRevision.contract_id) == contract_id)
        .order_by(col(ContractRevision.revision))
    )
    goods: list[list[Value]] = [
        [x.sku, x.name, x.quantity, Money(x.price_fen), Money(x.quantity * x.price_fen)] for x in lines
    ]
    signed = [day for _, _, day in agreed if day is not None]
    return Paper(
        Both(row.title, row.title),
        row.number,
        [
            Fields(
                [
                    ("party_a", own.name),
                    ("party_b", account.legal_name),
                    ("kind", Code(row.kind)),
                    ("amount_fen", Money(row.amount_fen)),
                    ("start_on", row.start_on),
                    ("end_on", row.end_on),
                    ("terms_days", row.terms_days),
                    ("region", row.region),
                    ("capped_amount", row.capped),
                    ("standard_form", row.standard_form),
                    ("delivery_terms", row.delivery_terms),
                ]
            ),
            *(
                [Table(["sku", "name", "quantity", "price_fen", "amount_fen"], goods, title="contract_goods",
                       widths=(1.3, 3, 1, 1.3, 1.6))]
                if goods
                else []
            ),
            Text(row.body, title="contract_text"),
            Signatures(
                [
                    (Both("业务员", "representative"), who[row.made_by], row.proposed_on),
                    (Both("初审", "first check"), who[row.first_checked_by] or None, None),
                    (Both("终审", "final check"), who[row.final_checked_by] or None, None),
                    *agreed,
                    (Both("用印", "sealed"), who[row.sealed_by] or None, row.sealed_on),
                    (Both("乙方签署", "signed for party B"), row.signed_name or None, row.signed_on),
                ]
            ),
        ],
        control=Control(
            row.revision,
            Code(row.state),
            made_by=who[row.made_by],
            made_on=row.made_at.astimezone(zone_of(session)).date(),
            checked_by=who[row.final_checked_by],
            approved_by=agreed[-1][1] if agreed else None,
            approved_on=max(signed) if signed and len(signed) == len(agreed) else None,
            log=[Revision(x.revision, x.effective_on, "") for x in old],
        ),
    )  # fmt: skip
