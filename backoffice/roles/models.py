"""User → duties, beside the sign-in role."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from backoffice.kit.duties import OfficeRole
from callcenter.kit.db import UtcDateTime, one_of


class OfficeRoleGrant(SQLModel, table=True):
    __tablename__ = "office_roles"
    __table_args__ = (CheckConstraint(one_of("role", OfficeRole), name="role"),)

    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    role: str = Field(primary_key=True)
    granted_by: UUID | None = Field(default=None, foreign_key="users.id")
    granted_at: datetime = Field(sa_type=UtcDateTime)
