"""The web application, put together from what it is given. Bootstrap decides what that is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import Lifespan

from callcenter.edge import docs, openapi
from callcenter.edge.console import DIST, ConsoleRoute
from callcenter.edge.errors import NoSuchAddress, TooLarge, UnfitValue, Unreadable, WrongMethod
from callcenter.edge.guards import MAX_BODY_MB, BodyLimit, OriginGuard, RequestRecord
from callcenter.edge.router import router as edge_router
from callcenter.edge.router import version
from callcenter.kit import log
from callcenter.kit.bus import Bus
from callcenter.kit.clock import Clock
from callcenter.kit.db import Database
from callcenter.kit.errors import AppError
from callcenter.kit.http import install_errors, language
from callcenter.metrics.collectors import Metrics
from callcenter.metrics.router import router as metrics_router
from callcenter.people.router import router as people_router
from callcenter.settings import Settings

_log = log.get(__name__)
_GZIP_FROM = 1000


def create_app(
    settings: Settings,
    database: Database,
    bus: Bus,
    clock: Clock,
    *,
    routers: Sequence[APIRouter] = (),
    websocket_routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan[FastAPI] | None = None,
    metrics: Metrics | None = None,
    console: Path = DIST,
) -> FastAPI:
    """The application with health, metrics, people and the given rooms.

    `routers`: of the rooms above people (their WebSocket endpoints, too); `websocket_routes`: bare Starlette
    routes; `lifespan`: what starts and stops with the process. Everything a handler needs is on `app.state`:
    settings, database, bus, clock, metrics.
    """
    app = FastAPI(
        title="callcenter",
        version=version(),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.settings = settings
    app.state.database = database
    app.state.bus = bus
    app.state.clock = clock
    app.state.metrics = metrics or Metrics()
    install_errors(app)
    _install_edge_errors(app)
    docs.install(app)
    for router in (edge_router, metrics_router, people_router, *routers):
        app.include_router(router)
    app.router.routes.extend(websocket_routes)
    app.router.routes.append(ConsoleRoute(console))
    openapi.install(app)
    # The last one added is the first that a request meets.
    app.add_middleware(GZipMiddleware, minimum_size=_GZIP_FROM)
    app.add_middleware(BodyLimit)
    app.add_middleware(OriginGuard, settings=settings)
    app.add_middleware(
        RequestRecord, settings=settings, metrics=app.state.metrics, broken=app.exception_handlers[Exception]
    )
    return app


def _problem(request: Request, error: AppError, headers: dict[str, str] | None = None) -> Response:
    body = error.problem(language(request.headers.get("accept-language")))
    return JSONResponse(body, status_code=error.status, headers=headers, media_type="application/problem+json")


def _install_edge_errors(app: FastAPI) -> None:
    """What the framework refuses by itself leaves in the same form and both languages."""

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        match error.status_code:
            case 404:
                return _problem(request, NoSuchAddress(), headers)
            case 405:
                return _problem(request, WrongMethod(), headers)
            case 413:
                return _problem(
                    request, TooLarge(megabytes=request.scope.get("callcenter.body_mb", MAX_BODY_MB)), headers
                )
            case 400:
                return _problem(request, Unreadable(), headers)
            case _:
                refusal = Unreadable()
                refusal.status = error.status_code
                return _problem(request, refusal, headers)

    @app.exception_handler(DataError)
    async def unfit(request: Request, error: DataError) -> Response:
        _log.warning("value.unfit", reason=type(error.orig).__name__)
        return _problem(request, UnfitValue())
