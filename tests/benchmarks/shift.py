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

import psutil

from callcenter.demo.run import JOURNAL
from callcenter.kit import embedded
from tests.benchmarks.page import machine, write

CREWS = ((12, 6.0), (200, 6.0))
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


def run(robots: int, minutes: float) -> dict[str, object]:
    """One shift; returns what was measured."""
    with tempfile.TemporaryDirectory(prefix="callcenter-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        environment = {**os.environ, "CALLCENTER_HOME": str(home), "PORT": "0"}
        report = home / "report.json"
        command = [sys.executable, "-m", "callcenter.cli", "demo", "--headless", "--speed", "1", "--seed", "7"]
        command += ["--robots", str(robots), "--minutes", str(minutes), "--report", str(report)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            time.sleep(60 + minutes * 60 * 0.8)  # in the last fifth of the shift everybody is at work
            memory = _memory(home)
            load = psutil.getloadavg()[0]
            process.wait(timeout=minutes * 60 + 2400)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=30)
        pops = [
            float(entry["ms"])
            for entry in map(json.loads, (home / "logs" / JOURNAL).read_text().splitlines())
            if entry["kind"] == "pop"
        ]
        return {
            "robots": robots,
            "pops": len(pops),
            "p50": _percentile(pops, 50),
            "p95": _percentile(pops, 95),
            "p99": _percentile(pops, 99),
            "load": load,
            "memory": memory,
            "report": json.loads(report.read_bytes()),
        }


def main() -> None:
    found = [run(robots, minutes) for robots, minutes in CREWS]
    names = sorted({name for one in found for name in one["memory"]})  # type: ignore[attr-defined]
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
        wait = one["report"]["connect_wait_p99_s"]  # type: ignore[index]
        lines.append(
            f"| {one['robots']} | {one['pops']} | {one['p50']:.1f} | {one['p95']:.1f} | {one['p99']:.1f}"
            f" | {one['load']:.1f} | {wait:.2f} |"
        )
    lines += ["", "Memory of each process, MB:", "", "| agents | " + " | ".join(names) + " |"]
    lines.append("|---" * (len(names) + 1) + "|")
    for one in found:
        held = one["memory"]
        lines.append(f"| {one['robots']} | " + " | ".join(f"{held.get(n, 0):.0f}" for n in names) + " |")  # type: ignore[attr-defined]
    write("shift", "\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
