"""Leave to hear one recording for a while: given after the listening was written down, asked for with every range.

A player asks for a recording in many pieces; one listening is one line in the record, and that is where the ticket
comes from. It is bound to the person and the recording, and useless to anybody else who learns of it.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

GOOD_FOR = timedelta(hours=1)


def _sign(secret: str, recording_id: UUID, user_id: UUID, until: int) -> str:
    told = f"recording:{recording_id}:{user_id}:{until}".encode()
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()[:40]


def give(secret: str, recording_id: UUID, user_id: UUID, real_now: datetime) -> str:
    until = int((real_now + GOOD_FOR).timestamp())
    return f"{until}.{_sign(secret, recording_id, user_id, until)}"


def is_good(secret: str, ticket: str, recording_id: UUID, user_id: UUID, real_now: datetime) -> bool:
    moment, dot, signed = ticket.partition(".")
    if not dot or not moment.isascii() or not moment.isdigit() or len(moment) > 12:
        return False
    expected = _sign(secret, recording_id, user_id, int(moment))
    return hmac.compare_digest(expected, signed) and int(moment) >= real_now.timestamp()
