"""Spreads the tables of a database over the servers of a Citus cluster: in one transaction, after a backup."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from freehold.migrate import backup, journal
from freehold.migrate.citus import placing
from freehold.migrate.citus.layout import EVERYWHERE, SPREAD
from freehold.migrate.database import REFUSED, Connection, connect
from freehold.migrate.directives import Distribute
from freehold.migrate.drift import changing, drift
from freehold.migrate.errors import MigrateError, StepError
from freehold.migrate.files import MigrationSet
from freehold.migrate.history import History, compare
from freehold.migrate.lock import runner_lock
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.rights import refuse_without_journal

_LAID_OUT: Final = (*EVERYWHERE, *SPREAD)

_CLUSTER: Final = """
SELECT citus_is_coordinator() AS is_coordinator,
    EXISTS (SELECT FROM pg_dist_node WHERE groupid = 0) AS knows_itself,
    (SELECT count(*) FROM pg_dist_node WHERE groupid <> 0 AND isactive AND noderole = 'primary') AS workers
"""
_PLACED: Final = """
SELECT c.relname::text AS table, t.citus_table_type AS kind, nullif(t.distribution_column, '<none>') AS column
FROM citus_tables t
JOIN pg_class c ON c.oid = t.table_name
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1::text[])
"""
_TRIGGERS: Final = """
SELECT c.relname::text AS table, t.tgname::text AS name
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1::text[])
    AND t.tgname NOT LIKE 'truncate\\_trigger\\_%' -- which Citus makes
ORDER BY 1, 2
"""
_REFERRING: Final = """
SELECT k.conrelid::regclass::text AS table, k.conname::text AS name, p.relname::text AS parent
FROM pg_constraint k
JOIN pg_class p ON p.oid = k.confrelid
WHERE k.contype = 'f' AND k.conparentid = 0 AND p.relnamespace = 'public'::regnamespace
    AND p.relname = ANY ($1::text[]) AND NOT EXISTS (
        SELECT FROM pg_class c
        WHERE c.oid = k.conrelid AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1::text[])
    )
ORDER BY 1, 2
"""
_THERE: Final = "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL"


class CannotDistributeError(MigrateError):
    """The tables cannot be spread as things are; the text says why, and what to do."""

    code = "cannot_distribute"


class Placement(msgspec.Struct, frozen=True):
    """Where the rows of a table go.

    Attributes:
        table: its name.
        kind: ``reference`` (on every server) or ``distributed`` (spread by a column).
        column: by which they are spread.
    """

    table: str
    kind: Literal["reference", "distributed"]
    column: str | None = None


class Distribution(msgspec.Struct, frozen=True):
    """What was done, or with a dry run, what would be.

    Attributes:
        placed: tables, in order; none if all were spread before.
        shards: over how many shards.
        workers: how many servers hold them, besides the coordinator.
        backup: the folder of the backup that was taken before; None when nothing was done.
    """

    placed: list[Placement]
    shards: int
    workers: int
    backup: str | None = None


async def distribute(
    database_url: str,
    *,
    sets: Sequence[MigrationSet],
    backups: Path,
    shards: int = 32,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Distribution:
    """Spread the tables over the servers of a cluster, with their rows.

    It is one transaction: either all tables are where they belong afterwards, or nothing has changed, and the same call
    begins again. Who writes meanwhile waits.

    Args:
        database_url: of the coordinator.
        sets: the migration files, of which none may be pending.
        backups: where the backup goes that is taken before.
        shards: into how many parts each table is spread; it cannot be fewer than there will ever be servers.
        dry_run: only tell what would be done.
        progress: hears of every step.

    Raises:
        CannotDistributeError: it cannot be done as things are; the text has every reason.
        StepError: PostgreSQL refused it; nothing has changed.
        BackupError, ConnectError, LockedError, RightsError: as for a backup and for `apply`.
    """
    progress = progress or Silent()
    async with runner_lock(database_url), connect(database_url) as connection:
        await refuse_without_journal(connection)
        history = compare(sets, await journal.applied(connection))
        own = await _own(connection, history)
        workers = await _refuse(connection, history, own)
        placed = await _missing(connection) + [
            Placement(each.table, each.kind, each.column)
            for each in await placing.missing(connection, own)
            if each.kind != "local"
        ]
        if dry_run or not placed:
            return Distribution(placed, shards, workers)
        taken = await backup.create(database_url, backups, progress)
        done = Distribution(placed, shards, workers, str(taken.folder))
        async with changing(connection):
            await _place(connection, done, progress)
        return done


async def _own(connection: Connection, history: History) -> list[Distribute]:
    """List where the directives of applied files place tables that are there."""
    found: dict[str, Distribute] = {}
    for row in history.applied:
        if migration := history.files.get(row.key):
            found |= {each.table: each for each in migration.up.distributes}
    there = {name for (name,) in await connection.fetch(_THERE, list(found))}
    return [each for name, each in found.items() if name in there]


async def _refuse(connection: Connection, history: History, own: Sequence[Distribute]) -> int:
    """Refuse with every reason that there is; gives the number of workers."""
    if not await connection.fetchval(placing.HAS_CITUS):
        raise CannotDistributeError(
            "This database has no Citus: make a cluster, run CREATE EXTENSION citus in a database of the same name on "
            "each server, move your data into the coordinator's, and run this again"
        )
    (cluster,) = await connection.fetch(_CLUSTER)
    reasons = []
    if not cluster["is_coordinator"]:
        reasons.append("This is a worker: give the URL of the coordinator")
    if not cluster["knows_itself"]:
        reasons.append(
            "The coordinator does not know itself: run SELECT citus_set_coordinator_host('NAME'), with a name by which "
            "the workers reach it"
        )
    if not cluster["workers"]:
        reasons.append("There is no worker: add one with SELECT citus_add_node('NAME', 5432)")
    history.refuse_trouble()
    if history.pending:
        reasons.append(f"{len(history.pending)} migrations are pending: run 'freehold migrate apply' first")
    if (await drift(connection)).differences:
        reasons.append("The schema was changed by hand: see 'freehold migrate verify', and change it back first")
    reasons += [
        f"{row['table']} has the trigger {row['name']}, and Citus runs none there: drop it"
        for row in await connection.fetch(_TRIGGERS, [*_LAID_OUT, *(each.table for each in own)])
    ]
    reasons += [
        f"{row['name']} of {row['table']} refers to {row['parent']}, which is spread, and {row['table']} is not: "
        f"drop this key, or spread {row['table']} with a migration that has the line "
        f"'-- migrate: distribute: {row['table']} by organization_id'"
        for row in await connection.fetch(_REFERRING, list(SPREAD))
        if row["table"] not in {each.table for each in own if each.kind == "distributed"}
    ]
    if reasons:
        raise CannotDistributeError("\n".join(reasons))
    return int(cluster["workers"])


async def _missing(connection: Connection) -> list[Placement]:
    """List what is not where it belongs.

    Raises:
        CannotDistributeError: a table is spread in another way.
    """
    wanted = [Placement(table, "reference") for table in EVERYWHERE]
    wanted += [Placement(table, "distributed", column) for table, column in SPREAD.items()]
    found = {row["table"]: (row["kind"], row["column"]) for row in await connection.fetch(_PLACED, _LAID_OUT)}
    missing = [each for each in wanted if found.get(each.table, ("local", None))[0] == "local"]
    others = [each.table for each in wanted if each not in missing and found[each.table] != (each.kind, each.column)]
    if others:
        raise CannotDistributeError(
            f"Spread in another way already: {', '.join(others)}. Run SELECT undistribute_table('NAME') for each first"
        )
    return missing


async def _place(connection: Connection, done: Distribution, progress: Progress) -> None:
    try:
        async with connection.transaction():
            await connection.execute(placing.SEQUENTIAL)
            await connection.execute(f"SET LOCAL citus.shard_count = {done.shards:d}")
            comments = await placing.comments(connection)
            keys = await placing.take_keys(
                connection, [each.table for each in done.placed if each.table not in _LAID_OUT]
            )
            for number, each in enumerate(done.placed):
                progress.step(f"Placing {each.table}")
                progress.advance(number, len(done.placed))
                if each.column is None:
                    await connection.execute("SELECT create_reference_table($1)", each.table)
                elif each.table not in SPREAD:
                    await placing.place(connection, [Distribute(each.table, each.kind, each.column)])
                elif each.table == next(iter(SPREAD)):
                    await connection.execute("SELECT create_distributed_table($1, $2)", each.table, each.column)
                else:
                    await connection.execute(
                        "SELECT create_distributed_table($1, $2, colocate_with => $3)",
                        each.table,
                        each.column,
                        next(iter(SPREAD)),
                    )
            await placing.give_back_keys(connection, keys)
            await placing.put_back(connection, comments)
            await journal.add_evidence(connection, done)
    except REFUSED as error:
        raise StepError(f"{error}. Nothing has changed: {done.backup} is the backup of before") from error
