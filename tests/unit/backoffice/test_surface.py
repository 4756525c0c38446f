"""What holds for every path of the back office, read off the description of its surface."""

from __future__ import annotations

from typing import get_origin

from fastapi.routing import APIRoute
from pydantic import BaseModel

from backoffice import api, examples
from backoffice.listing.query import ListPage

BASE = "/api/backoffice/"
NOT_LISTS = {
    "roles": "who holds which duty: a setting",
    "roles/words": "words of the duties",
    "settings": "the numbers of the rules",
    "calendar/{year}": "the days of a year that differ",
    "approvals/inbox": "what waits for one person; the list is approvals",
    "approvals/kinds": "rules of approval: a setting",
    "approvals/delegations": "one person's own absences",
    "credit-groups": "a setting",
    "price-floors": "a setting",
    "departments": "a setting",
    "rewards/cities": "a setting",
    "reports/expenses": "sums; its rows are a list",
    "reports/figures": "figures, each of which names the list of its rows",
}
"""Answers with several rows that are no lists, and why."""
OWN_WAY = {"approvals": "its verbs follow from whose turn it is, not from a duty"}
SILENT = {"file-changes", "file-loans", "rewards/payouts"}
"""Documents whose story is not told yet. Nothing joins them."""


ROUTES = [route for router in api.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
GETS = {route.path.removeprefix(BASE): route.response_model for route in ROUTES if "GET" in route.methods}


def test_every_list_exports() -> None:
    several = {
        path
        for path, model in GETS.items()
        if get_origin(model) is list or (isinstance(model, type) and issubclass(model, ListPage))
    }
    assert {path for path in several if f"{path}/export" not in GETS} == set(NOT_LISTS)


def test_every_document_with_a_state_offers_its_commands_and_tells_its_story() -> None:
    silent = set()
    for path, model in GETS.items():
        noun, _, last = path.rpartition("/")
        fields = set(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else set()
        if last.startswith("{") and "state" in fields and not {"commands", "timeline"} <= fields:
            silent.add(noun)
    assert silent == SILENT | set(OWN_WAY)


def test_every_request_body_has_an_example_that_the_server_would_accept() -> None:
    refused = {}
    for route in ROUTES:
        if route.body_field is None:
            continue
        if route.openapi_extra is None:
            examples.of_type(route.body_field.field_info.annotation)  # says which field lacks its word
        example = route.openapi_extra["requestBody"]["content"]["application/json"]["example"]
        _, errors = route.body_field.validate(example, {}, loc=("body",))
        if errors:
            refused[route.path] = errors
    assert refused == {}
