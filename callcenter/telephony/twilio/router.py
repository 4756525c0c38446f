"""Twilio's webhooks. Each is signed; each is answered at once, when its facts are written.

What is done with a fact happens in the worker, which the commit wakes: Twilio waits 15 s at most, and an agent
cannot be claimed here anyway.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from callcenter.kit import log
from callcenter.kit.errors import AppError, NotFound
from callcenter.kit.http import DbSession, Now
from callcenter.settings import Settings
from callcenter.telephony.health.models import Disbelief
from callcenter.telephony.health.refused import Doorkeeper
from callcenter.telephony.twilio import service, translate, twiml
from callcenter.telephony.twilio.addresses import PREFIX
from callcenter.telephony.twilio.signature import HEADER, Form, is_genuine, read_form

_log = log.get(__name__)


class Unsigned(AppError):
    """A webhook without Twilio's signature, or with another one."""

    code, status = "unsigned", 403
    zh = "该请求没有 Twilio 的有效签名,未作任何更改。请核对 TWILIO_AUTH_TOKEN 与 PUBLIC_URL。"
    en = (
        "This request carries no valid signature of Twilio's; nothing was changed. "
        "Check TWILIO_AUTH_TOKEN and PUBLIC_URL."
    )


async def _refuse(request: Request, why: Disbelief) -> Unsigned:
    """Written down in a transaction of its own, for that of the request is rolled back."""
    _log.warning("twilio.unsigned", reason=why.value)
    state = request.app.state
    if not hasattr(state, "doorkeeper"):
        state.doorkeeper = Doorkeeper(state.database)
    await state.doorkeeper.refused(why, state.clock.now())
    return Unsigned()


async def _signed(request: Request) -> Form:
    """The fields of a request that Twilio signed.

    Raises:
        NotFound: this installation does not use Twilio. Unsigned.
    """
    settings: Settings = request.app.state.settings
    if settings.carrier != "twilio" or settings.twilio_auth_token is None or settings.public_url is None:
        raise NotFound(what_zh="地址", what_en="address", id="twilio")
    signature = request.headers.get(HEADER)
    if not signature:
        raise await _refuse(request, Disbelief.UNSIGNED)
    try:
        form = read_form(await request.body())
    except ValueError:
        raise await _refuse(request, Disbelief.FORGED) from None
    address = request.scope["raw_path"].decode("ascii")
    if request.scope["query_string"]:
        address += "?" + request.scope["query_string"].decode("ascii")
    token = settings.twilio_auth_token.get_secret_value()
    if not is_genuine(token, settings.public_url, address, form, signature):
        raise await _refuse(request, Disbelief.FORGED)
    if form.get("AccountSid", settings.twilio_account_sid) != settings.twilio_account_sid:
        raise await _refuse(request, Disbelief.OTHER_ACCOUNT)
    return form


# Not in the OpenAPI: these are Twilio's addresses, not ours to offer.
router = APIRouter(prefix=PREFIX, tags=["carriers"], include_in_schema=False)

Signed = Annotated[Form, Depends(_signed)]
Id = Annotated[UUID | None, Query()]


@router.post("/status", status_code=204, summary="A call or an agent's leg changed")
async def status(
    form: Signed,
    session: DbSession,
    now: Now,
    call: Id = None,
    agent: Id = None,
    third: Annotated[int | None, Query()] = None,
) -> None:
    if call is not None and third is not None:
        await service.note_third(session, call, third, False, form.get("CallStatus") in translate.FINAL, now)
    elif call is not None:
        await service.note_status(session, call, form, now)
    elif agent is not None:
        await service.note_leg(session, agent, form, now)


@router.post("/voice", summary="A call was answered: what is it to do?")
async def voice(request: Request, form: Signed, session: DbSession, now: Now, call: Id = None) -> Response:
    settings: Settings = request.app.state.settings
    if call is not None:
        told = await service.note_answer(session, call, form, now)
    else:
        told = await service.answer_browser(session, form, settings.public_url or "")
    return Response(told, media_type="text/xml")


@router.post("/conference", status_code=204, summary="Somebody entered or left an agent's conference, or is held")
async def conference(form: Signed, session: DbSession, now: Now, agent: Id = None) -> None:
    if agent is not None:
        await service.note_conference(session, agent, form, now)


@router.post("/amd", status_code=204, summary="Person or machine?")
async def amd(form: Signed, session: DbSession, now: Now, call: Id = None) -> None:
    if call is not None:
        await service.note_machine(session, call, form, now)


@router.post("/say", summary="What is to be said in a talk?")
async def say(request: Request, form: Signed, text: Annotated[str, Query(max_length=2000)]) -> Response:
    return Response(twiml.announcement(text, request.app.state.settings.twilio_voice), media_type="text/xml")


@router.post("/keys", summary="Which keys are to be pressed?")
async def keys(form: Signed, digits: Annotated[str, Query(pattern=r"^[0-9*#A-D]{1,32}$")]) -> Response:
    return Response(twiml.keys(digits), media_type="text/xml")
