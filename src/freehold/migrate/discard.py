"""Dropping databases that were made for one purpose, whatever holds them."""

from contextlib import suppress

import asyncpg

from freehold.migrate.database import Connection, connect, quoted, with_database

_HOLDS = """
SELECT format(step, subname) FROM pg_subscription,
    unnest(ARRAY['ALTER SUBSCRIPTION %I DISABLE', 'ALTER SUBSCRIPTION %I SET (slot_name = NONE)',
        'DROP SUBSCRIPTION %I']) WITH ORDINALITY AS s (step, place)
    WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
UNION ALL
SELECT format('ROLLBACK PREPARED %L', gid) FROM pg_prepared_xacts WHERE database = current_database()
UNION ALL
SELECT format('SELECT pg_drop_replication_slot(%L)', slot_name) FROM pg_replication_slots
    WHERE database = current_database() AND NOT active
UNION ALL
SELECT format('ALTER DATABASE %I IS_TEMPLATE false', datname) FROM pg_database
    WHERE datname = current_database() AND datistemplate
"""
"""What undoes that by which a database cannot be dropped; ``slot_name = NONE`` leaves the slot where it is."""


async def drop_database(connection: Connection, name: str, server_url: str) -> None:
    """Drop a database and end its sessions; one with a session that the role may not end is left to the next runner.

    Args:
        connection: to another database of the server.
        name: of the database.
        server_url: of any database of the server, to go into the one to drop and remove what else holds it.
    """
    with suppress(asyncpg.ObjectInUseError):
        await _drop_held(connection, name, server_url, force=True)


async def drop_idle(connection: Connection, name: str, server_url: str) -> None:
    """Drop a database in which nobody is; the same arguments.

    Raises:
        asyncpg.ObjectInUseError: somebody is.
    """
    await _drop_held(connection, name, server_url, force=False)


async def drop_unused(connection: Connection, stem: str, ending: str, server_url: str) -> None:
    """Drop databases that a killed runner left: those called ``stem`` and an ending (a regular expression).

    The caller holds the runner's lock, so nobody else's are in use; one with sessions is left alone all the same.
    """
    leftovers = await connection.fetch(
        "SELECT datname FROM pg_database WHERE starts_with(datname, $1) AND substr(datname, length($1) + 1) ~ $2 "
        "AND pg_has_role(datdba, 'MEMBER') "
        "AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = pg_database.datname)",
        stem,
        f"^{ending}$",
    )
    for row in leftovers:
        await drop_database(connection, row["datname"], server_url)


async def _drop_held(connection: Connection, name: str, server_url: str, *, force: bool) -> None:
    try:
        await _drop(connection, name, force=force)
    except (asyncpg.ObjectInUseError, asyncpg.WrongObjectTypeError):  # a subscription, a slot; a template
        await _let_go(with_database(server_url, name))
        await _drop(connection, name, force=force)


async def _drop(connection: Connection, name: str, *, force: bool) -> None:
    statement = f"DROP DATABASE IF EXISTS {quoted(name)}"
    try:
        await connection.execute(f"{statement} WITH (FORCE)" if force else statement)
    except asyncpg.InsufficientPrivilegeError:
        if not force:
            raise
        await connection.execute(statement)  # a superuser's session, such as autovacuum's, gives way by itself


async def _let_go(url: str) -> None:
    async with connect(url) as connection:
        for (statement,) in await connection.fetch(_HOLDS):
            with suppress(asyncpg.PostgresError):  # then the database cannot be dropped, and that is what counts
                await connection.execute(statement)
