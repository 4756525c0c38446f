"""What goes in and out over REST. Every text is bounded and free of control characters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from callcenter.people.models import Role
from callcenter.people.rules import MAX_PASSWORD

Login = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$")]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
SoundAddress = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[!-~]{1,200}$")]
UiLanguage = Literal["zh", "en"]
Password = Annotated[SecretStr, Field(max_length=MAX_PASSWORD)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(_In):
    login: str = Field(min_length=1, max_length=200, examples=["agent1"])
    password: Password = Field(examples=["correct horse battery"])


class Me(BaseModel):
    """The person who is signed in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    login: str
    name: str
    role: Role
    language: UiLanguage


class MeChange(_In):
    language: UiLanguage


class PasswordChange(_In):
    old_password: Password
    new_password: Password = Field(description="At least 10 characters, without the login, not an obvious one.")


class PasswordSet(_In):
    password: Password = Field(description="At least 10 characters, without the login, not an obvious one.")


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    login: str
    name: str
    role: Role
    language: UiLanguage
    active: bool
    address: str | None = Field(description="Where the agent's own sound is parked; null: the browser.")
    created_at: datetime
    version: int


class UserNew(_In):
    login: Login = Field(examples=["li.na"])
    name: PersonName = Field(examples=["李娜"])
    role: Role
    password: Password = Field(description="At least 10 characters, without the login, not an obvious one.")
    language: UiLanguage = "zh"
    address: SoundAddress | None = None


class UserChange(_In):
    """Only what is given is changed (null: nothing, except for `address`, which it empties).

    With `version`, nothing is changed when somebody else changed the user meanwhile.
    """

    name: PersonName | None = None
    role: Role | None = None
    language: UiLanguage | None = None
    active: bool | None = None
    address: SoundAddress | None = None
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)


class AuditOut(BaseModel):
    """One thing a person did. `user_name` is null where nobody was signed in."""

    id: UUID
    at: datetime
    user_id: UUID | None
    user_name: str | None
    action: str
    thing: str
    thing_id: str
    detail: dict[str, Any]
    address: str
