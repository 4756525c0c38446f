"""PURE: the lives of conferences and invitees; deadlines, capacity, readiness, results (M10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from backoffice.conferences import template
from backoffice.kit.duties import OfficeRole
from backoffice.kit.fen import half_up, times
from backoffice.kit.machine import Machine, Move, roles
from backoffice.kit.policy import Policy, setting
from backoffice.kit.words import words


class ConferenceState(StrEnum):
    PLANNED = "planned"
    PLAN_APPROVED = "plan_approved"
    PREPARING = "preparing"
    READY = "ready"
    LIVE = "live"
    CLOSING = "closing"
    SETTLED = "settled"
    SUMMARISED = "summarised"
    CALLED_OFF = "called_off"


class InviteeState(StrEnum):
    CANDIDATE = "candidate"
    CONTACTED = "contacted"
    NEGOTIATED = "negotiated"
    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    SIGNED = "signed_on_spot"
    WATCHING = "watching"
    LOST = "lost"


class InviteeKind(StrEnum):
    DISTRIBUTOR = "distributor"
    EXPERT = "expert"
    MEDIA = "media"
    GOVERNMENT = "government"


_C, _I, _R = ConferenceState, InviteeState, OfficeRole
_SALES = roles(_R.REP, _R.SM)
_GUESTS = roles(_R.REP, _R.SM, _R.MKT, _R.HRADM)

CONFERENCE: Machine[ConferenceState] = Machine(
    "conference",
    ConferenceState,
    _C.PLANNED,
    (
        Move("submit", (_C.PLANNED,), _C.PLANNED, roles(_R.MKT)),
        Move("approve", (_C.PLANNED,), _C.PLAN_APPROVED),
        Move("replan", (_C.PLAN_APPROVED, _C.PREPARING, _C.READY), _C.PLANNED),  # the plan was changed
        Move("prepare", (_C.PLAN_APPROVED,), _C.PREPARING, roles(_R.MKT, _R.HRADM)),
        Move("declare_ready", (_C.PREPARING,), _C.READY, roles(_R.CMO)),
        Move("not_ready", (_C.READY,), _C.PREPARING, roles(_R.CMO, _R.MKT)),
        Move("open_doors", (_C.READY,), _C.LIVE, roles(_R.CMO, _R.GM)),
        Move("close_doors", (_C.LIVE,), _C.CLOSING, roles(_R.CMO, _R.GM)),
        Move("settle_costs", (_C.CLOSING,), _C.SETTLED, roles(_R.HRADM, _R.FIN)),
        Move("summarise", (_C.SETTLED,), _C.SUMMARISED, roles(_R.MKT)),
        Move("call_off", (_C.PLANNED, _C.PLAN_APPROVED, _C.PREPARING, _C.READY), _C.CALLED_OFF, roles(_R.CMO, _R.GM)),
    ),
)
INVITEE: Machine[InviteeState] = Machine(
    "conference_invitee",
    InviteeState,
    _I.CANDIDATE,
    (
        Move("contact", (_I.CANDIDATE, _I.CONTACTED), _I.CONTACTED, _GUESTS),
        Move("negotiate", (_I.CONTACTED, _I.NEGOTIATED), _I.NEGOTIATED, _GUESTS),
        Move("invite", (_I.CONTACTED, _I.NEGOTIATED), _I.INVITED, _GUESTS),
        Move("confirm", (_I.INVITED, _I.DECLINED), _I.CONFIRMED, _GUESTS),
        Move("decline", (_I.CONTACTED, _I.NEGOTIATED, _I.INVITED, _I.CONFIRMED), _I.DECLINED, _GUESTS),
        Move("check_in", (_I.CONFIRMED, _I.INVITED), _I.ATTENDED, roles(_R.HRADM, _R.MKT)),
        Move("miss", (_I.CONFIRMED, _I.INVITED), _I.NO_SHOW),  # the doors were closed without them
        Move("sign_on_spot", (_I.ATTENDED,), _I.SIGNED, roles(_R.REP)),
        Move("watch", (_I.ATTENDED, _I.NO_SHOW, _I.DECLINED), _I.WATCHING, _SALES),
        Move("lose", (_I.ATTENDED, _I.WATCHING, _I.NO_SHOW, _I.DECLINED), _I.LOST, _SALES),
    ),
)
MACHINES = (CONFERENCE, INVITEE)

words(
    conference=("招商会", "recruitment conference"),
    conference_invitee=("招商会邀请对象", "invitee of a conference"),
    conferences=("招商会", "recruitment conferences"),
    conference_invitees=("邀请名单", "invitees"),
    conference_costs=("招商会预算执行", "costs of conferences"),
    conference_readiness=("招商会筹备情况", "readiness of conferences"),
    plan_approved=("方案已批准", "plan approved"),
    preparing=("筹备中", "preparing"),
    ready=("筹备就绪", "ready"),
    live=("进行中", "live"),
    closing=("善后中", "closing"),
    summarised=("已总结", "summarised"),
    called_off=("已取消举办", "called off"),
    replan=("修改方案", "plan anew"),
    prepare=("开始筹备", "begin to prepare"),
    declare_ready=("确认就绪", "declare ready"),
    not_ready=("撤回就绪", "take back readiness"),
    open_doors=("开会", "open the doors"),
    close_doors=("散会", "close the doors"),
    settle_costs=("结算费用", "settle the costs"),
    summarise=("总结", "summarise"),
    call_off=("取消举办", "call off"),
    candidate=("候选", "candidate"),
    contacted=("已联络", "contacted"),
    negotiated=("已洽谈", "negotiated"),
    invited=("已邀请", "invited"),
    declined=("已谢绝", "declined"),
    attended=("已到会", "attended"),
    no_show=("未到会", "no show"),
    signed_on_spot=("已现场签约", "signed on the spot"),
    watching=("观望", "watching"),
    lost=("已流失", "lost"),
    contact=("联络", "contact"),
    negotiate=("洽谈", "negotiate"),
    invite=("邀请", "invite"),
    decline=("谢绝", "decline"),
    check_in=("签到", "check in"),
    miss=("未到", "miss"),
    sign_on_spot=("现场签约", "sign on the spot"),
    watch=("转为观望", "keep watching"),
    lose=("流失", "lose"),
    expert=("专家", "expert"),
    media=("媒体记者", "reporter"),
    government=("政府机构", "government"),
    theme=("主题", "theme"),
    held_on=("举办日期", "held on"),
    venue=("地点", "venue"),
    seats=("座位数", "seats"),
    target_count=("目标人数", "people planned for"),
    confirmed_count=("确认人数", "confirmed"),
    attended_count=("到会人数", "attended"),
    signed_count=("签约数", "signed"),
    confirm_by=("确认截止日", "confirm by"),
    invitee_name=("姓名/单位", "name"),
    rounds=("洽谈轮次", "rounds of talks"),
    leads_signing=("带头签约", "signs first"),
    invited_on=("邀请日期", "invited on"),
    answer_late=("确认逾期", "confirmed late"),
    represented_by=("负责业务员", "representative"),
    called=("电话邀请", "called"),
    category=("费用类别", "category"),
    cost_item=("费用项目", "cost item"),
    organisation=("单位", "organisation"),
    planned_fen=("预算", "planned"),
    requested_fen=("已申请", "requested"),
    spent_fen=("实际", "actual"),
    conference_services=("会务费用", "conference services"),
    conference_publicity=("会议宣传推广费用", "conference publicity"),
    rostrum=("主席台区", "rostrum"),
    distributor_zone=("分销商区", "distributors' zone"),
    entrance=("大厅会场入口区", "entrance"),
    receivable_fen=("应收余额", "receivable"),
    conference_receivables=("签约分销商应收", "receivables of signed dealers"),
)


class ConferencePolicy(Policy):
    room: ClassVar[str] = "conferences"

    about: int = setting(template.ABOUT, source="S", zh="规模(人左右)", en="About how many people", ge=1)
    seats_from: int = setting(template.SEATS[0], source="S", zh="会场座位下限", en="The room seats at least", ge=1)
    seats_to: int = setting(template.SEATS[1], source="S", zh="会场座位上限", en="The room seats at most", ge=1)
    confirm_days: int = setting(
        template.CONFIRM_DAYS_BEFORE,
        source="S",
        zh="会前几天确认到会人数",
        en="Days before it, attendance is confirmed",
        ge=0,
    )
    leaders_first: bool = setting(
        True, source="S", zh="由事先谈妥的分销商带头签约", en="Those agreed with beforehand sign first"
    )
    leaders_at_least: int = setting(
        1, source="D", zh="就绪前至少确认几家带头签约", en="Confirmed to sign first, at least, before it is ready", ge=0
    )
    rounds_at_least: int = setting(
        2, source="D", zh="邀请分销商前至少洽谈几轮(“多轮”)", en="Rounds of talks before a distributor is invited", ge=0
    )
    distance_tolerance: int = setting(
        10, source="D", zh="“约”的允许偏差(%)", en="What 'about' allows for measured distances, in percent", ge=0, le=50
    )


def confirm_by(held_on: date, days: int) -> date:
    """M10-9: of a meeting on 2026-05-20, three days before is 2026-05-17."""
    return held_on - timedelta(days=days)


def seats_fit(seats: int, at_least: int, at_most: int) -> bool:
    """M10-2: the room is for 100 to 120, both included."""
    return at_least <= seats <= at_most


def over_capacity(confirmed: int, seats: int) -> bool:
    return confirmed > seats


def distance_fits(measured_cm: int, from_cm: int, to_cm: int, tolerance: int) -> bool:
    """M10-13: 约3米 within the tolerance; 10~15 米 as it says (a range needs no tolerance)."""
    if from_cm != to_cm:
        return from_cm <= measured_cm <= to_cm
    return abs(measured_cm - from_cm) * 100 <= from_cm * tolerance


def share_permille(part: int, whole: int) -> int | None:
    """Tenths of a percent, half up: 18 of 104 is 173 (17.3 %). None: of nobody."""
    return half_up(Fraction(part * 1000, whole)) if whole else None


def cost_each(total_fen: int, count: int) -> int | None:
    """159,000.00 / 18 is 8,833.33. None: nobody signed."""
    return times(total_fen, 1, count) if count else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What readiness is judged by."""

    seats: int
    confirmed: int
    leaders: int
    open_tasks: tuple[str, ...]
    items_missing: tuple[str, ...]
    roles_empty: tuple[str, ...]
    zones_open: tuple[str, ...]
    budget_fen: int
    agenda: int


@dataclass(frozen=True, slots=True)
class Missing:
    code: str
    zh: str
    en: str


def missing(s: Standing, p: ConferencePolicy) -> list[Missing]:
    """Everything that keeps it from being ready."""
    out: list[Missing] = []
    if not seats_fit(s.seats, p.seats_from, p.seats_to):
        out.append(
            Missing(
                "seats",
                f"座位{s.seats}个,应为{p.seats_from}~{p.seats_to}个",
                f"{s.seats} seats instead of {p.seats_from} to {p.seats_to}",
            )
        )
    if over_capacity(s.confirmed, s.seats):
        out.append(
            Missing(
                "capacity", f"确认{s.confirmed}人,超过座位{s.seats}个", f"{s.confirmed} confirmed for {s.seats} seats"
            )
        )
    if s.leaders < p.leaders_at_least:
        out.append(
            Missing(
                "leaders",
                f"带头签约的分销商确认{s.leaders}家,至少{p.leaders_at_least}家,避免无人签约",
                f"{s.leaders} confirmed to sign first, at least {p.leaders_at_least}: avoid nobody signing",
            )
        )
    if not s.agenda:
        out.append(Missing("agenda", "没有会议日程", "there is no day plan"))
    for code, zh, en, found in (
        ("tasks", "未完成的工作", "tasks not done", s.open_tasks),
        ("items", "未备齐的物品", "items not ready", s.items_missing),
        ("roles", "未落实的角色", "roles without a person", s.roles_empty),
        ("zones", "未布置的会场任务", "zones not set up", s.zones_open),
    ):
        if found:
            out.append(Missing(code, f"{zh}:{'、'.join(found)}", f"{en}: {', '.join(found)}"))
    return out


def after_call(state: str, answered: bool, declined: bool) -> tuple[str, ...]:
    """The commands that follow from a call of the call centre. Sales' own rounds of talks are not counted by it."""
    if declined and state in ("candidate", "contacted", "negotiated", "invited", "confirmed"):
        return ("contact", "decline") if state == "candidate" else ("decline",)
    if answered and not declined and state in ("candidate", "contacted"):
        return ("contact",)
    return ()


def may_sign(leads: bool, leaders_waiting: int, leaders_first: bool) -> bool:
    """M10-17: while somebody who is to lead has not signed, the others wait."""
    return leads or not leaders_first or not leaders_waiting
