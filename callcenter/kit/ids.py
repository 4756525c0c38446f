"""Identifiers that cannot be guessed, and secrets that are shown once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID, uuid4


def new_id() -> UUID:
    """A random UUID (122 bits): of fixed length, so that no id is the prefix of another one."""
    return uuid4()


def new_token() -> str:
    """256 random bits for a cookie; only its keyed hash is stored."""
    return secrets.token_urlsafe(32)


def token_hash(secret: str, token: str) -> str:
    """Keyed hash under which a token is looked up: a stolen table opens no session."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
