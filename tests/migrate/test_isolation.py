"""A rehearsal changes nothing but its copy: shown on a whole server, which nobody else uses."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from tests.migrate import cluster
from tests.migrate.reach import texts

from freehold.migrate import backup, journal
from freehold.migrate.boundary import Boundary, _look
from freehold.migrate.database import Connection, connect, with_database
from freehold.migrate.errors import BeyondError, StepError
from freehold.migrate.files import MigrationSet
from freehold.migrate.isolation import isolated
from freehold.migrate.migration import Migration
from freehold.migrate.reach import explained
from freehold.migrate.rehearse import Rehearsal, rehearse
from freehold.migrate.restore import load_into
from freehold.migrate.staging import staging_database
from freehold.migrate.steps import Bench, perform
from freehold.postgres import EmbeddedServer

_SUBSCRIPTIONS = "SELECT FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database()"

Write = Callable[[Sequence[tuple[str, ...]]], MigrationSet]

WAIVED = (
    "change-owner row-level-security create-trigger setval dynamic-sql lock-table refresh-materialized-view "
    "update-without-where delete-without-where set-unlogged constraint-missing-not-valid"
).split()
"""Rules about other things."""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that the server's account may write to."""
    folder = tmp_path / "outside"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def migrations(write: Callable[..., Path]) -> Write:
    """Write migrations: up, down and directives of each."""

    def act(given: Sequence[tuple[str, ...]]) -> MigrationSet:
        for number, (up, down, *directives) in enumerate(given, 1):
            path = write(f"{number:04}_m", up, down, *directives)
        return MigrationSet.from_folder(path.parent)

    return act


@asynccontextmanager
async def nothing_changes(server: EmbeddedServer) -> AsyncIterator[None]:
    """Compare the whole server before and after; sessions stay alive, and listeners hear nothing."""
    before = await cluster.everything(server.admin_url)
    heard: list[object] = []
    listening = [await asyncpg.connect(with_database(server.admin_url, name)) for name in ("shop", "postgres")]
    for connection in listening:
        await connection.add_listener("news", lambda *note: heard.append(note))
    yield
    for connection in listening:
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
    after = await cluster.everything(server.admin_url)
    assert heard == []
    assert [name for name in after if after[name] != before.get(name)] == []
    assert after == before


@asynccontextmanager
async def tried_on_copy(url: str, folder: Path) -> AsyncIterator[Callable[[Migration], Awaitable[str | None]]]:
    """A copy on which one up after the other can be tried."""
    boundary = Boundary(apart=False)
    async with staging_database(url) as copy:
        await load_into(await backup.create(url, folder), copy)
        async with isolated(url, copy, boundary), connect(copy) as connection:
            await journal.ensure(connection)
            yield lambda migration: failure(connection, boundary, migration)


async def failure(connection: Connection, boundary: Boundary, migration: Migration) -> str | None:
    """The rule that an up breaks on a copy, or what else it fails with; None if it does not fail."""
    try:
        await perform(Bench(connection, boundary=boundary), migration, "up")
    except StepError as error:
        return explained(str(error))[0] or str(error)
    return None


@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.long)])
def test_hundred_migrations_change_nothing_but_the_copy(
    server: EmbeddedServer, shop: str, migrations: Write, tmp_path: Path, *, every: int
) -> None:
    chosen = texts("pairs")[::every]
    pairs = [each.replace("#", str(number)).partition("\n-- down\n") for number, each in enumerate(chosen)]
    waived = [f"lint-ignore: {rule} it stays inside" for rule in WAIVED]
    inside = migrations([(up, down, *waived) for up, _, down in pairs])

    async def act() -> Rehearsal:
        async with nothing_changes(server):
            return await rehearse(shop, sets=[inside], backups=tmp_path / "backups", offline=True)

    rehearsal = asyncio.run(act())
    assert [str(each) for each in rehearsal.findings if each.severity == "error"] == []
    assert len(rehearsal.steps) == len(pairs)


def test_every_refused_statement_is_named_and_nothing_runs(
    server: EmbeddedServer, shop: str, migrations: Write, tmp_path: Path
) -> None:
    given = [*texts("server_wide"), *texts("other_server")]
    refused = migrations([(each, "SELECT 1;") for each in given])

    async def act() -> Rehearsal:
        async with nothing_changes(server):
            return await rehearse(shop, sets=[refused], backups=tmp_path / "backups")

    rehearsal = asyncio.run(act())
    assert (rehearsal.passed, rehearsal.steps, rehearsal.backup) == (False, [], "")
    named = {each.label for each in rehearsal.findings if each.rule in ("server-wide", "other-server")}
    assert len(named) == len(given)


def test_what_is_hidden_from_the_text_is_stopped_on_the_copy(
    server: EmbeddedServer, shop: str, migrations: Write, outside: Path, tmp_path: Path
) -> None:
    given = [(each, "server-wide") for each in texts("hidden", OUTSIDE=str(outside))]
    given += [(each, "other-server") for each in texts("elsewhere", OUTSIDE=str(outside))]
    written = migrations([(each, "SELECT 1;") for each, _ in given]).migrations

    async def act() -> list[str | None]:
        async with nothing_changes(server), tried_on_copy(shop, tmp_path / "backups") as failure_of:
            return [await failure_of(migration) for migration in written]

    found = asyncio.run(act())
    assert [(text, rule) for (text, _), rule in zip(given, found, strict=True)] == given
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "up",
    [
        "SELECT 1;\nSELECT 2;\nSELECT app.run('CREATE ROLE hidden'); -- here\nSELECT 3;",
        "SELECT 1;\nSET LOCAL ROLE writer;\nRESET ROLE;\nSELECT app.run('ALTER ROLE idle PASSWORD $p$new$p$'); -- here",
        "SELECT 1;\nINSERT INTO app.later VALUES (1); -- here\nSELECT 3;",
        "SELECT 1; DO $$ BEGIN EXECUTE 'ALTER DATABASE shop SET work_mem = 100'; END $$; -- here",
    ],
)
def test_hidden_statement_is_named_with_its_line(shop: str, migrations: Write, tmp_path: Path, up: str) -> None:
    written = migrations([(up, "SELECT 1;", "lint-ignore: dynamic-sql x")])
    rehearsal = asyncio.run(rehearse(shop, sets=[written], backups=tmp_path / "backups"))
    (found,) = [each for each in rehearsal.findings if each.severity == "error"]
    assert (found.rule, rehearsal.passed) == ("server-wide", False)
    lines = Path(found.path).read_text("utf-8").split("\n")
    line = next(number for number, line in enumerate(lines, 1) if "-- here" in line)
    assert f"0001_m.sql:{line}: this changes " in found.message
    assert "outside of the copy, on production's server" in found.message
    assert "--staging-url" in found.remedy


def test_program_in_a_text_for_a_function_of_the_database_never_runs(
    shop: str, migrations: Write, outside: Path, tmp_path: Path
) -> None:
    written = migrations([(f"SELECT app.run('COPY app.items TO PROGRAM ''cat > {outside}/ran''');", "SELECT 1;")])
    rehearsal = asyncio.run(rehearse(shop, sets=[written], backups=tmp_path / "backups"))
    assert [(each.rule, each.line) for each in rehearsal.findings if each.severity == "error"] == [("server-wide", 2)]
    assert (rehearsal.steps, list(outside.iterdir())) == ([], [])


def test_copy_has_no_subscription_and_views_that_read_another_server_are_empty(shop: str, tmp_path: Path) -> None:
    async def act() -> dict[str, bool]:
        async with staging_database(shop) as copy:
            await load_into(await backup.create(shop, tmp_path / "backups"), copy)
            async with connect(copy) as connection:
                rows = await connection.fetch("SELECT relname, relispopulated FROM pg_class WHERE relkind = 'm'")
                assert await connection.fetch(_SUBSCRIPTIONS) == []
                return dict(rows)

    empty = dict.fromkeys(("kept", "kept_again", "Linked here", "never"), False)
    assert asyncio.run(act()) == {**empty, "own": True, "own_again": True}


def test_function_that_may_do_whatever_the_server_may_runs_only_on_a_server_of_its_own(
    server: EmbeddedServer, make_database: Callable[[], str], migrations: Write, outside: Path, tmp_path: Path
) -> None:
    url = make_database()
    try:
        asyncio.run(cluster.run(url, "CREATE EXTENSION plperlu"))
    except (asyncpg.FeatureNotSupportedError, asyncpg.UndefinedFileError) as error:
        pytest.skip(f"this server has no untrusted language: {error}")
    script = f"open(my $file, '>', '{outside}/ran'); return 1;"
    body = f"CREATE FUNCTION f() RETURNS int LANGUAGE plperlu AS $$ {script} $$"
    asyncio.run(cluster.run(url, body, "CREATE TABLE t (id int); INSERT INTO t VALUES (1)"))
    again = "DROP EXTENSION plperlu CASCADE; CREATE EXTENSION plperlu;"
    compiled = f"CREATE FUNCTION g() RETURNS int LANGUAGE plperlu AS $$ BEGIN {{ {script.partition(';')[0]} }} $$"
    ups = ("SELECT f();", f"{again}{body}; SELECT f();", f"{compiled};")
    waived = [f"lint-ignore: {rule} it is another matter" for rule in ("ban-drop-column", "other-language")]
    written = migrations([(up, f"{again}{body}; DROP FUNCTION IF EXISTS g();", *waived) for up in ups])

    async def on_copy() -> list[str | None]:
        async with tried_on_copy(url, tmp_path / "backups") as failure_of:
            return [await failure_of(migration) for migration in written.migrations]

    assert asyncio.run(on_copy()) == ["server-wide"] * 3
    for staging_url, expected in ((None, {"server-wide"}), (server.admin_url, set())):
        act = rehearse(url, sets=[written], backups=tmp_path / "backups", staging_url=staging_url)
        assert {each.rule for each in asyncio.run(act).findings if each.severity == "error"} == expected
        assert bool(list(outside.iterdir())) == bool(staging_url)


def test_other_server_reached_in_vain_is_said_in_plain_words(shop: str, migrations: Write, tmp_path: Path) -> None:
    written = migrations([("DELETE FROM app.far WHERE id = 1;", "SELECT 1;")])
    rehearsal = asyncio.run(rehearse(shop, sets=[written], backups=tmp_path / "backups"))
    (found,) = [each for each in rehearsal.findings if each.severity == "error"]
    assert (found.rule, found.line) == ("other-server", 1)
    assert "0001_m.sql:2: cut off: a rehearsal reaches no other server\n" in found.message


@pytest.mark.parametrize("isolation", ["read_committed", "repeatable_read"])
def test_changes_of_others_on_the_server_are_not_held_against_a_step(
    server: EmbeddedServer, shop: str, isolation: str
) -> None:
    boundary = Boundary(apart=False)
    others = "CREATE ROLE another; ALTER DATABASE remote SET work_mem = '8MB'; COMMENT ON ROLE idle IS 'another'"

    async def act() -> None:
        async with connect(shop) as onlooker, connect(shop) as connection:
            await boundary.begin(onlooker)
            async with connection.transaction(isolation=isolation):
                for seen in (True, False):  # by what the step reads, if it reads at one moment
                    if seen:
                        await cluster.run(server.admin_url, others)
                    await connection.execute("CREATE TABLE IF NOT EXISTS app.a (id int)")
                    if not seen:
                        await cluster.run(server.admin_url, others)
                        await boundary.check(connection)
                    await cluster.run(server.admin_url, "DROP ROLE another; ALTER DATABASE remote RESET ALL")
                    await boundary.check(connection)
                await connection.execute("CREATE ROLE of_step")
                await boundary.check(connection)

    try:
        with pytest.raises(BeyondError, match="this changes role of_step outside of the copy"):
            asyncio.run(act())
    finally:
        asyncio.run(cluster.run(server.admin_url, "DROP ROLE IF EXISTS another; COMMENT ON ROLE idle IS NULL"))


def test_databases_that_others_drop_are_not_held_against_a_step(server: EmbeddedServer, shop: str) -> None:
    boundary = Boundary(apart=False)

    async def drop(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await cluster.run(server.admin_url, "CREATE DATABASE going")
            await cluster.run(server.admin_url, "DROP DATABASE going")

    async def act() -> None:
        stop = asyncio.Event()
        async with connect(shop) as onlooker, connect(shop) as connection, asyncio.TaskGroup() as group:
            group.create_task(drop(stop))
            await boundary.begin(onlooker)
            try:
                for _ in range(200):  # it is marked as going for a fraction of the time
                    async with connection.transaction():
                        await boundary.check(connection)
            finally:
                stop.set()

    asyncio.run(act())


def test_role_that_others_drop_changes_nothing_that_is_seen_at_one_moment(server: EmbeddedServer, shop: str) -> None:
    """The text of an ACL has a role's name while there is such a role, and then its number, under every snapshot."""

    async def act() -> None:
        await cluster.run(server.admin_url, "CREATE ROLE parting; GRANT CONNECT ON DATABASE remote TO parting")
        async with connect(shop) as connection, connection.transaction(isolation="repeatable_read"):
            before = await _look(connection)
            await cluster.run(server.admin_url, "REVOKE CONNECT ON DATABASE remote FROM parting; DROP ROLE parting")
            assert await _look(connection) == before

    asyncio.run(act())


def test_backfill_is_looked_at_before_each_batch_is_kept(
    server: EmbeddedServer, shop: str, migrations: Write, tmp_path: Path
) -> None:
    up = "UPDATE app.items SET v = app.run('CREATE ROLE hidden')::text WHERE id BETWEEN $1 AND $2 AND id = 50;"
    (migration,) = migrations([(up, "SELECT 1;", "backfill: app.items.id batch=40")]).migrations

    async def act() -> str | None:
        async with nothing_changes(server), tried_on_copy(shop, tmp_path / "backups") as failure_of:
            return await failure_of(migration)

    assert asyncio.run(act()) == "server-wide"
