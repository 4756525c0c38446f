"""Refusals that every room of the back office uses."""

from __future__ import annotations

from typing import Any

from backoffice.kit.duties import OfficeRole, names
from backoffice.kit.words import word
from callcenter.kit.errors import AppError, Conflict, Lang


class Refused(Conflict):
    """A numbered rule says no. `code` is what programs and tests look at."""

    def __init__(self, code: str, zh: str, en: str, *, field: str | None = None) -> None:
        super().__init__(why_zh=zh, why_en=en, code=code)
        self.field = field


class WrongState(Conflict):
    def __init__(self, *, thing: str, state: str, command: str) -> None:
        super().__init__(
            why_zh=f"该{word(thing, 'zh')}目前为“{word(state, 'zh', thing)}”,不能“{word(command, 'zh')}”。"
            "请刷新后查看可用的操作。",
            why_en=f"This {word(thing, 'en')} is '{word(state, 'en', thing)}', "
            f"which does not allow '{word(command, 'en')}'. Refresh to see what can be done.",
            code="wrong_state",
        )


class NotYourDuty(AppError):
    code, status = "not_your_duty", 403
    zh = "此操作由{roles_zh}执行。{why_zh}"
    en = "This is done by: {roles_en}. {why_en}"

    def __init__(
        self,
        needed: frozenset[OfficeRole],
        *,
        why_zh: str = "请由有该岗位的人员处理。",
        why_en: str = "Ask someone who holds that duty.",
    ) -> None:
        super().__init__(
            roles_zh=names(needed, "zh") or "系统",
            roles_en=names(needed, "en") or "the system itself",
            why_zh=why_zh,
            why_en=why_en,
        )


class SameHands(AppError):
    """Separation of duties (不相容职务分离): the two acts need two people."""

    code, status = "same_hands", 403
    zh = "{first_zh}与{second_zh}不能由同一人办理。请由他人处理。"
    en = "One person may not both {first_en} and {second_en}. Someone else has to do this."

    def __init__(self, first: tuple[str, str], second: tuple[str, str]) -> None:
        super().__init__(first_zh=first[0], first_en=first[1], second_zh=second[0], second_en=second[1])


class Stale(Conflict):
    """Somebody was faster. The body's `changed` lists what they did since the version the caller had seen."""

    def __init__(self, changed: list[dict[str, Any]], *, seen: int, current: int) -> None:
        self.changed = changed
        who_zh = "、".join(dict.fromkeys(str(entry["by"]) for entry in changed)) or "其他人"
        who_en = ", ".join(dict.fromkeys(str(entry["by"]) for entry in changed)) or "someone else"
        super().__init__(
            why_zh=f"您打开后,{who_zh}已更改此单据,您的操作未执行。请查看更改后重试。",
            why_en=f"{who_en} changed this document after you opened it; your command was not carried out. "
            "Look at the changes and try again.",
            code="stale",
        )
        self.seen, self.current = seen, current

    def problem(self, lang: Lang) -> dict[str, Any]:
        changed = [entry | {"at": entry["at"].isoformat()} for entry in self.changed]
        return super().problem(lang) | {"changed": changed, "seen": self.seen, "current": self.current}
