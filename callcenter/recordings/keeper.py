"""The worker's part: recordings are fetched from the carrier, sealed on the way, stored; and deleted in time.

Nothing that matters is held here: what is to be fetched is in the rows, leased for one try. A worker that dies in
between leaves a file that the next try writes again under the same name. The sound itself is never on our disk.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.kit import log
from callcenter.kit.clock import Clock
from callcenter.kit.db import Database, is_connection_loss
from callcenter.recordings import repository, service
from callcenter.recordings.models import Recording, RecordingState
from callcenter.recordings.rules import deletion_due
from callcenter.recordings.seal import Keys, Sealed, Sealer
from callcenter.recordings.service import Piece
from callcenter.recordings.stores import Missing, Store, StoreAway, make_store
from callcenter.recordings.wave import NoWave, Reader, Wave
from callcenter.settings import Settings
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, Recorded

_log = log.get(__name__)

LOOK_REAL_S = 2.0
NIGHT = time(2, 30)
RETENTION, FORGOTTEN = "retention", "forgotten"
FORGOTTEN = "forgotten"
"""Why a recording was deleted: its time was over, or the person asked for it."""
_BATCH = 200
_TOO_LARGE = 512 * 1024 * 1024
"""Bytes; nine hours of two channels. A carrier that sends more is not sending a call."""


class Source(Protocol):
    """What the keeper asks of a carrier (`callcenter.telephony.port.Carrier`)."""

    async def recordings(self, call_id: UUID) -> list[Recorded]: ...

    def fetch_recording(self, ref: str) -> AsyncIterator[bytes]: ...

    async def forget_recording(self, ref: str) -> None: ...


class TooLarge(Exception):
    """More than a recording can be."""


class Keeper:
    def __init__(self, database: Database, source: Source, clock: Clock, settings: Settings, zone: ZoneInfo) -> None:
        self._database = database
        self._source = source
        self._clock = clock
        self._settings = settings
        self._zone = zone
        self._store = make_store(settings)
        self._keys = Keys.of(settings)
        self._spool = settings.home / "recordings" / "spool"

    async def run(self) -> None:
        """Until cancelled."""
        night = self._next_night(self._clock.now())
        await self._guard("retention", self.delete_due)
        while True:
            await self._guard("fetch", self.fetch_due)
            if self._clock.now() >= night:
                night = self._next_night(self._clock.now())
                await self._guard("retention", self.delete_due)
            await asyncio.sleep(LOOK_REAL_S)

    def _next_night(self, now: datetime) -> datetime:
        local = now.astimezone(self._zone)
        night = datetime.combine(local.date(), NIGHT, self._zone)
        return (night if night > local else night + timedelta(days=1)).astimezone(UTC)

    async def _guard(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        try:
            await job()
        except Exception as error:
            if is_connection_loss(error):
                _log.warning("recordings.database_lost", job=name)
            else:
                _log.exception("recordings.job_failed", job=name)

    # ------------------------------------------------------------------ fetching

    async def fetch_due(self) -> int:
        """Fetch what is due; returns how many were stored."""
        if self._store is None or self._keys is None:
            return 0
        done = 0
        while (row := await self._take_up()) is not None:
            done += await self._try(row, self._store, self._keys)
        return done

    async def _take_up(self) -> Recording | None:
        async with self._database.transaction() as session:
            return await service.take_up(session, self._clock.now())

    async def _try(self, row: Recording, store: Store, keys: Keys) -> bool:
        try:
            ref = row.carrier_ref or await self._look_for(row)
            if not ref:
                raise CarrierRefused("unknown_recording", "the carrier has no recording of it yet")
            return await self._bring(row, ref, store, keys)
        except (CarrierRefused, CarrierUnreachable, StoreAway, NoWave, TooLarge, OSError) as trouble:
            _log.warning("recording.not_fetched", recording_id=str(row.id), tries=row.tries, reason=str(trouble))
            async with self._database.transaction() as session:
                await service.not_there(session, row.id, f"{type(trouble).__name__}: {trouble}", self._clock.now())
            return False

    async def _look_for(self, row: Recording) -> str:
        found = sorted(await self._source.recordings(row.call_id), key=lambda one: (one.began_at, one.ref))
        if not found or not all(one.ready for one in found):
            return ""  # not there yet: fetched half, the rest would be forgotten
        pieces = [Piece(one.ref, one.began_at) for one in found]
        async with self._database.transaction() as session:
            await service.found_pieces(session, row.id, pieces, self._clock.now())
        return pieces[0].ref

    async def _bring(self, row: Recording, ref: str, store: Store, keys: Keys) -> bool:
        name = f"{row.began_at:%Y/%m}/{row.id}.sealed"
        self._spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, path = tempfile.mkstemp(dir=self._spool, suffix=".sealed")
        spool = Path(path)
        try:
            sealed, wave = await self._seal(ref, handle, keys)
            await store.put(name, spool)
        finally:
            await asyncio.to_thread(spool.unlink, missing_ok=True)
        async with self._database.transaction() as session:
            kept = await service.stored(session, row.id, sealed, wave, store.kind, name, self._clock.now())
        if kept:
            _log.info("recording.stored", recording_id=str(row.id), bytes=sealed.size, seconds=round(wave.seconds, 1))
            await self._forget(ref)
        return kept

    async def _seal(self, ref: str, handle: int, keys: Keys) -> tuple[Sealed, Wave]:
        sealer, reader, size = Sealer(keys), Reader(), 0
        with os.fdopen(handle, "wb") as spool:
            spool.write(sealer.header)
            async for piece in self._source.fetch_recording(ref):
                size += len(piece)
                if size > _TOO_LARGE:
                    raise TooLarge(f"more than {_TOO_LARGE} bytes")
                reader.add(piece)
                spool.write(sealer.add(piece))
            rest, sealed = sealer.finish()
            spool.write(rest)
        return sealed, reader.finish()

    async def _forget(self, ref: str) -> None:
        try:
            await self._source.forget_recording(ref)
        except (CarrierRefused, CarrierUnreachable) as trouble:
            _log.warning("recording.left_with_carrier", reason=str(trouble))

    # ------------------------------------------------------------------ deleting

    async def delete_due(self) -> int:
        """Delete the recordings whose time is over; returns how many. The rows stay, and say when and why."""
        usual, gone = self._settings.recording_retention_days, 0
        while True:
            async with self._database.transaction() as session:
                due = await repository.due_for_deletion(session, self._clock.now(), usual, _BATCH)
            done = [await self._delete(recording_id, days) for recording_id, days in due]
            gone += sum(done)
            if len(due) < _BATCH or not any(done):
                break
        if gone:
            _log.info("recordings.deleted", recordings=gone)
        return gone

    async def _delete(self, recording_id: UUID, days: int) -> bool:
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await repository.lock(session, recording_id)
            if row is None or row.state != RecordingState.STORED.value:
                return False
            forget = row.forget_from is not None and row.kept_for is None
            if not forget and not deletion_due(row.began_at, days, now, kept_for=row.kept_for):
                return False
            store = make_store(self._settings, row.store)
            if store is None or row.name is None:
                _log.error("recording.not_deleted", recording_id=str(row.id), mend="its store is no longer configured")
                return False
            # The file first: if we die now the row still says stored, and the next night deletes it again.
            try:
                await store.delete(row.name)
            except (StoreAway, Missing) as trouble:
                _log.warning("recording.not_deleted", recording_id=str(row.id), reason=str(trouble))
                return False
            await service.deleted(session, row, None, FORGOTTEN if forget else RETENTION, now)
        return True
