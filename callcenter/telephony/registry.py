"""Which carrier an installation uses."""

from __future__ import annotations

from callcenter.kit.clock import Clock
from callcenter.kit.db import Database
from callcenter.settings import Settings
from callcenter.telephony.port import Carrier
from callcenter.telephony.simulated.carrier import SimulatedCarrier


def make_carrier(settings: Settings, clock: Clock, database: Database | None = None) -> Carrier:
    """The carrier named by `settings.carrier`, not started yet.

    `database`: where the web process leaves what a hosted carrier's webhooks told.
    """
    match settings.carrier:
        case "simulated":
            return SimulatedCarrier(settings.carrier_url, clock)
        case "twilio":
            # Imported here: nobody else needs its client, which is large.
            from callcenter.telephony.twilio.carrier import TwilioCarrier

            if database is None:
                raise ValueError("Twilio's events come through the database")
            return TwilioCarrier(settings, clock, database)
        case "asterisk":
            from callcenter.telephony.asterisk import AsteriskCarrier, AsteriskSettings

            return AsteriskCarrier(AsteriskSettings.of(settings), clock)
