"""What goes in and out of duties over REST."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from backoffice.kit.duties import OfficeRole


class RolesRow(BaseModel):
    user_id: UUID
    name: str
    active: bool
    roles: list[OfficeRole]


class RolesChange(BaseModel):
    roles: list[OfficeRole]


class RoleWord(BaseModel):
    role: OfficeRole
    zh: str
    en: str
