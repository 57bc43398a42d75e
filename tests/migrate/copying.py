"""Databases of a test's own, and what becomes of them in a dump and a restore."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
from tests.conftest import with_database

from freehold.migrate import backup
from freehold.migrate.catalog import SchemaObject, schema_objects
from freehold.migrate.clients import run_client


@asynccontextmanager
async def new_database(admin_url: str) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    name = f"freehold_test_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    url = with_database(admin_url, name)
    # The same questions are asked hundreds of times: each is planned once.
    connection = await asyncpg.connect(url, server_settings={"plan_cache_mode": "force_generic_plan"})
    try:
        yield connection, url
    finally:
        await connection.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


async def restored(url: str, major: int, admin_url: str, folder: Path) -> list[SchemaObject]:
    """Dump a database, and give the schema of what that restores to.

    One by one: two workers of pg_restore block each other with a foreign key between partitioned tables.
    """
    taken = await backup.create(url, folder)
    async with new_database(admin_url) as (connection, copy):
        await run_client("pg_restore", major, copy, "--exit-on-error", taken.dump)
        return await schema_objects(connection)
