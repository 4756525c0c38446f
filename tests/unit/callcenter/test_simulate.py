"""`callcenter simulate`: tables, charts, staffing, worlds of one's own; the same seed gives the same answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from callcenter import simulate
from callcenter.cli import app
from callcenter.kit.errors import BadInput
from callcenter.own_calls import made_of, world_of_network
from callcenter.pacing.simulation.draws import Empirical, Sum, Uniform
from callcenter.pacing.simulation.report import _steps
from callcenter.pacing.simulation.run import Prices
from callcenter.simulate import Question, answer, optimum

PNG = b"\x89PNG\r\n\x1a\n"
QUESTION = Question("office", (4, 8), (0.03,), ("predictive", "progressive"), 0.2, 1, 7, None, None, 8.0, 1.5)
NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)


def test_one_row_for_each_number_of_agents_and_mode_and_the_same_again() -> None:
    table = answer(QUESTION)[0]
    assert len(table.strip().splitlines()) == 2 + 4
    assert answer(QUESTION)[0] == table
    assert answer(replace(QUESTION, first_seed=8))[0] != table


@pytest.mark.parametrize("show", list(simulate.SHOWN))
def test_the_chart_is_a_png_or_an_svg_by_its_name(tmp_path: Path, show: str) -> None:
    small = replace(QUESTION, modes=("progressive",), hours=0.1, show=show, prices=Prices(60.0, 0.1, 0.5))
    answer(replace(small, chart=tmp_path / "c.svg"))
    drawn = (tmp_path / "c.svg").read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert simulate.SHOWN[show][0] in drawn
    answer(replace(small, chart=tmp_path / "c.png"))
    picture = (tmp_path / "c.png").read_bytes()
    assert picture.startswith(PNG)
    assert int.from_bytes(picture[16:20], "big") == 1440  # twice the drawing's width
    assert len(picture) > 10_000


def test_another_kind_of_picture_is_refused_before_anything_is_simulated(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.png / \.svg"):
        answer(replace(QUESTION, hours=1e9, chart=tmp_path / "c.jpg"))


@pytest.mark.parametrize(
    ("low", "high"), [(0.75, 0.89), (0.0, 0.03), (120.0, 48_000.0), (5.0, 5.0), (0.0, 0.0), (0.999, 1.0)]
)
def test_axes_have_round_steps_around_the_values(low: float, high: float) -> None:
    steps = _steps(low, high)
    assert steps[0] <= low
    assert steps[-1] >= high
    assert 2 <= len(steps) <= 9
    widths = np.diff(steps)
    assert widths == pytest.approx(widths[0])


def test_how_many_agents_call_a_list_in_time() -> None:
    """Twice the people take twice the agents, about; four days' calls are made in four days by no fewer."""
    few, many = (
        int(re.findall(r"(\d+) agents", answer(replace(QUESTION, modes=("progressive",), leads=n))[1])[0])
        for n in (500, 2000)
    )
    assert 1 <= few < many


def test_the_optimum_stands_beside_what_each_mode_reaches() -> None:
    lines = optimum((3,), 0.03, 0.5, 7)
    assert [line.split("|")[3].strip() for line in lines[2:]] == ["predictive", "power", "progressive"]
    assert all(re.search(r"\d+\.\d\d%", line) for line in lines[2:])


def test_cost_is_agents_lines_and_leads() -> None:
    paid = answer(replace(QUESTION, agents=(4,), modes=("progressive",), prices=Prices(agent_hour=60.0)))[0]
    assert paid.strip().splitlines()[-1].split("|")[-2].strip() == "48"  # four agents for twelve minutes


# --- worlds that are not made up ------------------------------------------------------------------------------


def call(outcome: str, **given: Any) -> SimpleNamespace:
    base = {"answered_at": None, "answered_by": None, "connected_at": None, "talk_s": None, "wrap_up_s": None}
    return SimpleNamespace(outcome=outcome, **(base | {"ring_s": 20.0} | given))


def own_calls(count: int = 400) -> list[Any]:
    """A quarter talked for 100 s, 5 % were given up, a tenth were machines, a tenth busy."""
    talked = call("talked", answered_at=NOW, answered_by="person", connected_at=NOW, ring_s=7.0, talk_s=100.0,
                  wrap_up_s=12.0)  # fmt: skip
    lost = call("abandoned", answered_at=NOW, answered_by="person", ring_s=9.0)
    machine = call("machine", answered_at=NOW, answered_by="machine", ring_s=18.0)
    busy, failed = call("busy", ring_s=2.0), call("failed", ring_s=1.0)
    parts = [(talked, 0.25), (lost, 0.05), (machine, 0.1), (busy, 0.1), (failed, 0.05)]
    rows = [one for one, share in parts for _ in range(round(share * count))]
    return rows + [call("no_answer", ring_s=26.0)] * (count - len(rows))


@dataclass
class Expected:
    live: float = 0.30
    machine: float = 0.1 / 0.7
    busy: float = 0.1 / 0.7
    failed: float = 0.05 / 0.7


def test_own_calls_become_a_world_of_their_shares_and_times() -> None:
    world = made_of(own_calls(), 10, 2.0)
    found = Expected(world.live[0][1], world.machine, world.busy, world.failed)
    assert vars(found) == pytest.approx(vars(Expected()))
    assert isinstance(world.talk, Empirical)
    assert set(world.talk.seconds) == {100.0}
    assert world.ring_timeout_s == 26.0
    table = answer(replace(QUESTION, world=simulate.OWN, own=world))[0]
    assert table.count("| own |") == 4


@pytest.mark.parametrize("count", [0, 50, 190])
def test_too_few_own_calls_are_refused_with_a_sentence(count: int) -> None:
    with pytest.raises(BadInput) as refused:
        made_of(own_calls(count), 10, 2.0)
    assert str(count) in refused.value.sentence("zh")


def test_the_simulated_network_is_one_of_the_worlds() -> None:
    world = world_of_network(10, 1.0)
    rng = np.random.default_rng(0)
    rings = world.ring.draw(rng, 20_000)
    assert np.median(rings) == pytest.approx(11.2, abs=0.5)  # the profile's set-up and ringing
    assert 0.3 < world.live[0][1] < 0.38
    assert 0.0 < world.machine + world.busy + world.failed < 1.0


def test_times_one_after_the_other_and_times_as_measured() -> None:
    rng = np.random.default_rng(0)
    both = Sum(Uniform(1.0, 2.0), Empirical((10.0,))).draw(rng, 1000)
    assert 11.0 <= both.min() <= both.max() <= 12.0


def test_the_command_says_what_there_is_when_a_world_is_unknown() -> None:
    said = CliRunner().invoke(app, ["simulate", "--world", "nowhere"])
    assert said.exit_code == 2
    assert "network" in said.output
    assert "own" in said.output
