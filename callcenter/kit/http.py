"""What every router needs: a transaction, the time, the language. And errors as problem+json."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.kit.db import Database, Session, is_connection_loss
from callcenter.kit.errors import AppError, Conflict, Lang, Unavailable
from callcenter.kit.validation import field_of, sentence_of

_log = log.get(__name__)


async def _session(request: Request) -> AsyncIterator[Session]:
    database: Database = request.app.state.database
    async with database.transaction() as session:
        yield session


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


def _now(request: Request) -> datetime:
    return _clock(request).now()


def language(accept_language: str | None) -> Lang:
    """zh unless the browser asks for English first."""
    first = (accept_language or "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


def _language(request: Request) -> Lang:
    return language(request.headers.get("accept-language"))


# scope="function": the commit happens before the response leaves, so a failing commit is a 500, never a 200.
DbSession = Annotated[Session, Depends(_session, scope="function")]
Now = Annotated[datetime, Depends(_now)]
ClockOf = Annotated[Clock, Depends(_clock)]
Language = Annotated[Lang, Depends(_language)]


class ProblemBody(BaseModel):
    """RFC 9457 with our fields: `code` for programs, `field` and `detail` (a sentence) for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    field: str | None = None
    detail: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemBody, "description": text}
    for status, text in (
        (400, "Bad request"),
        (401, "Not signed in"),
        (403, "Not allowed"),
        (404, "Not found"),
        (409, "Conflict"),
        (413, "Too large"),
        (422, "Bad input"),
        (429, "Too many"),
        (503, "Unavailable"),
    )
}


def _answer(body: dict[str, Any]) -> JSONResponse:
    return JSONResponse(body, status_code=body["status"], media_type="application/problem+json")


def install_errors(app: FastAPI) -> None:
    """Every refusal leaves as problem+json in the caller's language."""

    @app.exception_handler(AppError)
    async def refused(request: Request, error: AppError) -> JSONResponse:
        return _answer(error.problem(_language(request)))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return _answer(
            ProblemBody(
                title="bad_input",
                status=422,
                code="bad_input",
                field=field_of(first) or None,
                detail=sentence_of(first, _language(request)),
            ).model_dump()
        )

    @app.exception_handler(IntegrityError)
    async def conflicting(request: Request, error: IntegrityError) -> JSONResponse:
        # A constraint held what the code let through: right for the data, and a hint that a check is missing.
        _log.warning(
            "constraint.refused", constraint=getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        )
        refusal = Conflict(
            why_zh="该数据与现有记录冲突（重复或被引用），未作任何更改。请刷新后检查。",
            why_en="This conflicts with an existing record (a duplicate, or still in use); nothing was changed. "
            "Refresh and check.",
        )
        return _answer(refusal.problem(_language(request)))

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> JSONResponse:
        if is_connection_loss(error):
            return _answer(Unavailable(what_zh="数据库", what_en="The database").problem(_language(request)))
        _log.exception("request.failed", path=request.url.path)
        lang = _language(request)
        detail = (
            "服务器内部错误，操作未完成。请稍后重试；如仍出现，请联系管理员。"
            if lang == "zh"
            else "The server failed and nothing was changed. Try again; if it persists, tell an administrator."
        )
        return _answer(ProblemBody(title="internal", status=500, code="internal", detail=detail).model_dump())
