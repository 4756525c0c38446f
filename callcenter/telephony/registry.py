"""Which carrier an installation uses."""

from __future__ import annotations

from callcenter.kit.clock import Clock
from callcenter.settings import Settings
from callcenter.telephony.port import Carrier
from callcenter.telephony.simulated.carrier import SimulatedCarrier


def make_carrier(settings: Settings, clock: Clock) -> Carrier:
    """The carrier named by `settings.carrier`, not started yet."""
    match settings.carrier:
        case "simulated":
            return SimulatedCarrier(settings.carrier_url, clock)
