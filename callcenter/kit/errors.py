"""One small error tree. An expected refusal is one of these, with a code, a status and both languages.

A sentence names the field, what is wrong with its value, and the mend. `problem()` is the JSON body that
every surface (REST, socket, command line) shows: RFC 9457 with `code`, `field` and `sentence`.
"""

from __future__ import annotations

from typing import Any, Literal

Lang = Literal["zh", "en"]


class AppError(Exception):
    """Base of every expected refusal. Subclasses set `code`, `status` and the two sentences.

    Sentences are format strings over the keyword arguments given when it is raised.
    """

    code = "error"
    status = 400
    zh = "操作未能完成。"
    en = "That could not be done."

    def __init__(self, *, field: str | None = None, **values: Any) -> None:
        self.field = field
        self.values = values
        super().__init__(self.sentence("en"))

    def sentence(self, lang: Lang) -> str:
        return (self.zh if lang == "zh" else self.en).format(field=self.field or "", **self.values)

    def problem(self, lang: Lang) -> dict[str, Any]:
        return {
            "type": "about:blank",
            "title": self.code,
            "status": self.status,
            "code": self.code,
            "field": self.field,
            "detail": self.sentence(lang),
        }


class BadInput(AppError):
    code, status = "bad_input", 422
    zh = "“{field}”：{problem_zh}。{mend_zh}"
    en = "'{field}': {problem_en}. {mend_en}"

    def __init__(
        self,
        *,
        field: str,
        problem_zh: str,
        problem_en: str,
        mend_zh: str = "请更正后重试。",
        mend_en: str = "Please correct it and try again.",
    ) -> None:
        super().__init__(field=field, problem_zh=problem_zh, problem_en=problem_en, mend_zh=mend_zh, mend_en=mend_en)


class NotFound(AppError):
    code, status = "not_found", 404
    zh = "找不到该{what_zh}（{id}）。它可能已被删除，请刷新后重试。"
    en = "No such {what_en} ({id}). It may have been removed; refresh and try again."

    def __init__(self, *, what_zh: str, what_en: str, id: object) -> None:
        super().__init__(what_zh=what_zh, what_en=what_en, id=id)


class Conflict(AppError):
    """A compare-and-set was lost, or a state does not allow the command."""

    code, status = "conflict", 409
    zh = "{why_zh}"
    en = "{why_en}"

    def __init__(self, *, why_zh: str, why_en: str, code: str = "conflict") -> None:
        self.code = code
        super().__init__(why_zh=why_zh, why_en=why_en)


class NotSignedIn(AppError):
    code, status = "not_signed_in", 401
    zh = "您尚未登录或登录已过期，请重新登录。"
    en = "You are not signed in, or your session has expired. Please sign in again."


class NotAllowed(AppError):
    code, status = "not_allowed", 403
    zh = "您的角色（{role}）不能执行此操作，请联系管理员。"
    en = "Your role ({role}) may not do this. Ask an administrator."

    def __init__(self, *, role: str) -> None:
        super().__init__(role=role)


class TooMany(AppError):
    code, status = "too_many", 429
    zh = "尝试次数过多，请在 {seconds} 秒后重试。"
    en = "Too many attempts. Try again in {seconds} seconds."

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds=seconds)


class Unavailable(AppError):
    code, status = "unavailable", 503
    zh = "{what_zh}暂时不可用，请稍后重试。"
    en = "{what_en} is not available right now. Please try again shortly."

    def __init__(self, *, what_zh: str, what_en: str) -> None:
        super().__init__(what_zh=what_zh, what_en=what_en)
