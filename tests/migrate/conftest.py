"""A fresh, empty database per test, on a real server."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from tests.migrate import cluster
from tests.migrate.casting import ROLES, Cast, Make, Site
from tests.migrate.theirs import Given

from freehold.migrate.database import quoted, with_database
from freehold.postgres import EmbeddedServer, binaries
from freehold.postgres.client import client_connection, server_major


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """The URL of a new, empty database: the engine guards any, not only Freehold's."""
    return empty_database_url


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


@pytest.fixture
def given(tmp_path: Path) -> Given:
    """An empty folder for files of another tool."""
    return Given(tmp_path)


@pytest.fixture(scope="module")
def server_folder(admin_url: str) -> Path:
    """Where the programs of a server of the common one's major version are."""
    major = server_major(client_connection(admin_url))
    for folder in [*binaries._wheel(), *binaries._system()]:
        if binaries.program_major(folder / "postgres") == major:
            return folder
    pytest.skip(f"this machine has no server programs of PostgreSQL {major}")


@pytest.fixture(scope="module")
def server(server_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server with something of every kind on it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(binaries.SETTING, str(server_folder))
        with EmbeddedServer.start(tmp_path_factory.mktemp("server") / "data", fast=True) as started:
            asyncio.run(cluster.build(started.admin_url))
            yield started


@pytest.fixture
def shop(server: EmbeddedServer) -> str:
    """Production, as a superuser."""
    return with_database(server.admin_url, "shop")


@pytest.fixture
def cast(database_url: str, database_name: str, query: Callable[..., list[tuple[object, ...]]]) -> Iterator[Cast]:
    """A database of `owner` with one table, and roles of every kind."""
    names = {kind: f"{kind}_{secrets.token_hex(5)}" for kind in ROLES}
    made = Cast(database_name, database_url, names)
    for kind, rights in ROLES.items():
        made.run(f"CREATE ROLE {{{kind}}} LOGIN {rights} PASSWORD 'secret'")
    made.run(
        "GRANT {owner} TO {member}; GRANT {owner} TO {without_createdb}; GRANT pg_read_all_data TO {reader};"
        "ALTER DATABASE {database} OWNER TO {owner}; GRANT ALL ON SCHEMA public TO {owner};"
        "SET ROLE {owner}; CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1)"
    )
    yield made
    kept = [
        name for (name,) in query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", f"{database_name}_")
    ]
    for name in kept:
        made.run(f"DROP DATABASE {quoted(str(name))}")
    for kind in ROLES:
        made.run(f"REASSIGN OWNED BY {{{kind}}} TO CURRENT_USER; DROP OWNED BY {{{kind}}}; DROP ROLE {{{kind}}}")


@pytest.fixture
def site(cast: Cast, write: Writer) -> Make:
    """The test's database as a kind of role works with it, with one migration to rehearse."""
    folder = write("0001_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;").parent
    return lambda kind: Site(cast, kind, folder)
