"""PURE: a state machine as a table, and its picture.

One `Move` a row: which command leads from which states to which state, and which duties may give it. A
command without duties is the house's own (a nightly job, the end of an approval, another room). Where the
outcome depends on facts, there are several commands, as in callcenter/domain/call.py: the table stays a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from backoffice.kit.duties import OfficeRole

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    command: str
    sources: tuple[S, ...]
    target: S
    roles: frozenset[OfficeRole] = frozenset()


class Machine(Generic[S]):
    """`name` is the thing on the timeline; `states` the enum; `initial` where a new row starts."""

    def __init__(self, name: str, states: type[S], initial: S, moves: Iterable[Move[S]]) -> None:
        self.name = name
        self.states = states
        self.initial = initial
        self.moves = tuple(moves)
        self._table: dict[tuple[S, str], Move[S]] = {}
        for move in self.moves:
            for source in move.sources:
                if (source, move.command) in self._table:
                    raise ValueError(f"{name}: two moves for {move.command} in {source}")
                self._table[(source, move.command)] = move

    def after(self, state: S | str, command: str) -> S | None:
        """The state after `command`, or None when this state does not know it."""
        move = self._table.get((self.states(state), command))
        return move.target if move else None

    def roles(self, state: S | str, command: str) -> frozenset[OfficeRole]:
        return self._table[(self.states(state), command)].roles

    def commands(self, state: S | str, roles: frozenset[OfficeRole]) -> list[str]:
        """What somebody holding `roles` may do with a thing in `state`: the buttons of its page."""
        now = self.states(state)
        return sorted(
            {command for (source, command), move in self._table.items() if source is now and move.roles & roles}
        )

    def mermaid(self) -> str:
        """The picture for the documentation, drawn from the table itself."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for move in self.moves:
            who = "/".join(sorted(move.roles)) or "·"
            lines += [f"    {source} --> {move.target}: {move.command} ({who})" for source in move.sources]
        sources = {source for move in self.moves for source in move.sources}
        lines += [f"    {state} --> [*]" for state in self.states if state not in sources]
        return "\n".join(lines)


def roles(*given: OfficeRole) -> frozenset[OfficeRole]:
    return frozenset(given)
