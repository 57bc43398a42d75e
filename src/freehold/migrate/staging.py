"""Databases made for one purpose and dropped again: staging copies, and the target of a restore."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg

from freehold.migrate.beside import copy_remark, set_comment
from freehold.migrate.database import Connection, connect
from freehold.migrate.errors import ConnectError, StagingError
from freehold.migrate.rights import keep_owner
from freehold.postgres.reaching import place

COPY_ENDING = "[0-9a-f]{8}"
"""How the name of a copy ends, as a regular expression."""
_LONGEST_NAME = 63  # bytes, PostgreSQL's limit for an identifier
_LONGEST_BASE = _LONGEST_NAME - len("_staging_12345678_12345678")

_OF_SOURCE = """
SELECT current_database(), left(md5(format('%s %s', system_identifier, current_database())), 8) FROM pg_control_system()
"""
"""A database's name, and eight letters for it and its server: several may share the server of their copies."""


def with_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    parts = urlsplit(url)
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if key not in ("dbname", "database")])
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{query}" if query else "")


def quoted(name: str) -> str:
    """A name as PostgreSQL reads it in SQL."""
    return '"' + name.replace('"', '""') + '"'


async def create_database(connection: Connection, name: str) -> None:
    """Make an empty database, like the connected one in encoding and locale.

    Raises:
        StagingError: the role may not, or the server has no room.
    """
    try:
        await connection.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE template0 {await _locale(connection)}")
    except asyncpg.InsufficientPrivilegeError:
        role = await connection.fetchval("SELECT current_user")
        raise StagingError(
            f"Role {role} may not create databases on this server, and a copy is needed to prove anything: "
            f"run 'ALTER ROLE {role} CREATEDB', or name another server with --staging-url"
        ) from None
    except asyncpg.PostgresError as error:
        raise StagingError(f"Cannot create the database {name}: {error}") from None


async def copy_stem(source: Connection) -> str:
    """How the names of all copies of the connected database begin, on whichever server they are."""
    current, whose = await source.fetchrow(_OF_SOURCE) or ("", "")
    base = re.sub(r"\W", "_", current, flags=re.ASCII)[:_LONGEST_BASE]
    return f"{base}_staging_{whose}_"


@asynccontextmanager
async def staging_database(like_url: str, staging_url: str | None = None) -> AsyncIterator[str]:
    """The URL of an empty database, dropped at the end; call it under the runner's lock.

    Args:
        like_url: the database whose encoding, locale and, by default, server it shares.
        staging_url: a database on another server, whose major version must be the same.

    Raises:
        StagingError: it cannot be made.
    """
    async with connect(like_url) as source, connect(staging_url or like_url) as connection:
        ours, theirs = source.get_server_version().major, connection.get_server_version().major
        if ours != theirs:
            raise StagingError(
                f"{place(staging_url or like_url)} is PostgreSQL {theirs} and production is {ours}: "
                "what is proved on one major version is not proved on another"
            )
        stem = await copy_stem(source)
        name = f"{stem}{secrets.token_hex(4)}"
        await drop_unused(connection, stem, COPY_ENDING)
        await create_database(connection if staging_url else source, name)
        await set_comment(connection, name, copy_remark(stem))
        if not staging_url:
            await keep_owner(source, name)
    url = with_database(staging_url or like_url, name)
    try:
        yield url
    finally:
        with suppress(ConnectError):  # then the next one drops it
            async with connect(staging_url or like_url) as connection:
                await drop_database(connection, name)
                await drop_unused(connection, stem, COPY_ENDING)  # one whose sessions had not ended at the beginning


async def drop_database(connection: Connection, name: str) -> None:
    """Drop a database and end its sessions; one with a session that the role may not end is left to the next runner."""
    statement = f"DROP DATABASE IF EXISTS {quoted(name)}"
    try:
        await connection.execute(f"{statement} WITH (FORCE)")
    except asyncpg.InsufficientPrivilegeError:  # a superuser's, such as autovacuum's: that one gives way by itself
        with suppress(asyncpg.ObjectInUseError):
            await connection.execute(statement)


async def drop_unused(connection: Connection, stem: str, ending: str) -> None:
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
        await connection.execute(f"DROP DATABASE IF EXISTS {quoted(row['datname'])}")


async def _locale(connection: Connection) -> str:
    major = connection.get_server_version().major
    provider = {14: "'c'", 15: "datlocprovider"}.get(major, "datlocprovider")
    locale = {14: "NULL", 15: "daticulocale", 16: "daticulocale"}.get(major, "datlocale")
    row = await connection.fetchrow(
        f"SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, {provider}::text AS provider, "  # noqa: S608
        f"{locale}::text AS locale FROM pg_database WHERE datname = current_database()"
    )
    if row is None:
        raise StagingError("The connected database is gone")
    words = [f"ENCODING '{row['encoding']}' LC_COLLATE '{row['datcollate']}' LC_CTYPE '{row['datctype']}'"]
    if row["provider"] == "i":
        words.append(f"LOCALE_PROVIDER icu ICU_LOCALE '{row['locale']}'")
    elif row["provider"] == "b":
        words.append(f"LOCALE_PROVIDER builtin BUILTIN_LOCALE '{row['locale']}'")
    return " ".join(words)
