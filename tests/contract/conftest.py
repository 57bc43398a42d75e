"""A migrated database that nobody writes to: one for each worker instead of one for each test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import with_database


@pytest.fixture(scope="session")
def schema_url(server_urls: tuple[str, str]) -> Iterator[str]:
    """The URL of a migrated database that tests only look at."""
    admin_url, template = server_urls
    name = f"freehold_schema_{uuid4().hex[:12]}"
    asyncio.run(_execute(admin_url, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield with_database(admin_url, name)
    asyncio.run(_execute(admin_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def schema(schema_url: str) -> AsyncIterator[Any]:
    """A connection to the database of ``schema_url``."""
    connection = await asyncpg.connect(schema_url)
    try:
        yield connection
    finally:
        await connection.close()
