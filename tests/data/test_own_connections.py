"""Statements of one's own on connections of the pool, and Freehold's in transactions of one's own, of any driver."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from tests.conftest import SignUp, trusting

from freehold import (
    Conflict,
    Missing,
    NewOrganization,
    NewProject,
    NewUser,
    OrganizationPatch,
    PageRequest,
    Platform,
    Unavailable,
)
from freehold.data.adapting import adapted

ONE_CONNECTION = trusting(pool_size=1)
"""So that whatever is left in a session is found by who comes next."""


@pytest.fixture
async def narrow(database_url: str) -> AsyncIterator[Platform]:
    """A platform with a single connection."""
    async with Platform.open(database_url, settings=ONE_CONNECTION) as opened:
        yield opened


async def state(platform: Platform) -> tuple[Any, ...]:
    """What a session tells of itself that somebody could have left there."""
    async with platform.connection() as connection:
        row = await connection.fetchrow("""
            SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout,
                current_setting('role') AS role, current_user::text AS me,
                coalesce(current_setting('freehold.organization_id', true), '') AS organization,
                (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks,
                (SELECT count(*) FROM pg_class WHERE relname = 'left_behind') AS tables,
                (SELECT count(*) FROM pg_listening_channels()) AS channels,
                (SELECT count(*) FROM pg_cursors) AS cursors, current_setting('timezone') AS zone
        """)
        return tuple(row)


LEFT = {
    "settings": "SET search_path = pg_catalog; SET statement_timeout = 1; SET timezone = 'Asia/Tokyo'",
    "role": "CREATE ROLE left_role; SET ROLE left_role",
    "session": "SET SESSION AUTHORIZATION pg_monitor",
    "tenant": "SET freehold.organization_id = 'somebody'",
    "lock": "SELECT pg_advisory_lock(7)",
    "table": "CREATE TEMPORARY TABLE left_behind (a int)",
    "channel": "LISTEN left_channel",
    "cursor": "BEGIN; DECLARE left_cursor CURSOR WITH HOLD FOR SELECT 1; COMMIT",
    "transaction": "BEGIN; CREATE TABLE left_behind (a int)",
}


@pytest.mark.parametrize("what", LEFT)
async def test_nothing_that_is_left_in_a_session_is_found_by_who_gets_it_next(narrow: Platform, what: str):
    before = await state(narrow)
    async with narrow.connection() as connection:
        try:
            await connection.execute(LEFT[what])
        finally:
            if what == "role":
                await connection.execute("RESET ROLE; DROP ROLE left_role; SET ROLE pg_monitor")
    assert await state(narrow) == before
    assert await narrow.organizations.list(PageRequest()) is not None


async def test_connection_that_reads_values_otherwise_is_nobody_elses(narrow: Platform, sign_up: SignUp):
    await sign_up("ada")
    async with narrow.connection() as connection:
        await connection.set_type_codec("uuid", encoder=str, decoder=str, schema="pg_catalog", format="text")
        assert isinstance(await connection.fetchval("SELECT gen_random_uuid()"), str)
    assert isinstance((await narrow.users.find("ada")).id, UUID)


async def test_listener_is_gone_with_its_connection(narrow: Platform):
    heard: list[object] = []
    async with narrow.connection() as connection:
        await connection.add_listener("news", lambda *told: heard.append(told))
    async with narrow.connection() as connection:
        await connection.execute("NOTIFY news")
    await narrow.ready()
    assert heard == []


async def test_connection_is_good_after_a_statement_that_was_cancelled(narrow: Platform):
    async def sleep() -> None:
        async with narrow.connection() as connection:
            started.set()
            await connection.execute("SELECT pg_sleep(60)")

    started = asyncio.Event()
    task = asyncio.create_task(sleep())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(await state(narrow)) == 10


async def test_transaction_is_committed_or_undone_as_a_whole(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    mine = platform.acting_as(ada.id)
    acme = await mine.organizations.create(NewOrganization(name="Acme"))
    async with platform.transaction() as connection:
        await connection.execute("""
            CREATE TABLE notes (
                organization_id uuid NOT NULL, project_id uuid NOT NULL,
                FOREIGN KEY (organization_id, project_id) REFERENCES projects ON DELETE CASCADE
            )
        """)
        project = await mine.within(connection).projects.create(acme.id, NewProject(name="One"))
        await connection.execute("INSERT INTO notes VALUES ($1, $2)", acme.id, project.id)

    async def fail() -> None:
        async with platform.transaction() as connection:
            await mine.within(connection).projects.create(acme.id, NewProject(name="Two"))
            await connection.execute("INSERT INTO notes VALUES ($1, gen_random_uuid())", acme.id)

    with pytest.raises(asyncpg.ForeignKeyViolationError):  # mine, as the driver raises it
        await fail()
    assert [each.name for each in (await mine.projects.list(acme.id, PageRequest())).data] == ["One"]
    async with platform.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM notes") == 1


async def test_commit_of_a_transaction_in_which_a_failure_was_swallowed_is_no_silent_loss(platform: Platform):
    async def swallow() -> None:
        async with platform.transaction() as connection:
            with suppress(asyncpg.UndefinedTableError):
                await connection.execute("SELECT FROM nowhere")

    with pytest.raises(asyncpg.InFailedSQLTransactionError):
        await swallow()


async def test_rule_of_freehold_that_is_checked_at_commit_is_told_in_its_words(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    with pytest.raises(Conflict) as refused:
        async with platform.transaction() as connection:
            await connection.execute("DELETE FROM organization_members WHERE organization_id = $1", acme.id)
    assert refused.value.code == "owner_must_stay"


async def test_nobody_waits_for_a_connection_for_ever(database_url: str):
    settings = trusting(pool_size=1, acquire_timeout_seconds=0.05)
    async with Platform.open(database_url, settings=settings) as platform, platform.connection():
        with pytest.raises(Unavailable):
            async with platform.transaction():
                pass


async def test_inside_ones_own_transaction_a_part_is_undone_alone(platform: Platform):
    async with platform.transaction() as connection:
        await connection.execute("CREATE TABLE notes (text text)")
        inside = platform.within(connection)
        async with inside.transaction() as same:
            await same.execute("INSERT INTO notes VALUES ('kept')")
        with suppress(ZeroDivisionError):
            async with inside.transaction() as same:
                await same.execute("INSERT INTO notes VALUES ('undone')")
                raise ZeroDivisionError
    async with platform.connection() as connection:
        assert await connection.fetch("SELECT text FROM notes") == [("kept",)]


Begun = Callable[[str], AbstractAsyncContextManager[Any]]


@asynccontextmanager
async def of_asyncpg(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def of_psycopg(url: str) -> AsyncIterator[Any]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("SET timezone = 'Asia/Tokyo'")
        async with connection.transaction():
            yield connection


def engine_of(url: str, driver: str) -> Any:
    return create_async_engine(url.replace("postgresql://", f"postgresql+{driver}://", 1))


@asynccontextmanager
async def of_sqlalchemy(url: str, driver: str) -> AsyncIterator[Any]:
    engine = engine_of(url, driver)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


@asynccontextmanager
async def of_session(url: str, driver: str) -> AsyncIterator[Any]:
    engine = engine_of(url, driver)
    try:
        async with AsyncSession(engine) as session, session.begin():
            yield session
    finally:
        await engine.dispose()


BEGUN: dict[str, Begun] = {
    "asyncpg": of_asyncpg,
    "psycopg": of_psycopg,
    "sqlalchemy-asyncpg": lambda url: of_sqlalchemy(url, "asyncpg"),
    "sqlalchemy-psycopg": lambda url: of_sqlalchemy(url, "psycopg"),
    "session-asyncpg": lambda url: of_session(url, "asyncpg"),
    "session-psycopg": lambda url: of_session(url, "psycopg"),
}


async def work(platform: Platform, name: str) -> None:
    """Do a bit of everything: rows with times, arrays, JSON, errors of constraints, streams and pages."""
    ada = await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password="Lovelace1"))
    mine = platform.acting_as(ada.id)
    made = await mine.organizations.create(NewOrganization(name=name))
    assert (await mine.organizations.get(made.slug)) == made
    assert made.created_at.utcoffset() is not None
    assert str(made.created_at.tzinfo) in {"UTC", "datetime.timezone.utc"}
    await mine.organizations.update(made.id, OrganizationPatch(name="Renamed"), version=made.updated_at)
    for number in range(3):
        await mine.projects.create(made.id, NewProject(name=f"P{number}"))
    with pytest.raises(Conflict) as taken:
        await mine.organizations.create(NewOrganization(name="Other", slug=made.slug))
    assert taken.value.code == "slug_taken"
    page = await mine.projects.list(made.id, PageRequest(limit=2))
    assert [each.name for each in page.data] == ["P2", "P1"]
    assert page.next_cursor
    report = await platform.audit.verify(chain_id=made.id)
    assert (report.events, report.found) == (5, 0)
    assert [part async for part in await platform.users.export(ada.id)]


@pytest.mark.parametrize("driver", BEGUN)
async def test_operations_work_in_a_transaction_of_any_driver(platform: Platform, database_url: str, driver: str):
    async with BEGUN[driver](database_url) as connection:
        await work(platform.within(connection), "inside")
        with pytest.raises(Missing):
            await platform.users.find("inside")
    assert (await platform.users.find("inside")).username == "inside"


@pytest.mark.parametrize("driver", BEGUN)
async def test_nothing_is_left_of_a_transaction_of_any_driver_that_is_undone(
    platform: Platform, database_url: str, driver: str
):
    with suppress(ZeroDivisionError):
        async with BEGUN[driver](database_url) as connection:
            await work(platform.within(connection), "inside")
            raise ZeroDivisionError
    assert (await platform.audit.verify()).events == 0


async def test_connection_in_no_transaction_is_refused(platform: Platform, database_url: str):
    connection = await asyncpg.connect(database_url)
    other = await psycopg.AsyncConnection.connect(database_url)
    engine = engine_of(database_url, "asyncpg")
    try:
        async with engine.connect() as third, platform.connection() as fourth, AsyncSession(engine) as fifth:
            for each in (connection, other, third, fourth, fifth):
                with pytest.raises(ValueError, match=r"in no transaction.*Begin one first"):
                    platform.within(each)
    finally:
        await connection.close()
        await other.close()
        await engine.dispose()


@pytest.mark.parametrize("what", [None, "postgresql://", object()])
def test_what_is_no_connection_is_refused(what: object):
    with pytest.raises(TypeError, match="takes an asynchronous connection of asyncpg, psycopg 3"):
        adapted(what)


async def test_connection_of_another_loop_is_refused(platform: Platform, database_url: str):
    def ask(loop: asyncio.AbstractEventLoop) -> Any:
        async def begin() -> Any:
            connection = await asyncpg.connect(database_url)
            await connection.execute("BEGIN")
            return connection

        return loop.run_until_complete(begin())

    loop = asyncio.new_event_loop()
    connection = await asyncio.to_thread(ask, loop)
    try:
        with pytest.raises(RuntimeError, match="belongs to another event loop"):
            platform.within(connection)
    finally:
        await asyncio.to_thread(loop.run_until_complete, connection.close())
        loop.close()


async def test_platform_says_that_it_is_used_in_another_loop(platform: Platform):
    async def elsewhere() -> None:
        await platform.organizations.list(PageRequest())

    def run() -> None:
        asyncio.run(elsewhere())

    with pytest.raises(RuntimeError, match=r"opened in another event loop.*run_coroutine_threadsafe"):
        await asyncio.to_thread(run)
