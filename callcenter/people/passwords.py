"""Argon2 hashing, off the event loop and never more than a few at once (each takes 64 MiB for its moment)."""

from __future__ import annotations

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = 4
_hasher = PasswordHasher()
_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


def hash_now(password: str) -> str:
    """Argon2id hash of `password`; takes some 50 ms of one core."""
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    # Compared against where no such login exists, so that a stranger cannot tell by the time it takes.
    return _hasher.hash("nobody has this password")


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    return _hasher.check_needs_rehash(stored)


def _turn() -> asyncio.Semaphore:
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE))


async def hash_password(password: str) -> str:
    async with _turn():
        return await asyncio.to_thread(hash_now, password)


async def verify(stored: str | None, password: str) -> bool:
    """Whether `password` belongs to the hash. `stored` None (no such login) takes the same time and is False."""
    async with _turn():
        return await asyncio.to_thread(_verify, stored, password)
