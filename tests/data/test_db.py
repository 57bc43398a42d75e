"""What the driver's errors become: never its words, never a value."""

import asyncio
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import PASSWORD, SignUp

from freehold import NewUser, Platform, ProfilePatch, Unavailable, UserPatch
from freehold.data.db import Transaction, connect
from freehold.data.failures import UnexpectedDatabaseError
from freehold.users.queries import by_id


async def test_broken_rule_that_nobody_mapped_is_a_bug_that_shows_no_value(platform: Platform, connection: Any):
    await connection.execute("CREATE TABLE secrets (word text CONSTRAINT secrets_are_short CHECK (length(word) < 9))")
    with pytest.raises(UnexpectedDatabaseError) as raised:
        await platform.context.db.fetch("INSERT INTO secrets VALUES ($1)", ["hunter2hunter2"])
    assert str(raised.value) == "CheckViolationError (23514) secrets_are_short"
    assert raised.value.__cause__ is None


async def test_database_that_lets_nobody_in_is_unavailable(empty_database_url: str, admin_url: str):
    database = await connect(empty_database_url, size=2)
    admin = await asyncpg.connect(admin_url)
    name = urlsplit(empty_database_url).path[1:]
    try:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await admin.fetch("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", name)
        for _ in range(2):  # the first meets the ended connection, the second is refused a new one
            with pytest.raises(Unavailable):
                await database.fetch("SELECT 1", [])
    finally:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await admin.close()
        await database.close()


async def test_migration_of_a_table_in_use_is_noticed_by_nobody(platform: Platform, sign_up: SignUp, connection: Any):
    """A prepared statement whose columns changed is prepared anew, in a transaction too."""
    await sign_up("ada")

    async def read(transaction: Transaction) -> list[Any]:
        return await transaction.fetch("SELECT * FROM users", [])

    before = await platform.context.db.transact(read)
    await connection.execute("ALTER TABLE users ADD COLUMN shoe_size integer")
    after = await platform.context.db.transact(read)
    assert len(after[0]) == len(before[0]) + 1


async def test_warm_pool_serves_on_while_the_columns_of_its_statements_change(
    platform: Platform, sign_up: SignUp, connection: Any
):
    ada = await sign_up("ada")

    async def work(number: int) -> None:
        mine = platform.acting_as(ada.id)
        assert (await mine.users.get("me")).username == "ada"
        assert (await mine.users.get_with_organizations("me")).username == "ada"
        await mine.users.update("me", UserPatch(profile=ProfilePatch(first_name=f"Ada {number}")))

    await asyncio.gather(*(work(number) for number in range(20)))  # every connection has prepared what it runs
    for length in (120, 110, 100):
        working = [asyncio.ensure_future(work(number)) for number in range(20)]
        await connection.execute(f"ALTER TABLE users ALTER COLUMN first_name TYPE varchar({length})")
        await asyncio.gather(*working)
        await asyncio.gather(*(work(number) for number in range(20)))


async def test_lookup_is_planned_once_however_often_it_runs(database_url: str):
    database = await connect(database_url, size=1)
    try:
        for _ in range(10):
            await by_id(database, id=uuid4())
        planned = await database.fetch_row(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE '%wanted.place%' AND statement NOT LIKE '%pg_prepared_statements%'",
            [],
        )
        assert planned is not None
        assert tuple(planned) == (10, 0)
    finally:
        await database.close()


@pytest.mark.parametrize("table", ["users", "mail_messages"])
async def test_full_disk_is_said_to_be_that(table: str, platform: Platform, connection: Any):
    await connection.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file'; END$$;"
        f" CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION full_disk()"
    )
    with pytest.raises(Unavailable, match="The disk of the database is full, so nothing was stored") as raised:
        await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    assert raised.value.code == "unavailable"


async def test_lost_connections_are_logged_in_one_line(
    platform: Platform, connection: Any, caplog: pytest.LogCaptureFixture
):
    database = platform.context.db
    sleeping = [asyncio.ensure_future(database.fetch("SELECT pg_sleep(60)", [])) for _ in range(5)]
    others = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'"
    while await connection.fetchval(f"SELECT count(*) {others}") < 5:  # noqa: ASYNC110 - the server lets nobody know
        await asyncio.sleep(0)
    await connection.fetch(f"SELECT pg_terminate_backend(pid, 5000) {others}")
    for each in sleeping:
        with pytest.raises(Unavailable):
            await each
    told = [record for record in caplog.records if record.name != "freehold.statements"]
    assert [record.getMessage() for record in told] == [
        (
            "connections to the database lost: 1; the last one since connection was closed in the middle of "
            "operation: terminating connection due to administrator command"
        )
    ]
    assert told[0].exc_info is None
