"""Recordings over REST: what there is of a call, leave to hear it, the sound in ranges, and the rules of a campaign."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import func
from sqlmodel import col, select

from callcenter.calls import service as calls
from callcenter.kit.clock import real_now
from callcenter.kit.errors import NotAllowed, NotFound
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import ROLE_NAMES, CurrentUser, address_of, may, require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.recordings import repository, rules, service, tickets
from callcenter.recordings.errors import NoSuchPart, NoTicket, NotKept, NotReady, Unreadable
from callcenter.recordings.models import Recording, RecordingState
from callcenter.recordings.schemas import (
    CallRecordings,
    DeleteBody,
    Heard,
    KeepBody,
    Leave,
    Mark,
    Policies,
    Policy,
    PolicyBody,
    RecordingRow,
)
from callcenter.recordings.seal import Keys, Opener, Unsealable
from callcenter.recordings.stores import Missing, Store, StoreAway, make_store
from callcenter.settings import Settings

router = APIRouter(prefix="/api/recordings", tags=["recordings"], responses=PROBLEMS)

Supervisor = Annotated[User, Depends(require(Role.SUPERVISOR))]
Planner = Annotated[User, Depends(require(Role.SUPERVISOR, Role.MARKETING))]
Administrator = Annotated[User, Depends(require())]
_WAV = "audio/wav"


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _hearing(session: DbSession, user: User, agent_id: UUID | None, queue_id: UUID) -> rules.Hearing:
    leads, own = may(user, Role.SUPERVISOR), agent_id == user.id
    agents_may = own and not leads and await service.agents_may(session, queue_id)
    return rules.may_hear(leads=leads, own=own, agents_may=agents_may)


@router.get("", summary="Recordings, newest first")
async def list_recordings(
    session: DbSession,
    _user: Supervisor,
    state: RecordingState | None = None,
    queue_id: UUID | None = None,
    agent_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[RecordingRow]:
    wanted = [
        column == value
        for column, value in (
            (col(Recording.state), state.value if state is not None else None),
            (col(Recording.queue_id), queue_id),
            (col(Recording.agent_id), agent_id),
        )
        if value is not None
    ]
    total = (await session.execute(select(func.count()).select_from(Recording).where(*wanted))).scalar_one()
    newest = select(Recording).where(*wanted).order_by(col(Recording.began_at).desc(), col(Recording.id))
    found = (await session.execute(newest.limit(limit).offset(offset))).scalars()
    return Page[RecordingRow](rows=[RecordingRow.model_validate(row) for row in found], total=total)


@router.get("/of-call/{call_id}", summary="What is recorded of a call, with its stages and who listened")
async def of_call(request: Request, session: DbSession, user: CurrentUser, call_id: UUID) -> CallRecordings:
    """Supervisors see any call, agents their own."""
    call = await calls.get(session, call_id)
    leads = may(user, Role.SUPERVISOR)
    if not leads and call.agent_id != user.id:
        raise NotFound(what_zh="通话", what_en="call", id=call_id)
    found = await repository.of_call(session, call_id)
    hearing = await _hearing(session, user, call.agent_id, call.queue_id)
    policy = await service.policy(session, call.queue_id, _settings(request).recording_retention_days)
    heard = await repository.heard(session, [row.id for row in found]) if leads else []
    return CallRecordings(
        call_id=call_id,
        may_hear=hearing.allowed,
        keeps_days=policy.retention_days,
        recordings=[RecordingRow.model_validate(row) for row in found],
        marks=[Mark(what=what, at=at) for what, at in await repository.moments(session, call_id)],
        heard=[Heard(recording_id=one, at=at, name=name) for one, at, name in heard],
    )


@router.post("/{recording_id}/listen", summary="Leave to hear a recording; written down")
async def listen(request: Request, session: DbSession, user: CurrentUser, now: Now, recording_id: UUID) -> Leave:
    """Every listening is one line in the record of what people did."""
    row = await service.get(session, recording_id)
    hearing = await _hearing(session, user, row.agent_id, row.queue_id)
    if not hearing.allowed:
        if hearing.why == "not_yours":
            raise NotFound(what_zh="录音", what_en="recording", id=recording_id)
        raise NotAllowed(role=ROLE_NAMES[Role(user.role)])
    _check_stored(row)
    detail = {"call_id": str(row.call_id), "as": hearing.why}
    await audit(session, now, user, "recording_heard", "recording", str(row.id), detail, address=address_of(request))
    until = real_now() + tickets.GOOD_FOR
    ticket = tickets.give(_settings(request).secret_key.get_secret_value(), row.id, user.id, real_now())
    return Leave(url=f"/api/recordings/{row.id}/audio?ticket={ticket}", until=until)


def _check_stored(row: Recording) -> None:
    if row.state == RecordingState.DELETED.value:
        raise NotKept(at=f"{row.deleted_at:%Y-%m-%d}")
    if row.state != RecordingState.STORED.value:
        raise NotReady


@router.get(
    "/{recording_id}/audio",
    summary="The sound, whole or in a range",
    response_class=StreamingResponse,
    responses={
        200: {"content": {_WAV: {}}, "description": "The whole recording"},
        206: {"content": {_WAV: {}}, "description": "The range that was asked for"},
        410: PROBLEMS[404] | {"description": "Its time was over"},
        416: PROBLEMS[404] | {"description": "No such part"},
    },
)
async def audio(
    request: Request,
    session: DbSession,
    user: CurrentUser,
    recording_id: UUID,
    ticket: Annotated[str, Query(max_length=100)] = "",
    wanted: Annotated[str | None, Header(alias="range", max_length=200)] = None,
) -> StreamingResponse:
    settings = _settings(request)
    if not tickets.is_good(settings.secret_key.get_secret_value(), ticket, recording_id, user.id, real_now()):
        raise NoTicket
    row = await service.get(session, recording_id)
    _check_stored(row)
    assert row.size is not None
    assert row.name is not None
    try:
        part = rules.part_of(wanted, row.size)
    except ValueError:
        raise NoSuchPart from None
    opener = await _open(settings, row.store, row.name, row.size)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    # Said, so that nothing on the way compresses it: a range of a compressed file is another range.
    headers["Content-Encoding"] = "identity"
    first, length = (0, row.size) if part is None else (part.first, part.length)
    headers["Content-Length"] = str(length)
    if part is not None:
        headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{row.size}"
    # The first piece before the answer: what cannot be read is a refusal, not a sound that breaks off.
    sound = await _begun(opener.part(first, length))
    return StreamingResponse(sound, status_code=200 if part is None else 206, media_type=_WAV, headers=headers)


async def _open(settings: Settings, kind: str | None, name: str, size: int) -> Opener:
    store, keys = make_store(settings, kind), Keys.of(settings)
    if store is None or keys is None:
        raise Unreadable(why_zh="本安装未配置其存储或密钥", why_en="its store or its key is not configured here")
    where: Store = store

    async def read(first: int, length: int) -> bytes:
        return await where.read(name, first, length)

    try:
        return await Opener.of(read, size, keys)
    except (Unsealable, StoreAway, Missing) as trouble:
        raise _unreadable(trouble) from trouble


def _unreadable(trouble: Exception) -> Unreadable:
    if isinstance(trouble, Missing):
        return Unreadable(why_zh="存储中没有该文件", why_en="the store does not have the file")
    if isinstance(trouble, StoreAway):
        return Unreadable(why_zh="存储无法访问", why_en="the store does not answer")
    return Unreadable(why_zh="文件无法解密,可能已损坏或缺少密钥", why_en="the file does not open: damaged, or no key")


async def _begun(sound: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    try:
        first = await anext(sound, b"")
    except (Unsealable, StoreAway, Missing) as trouble:
        raise _unreadable(trouble) from trouble

    async def go_on() -> AsyncIterator[bytes]:
        yield first
        async for piece in sound:
            yield piece

    return go_on()


@router.post("/{recording_id}/keep", summary="Keep a recording beyond its time, or no longer")
async def keep(session: DbSession, user: Supervisor, now: Now, recording_id: UUID, body: KeepBody) -> RecordingRow:
    return RecordingRow.model_validate(await service.keep(session, recording_id, body.why, user, now))


@router.post("/{recording_id}/delete", summary="Delete a recording before its time")
async def delete(
    request: Request, session: DbSession, user: Administrator, now: Now, recording_id: UUID, body: DeleteBody
) -> RecordingRow:
    """For the customer who asks for it. The row and the record of what people did say who did it and why."""
    row = await repository.lock(session, recording_id)
    if row is None:
        raise NotFound(what_zh="录音", what_en="recording", id=recording_id)
    _check_stored(row)
    store = make_store(_settings(request), row.store)
    if store is None or row.name is None:
        raise Unreadable(why_zh="本安装未配置其存储", why_en="its store is not configured here")
    try:
        await store.delete(row.name)
    except StoreAway as trouble:
        raise _unreadable(trouble) from trouble
    await service.deleted(session, row, user, body.why, now)
    return RecordingRow.model_validate(row)


@router.get("/policies", summary="All campaigns' rules about their recordings")
async def list_policies(request: Request, session: DbSession, _user: Planner) -> Policies:
    settings = _settings(request)
    return await service.policies(session, settings.recording_retention_days, settings.recording_store)


@router.get("/policies/{queue_id}", summary="A campaign's rules about its recordings")
async def get_policy(request: Request, session: DbSession, _user: CurrentUser, queue_id: UUID) -> Policy:
    return await service.policy(session, queue_id, _settings(request).recording_retention_days)


@router.put("/policies/{queue_id}", summary="Set a campaign's rules about its recordings")
async def put_policy(
    request: Request, session: DbSession, user: Planner, now: Now, queue_id: UUID, body: PolicyBody
) -> Policy:
    await service.set_policy(session, queue_id, body, user, now)
    return await service.policy(session, queue_id, _settings(request).recording_retention_days)
