"""GET /metrics, for Prometheus. Holds no personal data; a proxy should still keep it inside (docs/operations.md)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from callcenter.kit import log
from callcenter.kit.bus import Bus
from callcenter.kit.db import Database
from callcenter.metrics import figures
from callcenter.metrics.collectors import CONTENT_TYPE, Metrics
from callcenter.settings import Settings

_log = log.get(__name__)
router = APIRouter(tags=["operations"])


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """With the database down, what the process measures itself is still shown, and `callcenter_database_up` is 0."""
    state = request.app.state
    database: Database = state.database
    settings: Settings = state.settings
    bus: Bus = state.bus
    collectors: Metrics = state.metrics
    collectors.bus_connected.set(bus.connected)
    try:
        async with database.transaction() as session:
            figures.show(collectors, await figures.read(session, state.clock.now(), settings.zone))
        collectors.database_up.set(1)
    except (SQLAlchemyError, OSError) as error:
        collectors.database_up.set(0)
        _log.warning("metrics.database_away", reason=type(error).__name__)
    return Response(collectors.render(), media_type=CONTENT_TYPE)
