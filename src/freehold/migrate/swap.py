"""Restoring in production: beside the database first, then in its place; the old one is kept under another name."""

import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import asyncpg
import msgspec

from freehold.migrate.backup import Backup
from freehold.migrate.beside import is_beside, named, remark, set_comment
from freehold.migrate.database import LOST, Connection, connect, quoted, with_database
from freehold.migrate.digests import Digests, digests
from freehold.migrate.errors import BusyError, DeclinedError, StagingError
from freehold.migrate.lock import runner_lock
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.properties import carry_everything, carry_rights, carry_settings
from freehold.migrate.restore import load_into
from freehold.migrate.rights import refuse_unless_owner
from freehold.migrate.staging import create_database

_TRIES = 5

_UNUSED = """
SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database d
WHERE pg_has_role(datdba, 'MEMBER') AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)
"""

_SESSIONS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

_SUBSCRIPTIONS = """
SELECT format('CREATE SUBSCRIPTION %I', subname) FROM pg_subscription
WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY subname
"""

_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1"


class Exchange(msgspec.Struct, frozen=True):
    """What a restore is about to put in the place of what.

    Attributes:
        database: its name, which stays.
        kept_as: the name under which the present database is kept.
        backup: the folder.
        taken_at: when the backup was taken.
        changed: tables whose rows differ now from the backup: what was written since would be out of sight.
        sessions: other connections to the database; they will be ended.
        left_out: what the present database has and the restored one will not: statements that a role with more rights
            can run afterwards, and subscriptions.
        schema_compared: whether the backup's schema was compared with what was restored, or its rows alone.
    """

    database: str
    kept_as: str
    backup: str
    taken_at: datetime
    changed: list[str]
    sessions: int
    left_out: list[str] = []
    schema_compared: bool = True


Confirm = Callable[[Exchange], Awaitable[bool]]


async def restore(database_url: str, backup: Backup, *, confirm: Confirm, progress: Progress | None = None) -> Exchange:
    """Put a backup in the place of a database; the two change names in one transaction, so there is always one.

    Args:
        database_url: the database to replace; the role must own it and be allowed to create databases.
        backup: verified with `backup.verify`.
        confirm: is shown what changed since the backup; False stops before anything is changed.
        progress: hears of every phase.

    Raises:
        BackupError: the backup does not restore to what was backed up; production is as it was.
        DeclinedError: it was not confirmed; the copy is dropped.
        RightsError: the role does not own the database, or may not give what is in it its owners.
        StagingError: the role may not create databases.
        BusyError: other sessions came back faster than they could be ended.
        ConnectError, LockedError: as for apply.
    """
    progress = progress or Silent()
    async with runner_lock(database_url), connect(database_url) as connection:
        await refuse_unless_owner(connection)
        name = str(await connection.fetchval("SELECT current_database()"))
        stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(3)}"
        await _drop_unused(connection, name)
        fresh, kept = named(name, "restored", stamp), named(name, "before", stamp)
        await create_database(connection, fresh)
        swapped = False
        try:
            await set_comment(connection, fresh, remark(name, "restored"))
            left_out = await carry_rights(connection, connection, fresh)
            await carry_settings(connection, connection, fresh, apart=False, restoring=True)
            await load_into(backup, with_database(database_url, fresh), progress, in_place=True)
            left_out += await carry_everything(connection, fresh)
            left_out = [each.replace(fresh, name) for each in left_out]
            left_out += [row[0] for row in await connection.fetch(_SUBSCRIPTIONS)]
            progress.step("Comparing with the present database")
            now = await digests(connection, report=progress.advance)
            sessions = int(await connection.fetchval(_SESSIONS, name)) - 1  # the runner's lock is one of them
            changed = _changes(backup.manifest.digests, now)
            exchange = Exchange(
                database=name,
                kept_as=kept,
                backup=str(backup.folder),
                taken_at=backup.manifest.created_at,
                changed=changed,
                sessions=max(0, sessions),
                schema_compared=backup.manifest.is_comparable,
                left_out=left_out,
            )
            if not await confirm(exchange):
                raise DeclinedError("Nothing was changed")
            swapped = True
        finally:
            if not swapped:
                with suppress(*LOST):  # then the next restore drops it
                    await connection.execute(f"DROP DATABASE IF EXISTS {quoted(fresh)} WITH (FORCE)")
    await _exchange_names(database_url, name, fresh, kept)
    return exchange


async def _exchange_names(database_url: str, name: str, fresh: str, kept: str) -> None:
    async with connect(with_database(database_url, "postgres" if name != "postgres" else "template1")) as connection:
        for attempt in range(_TRIES):
            try:
                async with connection.transaction():
                    await connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
                    )
                    await connection.execute(f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(kept)}")
                    await connection.execute(f"ALTER DATABASE {quoted(fresh)} RENAME TO {quoted(name)}")
                    comment = await connection.fetchval(_COMMENT, kept)
                    await set_comment(connection, name, comment)
                    await set_comment(connection, kept, remark(name, "before"))
            except asyncpg.ObjectInUseError:
                if attempt == _TRIES - 1:
                    raise BusyError(
                        f"Other sessions use {name} again as soon as they are ended, so it was not exchanged. Stop the "
                        f"application and run the same command again. The restored copy stays as {fresh}"
                    ) from None
            except asyncpg.InsufficientPrivilegeError as error:
                raise StagingError(f"Cannot exchange {name}: {error}. The restored copy stays as {fresh}") from None
            else:
                return


async def _drop_unused(connection: Connection, name: str) -> None:
    """Drop what earlier restores of this database left when they were killed."""
    for other, comment in await connection.fetch(_UNUSED):
        if is_beside(name, "restored", other, comment):
            await connection.execute(f"DROP DATABASE IF EXISTS {quoted(other)}")


def _changes(then: Digests, now: Digests) -> list[str]:
    changes: list[str] = []
    for table in then.differing_tables(now):
        was, here = then.of(table), now.of(table)
        rows_then, rows_now = was.rows if was else "no table", here.rows if here else "no table"
        same = f"{rows_then} rows then and now, but not the same"
        changes.append(f"{table}: {same if rows_then == rows_now else f'rows then {rows_then}, now {rows_now}'}")
    return changes
