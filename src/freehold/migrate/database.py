"""Connections that a migration can rely on."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg

from freehold.migrate.errors import ConnectError
from freehold.postgres.reaching import UNREADABLE, place, readable, unreachable

Connection: TypeAlias = asyncpg.Connection

OLDEST_MAJOR = 14
LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What a broken connection may raise; a server that dies in mid-protocol surfaces as any of these."""
REFUSED = asyncpg.PostgresError
"""What a statement raises that the server does not run: no right to it, no such column, too slow."""
_CERTAINLY_LOST = (ConnectionError, asyncpg.PostgresConnectionError, asyncpg.InternalClientError)
_CONNECT_TIMEOUT_SECONDS = 15
NO_LIMITS = dict.fromkeys(
    ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"), "0"
)
"""In place of those that a role or database has for its application: copying and comparing take as long as they take,
and migrations have limits of their own."""
_SETTINGS = {
    **NO_LIMITS,
    "application_name": "freehold migrate",
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
}
_POOLER = (
    "There is a connection pooler (such as PgBouncer) between here and PostgreSQL. Its sessions change hands, so "
    "neither the lock against a second runner nor a backup's snapshot would hold: give the server's own address"
)
WRITABLE = {"default_transaction_read_only": "off"}
"""For making other databases beside one that is to be read only."""


@asynccontextmanager
async def connect(database_url: str, settings: Mapping[str, str] | None = None) -> AsyncIterator[Connection]:
    """A connection straight to a PostgreSQL server, closed at the end.

    Args:
        database_url: of a database on it.
        settings: with which the session begins, whatever the database and the role have.

    Raises:
        ConnectError: the server does not answer, refuses, is too old, goes away in the middle, or a connection pooler
            stands in between.
    """
    connection = await _open(database_url, {**_SETTINGS, **(settings or {})})
    try:
        await _refuse_pooler(connection)
        yield connection
    except LOST as error:
        if not connection.is_closed() and not isinstance(error, _CERTAINLY_LOST):
            raise
        raise ConnectError(
            f"The connection to {place(database_url)} was lost ({error}). Run the same command again: "
            "it finds out how far this one came"
        ) from error
    finally:
        await close(connection)


async def close(connection: Connection) -> None:
    """Close a connection, also one that is broken."""
    try:
        await connection.close(timeout=5)
    except (*LOST, asyncpg.PostgresError):
        connection.terminate()


async def _open(database_url: str, settings: dict[str, str]) -> Connection:
    if not readable(database_url):
        raise ConnectError(UNREADABLE)
    try:
        connection: Connection = await asyncpg.connect(
            database_url,
            timeout=_CONNECT_TIMEOUT_SECONDS,
            statement_cache_size=0,  # a migration changes the types that cached plans were made for
            server_settings=settings,
        )
    except ValueError:  # its own text may hold a part of the password
        raise ConnectError(UNREADABLE) from None
    except (*LOST, asyncpg.PostgresError) as error:
        if "unsupported startup parameter" in str(error):  # in PgBouncer's words
            raise ConnectError(_POOLER) from None
        raise ConnectError(unreachable(database_url, error)) from None
    if connection.get_server_version().major < OLDEST_MAJOR:
        version = connection.get_server_version().major
        await close(connection)
        raise ConnectError(f"{place(database_url)} is PostgreSQL {version}: {OLDEST_MAJOR} or later is needed")
    return connection


async def _refuse_pooler(connection: Connection) -> None:
    # A pooler invents the process id of the handshake. Behind one, session locks and exported snapshots guard nothing.
    try:
        pid = await connection.fetchval("SELECT pg_backend_pid()")
    except asyncpg.InvalidSQLStatementNameError:  # prepared in one server session, executed in another
        pid = None
    if connection.get_server_pid() != pid:
        raise ConnectError(_POOLER)


def with_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    parts = urlsplit(url)
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if key not in ("dbname", "database")])
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{query}" if query else "")


def quoted(name: str) -> str:
    """A name as PostgreSQL reads it in SQL."""
    return '"' + name.replace('"', '""') + '"'
