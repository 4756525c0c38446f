"""docs/benchmarks.md: each benchmark owns the text between its two markers."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from pathlib import Path

import psutil

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
_HEAD = "# Benchmarks\n\nWhat was measured, on which machine, when. `make bench` writes it anew.\n"


def machine() -> str:
    """The machine and the day, as every section says them."""
    memory = psutil.virtual_memory().total / 2**30
    day = datetime.now(UTC).date()
    return f"{psutil.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {day:%Y-%m-%d}"


def write(name: str, body: str) -> None:
    """Put `body` between the markers of section `name`, adding the section where there is none."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else _HEAD
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    section = f"{start}\n{body.strip()}\n{end}"
    if start in text:
        before, rest = text.split(start, 1)
        text = before + section + rest.split(end, 1)[1]
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    PAGE.write_text(text, encoding="utf-8")
