"""Schemathesis over the whole OpenAPI: whatever is sent, the answer is one that the document promises.

Its engine runs the phases examples, coverage and fuzzing with a fixed seed on every endpoint, signed in as an
administrator, on a database in which most of the ids that are asked for are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import Status, events, from_schema
from schemathesis.generation import GenerationMode

from tests.api.conftest import Server

EXAMPLES = 6
"""Random cases for each endpoint, beside those that cover each keyword of its schema: the everyday amount."""
MAX_TIME_S = 90
"""Coverage of every endpoint comes first; fuzzing gets what is left."""

OFF = (
    # What is well formed may still be refused: an unknown id, a state that does not allow it.
    "positive_data_acceptance",
    # Every case runs on the same database, after many others.
    "use_after_free",
    "ensure_resource_availability",
    "object_level_authorization",
)


def _config(server: Server) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": 7,
            "max-time": MAX_TIME_S,
            "headers": server.headers(),
            "generation": {
                "deterministic": True,
                "max-examples": EXAMPLES,
                "database": "none",
                "no-shrink": True,
                "with-security-parameters": False,  # the headers above sign in; test_access.py tries without
            },
            "checks": {name: {"enabled": False} for name in OFF}
            | {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
            "phases": {
                # The wrong values come from the fuzzing phase; each keyword's wrong value would take minutes.
                "coverage": {"unexpected-methods": ["TRACE"], "generation": {"mode": "positive"}},
                "stateful": {"enabled": False},
            },
            "operations": [{"include-path": "/api/sign-out", "headers": server.headers(spare=True)}],
        }
    )


def test_every_answer_is_as_promised(server: Server) -> None:
    server.app.openapi()  # made once and kept: on a busy machine its making outlasts the reader's patience of 10 s
    schema = schemathesis.openapi.from_url(server.url + "/openapi.json", config=_config(server))

    def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
        aim(case, server)

    schemathesis.hook(before_call)
    tried: set[str] = set()
    broken: dict[str, str] = {}
    try:
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                if event.recorder.cases:
                    tried.add(event.recorder.label)
                for failure, case_id in failures(event):
                    about = f"{event.recorder.label}: {failure.title}"
                    broken.setdefault(about, f"{about}\n    {failure.message[:600]}\n    {sent(event, case_id)}")
            elif isinstance(event, events.NonFatalError | events.FatalError):
                broken[str(event)] = repr(getattr(event, "value", None) or getattr(event, "exception", None))
    finally:
        schemathesis.hooks.unregister(before_call)
    assert not broken, f"{len(broken)} kinds of broken promise:\n" + "\n".join(broken.values())
    endpoints = {
        f"{method.upper()} {path}" for path, methods in server.app.openapi()["paths"].items() for method in methods
    }
    assert tried == endpoints


def failures(event: events.ScenarioFinished) -> Iterator[tuple[Failure, str]]:
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.status is Status.FAILURE and check.failure_info is not None:
                message = check.failure_info.failure.message
                if "incorrect type" in message.lower():
                    continue  # types are read leniently, and that is documented: `since=0` is an instant
                if "Schema-violating" in check.failure_info.failure.title and repeats(event, case_id):
                    continue  # a scalar given several times: the last one counts, and it was judged
                yield check.failure_info.failure, case_id


def repeats(event: events.ScenarioFinished, case_id: str) -> bool:
    """Whether the request named one query parameter more than once."""
    interaction = event.recorder.interactions.get(case_id)
    names = [name for name, _ in parse_qsl(urlsplit(interaction.request.uri).query)] if interaction else []
    return len(names) != len(set(names))


def sent(event: events.ScenarioFinished, case_id: str) -> str:
    interaction = event.recorder.interactions.get(case_id)
    if interaction is None:
        return ""
    body = (interaction.request.body or b"")[:300]
    answer = interaction.response
    got = f"{answer.status_code} {answer.content[:300]!r}" if answer is not None else "no answer"
    return f"{interaction.request.method} {interaction.request.uri[:300]} {body!r} → {got}"


def aim(case: Any, server: Server) -> None:
    """Most well-formed ids become ids of rows that are there, or nothing past "not found" would ever be tried."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    for place in (case.path_parameters, case.query, case.body):
        if not isinstance(place, dict):
            continue
        for name, value in list(place.items()):
            known = server.known_id(name, case.path) if name.endswith(("id", "_ids")) else None
            if known is None:
                continue
            if isinstance(value, list) and value:
                place[name] = [str(known)]
            elif _is_id(value) and UUID(value).int % 4:
                place[name] = str(known)


def _is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
