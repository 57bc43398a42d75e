"""A fresh, empty database per test, on a real server."""

import asyncio
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A superuser's URL of a running server: the one named by FREEHOLD_TEST_DATABASE_URL, else an embedded one."""
    given = os.environ.get("FREEHOLD_TEST_DATABASE_URL")
    if given:
        yield given
        return
    from freehold.postgres import EmbeddedServer  # noqa: PLC0415

    with EmbeddedServer.start(tmp_path_factory.mktemp("postgres"), fast=True) as server:
        yield server.admin_url


def database_of(url: str, name: str) -> str:
    """The same server, another database."""
    before, _, rest = url.partition("://")[2].partition("/")
    query = rest.partition("?")[2]
    return f"postgresql://{before}/{name}" + (f"?{query}" if query else "")


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """The URL of a new, empty database."""
    name = f"migrate_{secrets.token_hex(6)}"
    asyncio.run(sql(server_url, f"CREATE DATABASE {name}"))
    yield database_of(server_url, name)
    asyncio.run(sql(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


async def sql(url: str, script: str) -> None:
    """Run statements on a database."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(script)
    finally:
        await connection.close()


@pytest.fixture
def database_name(database_url: str) -> str:
    """The name of the test's database."""
    return database_url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def execute(database_url: str) -> Callable[[str], None]:
    """Run statements on the test's database."""
    return lambda script: asyncio.run(sql(database_url, script))


@pytest.fixture
def query(database_url: str) -> Callable[..., list[tuple[object, ...]]]:
    """Run one statement on the test's database and get its rows."""

    def run(statement: str, *args: object) -> list[tuple[object, ...]]:
        async def fetch() -> list[tuple[object, ...]]:
            connection = await asyncpg.connect(database_url)
            try:
                return [tuple(row.values()) for row in await connection.fetch(statement, *args)]
            finally:
                await connection.close()

        return asyncio.run(fetch())

    return run


Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write a migration file into the test's folder: name without .sql, up, down, directive lines above."""
    folder = tmp_path / "migrations"
    folder.mkdir()

    def file(name: str, up: str, down: str = "", *directives: str) -> Path:
        lines = [f"-- migrate: {directive}" for directive in directives]
        path = folder / f"{name}.sql"
        path.write_text("\n".join([*lines, "-- migrate:up", up, "-- migrate:down", down, ""]), "utf-8")
        return path

    return file
