"""Bringing a backup back into an empty database, and showing that nothing is missing."""

import os

from freehold.migrate.backup import Backup
from freehold.migrate.catalog import schema_objects
from freehold.migrate.clients import run_client
from freehold.migrate.database import Connection, connect
from freehold.migrate.digests import Digests, digests
from freehold.migrate.errors import BackupError, ProgramError
from freehold.migrate.fingerprint import differences, dumped
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.rights import assumable_roles, not_to_be_owned, why_not_restored

_MOST_SHOWN = 5


async def load_into(
    backup: Backup, database_url: str, progress: Progress | None = None, *, in_place: bool = False
) -> Digests:
    """Restore a backup into an empty database and compare schema and rows with the moment of the backup.

    The schema only if it was read in the same way: not of a backup that another version took.
    Owners and grants are restored where the role may set them; otherwise everything belongs to the role.

    Args:
        backup: verified.
        database_url: of the empty database.
        progress: hears of every phase.
        in_place: it is to take production's place, so nothing may be left out.

    Returns:
        The digests of what is there now, equal to the backup's.

    Raises:
        BackupError: it does not restore, or not to the same schema and rows.
        RightsError: it is to take production's place, and the role may not restore its owners.
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
    progress.step("Restoring")
    try:
        options = (f"--jobs={os.cpu_count() or 1}", *(() if may_own else ("--no-owner", "--no-privileges")))
        await run_client("pg_restore", major, database_url, "--exit-on-error", *options, backup.dump)
    except ProgramError as error:
        async with connect(database_url) as connection:
            reason = await why_not_restored(connection, error)
        raise BackupError(f"The backup {backup.folder} does not restore: {reason}") from None
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


async def _may_own(connection: Connection, backup: Backup, database_url: str) -> bool:
    """Whether the role may give everything in a dump its owner: each line of its list of contents ends with one."""
    mine = await assumable_roles(connection)
    if mine is None:
        return True
    listed = await run_client("pg_restore", backup.manifest.server_major, database_url, "--list", backup.dump)
    endings = tuple(f" {name}" for name in ("", "pg_database_owner", *mine))  # the second is PostgreSQL's own
    return all(line.endswith(endings) for line in listed.splitlines() if not line.startswith(";"))
