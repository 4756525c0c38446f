"""The best that any policy can do, exactly, in the memoryless world.

c agents; talk and ring times exponential; a launched call is answered by a person with chance p; an
answer that finds no agent free is abandoned at once. State: (busy agents b, calls in flight f). Launching
moves (b, f) to (b, f + 1) at once and may be repeated (an impulse). In the long run the state is at
(b, f) for the share x(b, f) of time and launches leave it y(b, f) times a second. The best occupancy with
abandonments at most `target` of the answers is the linear programme

    maximise    sum b x(b, f) / c
    subject to  flow into each state = flow out of it (launches included)
                sum over (c, f) of f p / ring x  <=  target * sum of f p / ring x
                sum x = 1,  x >= 0,  y >= 0.

Its dual prices one abandonment in agent seconds. Source: constrained Markov decision processes by linear
programming (Altman, "Constrained Markov Decision Processes", 1999).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.optimize import linprog

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MarkovRoom:
    """The memoryless world; seconds, chances 0..1."""

    agents: int
    handle_s: float = 180.0
    ring_s: float = 12.0
    live: float = 0.3
    target: float = 0.03

    @property
    def most_in_flight(self) -> int:
        """Calls in flight beyond which no good policy goes: the answers that the room could take in a ring
        time and a half, a fluctuation on top."""
        spread = 3.0 * np.sqrt(self.agents)
        return int((0.24 * self.agents * min(self.ring_s / 12.0, 4.0) + spread + 4.0) / self.live) + 8


@dataclass(frozen=True, slots=True)
class Optimum:
    """What the best policy reaches."""

    room: MarkovRoom
    occupancy: float
    abandonment: float
    most_lines: tuple[int, ...]
    """By number of free agents 0..c: calls in flight up to which the best policy fills (-1: never seen)."""


def solve(room: MarkovRoom) -> Optimum:
    """The exact optimum. Seconds for 100 agents. Errors: RuntimeError when the solver gives up."""
    agents, most = room.agents, room.most_in_flight
    b, f = (grid.ravel() for grid in np.meshgrid(np.arange(agents + 1), np.arange(most + 1), indexing="ij"))
    states = len(b)
    flow = _flow(room, b, f, states, most)
    source = np.flatnonzero(f < most)
    ones = np.ones(len(source))
    column = np.arange(len(source))
    launch = sparse.csr_matrix(
        (
            np.concatenate([-ones, ones]),
            (np.concatenate([source, source + 1]), np.concatenate([column, column])),
        ),
        shape=(states, len(source)),
    )
    total = sparse.csr_matrix(np.ones((1, states)))
    balance = sparse.vstack(
        [
            sparse.hstack([flow, launch]),
            sparse.hstack([total, sparse.csr_matrix((1, len(source)))]),
        ]
    ).tocsr()
    right = np.zeros(states + 1)
    right[-1] = 1.0
    answers = f * room.live / room.ring_s
    excess = np.concatenate([answers * ((b == agents) - room.target), np.zeros(len(source))])
    gain = np.concatenate([-b / agents, np.zeros(len(source))])
    result = linprog(gain, A_ub=sparse.csr_matrix(excess), b_ub=[0.0], A_eq=balance, b_eq=right, method="highs")
    if result.x is None:
        raise RuntimeError(f"the linear programme for {room} was not solved: {result.message}")
    time_in = result.x[:states].reshape(agents + 1, most + 1)
    lines = tuple(
        int(np.argmax(row > 1e-10)) if row.max() > 1e-10 else -1
        for row in (time_in[agents - n] for n in range(agents + 1))
    )
    answered = float((result.x[:states] * answers).sum())
    lost = float((result.x[:states] * answers * (b == agents)).sum())
    return Optimum(room, float(-result.fun), lost / answered, lines)


def _flow(room: MarkovRoom, b: NDArray[np.int64], f: NDArray[np.int64], states: int, most: int) -> sparse.csr_matrix:
    """Generator of the uncontrolled chain, shape (states, states), columns summing to 0."""
    index = np.arange(states)
    width = most + 1
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]] = []

    def moves(where: NDArray[np.bool_], step: int, rate: Floats) -> None:
        parts.append((index[where], index[where] + step, rate[where]))

    ends = f / room.ring_s
    moves(b > 0, -width, b / room.handle_s)
    moves((f > 0) & (b < room.agents), width - 1, ends * room.live)
    moves(f > 0, -1, ends * np.where(b < room.agents, 1.0 - room.live, 1.0))
    source = np.concatenate([p[0] for p in parts])
    target = np.concatenate([p[1] for p in parts])
    rate = np.concatenate([p[2] for p in parts])
    return sparse.csr_matrix(
        (
            np.concatenate([-rate, rate]),
            (np.concatenate([source, target]), np.concatenate([source, source])),
        ),
        shape=(states, states),
    )
