"""What every request passes: a number, a record without personal data, safe headers, two doorkeepers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callcenter.edge.errors import TooLarge
from callcenter.kit import log
from callcenter.kit.errors import AppError
from callcenter.kit.http import language
from callcenter.kit.ids import new_id
from callcenter.metrics.collectors import Metrics
from callcenter.people import rules
from callcenter.people.errors import CrossSite
from callcenter.settings import Settings

_log = log.get(__name__)

MEGABYTE = 1024 * 1024
MAX_BODY_MB = 2
"""A form or a JSON command."""
MAX_UPLOAD_MB = 256
"""A prospect list: a million rows of CSV are some 150 MB."""

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

# The voice SDK speaks to Twilio itself, and fetches its ringing tones there.
_TWILIO = "https://*.twilio.com wss://*.twilio.com https://media.twiliocdn.com"


def _content_policy(settings: Settings) -> str:
    """What a page of ours may load and speak to: us, and the telephone network of the installation."""
    network = media = ""
    if settings.carrier == "twilio":
        network, media = f" {_TWILIO}", " https://sdk.twilio.com https://media.twiliocdn.com"
    elif settings.carrier == "asterisk" and settings.asterisk_browser_url is not None:
        where = urlsplit(settings.asterisk_browser_url)
        network = f" {where.scheme}://{where.netloc}"
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            # Ant Design writes <style> elements at run time, hence 'unsafe-inline' for styles; never for scripts.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{network}",
            f"media-src 'self' blob: mediastream:{media}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


_SAFE_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    # The softphone needs the microphone and the choice of a loudspeaker; nothing here needs the rest.
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), payment=(), speaker-selection=(self), usb=()",
}
_HSTS = "max-age=31536000"

Broken = Callable[[Request, Exception], Response | Awaitable[Response]]


def route_of(scope: Scope) -> str:
    """The route's template, never the address itself: ids and search words stay out of logs and metrics."""
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    if path:
        return str(path)
    # The framework names only the routes of routers: these few are its own, or files.
    return next((known for known in ("/docs", "/openapi.json") if scope["path"].startswith(known)), "unmatched")


class RequestRecord:
    """Outermost: numbers and times each request, logs one line, sets headers, turns a crash into our answer."""

    def __init__(self, app: ASGIApp, *, settings: Settings, metrics: Metrics, broken: Broken) -> None:
        self._app = app
        self._metrics = metrics
        self._broken = broken
        self._headers = _SAFE_HEADERS | {"content-security-policy": _content_policy(settings)}
        if settings.cookie_secure:
            self._headers["strict-transport-security"] = _HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.match(given) else new_id().hex
        status = 500
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers["x-request-id"] = request_id
                if scope["path"].startswith("/api"):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        begun = perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_safely)
            except Exception as error:
                if started:
                    raise
                answer = self._broken(Request(scope, receive), error)
                if not isinstance(answer, Response):
                    answer = await answer
                await answer(scope, receive, send_safely)
            finally:
                self._write(scope, status, perf_counter() - begun)

    def _write(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self._metrics.request_seconds.labels(scope["method"], route, str(status)).observe(seconds)
        if route in _QUIET and status < 400:
            return
        fields: dict[str, Any] = {
            "method": scope["method"],
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        user_id = scope.get("state", {}).get("user_id")
        if user_id is not None:
            fields["user_id"] = user_id
        _log.info("http.request", **fields)


class OriginGuard:
    """Refuses what a page of another site asks for with our visitor's cookie."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._public_url = settings.public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if rules.cross_site(
                scope["method"],
                headers.get("origin"),
                headers.get("sec-fetch-site"),
                host=headers.get("host"),
                public_url=self._public_url,
            ):
                await refuse(CrossSite(), scope, receive, send)
                return
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuses bodies that are too large: at once when their length is told, else as soon as they have grown."""

    def __init__(self, app: ASGIApp, *, body_mb: int = MAX_BODY_MB, upload_mb: int = MAX_UPLOAD_MB) -> None:
        self._app = app
        self._body_mb = body_mb
        self._upload_mb = upload_mb
        self._body = RequestBodyLimitMiddleware(app, body_mb * MEGABYTE)
        self._upload = RequestBodyLimitMiddleware(app, upload_mb * MEGABYTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_upload = headers.get("content-type", "").startswith("multipart/")
        megabytes = self._upload_mb if is_upload else self._body_mb
        told = headers.get("content-length", "")
        if told.isdigit() and int(told) > megabytes * MEGABYTE:
            await refuse(TooLarge(megabytes=megabytes), scope, receive, send)
            return
        scope["callcenter.body_mb"] = megabytes
        await (self._upload if is_upload else self._body)(scope, receive, send)


async def refuse(error: AppError, scope: Scope, receive: Receive, send: Send) -> None:
    body = error.problem(language(Headers(scope=scope).get("accept-language")))
    answer = JSONResponse(body, status_code=error.status, media_type="application/problem+json")
    await answer(scope, receive, send)
