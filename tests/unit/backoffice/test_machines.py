"""Every state machine of the back office: whole, reachable, named in both languages, and drawn in the docs."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import backoffice
from backoffice import api
from backoffice.kit.duties import OfficeRole
from backoffice.kit.machine import Machine, Move
from backoffice.kit.words import WORDS
from backoffice.machines import MACHINES, drawing
from backoffice.machines import PATH as DRAWN

every = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)


@every
def test_every_state_can_be_reached(machine: Machine) -> None:  # type: ignore[type-arg]
    seen, grown = {machine.initial}, True
    while grown:
        new = {move.target for move in machine.moves if set(move.sources) & seen} - seen
        seen |= new
        grown = bool(new)
    assert seen == set(machine.states)


@every
def test_every_state_and_command_has_words(machine: Machine) -> None:  # type: ignore[type-arg]
    needed = {machine.name} | {state.value for state in machine.states} | {move.command for move in machine.moves}
    assert needed - set(WORDS) == set()


@every
def test_every_command_refuses_what_the_table_does_not_name(machine: Machine) -> None:  # type: ignore[type-arg]
    named = {(source, move.command) for move in machine.moves for source in move.sources}
    for state in machine.states:
        for command in {move.command for move in machine.moves}:
            assert (machine.after(state, command) is not None) == ((state, command) in named)


def test_two_moves_for_one_command_in_one_state_are_an_error() -> None:
    first = MACHINES[0]
    some = first.moves[0]
    with pytest.raises(ValueError, match="two moves"):
        Machine("x", first.states, first.initial, (some, Move(some.command, some.sources, some.target)))


def test_buttons_are_those_of_the_duties_one_holds() -> None:
    document = next(machine for machine in MACHINES if machine.name == "document")
    assert document.commands("checked", frozenset({OfficeRole.GM})) == ["approve", "send_back"]
    assert document.commands("checked", frozenset({OfficeRole.REP})) == []


def test_the_drawing_in_the_docs_is_the_code() -> None:
    assert Path(DRAWN).read_text(encoding="utf-8") == drawing(), "run `python -m backoffice.machines`"


def test_every_list_field_has_words() -> None:
    missing = {
        (listing.name, name)
        for listing in api.LISTINGS
        for name in listing.row.model_fields
        if name not in listing.hidden and not name.endswith("_id") and name not in WORDS
    }
    assert missing == set()
    assert {listing.name for listing in api.LISTINGS} <= set(WORDS)


def test_the_application_finds_every_router_of_the_back_office() -> None:
    """It looks for modules named `router`; `api.ROUTERS` is the same list, written down."""
    found = [
        importlib.import_module(module.name).router
        for module in pkgutil.walk_packages(backoffice.__path__, prefix="backoffice.")
        if module.name.endswith(".router")
    ]
    prefixed = {id(router) for router in found if router.prefix.startswith("/api/backoffice")}
    assert prefixed == {id(router) for router in api.ROUTERS}
