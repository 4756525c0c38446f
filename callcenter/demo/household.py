"""The processes of a demonstration, each restarted when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

import orjson

from callcenter.kit import log

_log = log.get(__name__)
_LOOK_S = 0.1
_STOP_WITHIN_S = 5.0
_FAST_DEATH_LIMIT = 20
"""A process that dies this often in a row without living for a while is broken; restarting it hides that."""
_LIVED_LOOKS = 50


@dataclass(slots=True)
class _Member:
    name: str
    arguments: list[str]
    environment: dict[str, str]
    stdin: str | None
    process: subprocess.Popen[str] | None = None
    looks_alive: int = 0
    deaths: int = 0
    wanted: bool = True


@dataclass(slots=True)
class Household:
    """Starts `callcenter …` commands with one environment; their output goes to files under `logs`."""

    environment: Mapping[str, str]
    logs: Path
    _members: dict[str, _Member] = field(default_factory=dict)
    _stop: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _watch: Thread | None = None

    def start(self, name: str, *arguments: str, stdin: str | None = None, **environment: str) -> None:
        """Start `callcenter arguments…` and keep it running. `stdin`: one line it is given at each start."""
        self.logs.mkdir(parents=True, exist_ok=True)
        member = _Member(name, list(arguments), {**os.environ, **self.environment, **environment}, stdin)
        with self._lock:
            self._members[name] = member
            self._launch(member)
        if self._watch is None:
            self._watch = Thread(target=self._keep, name="household", daemon=True)
            self._watch.start()

    def pid(self, name: str) -> int | None:
        process = self._members[name].process
        return process.pid if process is not None and process.poll() is None else None

    def tell(self, name: str, line: str) -> None:
        """Write one line to a member's standard input."""
        process = self._members[name].process
        if process is not None and process.stdin is not None and process.poll() is None:
            process.stdin.write(line + "\n")
            process.stdin.flush()

    def let_end(self, name: str) -> None:
        """This member may end now without being started again."""
        self._members[name].wanted = False

    def ended(self, name: str) -> bool:
        return self.pid(name) is None

    def broken(self) -> str | None:
        """Name of a member that cannot stay up, else None."""
        return next((m.name for m in self._members.values() if m.deaths >= _FAST_DEATH_LIMIT), None)

    def stop(self) -> None:
        """End everybody, in the order opposite to their start."""
        self._stop.set()
        if self._watch is not None:
            self._watch.join()
        for member in reversed(list(self._members.values())):
            if member.process is not None and member.process.poll() is None:
                member.process.send_signal(signal.SIGTERM)
        for member in reversed(list(self._members.values())):
            if member.process is not None:
                try:
                    member.process.wait(_STOP_WITHIN_S)
                except subprocess.TimeoutExpired:
                    member.process.kill()
                    member.process.wait()

    def _launch(self, member: _Member) -> None:
        with (self.logs / f"{member.name}.log").open("a") as out:
            member.process = subprocess.Popen(
                [sys.executable, "-m", "callcenter.cli", *member.arguments],
                env=member.environment,
                stdin=subprocess.PIPE if member.stdin is not None else subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,  # Ctrl+C reaches the household alone, which ends them in order
            )
        member.looks_alive = 0
        pids = {m.name: m.process.pid for m in self._members.values() if m.process is not None}
        note = self.logs.parent / "processes.json"
        note.with_suffix(".new").write_bytes(orjson.dumps(pids))
        note.with_suffix(".new").replace(note)  # readers see the old or the new one, never half of it
        if member.stdin is not None:
            self.tell(member.name, member.stdin)

    def _keep(self) -> None:
        while not self._stop.wait(_LOOK_S):
            with self._lock:
                for member in self._members.values():
                    if member.process is None or not member.wanted:
                        continue
                    if member.process.poll() is None:
                        member.looks_alive += 1
                        if member.looks_alive >= _LIVED_LOOKS:
                            member.deaths = 0
                    elif member.deaths < _FAST_DEATH_LIMIT:
                        member.deaths += 1
                        _log.warning("household.restarts", member=member.name, code=member.process.returncode)
                        self._launch(member)
