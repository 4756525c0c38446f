"""kill -9, ten times, in the middle of a shift: `make recovery`.

Starts the demonstration with twelve robot agents on a home of its own, kills the worker, the web process,
PostgreSQL and NATS at random instants, lets the shift end, and then asks the tables, the network's own books
and the robots' journal:

* was anybody called twice for one attempt, or twice at once?
* is any attempt still open?
* is any disposition that an agent was told is saved missing?
* did every agent get their screen back after each kill?

The exit code is the answer; every line of evidence is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from callcenter.agents.service import PRESENT_S
from callcenter.demo.run import DATABASE, JOURNAL
from callcenter.kit import embedded

ROBOTS = 12
BACK_WITHIN_S = 20.0
NEXT_CALL_WITHIN_S = 120.0
TARGETS = ("worker", "web", "postgres", "nats")


@dataclass
class Shift:
    home: Path
    seed: int
    speed: float
    minutes: float
    process: subprocess.Popen[bytes] = field(init=False)
    killed_at: float = 0.0

    def start(self) -> None:
        environment = {**os.environ, "CALLCENTER_HOME": str(self.home), "PORT": "0"}
        environment.pop("DATABASE_URL", None)
        environment.pop("NATS_URL", None)
        command = [sys.executable, "-m", "callcenter.cli", "demo", "--headless"]
        command += ["--robots", str(ROBOTS), "--minutes", str(self.minutes), "--speed", str(self.speed)]
        command += ["--seed", str(self.seed), "--report", str(self.home / "report.json")]
        self.process = subprocess.Popen(command, env=environment, stdout=(self.home / "demo.log").open("wb"))

    @property
    def database(self) -> str:
        return f"postgresql://postgres:@/{DATABASE}?host={self.home / 'postgres'}"

    def ask(self, question: str) -> Any:
        """One value from the database; waits while it is away."""
        for _ in range(400):
            try:
                with psycopg.connect(self.database, connect_timeout=2) as connection:
                    row = connection.execute(question).fetchone()
                    return row[0] if row else None
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise RuntimeError("the database does not come back")

    def pid(self, target: str) -> int | None:
        if target == "postgres":
            return embedded.postgres_pid(self.home)
        if target == "nats":
            return embedded.nats_pid(self.home)
        pid = json.loads((self.home / "processes.json").read_bytes()).get(target)
        return int(pid) if pid else None

    def consoles(self) -> set[str]:
        """The sockets that agents have, as far as their web process has spoken for them after `killed_at`."""
        rows = self.ask(
            "SELECT coalesce(array_agg(socket_id::text), '{}') FROM agents WHERE socket_id IS NOT NULL"
            f" AND present_until > to_timestamp({self.killed_at}) + interval '{PRESENT_S} seconds'"
        )
        return set(rows or [])

    def screens_back(self, target: str, before: set[str]) -> bool:
        """Every agent has a screen that is in step again, by what the killed process took from them."""
        now = self.consoles()
        if target == "web":  # every socket was cut: every agent has a new one
            return len(now) == ROBOTS and not now & before
        if target == "nats":  # the stream was cut: every robot was given a fresh snapshot since
            given = {e["robot"] for e in journal(self.home) if e["kind"] == "snapshot" and seconds(e) > self.killed_at}
            return len(now) == ROBOTS and len(given) == ROBOTS
        return len(now) == ROBOTS

    def token(self) -> int:
        return int(self.ask("SELECT coalesce(max(token), 0) FROM leases") or 0)

    def driven(self, target: str, token: int) -> bool:
        """The worker holds the lease; after its own death under a greater token."""
        held = self.ask("SELECT count(*) FROM leases WHERE until > clock_timestamp()")
        return bool(held) and (target != "worker" or self.token() > token)

    def talking(self) -> int:
        return int(self.ask("SELECT count(*) FROM calls WHERE state IN ('connected', 'held')") or 0)

    def attempts(self) -> int:
        return int(self.ask("SELECT count(*) FROM calls") or 0)


def wait_for(what: str, condition: Any, seconds: float) -> float:
    """Wait until `condition()`; returns the seconds it took."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if condition():
            return time.monotonic() - begin
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s: {what}")


def kill_one(shift: Shift, target: str, rng: random.Random) -> str:
    """Kill `target` at a random instant of the running shift and wait until everything goes on."""
    time.sleep(rng.uniform(1.5, 5.0))
    before, pid = shift.attempts(), shift.pid(target)
    talking, consoles, token = shift.talking(), shift.consoles(), shift.token()
    assert pid is not None, f"{target} does not run"
    shift.killed_at = time.time()
    os.kill(pid, signal.SIGKILL)
    up = wait_for(f"{target} runs again", lambda: shift.pid(target) not in (None, pid), BACK_WITHIN_S)
    back = wait_for("all agents have their screens", lambda: shift.screens_back(target, consoles), BACK_WITHIN_S)
    driven = wait_for("the campaign is driven again", lambda: shift.driven(target, token), BACK_WITHIN_S)
    # The next call waits for a free agent and for the pacer's consent; it must come, but not at once.
    on = wait_for("new calls are placed", lambda: shift.attempts() > before, NEXT_CALL_WITHIN_S)
    return (
        f"killed {target:8} (pid {pid}, {talking} talking): process up after {up:.2f} s, every screen in step after"
        f" {up + back:.2f} s, campaign driven after {up + back + driven:.2f} s, next call {on:.2f} s later"
    )


QUESTIONS = {
    "people rung twice at once": (
        "SELECT count(*) FROM calls a JOIN calls b ON a.to_number = b.to_number AND a.id < b.id"
        " WHERE a.launched_at IS NOT NULL AND b.launched_at IS NOT NULL"
        " AND tstzrange(a.launched_at, a.ended_at) && tstzrange(b.launched_at, b.ended_at)"
    ),
    "attempts with two calls": (
        "SELECT count(*) FROM (SELECT subject_id, attempt_no FROM calls WHERE outcome <> 'skipped'"
        " GROUP BY 1, 2 HAVING count(*) > 1) AS twice"
    ),
    "attempts still open": "SELECT count(*) FROM calls WHERE state <> 'ended'",
    "leads still in a call": "SELECT count(*) FROM leads l JOIN calls c ON c.id = l.call_id WHERE c.state = 'ended'"
    " AND c.outcome <> 'talked'",
    "agents with two calls at once": (
        "SELECT count(*) FROM calls a JOIN calls b ON a.agent_id = b.agent_id AND a.id < b.id"
        " WHERE tstzrange(least(a.claimed_at, a.ended_at), a.ended_at)"
        " && tstzrange(least(b.claimed_at, b.ended_at), b.ended_at)"
    ),
    "commands never carried out": "SELECT count(*) FROM call_commands WHERE done_at IS NULL",
    "talks without a disposition": "SELECT count(*) FROM calls WHERE outcome = 'talked' AND disposed_at IS NULL",
}


def journal(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "logs" / JOURNAL).read_text().splitlines() if line.strip()]


def seconds(entry: dict[str, Any]) -> float:
    return datetime.fromisoformat(entry["at"]).timestamp()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--speed", type=float, default=4.0)
    arguments.add_argument("--home", type=Path, default=None)
    given = arguments.parse_args()
    rng = random.Random(given.seed)
    home = given.home or Path(tempfile.mkdtemp(prefix="callcenter-kill-"))
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    order = [TARGETS[n % len(TARGETS)] for n in range(given.kills)]
    rng.shuffle(order)
    shift = Shift(home, given.seed, given.speed, minutes=given.kills * 20 * given.speed / 60 + 2)
    shift.start()
    failures: list[str] = []
    try:
        wait_for("the shift begins", lambda: (home / "processes.json").exists(), 120)
        wait_for("agents talk", lambda: shift.talking() >= ROBOTS // 3, 120)
        for n, target in enumerate(order, start=1):
            try:
                print(f"{n:2}. {kill_one(shift, target, rng)}", flush=True)
            except AssertionError as error:
                failures.append(f"after killing {target}: {error}")
                print(f"{n:2}. killed {target}: {error}", flush=True)
        print("the shift goes on to its end …", flush=True)
        code = shift.process.wait(timeout=900)
        if code != 0:
            failures.append(f"the shift ended with code {code}")
    finally:
        if shift.process.poll() is None:
            shift.process.send_signal(signal.SIGTERM)
            shift.process.wait(timeout=30)
    failures += examine(shift)
    print("RECOVERY FAILED" if failures else "RECOVERY PROVEN", *failures, sep="\n  ")
    return 1 if failures else 0


def examine(shift: Shift) -> list[str]:
    """Ask tables and journal after the end."""
    failures = []
    embedded.ensure_postgres(shift.home, DATABASE)
    try:
        for name, question in QUESTIONS.items():
            found = shift.ask(question)
            print(f"{name}: {found}")
            if found:
                failures.append(f"{name}: {found}")
        told = [entry for entry in journal(shift.home) if entry["kind"] == "saved"]
        with psycopg.connect(shift.database) as connection:
            kept = {str(row[0]) for row in connection.execute("SELECT call_id FROM call_results").fetchall()}
        lost = [entry for entry in told if entry["call_id"] not in kept]
        print(f"dispositions saved: {len(told)}, lost: {len(lost)}")
        if lost or not told:
            failures.append(f"dispositions lost: {len(lost)} of {len(told)}")
        snapshots = [entry for entry in journal(shift.home) if entry["kind"] == "snapshot"]
        print(f"snapshots that robots were given: {len(snapshots)}")
        print(f"report: {(shift.home / 'report.json').read_text()}")
    finally:
        embedded.stop_postgres(shift.home)
    return failures


if __name__ == "__main__":
    sys.exit(main())
