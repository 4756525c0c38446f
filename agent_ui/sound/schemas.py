"""What a page is told about its sound."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class SipLine(BaseModel):
    """Credentials of our own Asterisk: for this person, and only until they are given new ones."""

    url: str
    """Address of the WebSocket, wss:// except on this machine."""
    uri: str
    user: str
    password: str


class TwilioLine(BaseModel):
    token: str
    identity: str
    edge: str | None


class SoundLine(BaseModel):
    """Where this person's sound is. `sip` and `twilio`: in the browser, with credentials to be asked for again after
    `renew_in_s`. `telephone`: on a telephone of their own. `simulated`: nowhere, nobody is really called."""

    kind: Literal["simulated", "telephone", "sip", "twilio"]
    telephone: str | None
    sip: SipLine | None
    twilio: TwilioLine | None
    renew_in_s: float | None
