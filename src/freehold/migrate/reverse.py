"""Going back: what it would lose is shown on a copy first, a backup is taken, and then the same steps run for real."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from freehold.migrate import backup, beyond, gate, journal
from freehold.migrate.boundary import Boundary
from freehold.migrate.catalog import SchemaObject
from freehold.migrate.database import connect
from freehold.migrate.digests import Digests, digests
from freehold.migrate.drift import changing, settle
from freehold.migrate.errors import DeclinedError, StepError, TargetError, UnprovedError
from freehold.migrate.files import MigrationSet
from freehold.migrate.history import History, compare
from freehold.migrate.isolation import isolated
from freehold.migrate.journal import Applied
from freehold.migrate.lock import runner_lock
from freehold.migrate.losses import lost_data
from freehold.migrate.migration import Migration
from freehold.migrate.patience import Patience
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.reach import explained
from freehold.migrate.restore import load_into
from freehold.migrate.rights import refuse_without_journal
from freehold.migrate.staging import is_apart, staging_database
from freehold.migrate.steps import Bench, perform
from freehold.migrate.trace import Tracer, held_seconds


class Prospect(msgspec.Struct, frozen=True):
    """What going back would do, as it went on a copy of the database a moment ago.

    Attributes:
        target: the version to go back to.
        reverted: migrations, newest first.
        lost: tables, columns and rows that go, and columns whose values change.
        backup: the folder of the backup that brings it all back.
    """

    target: str
    reverted: list[str]
    lost: list[str]
    backup: str


Confirm = Callable[[Prospect], Awaitable[bool]]


async def down(
    database_url: str,
    *,
    sets: Sequence[MigrationSet],
    to: str,
    backups: Path,
    confirm: Confirm,
    staging_url: str | None = None,
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> Prospect:
    """Revert everything that was applied after a version, the last applied first, whatever its version.

    Args:
        database_url: production.
        sets: the files; every migration to revert must be among them.
        to: a version, ``set:version``, or ``0`` for the time before the first.
        backups: the folder for the backup that is taken first.
        confirm: is shown what would be lost; False stops before anything is changed.
        staging_url: another server for the copy.
        patience: how long to wait for locks and how often to try.
        progress: hears of every phase.

    Raises:
        TargetError: the version is not applied, or a migration on the way has no way back.
        DeclinedError: it was not confirmed.
        UnprovedError: the schema changed since the copy was taken, or a down reaches beyond the database, so that it
            cannot be tried on the copy.
        StepError: a down fails; on the copy already, then production is as it was.
        BackupError, StagingError, BusyError, ConnectError, LockedError, RightsError, HistoryError: as for rehearse and
            apply.
    """
    progress = progress or Silent()
    async with runner_lock(database_url) as lock, connect(database_url) as connection:
        await refuse_without_journal(connection)
        history = compare(sets, await journal.applied(connection))
        history.refuse_trouble(out_of_order=True)  # what is pending is not looked at
        rows = history.after(to)
        migrations = _ways_back(history, rows)
        if not migrations:
            await settle(connection)
            return Prospect(to, [], [], "")
        boundary = Boundary(apart=await is_apart(database_url, staging_url))
        _refuse_reaching(migrations, boundary)
        async with boundary.cleaned(staging_url or database_url), staging_database(database_url, staging_url) as copy:
            taken = await backup.create(database_url, backups, progress)
            _refuse_reaching(migrations, boundary, taken.manifest.objects)
            start = await load_into(taken, copy, progress)
            async with isolated(database_url, copy, boundary):
                lost, held = await _try_on_copy(copy, migrations, start, progress, boundary)
        prospect = Prospect(to, [migration.label for migration in migrations], lost, str(taken.folder))
        if not await confirm(prospect):
            raise DeclinedError(f"Nothing was reverted. The backup stays in {taken.folder}")
        if (await gate.live_fingerprint(connection)).logical != taken.manifest.fingerprint.logical:
            raise UnprovedError(
                "The schema changed while you were asked: nothing was reverted. Run the same command again"
            )
        bench = Bench(connection, lock.connection, patience or Patience(), progress)
        async with changing(connection):
            for index, migration in enumerate(migrations):
                await lock.check()
                progress.step(f"Reverting {migration.label}")
                progress.advance(index, len(migrations))
                await perform(bench._replace(foretold=held[migration.key]), migration, "down")
        return prospect


def _ways_back(history: History, rows: Sequence[Applied]) -> list[Migration]:
    migrations = [history.files[row.key] for row in rows]
    for migration in migrations:
        if not migration.down.statements:
            raise TargetError(
                f"{migration.label} has no way back ({migration.irreversible}): "
                "restore a backup with 'freehold restore', or write a new migration"
            )
    return migrations


def _refuse_reaching(migrations: Sequence[Migration], boundary: Boundary, objects: Sequence[SchemaObject] = ()) -> None:
    found = beyond.judge(migrations, apart=boundary.apart, objects=objects, directions=["down"])
    if found:
        raise UnprovedError("\n".join([*map(str, found), "Nothing was reverted"]))


async def _try_on_copy(
    copy: str, migrations: Sequence[Migration], start: Digests, progress: Progress, boundary: Boundary
) -> tuple[list[str], dict[tuple[str, str], float]]:
    """Go back on the copy: what of the backup is not there afterwards, and how long each step held up others."""
    held: dict[tuple[str, str], float] = {}
    async with connect(copy) as connection, connect(copy) as meter:
        progress.step("Looking at every column")
        before = await digests(meter, columns_of=start.tables, as_text=True, report=progress.advance)
        for migration in migrations:
            progress.step(f"Rehearsing {migration.label}: down")
            tracer = await Tracer.begin(connection)
            bench = Bench(connection, progress=progress, watch=tracer.watch, boundary=boundary)
            try:
                seconds = await perform(bench, migration, "down")
            except StepError as error:
                raise type(error)(explained(str(error))[1]) from None
            held[migration.key] = held_seconds(migration.down, await tracer.end(connection, seconds))
        progress.step("Comparing")
        after = await digests(meter, columns_of=start.tables, as_text=True, report=progress.advance)
        return [f"{loss.target}: {loss.how}" for loss in lost_data(before, after)], held
