"""Simulated outcomes as tables and charts. Charts are SVG, drawn here: no plotting library is needed."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from callcenter.pacing.simulation.run import Outcome

Cell = Callable[[Outcome], str]

COLUMNS: tuple[tuple[str, Cell], ...] = (
    ("world", lambda o: o.world),
    ("pacing", lambda o: o.pacing),
    ("agents", lambda o: str(o.agents)),
    ("limit", lambda o: f"{o.target:.1%}"),
    ("occupancy", lambda o: f"{o.occupancy:.1%}"),
    ("abandoned", lambda o: f"{o.abandonment:.2%}"),
    ("highest run", lambda o: f"{o.highest_abandonment:.2%}"),
    ("worst half-hour", lambda o: f"{o.worst_half_hour:.1%}" if o.worst_half_hour else "–"),
    ("answered", lambda o: f"{o.answered:.0f}"),
    ("connects/agent h", lambda o: f"{o.connects_per_hour:.1f}"),
    ("leads", lambda o: f"{o.launched:.0f}"),
    ("mean wait s", lambda o: f"{o.mean_wait_s:.2f}"),
    ("line hours", lambda o: f"{o.line_hours:.1f}"),
    ("cost", lambda o: f"{o.cost:.0f}" if o.cost else "–"),
)


def markdown_table(outcomes: Sequence[Outcome], columns: Sequence[str] | None = None) -> str:
    """A table in Markdown, one row an outcome. Errors: KeyError for an unknown column."""
    cells = dict(COLUMNS)
    names = list(columns) if columns is not None else list(cells)
    rows = [names, ["---"] * len(names)] + [[cells[n](o) for n in names] for o in outcomes]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def csv_table(outcomes: Sequence[Outcome]) -> str:
    """The same with a header line, for a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in COLUMNS])
    writer.writerows([[cell(o) for _, cell in COLUMNS] for o in outcomes])
    return text.getvalue()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    name: str
    points: tuple[tuple[float, float], ...]
    """(x, y), in any order."""


PALETTE = ("#1b6ca8", "#d1495b", "#2e933c", "#8d6a9f", "#e0a030", "#4a4a4a")
WIDTH, HEIGHT, MARGIN = 720, 420, 60


def lines_of(outcomes: Sequence[Outcome], y: Callable[[Outcome], float] | None = None) -> list[Line]:
    """Occupancy (or `y`) over agents, one line for each pacing and limit."""
    value = y or (lambda o: o.occupancy)
    groups: dict[str, list[tuple[float, float]]] = {}
    for o in outcomes:
        groups.setdefault(f"{o.pacing} {o.target:.1%}", []).append((float(o.agents), value(o)))
    return [Line(name, tuple(sorted(points))) for name, points in groups.items()]


def svg_chart(lines: Sequence[Line], title: str, x_label: str, y_label: str, family: str = "sans-serif") -> str:
    """A line chart as an SVG document, in type of this family. Errors: ValueError when there is no point to draw."""
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points]
    if not xs:
        raise ValueError("nothing to draw")
    x0, x1 = min(xs), max(xs)
    y0, y1 = min(ys), max(ys)
    steps = _steps(y0, y1)
    y0, y1 = steps[0], steps[-1]

    def place(x: float, y: float) -> tuple[float, float]:
        right = (x - x0) / ((x1 - x0) or 1.0)
        up = (y - y0) / (y1 - y0)
        return MARGIN + right * (WIDTH - 2 * MARGIN - 120), HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{escape(family)}, sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{MARGIN}" y="28" font-size="15">{escape(title)}</text>',
    ]
    parts += _axes(place, (x0, x1), steps, sorted(set(xs)), x_label, y_label)
    for i, line in enumerate(lines):
        colour = PALETTE[i % len(PALETTE)]
        spots = [place(x, y) for x, y in sorted(line.points)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots]
        at = MARGIN + 18 * i
        parts.append(f'<rect x="{WIDTH - 165}" y="{at - 9}" width="12" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{WIDTH - 148}" y="{at - 3}">{escape(line.name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _steps(low: float, high: float) -> list[float]:
    """Round values from below the lowest to above the highest, four to eight of them."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / 4.0))
    step = next(power * m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if span / (power * m) <= 5.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, max(last, first + 1) + 1)]


def _axes(
    place: Callable[[float, float], tuple[float, float]],
    x_range: tuple[float, float],
    steps: Sequence[float],
    ticks: Sequence[float],
    x_label: str,
    y_label: str,
) -> list[str]:
    left, bottom = place(x_range[0], steps[0])
    right, top = place(x_range[1], steps[-1])
    parts = [
        f'<path d="M{left:.0f},{top:.0f} V{bottom:.0f} H{right:.0f}" fill="none" stroke="#888"/>',
        f'<text x="{(left + right) / 2:.0f}" y="{HEIGHT - 14}" text-anchor="middle">{escape(x_label)}</text>',
        f'<text x="{left:.0f}" y="{top - 8:.0f}">{escape(y_label)}</text>',
    ]
    shown = ticks if len(ticks) <= 8 else [ticks[round(i * (len(ticks) - 1) / 7)] for i in range(8)]
    for tick in shown:
        x, _ = place(tick, steps[0])
        parts.append(f'<text x="{x:.0f}" y="{bottom + 18:.0f}" text-anchor="middle">{tick:g}</text>')
    for value in steps:
        _, y = place(x_range[0], value)
        label = f"{value:.1%}" if abs(steps[-1]) <= 2.0 else f"{value:,.10g}"
        parts.append(f'<text x="{left - 8:.0f}" y="{y + 4:.0f}" text-anchor="end">{label}</text>')
        parts.append(f'<path d="M{left:.0f},{y:.0f} H{right:.0f}" stroke="#eee"/>')
    return parts
