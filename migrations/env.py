"""Alembic's entry. The address comes from the caller (`callcenter migrate`), never from a file."""

from alembic import context
from sqlalchemy import engine_from_config, pool

from callcenter import schema
from callcenter.kit.db import async_url

schema.load()


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        context.configure(connection=connection, target_metadata=schema.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    url = async_url(context.config.get_main_option("sqlalchemy.url") or "")
    engine = engine_from_config({"sqlalchemy.url": url.render_as_string(hide_password=False)}, poolclass=pool.NullPool)
    with engine.connect() as one:
        context.configure(connection=one, target_metadata=schema.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run()
