"""The two routes of a list, and the dependencies of all back-office routers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from backoffice.kit.dates import local_date
from backoffice.kit.duties import Actor
from backoffice.kit.machine import Machine
from backoffice.kit.words import word
from backoffice.listing import query as lists
from backoffice.listing.export import XLSX, xlsx
from backoffice.listing.query import Listing, ListPage, ListQuery
from backoffice.roles.access import OfficeActor
from backoffice.timeline import acts
from callcenter.kit.db import Session
from callcenter.kit.http import DbSession, Language, Now


def _today(request: Request, now: Now) -> date:
    return local_date(now, request.app.state.settings.zone)


Today = Annotated[date, Depends(_today)]
"""The date on the company's wall (app.state.settings.zone)."""


class Command(BaseModel):
    """Body of every command: the version the caller has on the screen, and what they wish to say."""

    version: int = Field(examples=[3])
    note: str = Field(default="", max_length=1000)


class StoryLine(BaseModel):
    thing: str
    """What it happened to (order, delivery, invoice …): where a story tells of several things."""
    number: str = ""
    """What that is called; empty when it is the thing itself."""
    at: Any
    by: str
    act: str
    from_state: str | None
    to_state: str | None
    note: str
    version: int
    detail: dict[str, Any]


def add_list(router: APIRouter, listing: Listing[Any], path: str = "") -> None:
    """GET `path` (a page of rows with totals) and GET `path`/export (all of them as xlsx)."""

    async def read(
        session: DbSession, today: Today, _: OfficeActor, query: Annotated[ListQuery, Query()]
    ) -> ListPage[Any]:
        return await lists.page(session, listing, query, today)

    async def export(
        session: DbSession, today: Today, lang: Language, _: OfficeActor, query: Annotated[ListQuery, Query()]
    ) -> Response:
        rows = await lists.everything(session, listing, query, today)
        headings = await lists.headings_of(session, listing, lang)
        title = word(listing.name, lang)
        file = quote(f"{title}-{today.isoformat()}.xlsx")
        return Response(
            xlsx(title, listing.row, rows, lang, listing.hidden, headings, listing.name),
            media_type=XLSX,
            headers={"content-disposition": f"attachment; filename*=UTF-8''{file}"},
        )

    model = ListPage[listing.row]  # type: ignore[name-defined]
    router.add_api_route(path, read, methods=["GET"], response_model=model, name=f"list_{listing.name}")
    router.add_api_route(
        f"{path}/export",
        export,
        methods=["GET"],
        name=f"export_{listing.name}",
        response_class=Response,
        responses={200: {"content": {XLSX: {}}, "description": "The rows of the list as a spreadsheet"}},
    )


Run = Callable[[Session, datetime, date, Actor, UUID, Any], Awaitable[Any]]
"""Carries out a command: (session, now, today, actor, id, body)."""
Show = Callable[[Session, date, Actor, UUID], Awaitable[BaseModel]]
"""The thing as it is afterwards: (session, today, actor, id)."""


def add_command(
    router: APIRouter,
    path: str,
    verb: str,
    run: Run,
    show: Show,
    model: type[BaseModel],
    body: type[BaseModel] = Command,
) -> None:
    """POST `path`/{id}/`verb`: carry it out, answer the thing as it is then. One style for all commands."""

    async def command(session: DbSession, now: Now, today: Today, actor: OfficeActor, id: UUID, body: Any) -> BaseModel:
        await run(session, now, today, actor, id, body)
        return await show(session, today, actor, id)

    command.__annotations__["body"] = body
    name = f"{verb.replace('-', '_')}_{path.strip('/').replace('/', '_').replace('-', '_')}"
    router.add_api_route(f"{path}/{{id}}/{verb}", command, methods=["POST"], response_model=model, name=name)


def add_get(router: APIRouter, path: str, show: Show, model: type[BaseModel]) -> None:
    """GET `path`/{id}."""

    async def read(session: DbSession, today: Today, actor: OfficeActor, id: UUID) -> BaseModel:
        return await show(session, today, actor, id)

    name = f"read_{path.strip('/').replace('/', '_').replace('-', '_')}"
    router.add_api_route(f"{path}/{{id}}", read, methods=["GET"], response_model=model, name=name)


Beside = Callable[[Session, date, Actor, UUID], Awaitable[dict[str, Any]]]
"""What a document shows beside its row: (session, today, actor, id) → fields."""


def shown(listing: Listing[Any], out: type[BaseModel], machine: Machine[Any], beside: Beside | None = None) -> Show:
    """How a document is shown: its row of the list, what this person may do with it now, and its story."""

    async def show(session: Session, today: date, actor: Actor, id: UUID) -> BaseModel:
        values = await lists.one(session, listing, id, today)
        more = await beside(session, today, actor, id) if beside is not None else {}
        return out.model_validate(
            values
            | more
            | {
                "commands": machine.commands(str(values["state"]), actor.roles),
                "timeline": [StoryLine(**line) for line in await acts.story(session, machine.name, id)],
            }
        )

    return show
