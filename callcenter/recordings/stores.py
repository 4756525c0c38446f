"""Where sealed recordings lie: a folder of ours, or a store that speaks S3. Neither ever sees the sound itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from callcenter.settings import Settings

_NAME = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9a-f-]{36}\.sealed")
_CONNECT_S, _READ_S, _TRIES = 5, 30, 3
Done = TypeVar("Done")


class StoreAway(Exception):
    """The store does not answer, or refuses us; nothing is known to have been done."""


class Missing(Exception):
    """There is no such file in the store."""


class S3Client(Protocol):
    """What we use of boto3's client."""

    def put_object(self, **given: Any) -> Any: ...

    def get_object(self, **given: Any) -> Any: ...

    def delete_object(self, **given: Any) -> Any: ...

    def head_object(self, **given: Any) -> Any: ...


class Store(Protocol):
    kind: str

    async def put(self, name: str, spool: Path) -> None:
        """Keep the file `spool` under `name`, whole or not at all."""
        ...

    async def read(self, name: str, first: int, length: int) -> bytes:
        """Raises Missing, StoreAway."""
        ...

    async def delete(self, name: str) -> None:
        """Deleting what is not there does nothing. Raises StoreAway."""
        ...

    async def has(self, name: str) -> bool: ...


class Folder:
    """Files in a folder that only this user reads."""

    kind = "disk"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Missing(name)
        return self._folder / name

    async def put(self, name: str, spool: Path) -> None:
        await asyncio.to_thread(self._put, self._path(name), spool)

    @staticmethod
    def _put(path: Path, spool: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_suffix(".writing")
        try:
            with spool.open("rb") as source, open(beside, "wb", opener=_private) as target:
                while block := source.read(1 << 20):
                    target.write(block)
                target.flush()
                os.fsync(target.fileno())
            beside.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise StoreAway(f"cannot write: {error.strerror}") from error

    async def read(self, name: str, first: int, length: int) -> bytes:
        return await asyncio.to_thread(self._read, self._path(name), first, length)

    @staticmethod
    def _read(path: Path, first: int, length: int) -> bytes:
        try:
            with path.open("rb") as source:
                source.seek(first)
                return source.read(length)
        except FileNotFoundError:
            raise Missing(path.name) from None
        except OSError as error:
            raise StoreAway(f"cannot read: {error.strerror}") from error

    async def delete(self, name: str) -> None:
        try:
            await asyncio.to_thread(self._path(name).unlink, missing_ok=True)
        except OSError as error:
            raise StoreAway(f"cannot delete: {error.strerror}") from error

    async def has(self, name: str) -> bool:
        return await asyncio.to_thread(self._path(name).exists)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Bucket:
    """A bucket of any store that speaks S3. The client is made at the first use: importing it takes a while."""

    kind = "s3"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bucket = settings.recording_s3_bucket or ""
        self._made: S3Client | None = None

    def _client(self) -> S3Client:
        if self._made is None:
            import boto3
            from botocore.config import Config

            settings = self._settings
            secret = settings.recording_s3_secret_key
            made: S3Client = boto3.client(
                "s3",
                endpoint_url=settings.recording_s3_url,
                region_name=settings.recording_s3_region,
                aws_access_key_id=settings.recording_s3_access_key,
                aws_secret_access_key=secret.get_secret_value() if secret is not None else None,
                config=Config(
                    connect_timeout=_CONNECT_S,
                    read_timeout=_READ_S,
                    retries={"max_attempts": _TRIES, "mode": "standard"},
                    s3={"addressing_style": "path"},
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )
            self._made = made
        return self._made

    async def _do(self, work: Callable[[S3Client], Done], name: str) -> Done:
        from botocore.exceptions import BotoCoreError, ClientError

        def run() -> Done:
            return work(self._client())

        try:
            return await asyncio.to_thread(run)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in ("NoSuchKey", "404"):
                raise Missing(name) from error
            raise StoreAway(f"the S3 store refuses: {code}") from error
        except (BotoCoreError, OSError) as error:
            raise StoreAway(f"the S3 store does not answer: {type(error).__name__}") from error

    async def put(self, name: str, spool: Path) -> None:
        def work(client: S3Client) -> None:
            with spool.open("rb") as body:
                client.put_object(Bucket=self._bucket, Key=name, Body=body, ContentType="application/octet-stream")

        await self._do(work, name)

    async def read(self, name: str, first: int, length: int) -> bytes:
        def work(client: S3Client) -> bytes:
            wanted = f"bytes={first}-{first + length - 1}"
            return bytes(client.get_object(Bucket=self._bucket, Key=name, Range=wanted)["Body"].read())

        return await self._do(work, name)

    async def delete(self, name: str) -> None:
        def work(client: S3Client) -> Any:
            return client.delete_object(Bucket=self._bucket, Key=name)

        await self._do(work, name)

    async def has(self, name: str) -> bool:
        def work(client: S3Client) -> Any:
            return client.head_object(Bucket=self._bucket, Key=name)

        try:
            await self._do(work, name)
        except Missing:
            return False
        return True


def make_store(settings: Settings, kind: str | None = None) -> Store | None:
    """The store that new recordings go to, or the one of `kind` for an older recording; None where there is none."""
    match kind or settings.recording_store:
        case "disk":
            return Folder(settings.home / "recordings")
        case "s3" if settings.recording_s3_bucket:
            return Bucket(settings)
        case _:
            return None
