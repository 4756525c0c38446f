"""A year in a distributor's life over HTTP, each duty signing in: matched, filed, graded, rewarded (section 15, 1)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from backoffice import defaults
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database
from callcenter.people.models import Role
from tests.factories import make_customer
from tests.integration.backoffice.conftest import Desk, Staff, make_actor

BASE = "/api/backoffice"
WAN = 1_000_000


async def test_from_matched_to_graded_to_rewarded(
    database: Database, desk: Desk, hired: Staff, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        await defaults.install(session)
        boss = await make_actor(session, sign_in=Role.ADMINISTRATOR)
        who = str((await make_customer(session, company="天津某某商贸有限公司")).id)

    async def call(actor: Any, method: str, path: str, status: int = 0, **body: Any) -> Any:
        client = await desk(actor)
        answer = await client.request(method, f"{BASE}/{path}", **({"json": body} if method != "GET" else {}))
        assert answer.status_code == status or (not status and answer.status_code in (200, 201)), (path, answer.text)
        return answer.json()

    async def post(actor: Any, path: str, status: int = 0, **body: Any) -> Any:
        return await call(actor, "POST", path, status, **body)

    async def go(day: date) -> None:
        await clock.advance((datetime.combine(day, time(10), ZoneInfo("Asia/Shanghai")) - clock.now()).total_seconds())

    async def agree(thing_id: str, *actors: Any) -> None:
        for actor in actors:
            waiting = await call(actor, "GET", "approvals/inbox")
            [found] = [a for a in waiting if a["thing_id"] == thing_id]
            await post(actor, f"approvals/{found['id']}/agree", version=found["version"], note="同意")

    h = hired
    for name, value in (("min_years", 3), ("min_assets_fen", 100), ("min_turnover_fen", 100)):
        await call(boss, "PUT", f"settings/distributors/{name}", value=value)
    # Found, matched, signed, reviewed, filed, active: three hands beside the contract's own.
    row = await post(
        h.rep, "distributors", customer_id=who, kind="dealer", city="天津", region="华北", years_in_trade=3,
        fixed_assets_fen=100, good_character=True, has_customer_files=True, has_risk_method=True,
    )  # fmt: skip
    at = f"distributors/{row['id']}"
    assert row["commands"] == ["edit", "match"]
    row = await post(h.rep, f"{at}/match", version=row["version"])
    paper = await post(
        h.rep, "contracts", customer_id=who, kind="distributor", title="经销合同", terms_days=30,
        start_on="2026-03-09", region="华北",
    )  # fmt: skip
    on = f"contracts/{paper['id']}"
    paper = await post(h.rep, f"{on}/propose", version=paper["version"])
    row = await post(h.rep, f"{at}/sign-up", version=row["version"], contract_id=paper["id"])
    row = await post(h.sm, f"{at}/review", version=row["version"])
    early = await post(h.cadm, f"{at}/file", 409, version=row["version"], archive_place="B-2")
    assert early["code"] == "m12-6"
    paper = await post(h.cadm, f"{on}/check", version=paper["version"])
    await post(h.sm, f"{on}/check", version=paper["version"])
    await agree(paper["id"], h.fin, h.legal, h.cmo)
    paper = await call(h.rep, "GET", on)
    paper = await post(
        h.legal, f"{on}/seal", version=paper["version"], pages=3, signed_name="王五", signed_on="2026-03-09"
    )
    await post(h.cadm, f"{on}/register", version=paper["version"], archive_place="A-1")
    row = await post(h.cadm, f"{at}/file", version=row["version"], archive_place="B-2")
    row = await post(h.cadm, f"{at}/activate", version=row["version"])
    assert (row["state"], row["file_number"]) == ("active", "DF-2026-000001")
    # A scheme with the source's tables: filled, approved by CMO, FIN and GM.
    scheme = await post(
        h.sm, "rewards/schemes", title="2026年终奖励", year=2026, from_on="2026-01-01", to_on="2026-12-31",
        purchase_pay_on="2027-01-10", exclusive_pay_on="2027-01-20", growth_pay_on="2027-01-31",
    )  # fmt: skip
    assert [r["value"] for r in scheme["rows"] if (r["series"], r["city_class"]) == ("002", 3)] == [
        20_000, 25_000, 30_000,
    ]  # fmt: skip
    rows = [
        {"series": s, "city_class": c, "row_no": n, "low": low * WAN, "high": None if high is None else high * WAN}
        for s, steps in (("001", (5, 10, 20)), ("002", (10, 20, 30)), ("", (5, 10, 30)))
        for c in (1, 2, 3)
        for n, (low, high) in enumerate(zip(steps, (*steps[1:], None), strict=True), start=1)
    ]
    here = f"rewards/schemes/{scheme['id']}"
    body = {name: scheme[name] for name in scheme if name in ("title", "year", "from_on", "to_on")}
    days = {name: scheme[name] for name in ("purchase_pay_on", "exclusive_pay_on", "growth_pay_on")}
    scheme = await post(h.sm, f"{here}/edit", version=scheme["version"], rows=rows, **body, **days)
    assert scheme["faults"] == []
    await post(h.sm, f"{here}/submit", version=scheme["version"])
    await agree(scheme["id"], h.cmo, h.fin, h.gm)
    scheme = await call(h.fin, "GET", here)
    scheme = await post(h.fin, f"{here}/begin", version=scheme["version"])
    # The year's purchases (example A) and one large invoice, which is overdue in its month.
    bought = [
        {"dealer_id": row["id"], "on_day": f"2026-{month:02}-05", "series": series, "units": 60, "fen": fen * WAN,
         "source_id": str(uuid4()), "source_line": 1}
        for month in range(1, 13)
        for series, fen in (("001", 12), ("002", 24))
    ]  # fmt: skip
    assert (await post(h.fin, "rewards/purchases/opening", rows=bought))["made"] == 24
    assert (await post(h.rep, "rewards/purchases/collect", 403))["code"] == "not_your_duty"
    # Reported on the way, held until judged.
    case = await post(
        h.mkt, "rewards/violations", scheme_id=scheme["id"], dealer_id=row["id"], kind="price_cut", evidence="低价"
    )
    # The year ends: graded. Alone it sells 100 %, so its cumulative end is beyond 80 %: grade A by the default reading.
    await go(date(2027, 1, 12))
    bill = await post(
        h.sup, "invoices", customer_id=who, invoice_on="2026-12-30",
        lines=[{"name": "礼盒", "quantity": 1, "price_fen": 100}],
    )  # fmt: skip
    await post(h.fin, f"invoices/{bill['id']}/issue", version=bill["version"])
    standard = await post(h.sm, "grade-standards", from_year=2026, aaa=50, aa=80, reason="首版")
    await post(h.sm, f"grade-standards/{standard['id']}/submit", version=standard["version"])
    await agree(standard["id"], h.cmo, h.gm)
    graded = await post(h.sm, "gradings", year=2026)
    assert [(line["computed"], line["share_basis_points"]) for line in graded["lines"]] == [("A", 10_000)]
    await post(h.sm, f"gradings/{graded['id']}/submit", version=graded["version"])
    await agree(graded["id"], h.cmo, h.gm)
    row = await call(h.rep, "GET", at)
    assert (row["grade"], row["cash_only"], row["timeline"][-1]["act"]) == ("A", True, "graded")
    no_credit = await post(h.rep, "credit-applications", 409, customer_id=who, limit_fen=1, terms_days=0, reason="x")
    assert no_credit["code"] == "m8-3"
    # Calculated, traced, disputed? confirmed; held by the investigation; cleared; approved; paid.
    scheme = await post(h.fin, f"{here}/close", version=scheme["version"])
    scheme = await post(h.fin, f"{here}/calculate", version=scheme["version"])
    found = (await call(h.rep, "GET", f"rewards/statements?filter=scheme_id:{scheme['id']}"))["rows"]
    one = await call(h.rep, "GET", f"rewards/statements/{found[0]['id']}")
    assert (one["purchase_fen"], one["city_class"]) == (31_968_000, 2)
    line = next(x for x in one["lines"] if (x["kind"], x["series"]) == ("purchase", "001"))
    traced = await call(h.rep, "GET", f"rewards/lines/{line['id']}/trace")
    assert (len(traced["parts"]), traced["exact"]) == (12, line["amount_fen"] * 1_000_000)
    await post(h.rep, f"rewards/statements/{one['id']}/confirm", version=one["version"], name="王五")
    await post(h.fin, f"{here}/submit-payout", version=scheme["version"])
    await agree(scheme["id"], h.gm)
    payout = next(p for p in one["payouts"] if p["kind"] == "purchase")
    to = f"rewards/payouts/{payout['id']}"
    payout = await post(
        h.fin, f"{to}/receive", version=payout["version"], receipt_kind="uniform_invoice", receipt_number="F-1"
    )
    held = await post(h.cash, f"{to}/pay", 409, version=payout["version"])
    assert held["code"] == "m13-held"
    await post(h.cmo, f"rewards/violations/{case['id']}/acquit", version=case["version"], note="属正常促销")
    payout = await post(h.cash, f"{to}/pay", version=(await call(h.fin, "GET", to))["version"])
    assert (payout["state"], payout["amount_fen"], payout["paid_on"]) == ("paid", 31_968_000, "2027-01-12")
    export = await (await desk(h.fin)).get(f"{BASE}/rewards/statements/export")
    assert export.status_code == 200
