"""Bring a database to the schema of this version."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool, text
from sqlalchemy.engine import Connection

from callcenter import schema
from callcenter.kit import embedded
from callcenter.kit.db import async_url

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_LOCK = 0x0CA12  # advisory lock: one migration at a time


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade to `revision`. Safe to call from several processes at once: the second one finds it done."""
    engine = create_engine(async_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        command.upgrade(_config(connection), revision)
        connection.commit()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
    engine.dispose()


def differences(url: str) -> list[object]:
    """What the database lacks or has too much, against the models; empty when they agree."""
    schema.load()
    engine = create_engine(async_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = list(compare_metadata(context, schema.metadata))
    engine.dispose()
    return found


def newest_revision() -> str:
    """The revision that a database of this version has."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


def draft(url: str, message: str) -> None:
    """Write a new revision for what the models have and the database at `url` (any scratch one) has not."""
    migrate(url)
    engine = create_engine(async_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        number = f"{int(newest_revision()) + 1:04d}"
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=number)
    engine.dispose()


def main() -> None:
    """`python -m callcenter.migrate "what changes"`, for developers: drafts a revision on a database of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        try:
            draft(embedded.ensure_postgres(home, "draft"), " ".join(sys.argv[1:]) or "change")
        finally:
            embedded.stop_postgres(home)


if __name__ == "__main__":
    main()
