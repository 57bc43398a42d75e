"""Databases made for one purpose and dropped again: staging copies, and the target of a restore."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from freehold.migrate.beside import copied_at, copy_remark, set_comment
from freehold.migrate.database import WRITABLE, Connection, connect, place, quoted, with_database
from freehold.migrate.discard import drop_database, drop_unused
from freehold.migrate.errors import ConnectError, StagingError
from freehold.migrate.properties import carry_rights, carry_settings

COPY_ENDING = "[0-9a-f]{8}"
"""How the name of a copy ends, as a regular expression."""
_LONGEST_NAME = 63  # bytes, PostgreSQL's limit for an identifier
_LONGEST_BASE = _LONGEST_NAME - len("_staging_12345678_12345678")

_OF_SOURCE = """
SELECT current_database(), left(md5(format('%s %s', system_identifier, current_database())), 8) FROM pg_control_system()
"""
"""A database's name, and eight letters for it and its server: several may share the server of their copies."""

_SERVER = """
SELECT format('%s %s', system_identifier, extract(epoch FROM pg_postmaster_start_time())) FROM pg_control_system()
"""

_MAY_USE_TABLESPACE = """
SELECT has_tablespace_privilege(oid, 'CREATE') FROM pg_tablespace WHERE spcname = $1 AND spcname <> 'pg_default'
"""

_PRESENT = """
SELECT shobj_description(oid, 'pg_database') AS comment,
    EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname) AS used
FROM pg_database d WHERE d.datname = $1
"""


async def create_database(connection: Connection, name: str, like: Connection | None = None) -> None:
    """Make an empty database, like another in encoding, locale and, where the role may, tablespace.

    Args:
        connection: to the server that gets it.
        name: of the new database.
        like: to the database that it resembles; without it, the connected one.

    Raises:
        StagingError: the role may not, or the server has no room.
    """
    options = await _options(like or connection, connection)
    try:
        await connection.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE template0 {options}")
    except asyncpg.InsufficientPrivilegeError:
        role = await connection.fetchval("SELECT current_user")
        raise StagingError(
            f"Role {role} may not create databases on this server, and a copy is needed to prove anything: "
            f"run 'ALTER ROLE {role} CREATEDB', or name another server with --staging-url"
        ) from None
    except asyncpg.PostgresError as error:
        raise StagingError(f"Cannot create the database {name}: {error}") from None


async def is_apart(database_url: str, staging_url: str | None) -> bool:
    """Whether copies are made on a server of their own, where nothing of production can be changed.

    Two addresses may lead to one server. A clone of its files has its identifier, but was started at another moment.

    Raises:
        ConnectError: one of them cannot be reached.
    """
    if staging_url is None:
        return False
    async with connect(database_url) as source, connect(staging_url) as connection:
        return await _differ(source, connection)


async def _differ(source: Connection, connection: Connection) -> bool:
    return bool(await source.fetchval(_SERVER) != await connection.fetchval(_SERVER))


async def copy_stem(source: Connection) -> str:
    """How the names of all copies of the connected database begin, on whichever server they are."""
    current, whose = await source.fetchrow(_OF_SOURCE) or ("", "")
    base = re.sub(r"\W", "_", current, flags=re.ASCII)[:_LONGEST_BASE]
    return f"{base}_staging_{whose}_"


@asynccontextmanager
async def staging_database(like_url: str, staging_url: str | None = None) -> AsyncIterator[str]:
    """The URL of an empty database, dropped at the end; call it under the runner's lock.

    Beside production it may be used by whom production may be used by, and by nobody else.

    Args:
        like_url: the database whose encoding, locale and, by default, server it shares.
        staging_url: a database on another server, whose major version must be the same.

    Raises:
        StagingError: it cannot be made.
    """
    place_url = staging_url or like_url
    stem = name = ""
    try:
        async with connect(like_url) as source, connect(place_url, WRITABLE) as connection:
            _refuse_other_major(source, connection, place_url)
            stem = await copy_stem(source)
            await drop_unused(connection, stem, COPY_ENDING, place_url)
            apart = await _differ(source, connection)
            own = await _own_name(source, connection, stem, place_url) if apart else ""
            name = own or f"{stem}{secrets.token_hex(4)}"
            try:
                await create_database(connection, name, source)
            except StagingError:
                name = ""  # there is nothing to drop
                raise
            await set_comment(connection, name, copy_remark(stem))
            if not apart:
                await carry_rights(source, connection, name)
            await carry_settings(source, connection, name, apart=apart, restoring=True)
        yield with_database(place_url, name)
    finally:
        with suppress(ConnectError):  # then the next one drops it
            if name:
                async with connect(place_url, WRITABLE) as connection:
                    await drop_database(connection, name, place_url)
                    await drop_unused(connection, stem, COPY_ENDING, place_url)  # sessions may have ended since


async def _own_name(source: Connection, connection: Connection, stem: str, place_url: str) -> str:
    """Production's own name, so that ``ALTER DATABASE name`` finds the copy; empty if another database has it."""
    name = str(await source.fetchval("SELECT current_database()"))
    present = await connection.fetchrow(_PRESENT, name)
    if present is not None and copied_at(stem, present["comment"]) and not present["used"]:
        await drop_database(connection, name, place_url)  # a killed runner left it
        return name
    return "" if present else name


def _refuse_other_major(source: Connection, connection: Connection, place_url: str) -> None:
    ours, theirs = source.get_server_version().major, connection.get_server_version().major
    if ours != theirs:
        raise StagingError(
            f"{place(place_url)} is PostgreSQL {theirs} and production is {ours}: "
            "what is proved on one major version is not proved on another"
        )


async def _options(source: Connection, target: Connection) -> str:
    major = source.get_server_version().major
    provider = {14: "'c'", 15: "datlocprovider"}.get(major, "datlocprovider")
    locale = {14: "NULL", 15: "daticulocale", 16: "daticulocale"}.get(major, "datlocale")
    rules = "daticurules" if major > 15 else "NULL"  # noqa: PLR2004 - they came with 16
    row = await source.fetchrow(
        f"SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, {provider}::text AS provider, "  # noqa: S608
        f"{locale}::text AS locale, {rules}::text AS rules, spcname "
        "FROM pg_database d JOIN pg_tablespace t ON t.oid = dattablespace WHERE datname = current_database()"
    )
    if row is None:
        raise StagingError("The connected database is gone")
    values = {"ENCODING": row["encoding"], "LC_COLLATE": row["datcollate"], "LC_CTYPE": row["datctype"]}
    if row["provider"] == "i":
        values |= {"LOCALE_PROVIDER": "icu", "ICU_LOCALE": row["locale"], "ICU_RULES": row["rules"]}
    elif row["provider"] == "b":
        values |= {"LOCALE_PROVIDER": "builtin", "BUILTIN_LOCALE": row["locale"]}
    words = [f"{name} {_literal(value)}" for name, value in values.items() if value is not None]
    if await target.fetchval(_MAY_USE_TABLESPACE, row["spcname"]):
        words.append(f"TABLESPACE {quoted(row['spcname'])}")
    return " ".join(words)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
