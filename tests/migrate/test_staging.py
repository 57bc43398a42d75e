"""Where the copy is made: a server that would prove nothing is refused before any work is done."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from tests.migrate.cluster import everything, run

from freehold.migrate.cutoff import cut_off_others
from freehold.migrate.database import connect, quoted, with_database
from freehold.migrate.discard import drop_database
from freehold.migrate.errors import BackupError, StagingError
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import Rehearsal, rehearse
from freehold.migrate.staging import copy_stem, staging_database
from freehold.postgres import EmbeddedServer, binaries
from freehold.postgres.client import client_connection, server_major

Writer = Callable[..., Path]
Execute = Callable[[str], None]
Query = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def other_major(admin_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedServer]:
    """A server of another major version than the common one, where this machine has two."""
    ours = server_major(client_connection(admin_url))
    majors = {
        folder: binaries.program_major(folder / "postgres") for folder in [*binaries._wheel(), *binaries._system()]
    }
    folder = next((folder for folder, major in majors.items() if major not in (None, ours)), None)
    if folder is None:
        pytest.skip(f"PostgreSQL {ours} is the only one on this machine")
    monkeypatch.setenv(binaries.SETTING, str(folder))
    with EmbeddedServer.start(tmp_path / "other", fast=True) as server:
        yield server


def test_server_of_another_major_is_refused_with_the_reason(
    database_url: str, execute: Execute, write: Writer, other_major: EmbeddedServer, tmp_path: Path
) -> None:
    execute("CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1)")
    sets = [
        MigrationSet.from_folder(write("0001_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;").parent)
    ]
    backups = tmp_path / "backups"
    reason = rf"is PostgreSQL {other_major.major} and production is \d+: what is proved on one major version is not"
    with pytest.raises(StagingError, match=reason):
        asyncio.run(rehearse(database_url, sets=sets, backups=backups, staging_url=other_major.url))
    assert not backups.exists()


def test_copy_of_another_production_of_the_same_name_is_left_alone(
    database_url: str, database_name: str, execute: Execute, query: Query
) -> None:
    async def make_and_drop() -> str:
        async with staging_database(database_url) as url:
            return url

    name = urlsplit(asyncio.run(make_and_drop())).path[1:]
    left, of_another = (f"{name[:-8]}0badcafe", f"{database_name}_staging_0123abcd_{name[-8:]}")
    try:
        for each in (left, of_another):
            execute(f"CREATE DATABASE {quoted(each)}")
        asyncio.run(make_and_drop())
        found = query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", f"{database_name}_staging_")
        assert found == [(of_another,)]
    finally:
        for each in (left, of_another):
            execute(f"DROP DATABASE IF EXISTS {quoted(each)}")


async def test_copy_with_a_session_that_may_not_be_ended_is_left_and_fails_nothing(admin_url: str) -> None:
    name = f"runner_{secrets.token_hex(6)}"
    runner = await asyncpg.connect(admin_url)
    try:
        await runner.execute(f"CREATE ROLE {name} CREATEDB; GRANT {name} TO CURRENT_USER; SET ROLE {name}")
        await runner.execute(f"CREATE DATABASE {name}")
        superusers = await asyncpg.connect(with_database(admin_url, name))
        try:
            await drop_database(runner, name, admin_url)
            assert await runner.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name) == 1
        finally:
            await superusers.close()
        await drop_database(runner, name, admin_url)
        assert await runner.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name) == 0
    finally:
        for statement in ("RESET ROLE", f"DROP DATABASE IF EXISTS {name}", f"DROP ROLE IF EXISTS {name}"):
            await runner.execute(statement)
        await runner.close()


class Failing:
    """Progress that fails in one phase, and notes all of them."""

    def __init__(self, at: int, failure: type[BaseException]) -> None:
        self.phases: list[str] = []
        self._at = at
        self._failure = failure

    def step(self, text: str) -> None:
        self.phases.append(text)
        if len(self.phases) == self._at:
            raise self._failure

    def advance(self, done: int, total: int) -> None:
        pass


@pytest.mark.parametrize("failure", [RuntimeError, asyncio.CancelledError])
def test_copy_is_dropped_whatever_fails(
    database_url: str, database_name: str, query: Query, write: Writer, tmp_path: Path, *, failure: type[BaseException]
) -> None:
    query("CREATE TABLE items (id int PRIMARY KEY)")
    sets = [MigrationSet.from_folder(write("0001_a", "CREATE TABLE a (id int);", "DROP TABLE a;").parent)]
    phases = [
        "Backing up",
        "Restoring",
        "Comparing",
        *(f"Rehearsing 0001_a: {way}" for way in ("up", "down", "up again")),
    ]
    for at in range(1, len(phases) + 1):
        progress = Failing(at, failure)
        with pytest.raises(failure):
            asyncio.run(rehearse(database_url, sets=sets, backups=tmp_path / "backups", progress=progress))
        assert progress.phases == phases[:at]
        left = query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", f"{database_name}_staging")
        assert left == []


def test_copy_that_a_subscription_held_for_ever_is_dropped(shop: str) -> None:
    subscription = (
        "CREATE SUBSCRIPTION left_over CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = 's')"
    )

    async def act() -> list[str]:
        async with connect(shop) as production:
            name = f"{await copy_stem(production)}0badcafe"
            await production.execute(f"CREATE DATABASE {name}")
            async with connect(with_database(shop, name)) as left:
                await left.execute(subscription)
                await left.execute(f"ALTER DATABASE {name} IS_TEMPLATE true")
            async with staging_database(shop):
                pass
            rows = await production.fetch("SELECT datname FROM pg_database WHERE datname ~ '_staging_'")
            subscriptions = await production.fetch("SELECT subname FROM pg_subscription")
            return [row[0] for row in (*rows, *subscriptions)]

    assert asyncio.run(act()) == ["news"]


def as_owner(shop: str) -> str:
    """The same server as a role that may make databases and roles, and is no superuser."""
    host = shop.partition("?")[2]
    return f"postgresql://owner:owner@/owned?{host}"


@pytest.fixture
def owned(server: EmbeddedServer, shop: str) -> Iterator[str]:
    """The URL of a database as its owner, who is no superuser."""
    script = "CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1)"
    asyncio.run(run(server.admin_url, "CREATE DATABASE owned OWNER owner"))
    asyncio.run(run(with_database(server.admin_url, "owned"), "ALTER SCHEMA public OWNER TO owner"))
    asyncio.run(run(as_owner(shop), script))
    yield as_owner(shop)
    asyncio.run(run(server.admin_url, "DROP DATABASE owned"))


def rehearsal_of(url: str, write: Writer, tmp_path: Path, up: str) -> Rehearsal:
    sets = [MigrationSet.from_folder(write("0001_a", up, "SELECT 1;", "lint-ignore: dynamic-sql x").parent)]
    return asyncio.run(rehearse(url, sets=sets, backups=tmp_path / "backups"))


@pytest.mark.parametrize(
    "command", ["CREATE ROLE hidden", "ALTER ROLE owner PASSWORD ''owner''", "ALTER ROLE owner SET work_mem = 100"]
)
def test_owner_s_hidden_changes_of_roles_are_seen_as_well(
    owned: str, server: EmbeddedServer, write: Writer, tmp_path: Path, command: str
) -> None:
    before = asyncio.run(everything(server.admin_url))
    rehearsal = rehearsal_of(owned, write, tmp_path, f"DO $$ BEGIN EXECUTE '{command}'; END $$;")
    assert [each.rule for each in rehearsal.findings if each.severity == "error"] == ["server-wide"]
    assert asyncio.run(everything(server.admin_url)) == before


def test_owner_s_migration_under_settings_of_the_database_passes(
    owned: str, server: EmbeddedServer, write: Writer, tmp_path: Path
) -> None:
    of_superuser = "ALTER DATABASE owned SET log_min_duration_statement = 100; REVOKE ALL ON DATABASE owned FROM PUBLIC"
    asyncio.run(run(server.admin_url, f"ALTER DATABASE owned SET work_mem = '7MB'; {of_superuser}"))
    up = "DO $$ BEGIN ASSERT current_setting('work_mem') = '7MB'; END $$;"
    rehearsal = rehearsal_of(owned, write, tmp_path, up)
    assert rehearsal.passed, rehearsal.findings


def test_owner_is_told_what_only_a_superuser_may_restore(
    owned: str, server: EmbeddedServer, write: Writer, tmp_path: Path
) -> None:
    asyncio.run(run(with_database(server.admin_url, "owned"), "CREATE EXTENSION postgres_fdw"))
    with pytest.raises(BackupError, match=r"role owner may not run 'CREATE EXTENSION .*--staging-url"):
        rehearsal_of(owned, write, tmp_path, "CREATE TABLE a (id int);")


def test_owner_of_foreign_servers_is_told_that_the_copy_cannot_be_cut_off(owned: str, server: EmbeddedServer) -> None:
    far = "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw"
    asyncio.run(run(with_database(server.admin_url, "owned"), far))

    async def act() -> None:
        async with connect(owned) as connection:
            await cut_off_others(connection)

    with pytest.raises(StagingError, match=r"foreign servers \(far\), and only a superuser .* which owner is not"):
        asyncio.run(act())
