"""The table of results a new installation starts with. Every line can be edited; reports read the flags."""

from __future__ import annotations

from campaigns.dispositions.models import Disposition

HOUR, DAY = 3600, 86_400


def default_dispositions() -> list[Disposition]:
    """The five ways in which a first call ends (buys, interested, considers, not now, declines), the source's
    follow-up cases, and what happens on telephone lines. Grades say the pace (rhythm): A every three days, but within
    a day for those who asked to buy; B once a week (backoffice notes, 14b)."""
    rows = [*_first_calls(), *_refusals(), *_not_reached()]
    for position, row in enumerate(rows):
        row.position = position
    return rows


def _first_calls() -> list[Disposition]:
    """How a talk with the right person ends."""
    return [
        Disposition(
            code="order",
            name_zh="成交下单",
            name_en="Order placed",
            sale=True,
            closes_lead="sold",
            sorting="buys_now",
        ),
        Disposition(
            code="asked_to_buy",
            name_zh="要求购买，待落实",
            name_en="Asked to buy, to be completed",
            follow_up_case="asked_to_buy",
            retry_after_s=DAY,
            sorting="buys_now",
            grade="A",
        ),
        Disposition(
            code="great_interest",
            name_zh="兴趣浓厚",
            name_en="Great interest",
            follow_up_case="great_interest",
            sorting="interested",
            grade="A",
        ),
        Disposition(code="callback", name_zh="约定回电", name_en="Asked for a callback", callback=True),
        Disposition(
            code="considering",
            name_zh="考虑、犹豫",
            name_en="Considering",
            follow_up_case="considering",
            sorting="considering",
            grade="B",
        ),
        # Closed by default: the next brochure keeps the relation. Whoever wants them called again makes it grade C.
        Disposition(
            code="not_now", name_zh="近期不买", name_en="Not now", closes_lead="not_interested", sorting="not_now"
        ),
        Disposition(
            code="declined",
            name_zh="不感兴趣（不反对来电）",
            name_en="Not interested (does not mind calls)",
            closes_lead="not_interested",
            sorting="never",
        ),
    ]


def _refusals() -> list[Disposition]:
    """Never to be called again."""
    return [
        # A plain refusal is final everywhere (Civil Code 1033; carriers and MIIT drafts ask for the same).
        Disposition(
            code="refused",
            name_zh="明确拒绝推销",
            name_en="Refused sales calls",
            refusal=True,
            do_not_call=True,
            closes_lead="refused",
            sorting="never",
        ),
        Disposition(
            code="do_not_call",
            name_zh="要求不再来电",
            name_en="Asked never to be called",
            refusal=True,
            do_not_call=True,
            closes_lead="do_not_call",
            sorting="never",
        ),
    ]


def _not_reached() -> list[Disposition]:
    """Somebody else, a machine, or nobody to talk with."""
    return [
        Disposition(
            code="wrong_person",
            name_zh="非本人接听",
            name_en="Not the right person",
            right_party=False,
            retry_after_s=DAY,
        ),
        Disposition(
            code="wrong_number",
            name_zh="号码错误",
            name_en="Wrong number",
            right_party=False,
            closes_lead="wrong_number",
        ),
        Disposition(
            code="hung_up_early",
            name_zh="接通即挂断",
            name_en="Hung up at once",
            right_party=False,
            follow_up_case="not_reached",
            retry_after_s=2 * DAY,
        ),
        Disposition(
            code="language_problem",
            name_zh="语言不通",
            name_en="Language problem",
            right_party=False,
            follow_up_case="not_reached",
            retry_after_s=DAY,
        ),
        Disposition(
            code="answering_machine",
            name_zh="留言机、语音信箱",
            name_en="Answering machine",
            person=False,
            right_party=False,
            follow_up_case="not_reached",
            retry_after_s=DAY,
        ),
        Disposition(
            code="dead_line",
            name_zh="无声、线路故障",
            name_en="Dead line",
            person=False,
            right_party=False,
            follow_up_case="not_reached",
            retry_after_s=HOUR,
        ),
    ]
