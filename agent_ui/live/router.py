"""The socket: `/api/live`. Signed in by cookie, same origin only, closed and typed messages."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import orjson
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from agent_ui.live.gateway import NOT_SIGNED_IN, Console, Gateway, encode, refused
from agent_ui.live.protocol import ClientMessage, Hello, client_message
from callcenter.kit.errors import AppError, BadInput, Lang
from callcenter.kit.http import language
from callcenter.kit.ids import new_id
from callcenter.kit.validation import problem_of
from callcenter.people.access import origin_is_ours, user_of_connection
from callcenter.people.models import User

router = APIRouter()

HELLO_WITHIN_S = 10.0
MAX_MESSAGE = 64 * 1024
FOREIGN_ORIGIN, BAD_START = 4403, 4400


class UnknownMessage(BadInput):
    code = "unknown_message"


def _unknown(error: Exception, body: Any) -> UnknownMessage:
    kind = body.get("type") if isinstance(body, dict) else None
    if isinstance(error, ValidationError) and kind is not None:
        first = error.errors()[0]
        if first["type"] != "union_tag_invalid":
            field = ".".join(str(part) for part in first["loc"][1:]) or "type"
            return UnknownMessage(
                field=field,
                problem_zh=f"消息“{kind}”的这一项{problem_of(first, 'zh')}",
                problem_en=f"in the message '{kind}' {problem_of(first, 'en')}",
                mend_zh="请刷新页面后重试。",
                mend_en="Reload the page and try again.",
            )
    return UnknownMessage(
        field="type",
        problem_zh=f"服务器不认识的消息类型“{kind or '?'}”",
        problem_en=f"the server knows no message of type '{kind or '?'}'",
        mend_zh="页面可能已过期，请刷新后重试。",
        mend_en="The page may be out of date; reload it and try again.",
    )


def parse(text: str) -> ClientMessage:
    """One message from a console.

    Raises:
        UnknownMessage: not JSON, of an unknown type, or with a field that does not fit.
    """
    body: Any = None
    try:
        body = orjson.loads(text)
        return client_message.validate_python(body, strict=False)
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise _unknown(error, body) from error


@router.websocket("/api/live")
async def live(socket: WebSocket) -> None:
    gateway: Gateway = socket.app.state.gateway
    await socket.accept()
    # Browsers send Origin with every socket: a page of another site must not ride on the cookie.
    if not origin_is_ours(socket):
        await socket.close(FOREIGN_ORIGIN)
        return
    user = await _signed_in(socket)
    if user is None:
        await socket.close(NOT_SIGNED_IN)
        return
    console = Console(new_id(), user, lambda session: user_of_connection(session, socket))
    lang = language(socket.headers.get("accept-language"))
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            first = parse(await socket.receive_text())
        if not isinstance(first, Hello):
            raise UnknownMessage(
                field="type",
                problem_zh="第一条消息必须是 hello",
                problem_en="the first message must be hello",
            )
        await _serve(gateway, socket, console, first)
    except AppError as error:
        await _refuse_and_close(socket, error, lang)
    except (TimeoutError, WebSocketDisconnect):
        with contextlib.suppress(RuntimeError):
            await socket.close(BAD_START)


async def _signed_in(socket: WebSocket) -> User | None:
    async with socket.app.state.database.transaction() as session:
        return await user_of_connection(session, socket)


async def _refuse_and_close(socket: WebSocket, error: AppError, lang: Lang) -> None:
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await socket.send_text(encode(refused(None, error, lang)).decode())
        await socket.close(BAD_START)


async def _serve(gateway: Gateway, socket: WebSocket, console: Console, hello: Hello) -> None:
    writer = asyncio.create_task(_write(socket, console))
    reader = asyncio.create_task(_read(gateway, socket, console, hello))
    closing = asyncio.create_task(console.closing.wait())
    try:
        await asyncio.wait({writer, reader, closing}, return_when=asyncio.FIRST_COMPLETED)
        if console.closing.is_set():
            await asyncio.sleep(0)
            while not console.queue.empty():  # the last words: superseded, refused
                await socket.send_text(console.queue.get_nowait().decode())
    finally:
        for task in (writer, reader, closing):
            task.cancel()
        await asyncio.gather(writer, reader, closing, return_exceptions=True)
        await gateway.closed(console)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(console.close_code)


async def _write(socket: WebSocket, console: Console) -> None:
    while True:
        body = await console.queue.get()
        await socket.send_text(body.decode())


async def _read(gateway: Gateway, socket: WebSocket, console: Console, hello: Hello) -> None:
    try:
        await gateway.open(console, hello)
    except AppError as error:
        console.send(encode(refused(None, error, console.lang)))
        console.close(BAD_START)
        return
    while True:
        text = await socket.receive_text()
        if len(text) > MAX_MESSAGE:
            console.close(1009)
            return
        try:
            message = parse(text)
        except AppError as error:
            console.send(encode(refused(_id_of(text), error, console.lang)))
            continue
        await gateway.take(console, message)


def _id_of(text: str) -> str | None:
    """The command's id, where the broken message has one: so that its sender learns of the refusal."""
    with contextlib.suppress(orjson.JSONDecodeError):
        body = orjson.loads(text)
        if isinstance(body, dict) and isinstance(body.get("id"), str):
            return str(body["id"])[:64]
    return None
