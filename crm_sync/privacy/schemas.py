"""Privacy on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from crm_sync.customers.rules import Consent
from crm_sync.customers.schemas import NO_NUL
from crm_sync.privacy.models import RequestKind


class PrivacyRequestNew(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: RequestKind
    customer_id: UUID
    received_on: date
    how: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=NO_NUL)]


class PrivacyRequestRow(BaseModel):
    id: UUID
    kind: RequestKind
    customer_id: UUID
    customer_name: str
    received_on: date
    due_on: date
    overdue: bool
    how: str
    noted_by_name: str
    noted_at: datetime
    done_at: datetime | None
    done_by_name: str | None
    result: dict[str, Any]


class ConsentRecordRow(BaseModel):
    consent: Consent
    source: str
    at: datetime
