"""The route of a printed paper: `add_print(router, "/invoices", paper)`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from backoffice.calendar.rules import CompanyPolicy
from backoffice.kit.duties import Actor
from backoffice.listing.export import XLSX
from backoffice.listing.http import Today
from backoffice.policies import service as policies
from backoffice.printing.layout import lay_out
from backoffice.printing.paper import Both, Company, Paper
from backoffice.printing.pdf import draw
from backoffice.printing.sheet import sheet
from backoffice.roles.access import OfficeActor
from callcenter.kit.db import Session
from callcenter.kit.errors import Lang
from callcenter.kit.http import DbSession, Language, Now

PDF = "application/pdf"

Make = Callable[[Session, date, Actor, UUID], Awaitable[Paper]]
"""The paper of a thing: (session, today, actor, id)."""


class PrintLanguage(StrEnum):
    ZH = "zh-CN"
    EN = "en"


class PrintFormat(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"


async def company(session: Session) -> Company:
    """Whose papers these are."""
    p = await policies.load(session, CompanyPolicy)
    return Company(Both(p.name_zh, p.name_en), Both(p.address_zh, p.address_en), p.phone, Both(p.bank_zh, p.bank_en))


def add_print(router: APIRouter, path: str, make: Make) -> None:
    """GET `path`/{id}/print: the paper as PDF (or xlsx), in the language asked for, else the reader's."""

    async def printed(
        request: Request,
        session: DbSession,
        now: Now,
        today: Today,
        actor: OfficeActor,
        language: Language,
        id: UUID,
        lang: Annotated[PrintLanguage | None, Query(description="Default: of Accept-Language")] = None,
        format: Annotated[PrintFormat, Query()] = PrintFormat.PDF,
    ) -> Response:
        wanted: Lang = language if lang is None else "en" if lang is PrintLanguage.EN else "zh"
        paper = await make(session, today, actor, id)
        laid_out = lay_out(paper, await company(session), wanted, now, request.app.state.settings.zone)
        as_pdf = format is PrintFormat.PDF
        # Off the event loop: a long statement takes a while to set, and consoles are waiting.
        body = await (asyncio.to_thread(draw, laid_out, now) if as_pdf else asyncio.to_thread(sheet, laid_out))
        name = quote(f"{laid_out['title']}-{paper.number}.{format.value}")
        return Response(
            body,
            media_type=PDF if as_pdf else XLSX,
            headers={"content-disposition": f"{'inline' if as_pdf else 'attachment'}; filename*=UTF-8''{name}"},
        )

    router.add_api_route(
        f"{path}/{{id}}/print",
        printed,
        methods=["GET"],
        name=f"print_{path.strip('/').replace('/', '_').replace('-', '_')}",
        response_class=Response,
        responses={200: {"content": {PDF: {}, XLSX: {}}, "description": "The paper"}},
    )
