"""What the do-not-call list takes and shows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from crm_sync.do_not_call.models import DoNotCallSource


class DoNotCallNew(BaseModel):
    """Somebody wrote, or complained: their number is not called again."""

    model_config = ConfigDict(extra="forbid")

    phone: Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[^\x00]*$", examples=["139 1234 5670"])]
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$", examples=["来信要求不再致电"])]


class DoNotCallOut(BaseModel):
    masked_phone: str
    source: DoNotCallSource
    reason: str
    added_at: datetime
    added_by: UUID | None
    added_by_name: str | None
    call_id: UUID | None
    customer_id: UUID | None
    """The customer with this number, if there is one."""


class DoNotCallAdded(BaseModel):
    masked_phone: str
    added: bool
    """False: the number was on the list already, and its first record stays."""
