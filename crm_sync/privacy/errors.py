"""Refusals of the privacy room."""

from __future__ import annotations

from callcenter.kit.errors import Conflict


def in_call() -> Conflict:
    return Conflict(
        why_zh="该客户正在通话或振铃，不能删除其资料。请在通话结束后重试。",
        why_en="This person is in a call just now; their data cannot be erased. Try again when it has ended.",
    )


def already_done() -> Conflict:
    return Conflict(why_zh="该请求已办结。", why_en="This request has been dealt with already.")


def already_asked() -> Conflict:
    return Conflict(why_zh="该客户的同类请求尚未办结。", why_en="A request of this kind by this person is still open.")


def wrong_kind(wanted_zh: str, wanted_en: str) -> Conflict:
    return Conflict(why_zh=f"该请求不是“{wanted_zh}”。", why_en=f"This request does not ask for {wanted_en}.")
