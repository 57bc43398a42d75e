"""Bringing a backup back into an empty database, and showing that nothing is missing."""

import os

from freehold.migrate.backup import Backup
from freehold.migrate.catalog import SchemaObject, schema_objects
from freehold.migrate.clients import run_client
from freehold.migrate.database import Connection, connect
from freehold.migrate.digests import Digests, digests
from freehold.migrate.errors import BackupError, ProgramError
from freehold.migrate.fingerprint import differences, dumped
from freehold.migrate.progress import Progress, Silent

_MOST_SHOWN = 5


async def load_into(backup: Backup, database_url: str, progress: Progress | None = None) -> Digests:
    """Restore a backup into an empty database and compare schema and rows with the moment of the backup.

    The schema only if it was read in the same way: not of a backup that another version took.
    Owners and grants are restored where the role may set them; otherwise everything belongs to the role.

    Returns:
        The digests of what is there now, equal to the backup's.

    Raises:
        BackupError: it does not restore, or not to the same schema and rows.
        ConnectError: the database cannot be reached.
    """
    progress = progress or Silent()
    manifest = backup.manifest
    async with connect(database_url) as connection:
        if (major := connection.get_server_version().major) != manifest.server_major:
            raise BackupError(f"The backup is of PostgreSQL {manifest.server_major}, this server is {major}")
        options = () if await _may_own(connection, manifest.objects) else ("--no-owner", "--no-privileges")
    progress.step("Restoring")
    try:
        jobs = f"--jobs={os.cpu_count() or 1}"
        await run_client("pg_restore", major, database_url, "--exit-on-error", jobs, *options, backup.dump)
    except ProgramError as error:
        raise BackupError(f"The backup {backup.folder} does not restore: {error}") from None
    progress.step("Comparing")
    async with connect(database_url) as connection:
        await connection.execute("ANALYZE")
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


async def _may_own(connection: Connection, objects: list[SchemaObject]) -> bool:
    """Whether the role may give every object its owner; `pg_database_owner` is PostgreSQL's own."""
    owners = sorted({each.owner for each in objects} - {"", "pg_database_owner"})
    return bool(
        await connection.fetchval(
            "SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR coalesce(bool_and("
            "EXISTS (SELECT FROM pg_roles r WHERE quote_ident(r.rolname) = o AND pg_has_role(r.oid, 'MEMBER'))), true) "
            "FROM unnest($1::text[]) o",
            owners,
        )
    )
