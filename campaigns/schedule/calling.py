"""The rules of one campaign's calling: days after posting, windows, law, attempts, gaps, caps.

Defaults are the source's (7.3.1 三.2: the 7th to the 14th day after posting; 10:00–11:00, 12:00–13:00,
15:00–17:00) under the norm of Chinese carriers. Stored as JSON in `campaigns.rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from enum import StrEnum
from itertools import pairwise
from typing import Any

from callcenter.domain.call import Outcome
from callcenter.kit.errors import BadInput
from campaigns.schedule import holidays as calendars
from campaigns.schedule.holidays import CALENDARS, HolidayCalendar
from campaigns.schedule.windows import ALL_WEEK, EARLIEST, LATEST, Window

MINUTE, HOUR, DAY = 60, 3600, 86_400
MAX_DAYS = 365
MAX_WINDOWS = 12
MAX_ATTEMPTS = 50
MAX_GAP_S = 60 * DAY


class ConsentPolicy(StrEnum):
    NOT_REFUSED = "not_refused"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, order=True)
class Cap:
    """At most `most` calls to a person within any `within_s` seconds, over all campaigns."""

    most: int
    within_s: int


@dataclass(frozen=True, slots=True)
class Retry:
    """What follows an attempt with a certain outcome."""

    after_s: int
    """How long the customer is left in peace."""
    other_window: bool = False
    """Try another window than that of the last attempt, unless that would lose the lead."""
    close_after: int | None = None
    """Close the lead at the n-th attempt with this outcome; None: never because of it."""
    counts: bool = True
    """Whether it uses up one of `attempts_max`: a call the network dropped before it rang does not."""


SOURCE_WINDOWS = (
    Window(time(10), time(11)),
    Window(time(12), time(13)),
    Window(time(15), time(17)),
)
"""Source, 7.3.1 三.2(3)①."""

DEFAULT_RETRY: Mapping[str, Retry] = {
    Outcome.NO_ANSWER: Retry(4 * HOUR, other_window=True),
    Outcome.BUSY: Retry(30 * MINUTE),
    Outcome.REJECTED: Retry(DAY, other_window=True),
    Outcome.MACHINE: Retry(DAY, other_window=True),
    # Somebody answered and heard no agent: not again on the same day. Where law asks for more (UK: 72 hours
    # unless an agent is guaranteed) the preset raises it.
    Outcome.ABANDONED: Retry(DAY),
    Outcome.CONGESTION: Retry(20 * MINUTE, counts=False),
    Outcome.FAILED: Retry(30 * MINUTE, counts=False),
    Outcome.CANCELLED: Retry(HOUR),
    Outcome.INVALID_NUMBER: Retry(DAY, close_after=1),
    # A talk whose result nobody saved (it should not be): left in peace for a day.
    Outcome.TALKED: Retry(DAY),
}

CN_CAPS = (Cap(3, 5 * MINUTE), Cap(5, DAY))


@dataclass(frozen=True, slots=True)
class CallingRules:
    """Frozen; evolve it with `dataclasses.replace` and check the result with `validate_rules`."""

    days_from: int = 7
    days_to: int = 14
    """First and last day of calling, counted from the day of posting, both included."""
    windows: tuple[Window, ...] = SOURCE_WINDOWS
    """Recommended times on the customer's clock; a time the customer asked for is exempt from them."""
    weekdays: tuple[int, ...] = ALL_WEEK
    """ISO weekdays (1 = Monday) of ordinary calling."""
    closed_days: tuple[date, ...] = ()
    """The campaign's own days without ordinary calling: other countries' holidays, the company's day off."""
    holidays: HolidayCalendar = calendars.CN
    """Public holidays: no ordinary calling, either. As JSON its code: CN or none."""
    makeup_days: bool = False
    """Whether make-up working days (调休) are calling days, whatever their weekday."""
    preset: str = "CN"
    """Legal preset from which the legal hours, caps and consent below come (schedule.presets)."""
    legal_windows: tuple[Window, ...] = (Window(time(8), time(21)),)
    """Nobody is ever called outside these, whoever asked for it."""
    legal_weekdays: tuple[int, ...] = ALL_WEEK
    legal_holidays: bool = True
    """Whether the law lets callers ring on holidays and `closed_days` at all (France does not)."""
    caps: tuple[Cap, ...] = CN_CAPS
    min_gap_s: int = 5 * MINUTE
    """Between two calls to the same person, over all campaigns."""
    consent: ConsentPolicy = ConsentPolicy.NOT_REFUSED
    attempts_max: int = 5
    """Fruitless attempts in a row; a conversation begins the count anew."""
    attempts_total: int = 12
    """Attempts on one lead in all, conversations included."""
    retry: Mapping[str, Retry] = field(default_factory=lambda: dict(DEFAULT_RETRY))
    follow_up_days: int = 14
    """How long after the last day a person who showed interest may be followed up."""
    callback_days_max: int = 30
    """How far ahead a callback may be promised."""
    first_calls_first: bool = False
    """Call everybody once before anybody twice, whatever the last days (docs/decisions/0018, 6): with too few agents
    more people get the call their brochure announces, and fewer are reached at a second try."""
    callback_owner_s: int = 15 * MINUTE
    """How long a due callback waits for the agent who promised it, before anyone may take it."""

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> CallingRules:
        """Rules as stored in `campaigns.rules`; what is missing there has its default."""
        return from_json(value)

    def to_json(self) -> dict[str, Any]:
        return to_json(self)

    def is_open_day(self, day: date) -> bool:
        """Whether ordinary calling takes place on this day of the customer's calendar, as far as days go."""
        return calendars.is_open_day(self.holidays, self.closed_days, self.weekdays, day, makeup_days=self.makeup_days)

    def is_legal_day(self, day: date) -> bool:
        """Whether the law lets anybody be called on this day, wishes included."""
        if day.isoweekday() not in self.legal_weekdays:
            return False
        return self.legal_holidays or not calendars.is_holiday(self.holidays, self.closed_days, day)

    def retry_for(self, outcome: str) -> Retry:
        return self.retry.get(outcome) or DEFAULT_RETRY.get(outcome) or Retry(DAY)

    def longest_cap_s(self) -> int:
        """How far back calls to a person matter."""
        return max([self.min_gap_s, *(cap.within_s for cap in self.caps)])


# ---------------------------------------------------------------- JSON


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def to_json(rules: CallingRules) -> dict[str, Any]:
    """Plain JSON; `from_json` of it gives the same rules."""
    return {
        "days_from": rules.days_from,
        "days_to": rules.days_to,
        "windows": [[_clock(w.start), _clock(w.end)] for w in rules.windows],
        "weekdays": list(rules.weekdays),
        "closed_days": [day.isoformat() for day in rules.closed_days],
        "holidays": rules.holidays.code,
        "makeup_days": rules.makeup_days,
        "first_calls_first": rules.first_calls_first,
        "preset": rules.preset,
        "legal_windows": [[_clock(w.start), _clock(w.end)] for w in rules.legal_windows],
        "legal_weekdays": list(rules.legal_weekdays),
        "legal_holidays": rules.legal_holidays,
        "caps": [{"most": cap.most, "within_s": cap.within_s} for cap in rules.caps],
        "min_gap_s": rules.min_gap_s,
        "consent": rules.consent.value,
        "attempts_max": rules.attempts_max,
        "attempts_total": rules.attempts_total,
        "retry": {
            str(outcome): {
                "after_s": row.after_s,
                "other_window": row.other_window,
                "close_after": row.close_after,
                "counts": row.counts,
            }
            for outcome, row in rules.retry.items()
        },
        "follow_up_days": rules.follow_up_days,
        "callback_days_max": rules.callback_days_max,
        "callback_owner_s": rules.callback_owner_s,
    }


def _bad(name: str, zh: str, en: str, mend_zh: str = "请更正后重试。", mend_en: str = "") -> BadInput:
    return BadInput(
        field=f"rules.{name}",
        problem_zh=zh,
        problem_en=en,
        mend_zh=mend_zh,
        mend_en=mend_en or "Please correct it and try again.",
    )


def _time(name: str, value: Any) -> time:
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    try:
        return time.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        raise _bad(
            name,
            f"“{value}”不是时间",
            f"'{value}' is no time of day",
            "请按 时：分 填写，例如 10:00。",
            "Write it as hours:minutes, for example 10:00.",
        ) from None


def _windows(name: str, value: Any) -> tuple[Window, ...]:
    try:
        pairs = [(start, end) for start, end in value]
    except (TypeError, ValueError):
        raise _bad(name, "时段应为 [开始，结束] 的列表", "windows are a list of [start, end]") from None
    return tuple(sorted(Window(_time(name, start), _time(name, end)) for start, end in pairs))


def from_json(value: Mapping[str, Any]) -> CallingRules:
    """Rules from their JSON; what is missing has its default. Raises BadInput for what cannot be read."""
    known = {f.name for f in fields(CallingRules)}
    given: dict[str, Any] = {}
    for name, raw in value.items():
        if name not in known:
            raise _bad(name, "没有这条规则", "there is no such rule", f"可用：{'、'.join(sorted(known))}。")
        try:
            given[name] = _read(name, raw)
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
            raise _bad(name, f"无法读取“{raw}”", f"'{raw}' cannot be read") from None
    return CallingRules(**given)


def _read(name: str, raw: Any) -> Any:
    if name in ("windows", "legal_windows"):
        return _windows(name, raw)
    if name in ("weekdays", "legal_weekdays"):
        return tuple(sorted({int(day) for day in raw}))
    if name == "closed_days":
        return tuple(sorted({day if isinstance(day, date) else date.fromisoformat(day) for day in raw}))
    if name == "caps":
        return tuple(sorted(Cap(int(cap["most"]), int(cap["within_s"])) for cap in raw))
    if name == "retry":
        rows = {Outcome(outcome): _retry(row) for outcome, row in raw.items()}
        return {**DEFAULT_RETRY, **rows}
    if name == "consent":
        return ConsentPolicy(raw)
    if name == "preset":
        if not re.fullmatch(r"[A-Z][A-Z_]{1,29}", str(raw)):
            raise ValueError
        return str(raw)
    if name == "holidays":
        return CALENDARS[raw]
    if name in ("legal_holidays", "makeup_days", "first_calls_first"):
        return bool(raw)
    return int(raw)


def _retry(row: Mapping[str, Any]) -> Retry:
    close_after = row.get("close_after")
    return Retry(
        after_s=int(row["after_s"]),
        other_window=bool(row.get("other_window", False)),
        close_after=None if close_after is None else int(close_after),
        counts=bool(row.get("counts", True)),
    )


# ---------------------------------------------------------------- checks


def validate_rules(rules: CallingRules) -> CallingRules:
    """The same rules, when a campaign can run on them. Raises BadInput naming field, problem and mend."""
    _check_days(rules)
    _check_windows("legal_windows", rules.legal_windows, "法定时段", "legal hours")
    for legal in rules.legal_windows:
        if not legal.inside(Window(EARLIEST, LATEST)):
            raise _bad(
                "legal_windows",
                f"法定时段 {legal} 超出 05:00–23:00",
                f"the legal hours {legal} go beyond 05:00–23:00",
                "夜间不得外呼，请缩小时段。",
                "Nobody may be called at night; narrow them.",
            )
    _check_windows("windows", rules.windows, "外呼时段", "calling windows")
    for window in rules.windows:
        if not any(window.inside(legal) for legal in rules.legal_windows):
            allowed = ", ".join(str(legal) for legal in rules.legal_windows)
            raise _bad(
                "windows",
                f"时段 {window} 超出法定时段 {allowed}",
                f"the window {window} lies outside the legal hours {allowed}",
                "请把时段移到法定时段之内。",
                "Move it inside the legal hours.",
            )
    _check_weekdays(rules)
    _check_numbers(rules)
    return rules


def _check_days(rules: CallingRules) -> None:
    if not 0 <= rules.days_from <= MAX_DAYS or not 0 <= rules.days_to <= MAX_DAYS:
        raise _bad("days_from", f"天数须在 0 到 {MAX_DAYS} 之间", f"days must lie between 0 and {MAX_DAYS}")
    if rules.days_to < rules.days_from:
        raise _bad(
            "days_to",
            f"最后一天（第 {rules.days_to} 天）早于第一天（第 {rules.days_from} 天）",
            f"the last day ({rules.days_to}) comes before the first ({rules.days_from})",
            "请对调两个数字，例如 7 到 14。",
            "Swap the two numbers, for example 7 to 14.",
        )


def _check_windows(name: str, windows: tuple[Window, ...], zh: str, en: str) -> None:
    if not windows:
        raise _bad(
            name,
            f"没有{zh}",
            f"there are no {en}",
            "请至少填写一个时段，例如 10:00–11:00。",
            "Give at least one, for example 10:00–11:00.",
        )
    if len(windows) > MAX_WINDOWS:
        raise _bad(name, f"时段超过 {MAX_WINDOWS} 个", f"there are more than {MAX_WINDOWS} windows")
    for window in windows:
        if window.end <= window.start:
            raise _bad(
                name,
                f"时段 {window} 的结束不晚于开始",
                f"the window {window} ends before it starts",
                "请让结束晚于开始；跨午夜的时段请分成两个。",
                "Let it end after its start.",
            )
    for before, after in pairwise(windows):
        if after.start < before.end:
            raise _bad(
                name,
                f"时段 {before} 与 {after} 重叠",
                f"the windows {before} and {after} overlap",
                "请合并或错开它们。",
                "Join them or move them apart.",
            )


def _check_weekdays(rules: CallingRules) -> None:
    for name, days in (("weekdays", rules.weekdays), ("legal_weekdays", rules.legal_weekdays)):
        if not days or not set(days) <= set(ALL_WEEK):
            raise _bad(
                name,
                "星期须为 1（周一）到 7（周日），至少一天",
                "weekdays are 1 (Monday) to 7 (Sunday), at least one",
            )
    if not set(rules.weekdays) & set(rules.legal_weekdays):
        raise _bad(
            "weekdays",
            "所选星期全在法定不得外呼的日子",
            "all chosen weekdays are ones on which the law forbids calling",
        )


def _check_numbers(rules: CallingRules) -> None:
    whole: list[tuple[str, int, int, int]] = [
        ("attempts_max", rules.attempts_max, 1, MAX_ATTEMPTS),
        ("attempts_total", rules.attempts_total, rules.attempts_max, MAX_ATTEMPTS),
        ("min_gap_s", rules.min_gap_s, 0, MAX_GAP_S),
        ("follow_up_days", rules.follow_up_days, 0, MAX_DAYS),
        ("callback_days_max", rules.callback_days_max, 1, MAX_DAYS),
        ("callback_owner_s", rules.callback_owner_s, 0, DAY),
    ]
    whole += [("caps", cap.most, 1, 1000) for cap in rules.caps]
    whole += [("caps", cap.within_s, 1, MAX_GAP_S) for cap in rules.caps]
    whole += [(f"retry.{outcome}", row.after_s, 0, MAX_GAP_S) for outcome, row in rules.retry.items()]
    whole += [(f"retry.{outcome}", row.close_after or 1, 1, MAX_ATTEMPTS) for outcome, row in rules.retry.items()]
    for name, value, least, most in whole:
        if not least <= value <= most:
            raise _bad(
                name,
                f"{value} 不在 {least} 到 {most} 之间",
                f"{value} does not lie between {least} and {most}",
            )
