"""Bringing a backup back into an empty database, and showing that nothing is missing."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import asyncpg

from freehold.migrate.backup import Backup
from freehold.migrate.catalog import schema_objects
from freehold.migrate.clients import run_client
from freehold.migrate.cutoff import cut_off_others, leads_out
from freehold.migrate.database import Connection, connect, quoted
from freehold.migrate.digests import Digests, digests
from freehold.migrate.errors import BackupError, ProgramError
from freehold.migrate.fingerprint import differences, dumped
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.reach import NO_OTHER_SERVER
from freehold.migrate.rights import assumable_roles, not_to_be_owned, why_not_restored

_MOST_SHOWN = 5
_FILLS = " MATERIALIZED VIEW DATA "
"""In the list of a dump's contents, before a view's schema and name."""

_UNHEARD = {"event_triggers": "off"}
"""Triggers on logins would write something down. They and this setting came with PostgreSQL 17."""

_MAY_SILENCE = """
SELECT rolsuper AND current_setting('server_version_num')::int >= 170000 FROM pg_roles WHERE rolname = current_user
"""

_VIEWS = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm'
"""

_READ_ELSEWHERE = """
WITH RECURSIVE above (oid) AS (
    SELECT oid FROM pg_class WHERE relkind = 'f'
    UNION
    SELECT i.inhparent FROM above JOIN pg_inherits i ON i.inhrelid = above.oid
)
SELECT c.oid::regclass FROM above JOIN pg_class c USING (oid) WHERE c.relkind <> 'f'
"""
"""Tables with foreign tables among their partitions or children."""

_TABLES = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.relkind IN ('r', 'p', 'm') AND c.relispopulated AND c.relnamespace::regnamespace::text !~ '^pg_'
    AND c.oid <> ALL ($1::regclass[])
"""


async def load_into(
    backup: Backup, database_url: str, progress: Progress | None = None, *, in_place: bool = False
) -> Digests:
    """Restore a backup into an empty database and compare schema and rows with the moment of the backup.

    Owners and grants are restored where the role may set them; otherwise everything belongs to the role. Subscriptions
    are not: where the publisher's slot stands is no part of a backup, and two subscribers would share it.

    The schema is compared only if it was read in the same way: not of a backup that another version took.

    Args:
        backup: verified.
        database_url: of the empty database.
        progress: hears of every phase.
        in_place: it is to take production's place, so nothing may be left out; else it is a copy, from which no other
            server may be reached.

    Returns:
        The digests of what is there now, equal to the backup's.

    Raises:
        BackupError: it does not restore, or not to the same schema and rows.
        RightsError: it is to take production's place, and the role may not restore its owners.
        StagingError: there are foreign servers, and the role may not cut the copy off from them.
        ConnectError: the database cannot be reached.
    """
    progress = progress or Silent()
    manifest = backup.manifest
    async with connect(database_url) as connection:
        if (major := connection.get_server_version().major) != manifest.server_major:
            raise BackupError(f"The backup is of PostgreSQL {manifest.server_major}, this server is {major}")
        may_own = await _may_own(connection, backup, database_url)
        if in_place and not may_own:
            raise await not_to_be_owned(connection, (each.owner for each in manifest.objects))
        settings = _UNHEARD if await connection.fetchval(_MAY_SILENCE) else {}
    progress.step("Restoring")
    try:
        options = [] if may_own else ["--no-owner", "--no-privileges"]
        await _restore(backup, database_url, options, settings, in_place=in_place)
    except ProgramError as error:
        async with connect(database_url) as connection:
            reason = await why_not_restored(connection, error)
        raise BackupError(f"The backup {backup.folder} does not restore: {reason}") from None
    progress.step("Comparing")
    async with connect(database_url, settings) as connection:
        await _analyze(connection)
        objects = await schema_objects(connection)
        found = await digests(connection, report=progress.advance)
    troubles: list[str] = []
    if manifest.is_comparable:
        troubles += [str(difference) for difference in differences(dumped(manifest.objects), dumped(objects))]
    troubles += [f"the rows of {name}" for name in manifest.digests.differing_tables(found)]
    for name, at_first in manifest.digests.sequences.items():
        low, high = sorted((at_first, manifest.sequences_later.get(name, at_first)))
        if not low <= found.sequences.get(name, (low[0] - 1, False)) <= high:
            troubles.append(f"sequence {name}")
    if troubles:
        raise BackupError(
            f"The backup {backup.folder} restores, but not to what was backed up; these differ: "
            + "; ".join(troubles[:_MOST_SHOWN])
            + (f" and {len(troubles) - _MOST_SHOWN} more" if len(troubles) > _MOST_SHOWN else "")
        )
    return found


async def _restore(
    backup: Backup, database_url: str, options: Sequence[str], settings: Mapping[str, str], *, in_place: bool
) -> None:
    """Restore in parts: when rows and views come, nothing of them may reach another server any more."""
    jobs = f"--jobs={os.cpu_count() or 1}"

    async def run(*arguments: str | Path) -> str:
        every = ("--exit-on-error", "--no-subscriptions", *options, *arguments, backup.dump)
        return await run_client("pg_restore", backup.manifest.server_major, database_url, *every, settings=settings)

    if in_place or not leads_out(backup.manifest.objects):
        await run(jobs)
        return
    await run("--section=pre-data")
    async with connect(database_url, settings) as connection:
        await cut_off_others(connection)
        entries = (await run("--list")).splitlines(keepends=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="surrogateescape") as contents:
            contents.writelines(entry for entry in entries if _FILLS not in entry)
            contents.flush()
            await run("--section=data", "--section=post-data", jobs, f"--use-list={contents.name}")
        await _fill_views(connection, "".join(entry for entry in entries if _FILLS in entry))


async def _fill_views(connection: Connection, entries: str) -> None:
    """Fill the materialized views that were filled, in a dump's order; what reads another server stays empty.

    PostgreSQL refuses to read one that is empty.
    """
    found = [
        (entries.find(f"{_FILLS}{schema} {name} "), schema, name) for schema, name in await connection.fetch(_VIEWS)
    ]
    for place, schema, name in sorted(found):
        if place < 0:
            continue
        try:
            await connection.execute(f"REFRESH MATERIALIZED VIEW {quoted(schema)}.{quoted(name)}")
        except asyncpg.ObjectNotInPrerequisiteStateError:
            continue  # it reads one that stays empty
        except asyncpg.PostgresError as error:
            if NO_OTHER_SERVER not in str(error):
                raise BackupError(f"The materialized view {schema}.{name} cannot be filled: {error}") from None


async def _analyze(connection: Connection) -> None:
    parents = [row[0] for row in await connection.fetch(_READ_ELSEWHERE)]
    if not parents:
        await connection.execute("ANALYZE")
        return
    for (name,) in await connection.fetch(_TABLES, parents):
        await connection.execute(f"ANALYZE {name}")


async def _may_own(connection: Connection, backup: Backup, database_url: str) -> bool:
    """Whether the role may give everything in a dump its owner: each line of its list of contents ends with one."""
    mine = await assumable_roles(connection)
    if mine is None:
        return True
    listed = await run_client("pg_restore", backup.manifest.server_major, database_url, "--list", backup.dump)
    endings = tuple(f" {name}" for name in ("", "pg_database_owner", *mine))  # the second is PostgreSQL's own
    return all(line.endswith(endings) for line in listed.splitlines() if not line.startswith(";"))
