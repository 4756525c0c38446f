"""REST: what the page of a signed-in person needs for its sound."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request

from agent_ui.sound.schemas import SipLine, SoundLine, TwilioLine
from callcenter.kit.clock import real_now
from callcenter.kit.http import PROBLEMS
from callcenter.people.access import require
from callcenter.people.models import Role, User
from callcenter.settings import Settings

router = APIRouter(prefix="/api/sound", tags=["sound"], responses=PROBLEMS)

Talker = Annotated[User, Depends(require(Role.AGENT, Role.SUPERVISOR))]


@router.post("/line", summary="Credentials for your own sound; what was given before stops working")
async def make_line(request: Request, user: Talker) -> SoundLine:
    """For the signed-in person only, and only for a while: the page asks again."""
    settings: Settings = request.app.state.settings
    now = real_now()
    if settings.carrier == "simulated":
        return _line("simulated")
    if user.address:
        return _line("telephone", telephone=user.address)
    if settings.carrier == "twilio":
        # Imported here: nobody else needs its client, which is large.
        from callcenter.telephony.twilio.tokens import browser_token

        token = browser_token(settings, user.id, now)
        return _line(
            "twilio",
            twilio=TwilioLine(token=token.token, identity=token.identity, edge=token.edge),
            renew_in_s=(token.refresh_at - now).total_seconds(),
        )
    from callcenter.telephony.asterisk.browser import give_line

    line = await give_line(settings, user.id, now)
    return _line(
        "sip",
        sip=SipLine(url=line.url, uri=line.uri, user=line.user, password=line.password),
        renew_in_s=(line.expires_at - now).total_seconds() / 2,
    )


def _line(kind: Literal["simulated", "telephone", "sip", "twilio"], **given: Any) -> SoundLine:
    nothing = {"telephone": None, "sip": None, "twilio": None, "renew_in_s": None}
    return SoundLine(kind=kind, **(nothing | given))
