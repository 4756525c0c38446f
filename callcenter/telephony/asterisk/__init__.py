"""A self-hosted Asterisk as the telephone network, over its REST interface (ARI). Tried against Asterisk 22.10."""

from callcenter.telephony.asterisk.carrier import AsteriskCarrier
from callcenter.telephony.asterisk.settings import AsteriskSettings

__all__ = ["AsteriskCarrier", "AsteriskSettings"]
