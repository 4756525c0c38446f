"""Uploaded lists, held between preview and commit: under a token that cannot be guessed, for one person, for a while.

A file is found by the hash of its token, so that reading the folder opens no upload. Times are real time (a
demonstration's clock runs fast). The folder is on this machine: with several web machines, either they share it
or a person's requests stay on one of them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from uuid import UUID

import orjson

from callcenter.kit.ids import new_token
from crm_sync.imports.errors import TooLarge, UploadBusy, UploadGone
from crm_sync.imports.reading import MAX_BYTES

KEPT = timedelta(hours=2)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    token: str
    path: Path
    name: str
    """What the user calls it, without folders."""
    size: int
    """Bytes."""


class Uploads:
    """The folder of uploads of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def save(
        self, read: Callable[[int], Awaitable[bytes]], *, name: str, user_id: UUID, real: datetime
    ) -> Upload:
        """Keep what `read(size)` gives until it gives nothing. Raises TooLarge."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.purge(real)
        token = new_token()
        path = self._path(token)
        size = 0
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                while chunk := await read(_CHUNK):
                    size += len(chunk)
                    if size > MAX_BYTES:
                        raise TooLarge(size=size >> 20, limit=MAX_BYTES >> 20)
                    stream.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        plain = _plain_name(name)
        about = {"user": str(user_id), "name": plain, "size": size, "until": (real + KEPT).isoformat()}
        path.with_suffix(".json").write_bytes(orjson.dumps(about))
        path.with_suffix(".json").chmod(0o600)
        return Upload(token, path, plain, size)

    def find(self, token: str, *, user_id: UUID, real: datetime) -> Upload:
        """Raises UploadGone when it has expired or is somebody else's, UploadBusy when it is being imported."""
        path = self._path(token)
        try:
            about = orjson.loads(path.with_suffix(".json").read_bytes())
        except (OSError, ValueError):
            raise UploadGone(field="token") from None
        if about["user"] != str(user_id) or datetime.fromisoformat(about["until"]) <= real:
            raise UploadGone(field="token")
        if not path.exists():
            raise UploadBusy(field="token")
        return Upload(token, path, about["name"], about["size"])

    def claim(self, upload: Upload) -> Upload:
        """Take the file for its import: of two presses of the button, one gets it. Raises UploadBusy."""
        taken = upload.path.with_suffix(".taken")
        try:
            upload.path.rename(taken)
        except FileNotFoundError:
            raise UploadBusy(field="token") from None
        return Upload(upload.token, taken, upload.name, upload.size)

    def give_back(self, claimed: Upload) -> None:
        """The import did not happen; the file can be used again."""
        claimed.path.rename(claimed.path.with_suffix(".list"))

    def remove(self, upload: Upload) -> None:
        """The import is done: no second copy of personal data stays behind."""
        upload.path.unlink(missing_ok=True)
        upload.path.with_suffix(".json").unlink(missing_ok=True)

    def purge(self, real: datetime) -> None:
        """Remove what has expired, and remains of uploads that broke off."""
        for path in self._folder.glob("*"):
            try:
                age = real.timestamp() - path.stat().st_mtime
                if age > KEPT.total_seconds():
                    path.unlink(missing_ok=True)
            except FileNotFoundError:
                continue  # another process was faster

    def _path(self, token: str) -> Path:
        return self._folder / f"{hashlib.sha256(token.encode()).hexdigest()}.list"


def _plain_name(name: str) -> str:
    plain = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in plain if c.isprintable())[:200] or "list"


def purge_error_files(folder: Path, real: datetime, *, keep: timedelta = timedelta(days=30)) -> int:
    """Remove error files older than `keep`: they hold personal data. Returns how many. For the nightly work."""
    removed = 0
    for path in folder.glob("*"):
        if real.timestamp() - path.stat().st_mtime > keep.total_seconds():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
