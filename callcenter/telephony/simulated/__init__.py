"""A telephone network that calls nobody: the default carrier, and plainly named as simulated everywhere."""

from callcenter.telephony.simulated.carrier import SimulatedCarrier
from callcenter.telephony.simulated.fate import Fate, Line
from callcenter.telephony.simulated.local import LocalCarrier
from callcenter.telephony.simulated.network import SimulatedNetwork
from callcenter.telephony.simulated.profile import NetworkProfile

__all__ = ["Fate", "Line", "LocalCarrier", "NetworkProfile", "SimulatedCarrier", "SimulatedNetwork"]
