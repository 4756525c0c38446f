"""Words of the customer master that need no database. PURE."""

from __future__ import annotations

from enum import StrEnum

from crm_sync.phones import mask_phone

__all__ = ["Consent", "mask_phone"]


class Consent(StrEnum):
    """Whether this person agreed to be called. REFUSED is final: no list and no edit turns it back."""

    GIVEN = "given"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class NumberKind(StrEnum):
    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"
    OTHER = "other"


class NumberState(StrEnum):
    USABLE = "usable"
    UNALLOCATED = "unallocated"  # the network says that there is no such number
    WRONG_PERSON = "wrong_person"  # somebody else answers there
