"""M10 from plan to summary over HTTP, each duty signing in; its costs in M2 and M3, its dealers in M4 and M12."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from backoffice import defaults
from backoffice.conferences import invitees, service, template
from backoffice.conferences.invitees import Guest
from backoffice.conferences.models import (
    Conference,
    ConferenceCost,
    ConferenceItem,
    ConferenceLine,
    ConferenceRole,
    ConferenceZoneTask,
)
from backoffice.conferences.rules import InviteeKind
from backoffice.conferences.service import Head
from backoffice.conferences.template import Part
from backoffice.distributors import service as distributors
from backoffice.distributors.seed import DistributorKind
from backoffice.expenses import claims, requests
from backoffice.kit.refusals import NotYourDuty, Refused, WrongState
from backoffice.policies import service as policies
from backoffice.timeline.models import TimelineEntry
from callcenter import bootstrap
from callcenter.kit.clock import ManualClock
from callcenter.kit.db import Database, Session
from campaigns.dispositions import service as dispositions
from campaigns.dispositions.service import seed_defaults
from campaigns.schedule.rules import CallingRules
from campaigns.targeting.models import Segment
from crm_sync.customers.models import Customer
from tests.factories import make_call, make_campaign, make_customer, make_lead, make_mailing, make_user
from tests.integration.backoffice import budgets as b
from tests.integration.backoffice import expenses as x
from tests.integration.backoffice import ledgers
from tests.integration.backoffice.budgets import CONFERENCE, agree_all
from tests.integration.backoffice.conftest import Desk, Staff
from tests.integration.backoffice.ledgers import at

DAY = date(2026, 3, 9)
HELD = date(2026, 3, 20)
BASE = "/api/backoffice"


async def planned(session: Session, staff: Staff, **given: Any) -> Conference:
    await defaults.install(session)
    return await service.make(session, at(DAY), DAY, staff.mkt, Head("安康礼盒", HELD, **given))


async def filled(session: Session, staff: Staff, row: Conference) -> None:
    """Everything of the plan but the invitees: money, day plan, approval, tasks, items, roles, zones."""
    costs = {c.id: 1_000_000 for c in await service.rows_of(session, ConferenceCost, row.id)}
    await service.set_costs(session, at(DAY), staff.mkt, row.id, row.version, costs)
    await service.set_slots(session, at(DAY), staff.mkt, row.id, row.version, [(540, 570, "签到", "")])
    await service.submit(session, at(DAY), staff.mkt, row.id, row.version)
    await agree_all(session, staff, "conference", row.id, DAY)
    await session.refresh(row)
    await service.move(session, at(DAY), DAY, staff.mkt, row.id, row.version, "prepare")
    for line in await service.rows_of(session, ConferenceLine, row.id):
        if line.is_task and line.part != Part.AFTER:
            key = (Part(line.part), line.seq)
            await service.fill_task(session, at(DAY), DAY, staff.cmo, row.id, row.version, key, True)
    for item in await service.rows_of(session, ConferenceItem, row.id):
        await service.fill_item(
            session, at(DAY), DAY, staff.mkt, row.id, row.version, item.seq, quantity=item.quantity or 120, note="",
            responsible=None, ready=True,
        )  # fmt: skip
    for role in await service.rows_of(session, ConferenceRole, row.id):
        who = getattr(staff, role.duty.lower()).user_id
        await service.fill_role(session, at(DAY), staff.hradm, row.id, row.version, role.seq, who)
    for task in await service.rows_of(session, ConferenceZoneTask, row.id):
        await service.fill_zone(
            session, at(DAY), DAY, staff.mkt, row.id, row.version, task.seq, measured_cm=task.from_cm, done=True
        )


async def confirmed(session: Session, staff: Staff, row: Conference, name: str, *, leads: bool = False) -> Any:
    """A distributor, talked to twice, invited and confirmed."""
    customer = await make_customer(session, company=name)
    guest = Guest(InviteeKind.DISTRIBUTOR, name, name, customer.id, leads_signing=leads)
    one = await invitees.add(session, at(DAY), staff.rep, row.id, guest)
    for command in ("contact", "negotiate", "negotiate", "invite", "confirm"):
        await invitees.move(session, at(DAY), DAY, staff.rep, one.id, one.version, command)
    return one


async def test_m10_20_a_plan_is_a_copy_of_the_source_in_a_controlled_document(session: Session, staff: Staff) -> None:
    row = await planned(session, staff)
    assert row.theme == "共赢未来、战略联盟计划启动仪式暨安康礼盒招商会"
    items = await service.rows_of(session, ConferenceItem, row.id)
    assert [item.name for item in items] == [item.name for item in template.ITEMS]
    assert row.theme in items[0].note
    assert len(await service.rows_of(session, ConferenceLine, row.id)) == len(template.LINES)
    assert len(await service.rows_of(session, ConferenceRole, row.id)) == 4
    assert len(await service.rows_of(session, ConferenceZoneTask, row.id)) == 15
    assert len(await service.rows_of(session, ConferenceCost, row.id)) == 10
    head = await session.execute(
        text("SELECT title, executing_department, revision FROM controlled_documents WHERE id = :i"),
        {"i": row.document_id},
    )
    assert head.one() == ("渠道招商会操作方案:安康礼盒", "市场部", 0)
    with pytest.raises(NotYourDuty):
        await service.make(session, at(DAY), DAY, staff.rep, Head("安康礼盒", HELD))


async def test_m10_5_a_changed_plan_voids_its_approval(session: Session, staff: Staff) -> None:
    row = await planned(session, staff)
    await service.submit(session, at(DAY), staff.mkt, row.id, row.version)
    await agree_all(session, staff, "conference", row.id, DAY)
    await session.refresh(row)
    assert row.state == "plan_approved"
    await service.set_lines(session, at(DAY), staff.mkt, row.id, row.version, Part.HOST, ["海风公司", "保健品协会"])
    assert row.state == "planned"
    with pytest.raises(WrongState):
        await service.move(session, at(DAY), DAY, staff.mkt, row.id, row.version, "prepare")
    small = await planned(session, staff, seats=99)
    with pytest.raises(Refused) as refused:
        await service.submit(session, at(DAY), staff.mkt, small.id, small.version)
    assert refused.value.code == "m10-2"


async def test_m10_6_to_m10_13_each_task_belongs_to_its_department_and_distances_are_measured(
    session: Session, staff: Staff
) -> None:
    row = await planned(session, staff)

    async def task(actor: Any, part: Part) -> None:
        await service.fill_task(session, at(DAY), DAY, actor, row.id, row.version, (part, 1), True)

    for part, wrong, right in (
        (Part.PLAN, staff.hradm, staff.mkt),
        (Part.INVITE, staff.mkt, staff.rep),
        (Part.STAFF, staff.mkt, staff.hradm),
    ):
        with pytest.raises(NotYourDuty):
            await task(wrong, part)
        await task(right, part)

    async def zone(seq: int, cm: int | None) -> None:
        await service.fill_zone(session, at(DAY), DAY, staff.mkt, row.id, row.version, seq, measured_cm=cm, done=True)

    for seq, wrong, right in ((6, None, 310), (7, 120, 150), (12, 1_600, 1_500)):
        with pytest.raises(Refused) as refused:
            await zone(seq, wrong)
        assert refused.value.code == "m10-13"
        await zone(seq, right)


async def test_m10_8_talks_before_the_invitation_and_m10_9_the_confirmation_three_days_before(
    session: Session, staff: Staff
) -> None:
    row = await planned(session, staff)
    customer = await make_customer(session)
    guest = Guest(InviteeKind.DISTRIBUTOR, "张三", customer_id=customer.id)
    one = await invitees.add(session, at(DAY), staff.rep, row.id, guest)

    async def move(command: str) -> None:
        await invitees.move(session, at(DAY), DAY, staff.rep, one.id, one.version, command)

    await move("contact")
    await move("negotiate")
    with pytest.raises(Refused) as refused:
        await move("invite")
    assert refused.value.code == "m10-8"
    await move("negotiate")
    await move("invite")
    await service.submit(session, at(DAY), staff.mkt, row.id, row.version)
    await agree_all(session, staff, "conference", row.id, DAY)
    early, due = HELD - timedelta(days=4), HELD - timedelta(days=3)
    assert await invitees.confirmation_due(session, at(early), early) == 0
    assert await invitees.confirmation_due(session, at(due), due) == 1
    assert await invitees.confirmation_due(session, at(due), due) == 0


async def test_m10_2_no_more_are_confirmed_than_the_room_seats(session: Session, staff: Staff) -> None:
    row = await planned(session, staff, seats=2)
    for name in ("甲", "乙"):
        await confirmed(session, staff, row, name)
    with pytest.raises(Refused) as refused:
        await confirmed(session, staff, row, "丙")
    assert refused.value.code == "m10-2"


async def test_m10_ready_names_what_is_missing_and_m10_17_those_agreed_with_sign_first(
    session: Session, staff: Staff
) -> None:
    row = await planned(session, staff)
    await filled(session, staff, row)
    with pytest.raises(Refused, match="avoid nobody signing") as refused:
        await service.move(session, at(DAY), DAY, staff.cmo, row.id, row.version, "declare_ready")
    assert refused.value.code == "m10-ready"
    leader = await confirmed(session, staff, row, "领头商贸", leads=True)
    other = await confirmed(session, staff, row, "观望商贸")
    absent = await confirmed(session, staff, row, "缺席商贸")
    await service.move(session, at(DAY), DAY, staff.cmo, row.id, row.version, "declare_ready")
    with pytest.raises(Refused):  # not on another day
        await service.move(session, at(DAY), DAY, staff.cmo, row.id, row.version, "open_doors")
    await service.move(session, at(HELD), HELD, staff.cmo, row.id, row.version, "open_doors")
    for guest in (leader, other):
        await invitees.move(session, at(HELD), HELD, staff.hradm, guest.id, guest.version, "check_in")

    async def sign(guest: Any, actor: Any = staff.rep2) -> None:
        await invitees.sign(
            session, at(HELD), HELD, actor, guest.id, guest.version, city="青岛", kind=DistributorKind.DEALER
        )

    with pytest.raises(Refused) as early:
        await sign(other)
    assert early.value.code == "m10-17"
    await sign(leader)
    await sign(other, staff.rep)
    # Chain 5: M12 has the dealer, and the money is the signing representative's to follow up (M4).
    assert leader.customer_id is not None
    dealer = await distributors.of_customer(session, leader.customer_id)
    assert dealer is not None
    assert (dealer.state, dealer.made_by) == ("prospect", staff.rep2.user_id)
    account = await ledgers.accounts.of(session, leader.customer_id)
    assert account.rep_id == staff.rep2.user_id
    await service.move(session, at(HELD), HELD, staff.gm, row.id, row.version, "close_doors")
    await session.refresh(absent)
    assert absent.state == "no_show"
    with pytest.raises(IntegrityError, match="signed_is_a_customer"):
        async with session.begin_nested():
            await session.execute(
                text("UPDATE conference_invitees SET customer_id = NULL WHERE id = :i"), {"i": leader.id}
            )


async def test_m10_18_and_19_settled_when_its_requests_are_closed_and_summarised_when_all_is_done(
    session: Session, staff: Staff
) -> None:
    """Chain 5: the costs are requests and claims (M2) on the conference's accounts (M3)."""
    row = await planned(session, staff)
    await b.issued(session, staff, CONFERENCE, 120_000_000)
    await filled(session, staff, row)
    await confirmed(session, staff, row, "领头商贸", leads=True)
    await service.move(session, at(DAY), DAY, staff.cmo, row.id, row.version, "declare_ready")
    await service.move(session, at(HELD), HELD, staff.cmo, row.id, row.version, "open_doors")
    await service.move(session, at(HELD), HELD, staff.gm, row.id, row.version, "close_doors")
    venue = next(c for c in await service.rows_of(session, ConferenceCost, row.id) if c.item == "会议场地费用")
    request = await x.granted(session, staff, 900_000, department="MKT", account="660106", event_id=venue.id)
    claim = await x.claimed(session, staff, request, [850_000])
    await x.approved(session, staff, claim)
    with pytest.raises(Refused, match=request.number):
        await service.move(session, at(HELD), HELD, staff.hradm, row.id, row.version, "settle_costs")
    await claims.pay(session, at(HELD), HELD, staff.cash, claim.id, claim.version, 850_000)
    await session.refresh(request)
    await requests.close(session, at(HELD), HELD, staff.rep, request.id, request.version)
    await service.move(session, at(HELD), HELD, staff.hradm, row.id, row.version, "settle_costs")
    costs = {c.item: (asked, spent) for c, asked, spent in await service.costs_of(session, row.id)}
    assert costs["会议场地费用"] == (900_000, 850_000)
    with pytest.raises(Refused) as refused:
        await service.summarise(session, at(HELD), staff.mkt, row.id, row.version, "总结", "报道")
    assert refused.value.code == "m10-18"
    for seq, actor in ((1, staff.hradm), (2, staff.rep), (3, staff.mkt)):
        await service.fill_task(session, at(HELD), HELD, actor, row.id, row.version, (Part.AFTER, seq), True)
    await service.summarise(session, at(HELD), staff.mkt, row.id, row.version, "总结", "报道")
    assert row.state == "summarised"


async def test_the_call_centre_finds_whom_to_invite_in_the_customer_master(
    database: Database, desk: Desk, hired: Staff, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        row = await planned(session, hired)
        someone = await make_customer(session, company="海风", interests="养生")
        await invitees.add(
            session, at(DAY), hired.rep, row.id, Guest(InviteeKind.DISTRIBUTOR, "王五", customer_id=someone.id)
        )
        await invitees.add(session, at(DAY), hired.rep, row.id, Guest(InviteeKind.MEDIA, "记者"))
    rep = await desk(hired.rep)
    found = (await rep.post(f"{BASE}/conferences/{row.id}/hand-over", json={"version": 1})).json()
    assert found == {"interest": row.number, "customers": 1}
    async with database.transaction() as session:
        customer = await session.get_one(Customer, someone.id)
        assert customer.interests == f"养生、{row.number}"


@pytest.mark.parametrize(
    ("code", "states", "intent"),
    [
        ("great_interest", {"candidate": "contacted", "negotiated": "negotiated"}, "想看样品"),
        ("declined", {"candidate": "declined", "negotiated": "declined"}, ""),
        ("answering_machine", {"candidate": "candidate", "negotiated": "negotiated"}, ""),
    ],
)
async def test_what_a_call_of_the_conferences_campaign_brought_is_on_the_invitees_page(
    session: Session, staff: Staff, code: str, states: dict[str, str], intent: str
) -> None:
    bootstrap.connect()
    await seed_defaults(session)
    row = await planned(session, staff)
    caller = await make_user(session)
    for before, after in states.items():
        who = await make_customer(session, company=f"海风{before}")
        one = await invitees.add(
            session, at(DAY), staff.rep, row.id, Guest(InviteeKind.DISTRIBUTOR, "王五", customer_id=who.id)
        )
        for command in ("contact", "negotiate") if before == "negotiated" else ():
            await invitees.move(session, at(DAY), DAY, staff.rep, one.id, one.version, command)
        for interest, told in (("别的活动", 0), (row.number, 1)):  # only its own campaign is the conference's business
            segment = Segment(name=f"{interest}{before}", filters={"interests": [interest]}, created_at=at(DAY))
            session.add(segment)
            await session.flush()
            wave = await make_mailing(session, segment_id=segment.id)
            campaign = await make_campaign(session, mailing_id=wave.id)
            lead = await make_lead(session, campaign, who)
            call = await make_call(session, campaign, lead, state="ended", outcome="talked", ended_at=at(DAY))
            await dispositions.save(
                session, call=call, agent_id=caller.id, code=code, note=intent, callback_at=None, order_id=None,
                now=at(DAY), rules=CallingRules(),
            )  # fmt: skip
            await session.refresh(one)
            assert one.state == (after if told else before)
        story = select(col(TimelineEntry.act)).where(col(TimelineEntry.thing_id) == one.id)
        assert (list(await session.scalars(story)).count("called"), one.intent) == (1, intent)


async def test_a_conference_from_plan_to_result_over_http(
    database: Database, desk: Desk, hired: Staff, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        await defaults.install(session)
        dealer = await make_customer(session, company="领头商贸")
    mkt, cmo, gm, hradm, rep = [await desk(getattr(hired, who)) for who in ("mkt", "cmo", "gm", "hradm", "rep")]

    async def post(client: Any, path: str, **body: Any) -> Any:
        answer = await client.post(f"{BASE}/{path}", json=body)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    async def verdict(client: Any) -> None:
        waiting = (await client.get(f"{BASE}/approvals/inbox")).json()
        await post(client, f"approvals/{waiting[0]['id']}/agree", version=waiting[0]["version"])

    plan = await post(mkt, "conferences", product="安康礼盒", held_on="2026-03-09")
    here = f"conferences/{plan['id']}"
    assert (len(plan["items"]), len(plan["zones"]), len(plan["roles"]), plan["result"]["confirm_by"]) == (
        16, 15, 4, "2026-03-06",
    )  # fmt: skip
    assert list(dict.fromkeys(line["part"] for line in plan["lines"])) == [part.value for part in Part]
    money = [3_000_000, 4_200_000, 900_000, 600_000, 0, 4_000_000, 1_200_000, 1_500_000, 500_000, 0]
    costs = [{"cost_id": c["id"], "planned_fen": fen} for c, fen in zip(plan["costs"], money, strict=True)]
    plan = await post(mkt, f"{here}/set-costs", version=plan["version"], costs=costs)
    assert [(c["category"], c["planned_fen"]) for c in plan["categories"]] == [
        ("conference_services", 8_700_000), ("conference_publicity", 7_200_000),
    ]  # fmt: skip
    overlap = [{"starts": 540, "ends": 600, "title": "签到"}, {"starts": 590, "ends": 660, "title": "讲解"}]
    bad = await mkt.post(f"{BASE}/{here}/set-slots", json={"version": plan["version"], "slots": overlap})
    assert (bad.status_code, bad.json()["field"]) == (422, "slots")
    overlap[1]["starts"] = 600
    plan = await post(mkt, f"{here}/set-slots", version=plan["version"], slots=overlap)
    plan = await post(mkt, f"{here}/submit", version=plan["version"])
    await verdict(cmo)
    await verdict(gm)
    plan = (await mkt.get(f"{BASE}/{here}")).json()
    assert plan["state"] == "plan_approved"
    plan = await post(mkt, f"{here}/prepare", version=plan["version"])
    guest = await post(
        rep, "conference-invitees", conference_id=plan["id"], kind="distributor", name="李总",
        customer_id=str(dealer.id), leads_signing=True,
    )  # fmt: skip
    at_guest = f"conference-invitees/{guest['id']}"
    for verb in ("contact", "negotiate", "negotiate", "invite", "confirm"):
        body = {"lodging": "海景大酒店"} if verb == "confirm" else {"intent": "强"} if verb == "negotiate" else {}
        guest = await post(rep, f"{at_guest}/{verb}", version=guest["version"], **body)
    assert (guest["state"], guest["rounds"], guest["lodging"], guest["answer_late"]) == (
        "confirmed", 2, "海景大酒店", True,
    )  # fmt: skip
    # How many days before is a setting, and the list reads the same one.
    for days, late in ((0, False), (None, True)):
        async with database.transaction() as session:
            await policies.change(session, clock.now(), None, "conferences", "confirm_days", days)
        assert (await rep.get(f"{BASE}/{at_guest}")).json()["answer_late"] is late
    plan = (await cmo.get(f"{BASE}/{here}")).json()
    assert {m["code"] for m in plan["missing"]} == {"tasks", "items", "roles", "zones"}
    version = plan["version"]
    for line in plan["lines"]:
        if line["is_task"] and line["part"] != "after_task":
            done = await post(cmo, f"{here}/fill-task", version=version, part=line["part"], seq=line["seq"])
            version = done["version"]
    for item in plan["items"]:
        done = await post(mkt, f"{here}/fill-item", version=version, seq=item["seq"], ready=True,
                          **({} if item["quantity"] else {"quantity": 120}))  # fmt: skip
        version = done["version"]
    for role in plan["roles"]:
        who = str(getattr(hired, role["duty"].lower()).user_id)
        version = (await post(hradm, f"{here}/fill-role", version=version, seq=role["seq"], person_id=who))["version"]
    for zone in plan["zones"]:
        done = await post(mkt, f"{here}/fill-zone", version=version, seq=zone["seq"], measured_cm=zone["from_cm"])
        version = done["version"]
    assert done["missing"] == []
    plan = await post(cmo, f"{here}/declare-ready", version=version)
    plan = await post(cmo, f"{here}/open-doors", version=plan["version"])
    guest = await post(hradm, f"{at_guest}/check-in", version=guest["version"])
    guest = await post(rep, f"{at_guest}/sign-on-spot", version=guest["version"], city="青岛")
    plan = await post(gm, f"{here}/close-doors", version=plan["version"])
    assert (plan["result"]["attended"], plan["result"]["signed"], plan["result"]["signed_permille"]) == (1, 1, 1000)
    assert plan["result"]["planned_per_signed_fen"] == 15_900_000
    owed = (await rep.get(f"{BASE}/conference-receivables")).json()
    assert [(r["customer"], r["represented_by"]) for r in owed["rows"]] == [("领头商贸", "REP")]
    for name in ("conferences", "conference-invitees", "conference-costs", "conference-receivables"):
        assert (await rep.get(f"{BASE}/{name}/export")).status_code == 200, name
    assert (await rep.get(f"{BASE}/distributors")).json()["total"] == 1
