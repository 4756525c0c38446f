"""A shift with robot agents: from the answer to the frame on the agent's socket, and what each process holds.

`python -m tests.benchmarks.shift` runs the demonstration at real speed with 12 and then 200 robot agents.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any

import psutil
import psycopg

from callcenter.demo.run import DATABASE, JOURNAL
from callcenter.kit import embedded
from tests.benchmarks.page import machine, write

CREWS = ((12, 5.0), (200, 5.0))
"""(robots, minutes at real speed)."""


def _percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _memory(home: Path) -> dict[str, float]:
    """Resident MB of each process; PostgreSQL's is the sum of its processes' own (unshared) memory."""
    pids = dict(json.loads((home / "processes.json").read_bytes()))
    found = {name: psutil.Process(pid).memory_info().rss / 2**20 for name, pid in pids.items()}
    nats = embedded.nats_pid(home)
    if nats:
        found["nats"] = psutil.Process(nats).memory_info().rss / 2**20
    postgres = embedded.postgres_pid(home)
    if postgres:
        main = psutil.Process(postgres)
        family: Iterable[psutil.Process] = [main, *main.children(recursive=True)]
        found["postgres"] = sum(one.memory_full_info().uss for one in family) / 2**20
    return found


def _wait_p99(home: Path) -> float:
    """Seconds from the answer to the join, from the calls themselves."""
    url = embedded.ensure_postgres(home, DATABASE)
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY wait_s) FROM calls WHERE connected_at IS NOT NULL"
        ).fetchone()
    return float(row[0]) if row and row[0] is not None else 0.0


def run(robots: int, minutes: float) -> dict[str, Any]:
    """One shift; returns what was measured."""
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        environment = {**os.environ, "CALLCENTER_HOME": str(home), "PORT": "0"}
        command = [sys.executable, "-m", "callcenter.cli", "demo", "--speed", "1", "--seed", "7"]
        command += ["--robots", str(robots)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            while not (home / "processes.json").exists():
                time.sleep(0.5)
            time.sleep(minutes * 60)
            memory, load = _memory(home), psutil.getloadavg()[0]
            wait = _wait_p99(home)
            entries = [json.loads(line) for line in (home / "logs" / JOURNAL).read_text().splitlines()]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
    pops = [float(entry["ms"]) for entry in entries if entry["kind"] == "pop"]
    shares = {f"p{n}": _percentile(pops, n) for n in (50, 95, 99)}
    return {"robots": robots, "pops": len(pops), **shares, "load": load, "memory": memory, "wait": wait}


def main() -> None:
    found = [run(robots, minutes) for robots, minutes in CREWS]
    names = sorted({name for one in found for name in one["memory"]})
    lines = [
        "## From the answer to the agent's socket",
        "",
        f"{machine()}. The demonstration at real speed, every process on the one machine, robot agents over real"
        " sockets. Milliseconds from the carrier's answer to the frame with the card on the agent's socket.",
        "",
        "| agents | pops | p50 ms | p95 ms | p99 ms | load | connect wait p99 s |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in found:
        wait = one["wait"]
        lines.append(
            f"| {one['robots']} | {one['pops']} | {one['p50']:.1f} | {one['p95']:.1f} | {one['p99']:.1f}"
            f" | {one['load']:.1f} | {wait:.2f} |"
        )
    lines += ["", "Memory of each process, MB:", "", "| agents | " + " | ".join(names) + " |"]
    lines.append("|---" * (len(names) + 1) + "|")
    for one in found:
        held = one["memory"]
        lines.append(f"| {one['robots']} | " + " | ".join(f"{held.get(n, 0):.0f}" for n in names) + " |")
    write("shift", "\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
