"""Recording migrations as applied on a database that another tool brought to where they lead, once that is proved."""

from collections.abc import Sequence

import msgspec

from freehold.migrate import beyond, journal
from freehold.migrate.boundary import Boundary
from freehold.migrate.catalog import SchemaObject, read_catalog, schema_objects
from freehold.migrate.database import Connection, connect
from freehold.migrate.errors import HistoryError, StepError, TargetError
from freehold.migrate.files import MigrationSet
from freehold.migrate.history import History, compare
from freehold.migrate.isolation import isolated
from freehold.migrate.likeness import unlikeness
from freehold.migrate.lock import runner_lock
from freehold.migrate.migration import Migration
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.reach import explained
from freehold.migrate.staging import is_apart, staging_database
from freehold.migrate.steps import Bench, perform


class Adoption(msgspec.Struct, frozen=True):
    """What adopt found and did.

    Attributes:
        adopted: labels of the migrations that are recorded as applied now; none if the schemas differ.
        differences: how the database differs from what the files make, each in words.
        not_compared: what was left out of the comparison.
        unsafe: why they were recorded all the same.
    """

    adopted: list[str]
    differences: list[str]
    not_compared: list[str]
    unsafe: str = ""


async def adopt(
    database_url: str,
    *,
    sets: Sequence[MigrationSet],
    to: str = "",
    unsafe: str = "",
    staging_url: str | None = None,
    progress: Progress | None = None,
) -> Adoption:
    """Record the migrations of the last set as applied, if an empty database becomes the same by running them.

    All are recorded in one transaction, or none. The rows of the tables are not compared: only the schema is.

    Args:
        database_url: which has what the migrations make already.
        sets: those before the last are applied as the journal has it.
        to: the last version to record; empty means all.
        unsafe: why to record them although the schemas differ; it is recorded, too.
        staging_url: another server of the same major version for the empty database.
        progress: hears of every phase.

    Raises:
        HistoryError: some of the set are recorded as applied already, or files and journal disagree.
        TargetError: there is no such version.
        StagingError, ConnectError, LockedError: as for rehearse.
    """
    progress = progress or Silent()
    async with runner_lock(database_url) as lock, connect(database_url) as connection:
        history = compare(sets, await journal.applied(connection))
        chosen = _chosen(history, sets[-1], to)
        before = [history.files[row.key] for row in history.applied]
        made, failed = await _made_by([*before, *chosen], database_url, staging_url, progress)
        await lock.check()
        progress.step("Comparing")
        async with connection.transaction(isolation="repeatable_read"):
            live, left_out = await read_catalog(connection)
            found, aside = unlikeness(made, live) if made is not None else ([failed], [])
            not_compared = [*aside, *left_out]
            if found and not unsafe:
                return Adoption([], found, not_compared)
            await _record(connection, chosen, live, unsafe)
        return Adoption([migration.label for migration in chosen], found, not_compared, unsafe)


def _chosen(history: History, last: MigrationSet, to: str) -> list[Migration]:
    history.refuse_trouble()
    if history.foreign:
        names = ", ".join(sorted({row.set_name for row in history.foreign}))
        raise HistoryError(f"Migrations of another set are applied here ({names}): give their files, too")
    there = [row.label for row in history.applied if row.set_name == last.name]
    if there:
        raise HistoryError(
            f"{there[0]} is recorded as applied already ({len(there)} in all), so there is nothing to adopt: "
            "see 'freehold migrate status'"
        )
    if not last.migrations:
        raise TargetError(f"There are no migrations in {last.folder}")
    if not to:
        return list(last.migrations)
    place = next((index for index, each in enumerate(last.migrations) if each.version == to), None)
    if place is None:
        known = ", ".join(each.version for each in last.migrations)
        raise TargetError(f"There is no version {to} in {last.folder}. There are: {known}")
    return list(last.migrations[: place + 1])


async def _made_by(
    migrations: Sequence[Migration], database_url: str, staging_url: str | None, progress: Progress
) -> tuple[list[SchemaObject] | None, str]:
    """Run migrations on an empty database; gives the schema that they made, or why they made none."""
    boundary = Boundary(apart=await is_apart(database_url, staging_url))
    found = beyond.judge(migrations, apart=boundary.apart, directions=["up"])
    places = ", ".join(f"{each.path}:{each.line}" for each in found)
    if found and boundary.apart:
        return None, f"not run, since they reach another server: {places}"
    if found:
        return None, (
            f"not run beside your database, since they reach beyond one database: {places}. "
            "Name a server on which that does no harm with --staging-url"
        )
    async with (
        boundary.cleaned(staging_url or database_url),
        staging_database(database_url, staging_url) as empty,
        isolated(database_url, empty, boundary),
        connect(empty) as connection,
    ):
        await journal.ensure(connection)
        bench = Bench(connection, progress=progress, boundary=boundary)
        for index, migration in enumerate(migrations):
            progress.step(f"Running {migration.label} on an empty database")
            progress.advance(index, len(migrations))
            try:
                await perform(bench, migration, "up")
            except StepError as error:
                return None, f"the files fail on an empty database: {explained(str(error))[1]}"
        return await schema_objects(connection), ""


async def _record(
    connection: Connection, migrations: Sequence[Migration], live: list[SchemaObject], unsafe: str
) -> None:
    await journal.ensure(connection)
    if unsafe:
        await journal.add_unsafe(connection, [migration.version for migration in migrations], unsafe)
    for migration in migrations:
        await journal.add(connection, migration, "done")
    await journal.record_schema(connection, live)
