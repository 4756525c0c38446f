"""A database for the labs that need one: their webhooks and their worker meet in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from callcenter.kit import embedded
from callcenter.kit.ids import new_id

sys.path.insert(0, str(Path(__file__).parent))
import twilio_lab


@pytest.fixture(scope="session", autouse=True)
def databases_of_labs(home: Path, template: str) -> Iterator[None]:
    made: list[str] = []

    def admin() -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(embedded.ensure_postgres(home, "postgres"), autocommit=True)

    def new_database() -> str:
        made.append(f"lab_{new_id().hex}")
        with admin() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(made[-1]), sql.Identifier(template))
            )
        return embedded.ensure_postgres(home, made[-1])

    twilio_lab.new_database = new_database
    yield
    if "CALLCENTER_TEST_HOME" not in os.environ:
        return  # the server is stopped and its folder removed: a minute less than to drop a hundred databases
    with admin() as connection:
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
