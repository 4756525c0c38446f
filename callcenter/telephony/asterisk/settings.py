"""How our Asterisk is reached and named; docs/operations.md says what each has to agree with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from callcenter.settings import Settings
from callcenter.telephony.port import CarrierRefused

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    url: str
    user: str
    password: str = field(repr=False)
    application: str = "callcenter"
    trunk: str = "trunk"
    context: str = "callcenter"
    prefix: str = "+"
    """What stands before the country code when the trunk is dialled: `+`, `00`, or nothing."""
    message_sound: str = "callcenter/abandoned"
    announce_sound: str = "callcenter/recorded"

    @classmethod
    def of(cls, settings: Settings) -> AsteriskSettings:
        """From the settings of the installation, which have been found whole."""
        assert settings.asterisk_url is not None
        assert settings.asterisk_password is not None
        return cls(
            url=settings.asterisk_url,
            user=settings.asterisk_user,
            password=settings.asterisk_password.get_secret_value(),
            application=settings.asterisk_application,
            trunk=settings.asterisk_trunk,
            context=settings.asterisk_context,
            prefix=settings.asterisk_prefix,
            message_sound=settings.asterisk_message_sound,
            announce_sound=settings.asterisk_announce_sound,
        )

    def dialled(self, number: str) -> str:
        """A number as the trunk wants it."""
        if not _E164.fullmatch(number):
            raise CarrierRefused("invalid_number", "numbers are E.164, as in +8613800000000")
        return self.prefix + number.removeprefix("+")
