"""What law, regulators and carriers ask, by country: hours, caps, consent, and the source of each.

A preset is a starting point: a campaign copies its values and may make them stricter. `STRICTEST` satisfies
all of them at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from callcenter.domain.call import Outcome
from campaigns.schedule.calling import CN_CAPS, DAY, HOUR, MINUTE, CallingRules, Cap, ConsentPolicy
from campaigns.schedule.holidays import CN as CN_HOLIDAYS
from campaigns.schedule.holidays import NONE, HolidayCalendar
from campaigns.schedule.windows import ALL_WEEK, Window


@dataclass(frozen=True, slots=True)
class Preset:
    code: str
    zh: str
    en: str
    source_zh: str
    source_en: str
    windows: tuple[Window, ...]
    weekdays: tuple[int, ...] = ALL_WEEK
    holidays: bool = True
    """Whether the law lets callers ring on public holidays."""
    calendar: HolidayCalendar = NONE
    """Where there is none, the campaign lists its `closed_days`."""
    caps: tuple[Cap, ...] = ()
    min_gap_s: int = 0
    consent: ConsentPolicy = ConsentPolicy.NOT_REFUSED
    retry_floor_s: Mapping[str, int] = field(default_factory=dict)
    """Least seconds before the next attempt after an outcome."""


CN = Preset(
    code="CN",
    zh="中国",
    en="China",
    source_zh="运营商惯例：8:00–21:00，对同一人 24 小时内不超过 5 次、5 分钟内不超过 3 次；"
    "民法典第1033条、工信部规定草案（2020）：拒绝即为最终拒绝",
    source_en="carriers' norm 8:00–21:00, at most 5 calls to a person in 24 hours and 3 in 5 minutes; "
    "Civil Code 1033, MIIT draft rules 2020: a refusal is final",
    windows=(Window(time(8), time(21)),),
    calendar=CN_HOLIDAYS,
    caps=CN_CAPS,
    min_gap_s=5 * MINUTE,
)
US = Preset(
    code="US",
    zh="美国",
    en="United States",
    # Federal law says 8–21; the stricter hours and cap of Florida and Oklahoma hold for everybody.
    source_zh="16 CFR 310.4(c) 与 47 CFR 64.1200(c)：对方当地 8–21 时；"
    "佛罗里达、俄克拉何马州：8–20 时，24 小时内不超过 3 次",
    source_en="16 CFR 310.4(c) and 47 CFR 64.1200(c): 8–21 local; "
    "Florida and Oklahoma: 8–20, at most 3 calls in 24 hours",
    windows=(Window(time(8), time(20)),),
    caps=(Cap(3, DAY),),
)
UK = Preset(
    code="UK",
    zh="英国",
    en="United Kingdom",
    source_zh="Ofcom 关于持续滥用的声明：放弃呼叫后 72 小时、判为机器后 24 小时内不再自动呼叫；时段依良好惯例",
    source_en="Ofcom statement on persistent misuse: 72 hours after an abandoned call, 24 hours after a machine "
    "verdict; hours by good practice",
    windows=(Window(time(8), time(21)),),
    retry_floor_s={Outcome.ABANDONED: 72 * HOUR, Outcome.MACHINE: 24 * HOUR},
)
FR = Preset(
    code="FR",
    zh="法国",
    en="France",
    source_zh="法令 2022-1313：周一至周五 10–13 时、14–20 时，节假日不得外呼，30 天内不超过 4 次；"
    "2026-08-11 起须事先同意",
    source_en="décret 2022-1313: Monday to Friday 10–13 and 14–20, no holidays, at most 4 in 30 days; "
    "consent beforehand from 2026-08-11",
    windows=(Window(time(10), time(13)), Window(time(14), time(20))),
    weekdays=(1, 2, 3, 4, 5),
    holidays=False,
    caps=(Cap(4, 30 * DAY),),
    consent=ConsentPolicy.REQUIRED,
)
DE = Preset(
    code="DE",
    zh="德国",
    en="Germany",
    source_zh="UWG 第7、7a条：须明示同意，同意证据保存 5 年；时段依良好惯例，法律未规定",
    source_en="UWG §§ 7, 7a: express consent, kept 5 years; hours by good practice, the law names none",
    windows=(Window(time(8), time(20)),),
    weekdays=(1, 2, 3, 4, 5, 6),
    consent=ConsentPolicy.REQUIRED,
)
STRICTEST = Preset(
    code="STRICTEST",
    zh="最严（满足以上全部）",
    en="Strictest of all",
    source_zh="以上各国规定的交集，另加两次呼叫间隔 30 分钟（部分中国城市）",
    source_en="the intersection of the other presets, and 30 minutes between calls (some Chinese cities)",
    windows=FR.windows,
    weekdays=FR.weekdays,
    holidays=False,
    calendar=CN_HOLIDAYS,
    caps=(Cap(3, 5 * MINUTE), Cap(3, DAY), Cap(4, 30 * DAY)),
    min_gap_s=30 * MINUTE,
    consent=ConsentPolicy.REQUIRED,
    retry_floor_s=UK.retry_floor_s,
)

PRESETS: Mapping[str, Preset] = {p.code: p for p in (CN, US, UK, FR, DE, STRICTEST)}


def with_preset(rules: CallingRules, preset: Preset) -> CallingRules:
    """The same campaign under the law of `preset`."""
    retry = dict(rules.retry)
    for outcome, floor in preset.retry_floor_s.items():
        row = rules.retry_for(outcome)
        retry[outcome] = replace(row, after_s=max(row.after_s, floor))
    return replace(
        rules,
        preset=preset.code,
        legal_windows=preset.windows,
        legal_weekdays=preset.weekdays,
        legal_holidays=preset.holidays,
        holidays=preset.calendar,
        caps=preset.caps,
        min_gap_s=preset.min_gap_s,
        consent=preset.consent,
        retry=retry,
    )
