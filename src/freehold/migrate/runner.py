"""Applying and reverting, one migration at a time, each with its row in the journal."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from freehold.migrate import journal
from freehold.migrate.catalog.memory import Memory
from freehold.migrate.database import connect
from freehold.migrate.drift import Drift, changing, drift, settle
from freehold.migrate.errors import TargetError
from freehold.migrate.evidence import Evidence
from freehold.migrate.files import MigrationSet
from freehold.migrate.history import Pending, Trouble, compare
from freehold.migrate.journal import Applied
from freehold.migrate.leftovers import Leftover
from freehold.migrate.lock import runner_lock
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.rights import refuse_without_journal
from freehold.migrate.steps import Bench, perform


class EvidenceSummary(msgspec.Struct, frozen=True):
    """The newest evidence in short: its id, what it covers, until when it counts, and the backup it stands on."""

    evidence_id: str
    versions: list[str]
    expires_at: datetime
    backup: str


class Status(msgspec.Struct, frozen=True):
    """How a database stands to the migrations of some sets.

    Attributes:
        applied: in the order in which they were applied.
        pending: in the order in which they will be.
        troubles: files edited, removed or renamed after they were applied; migrations that did not end.
        drift: objects that somebody changed since the last apply or down, each in words.
        not_compared: what of the database drift says nothing about, in words.
        evidence: the id of the newest evidence, and when it expires.
        leftovers: what killed runs and restores left; only `freehold migrate status` looks for it.
    """

    applied: list[Applied]
    pending: list[Pending]
    troubles: list[Trouble]
    drift: list[str] = []
    not_compared: list[str] = []
    evidence: EvidenceSummary | None = None
    leftovers: list[Leftover] = []

    @property
    def current(self) -> bool:
        """Whether the database has everything and nothing contradicts."""
        return not self.pending and not self.troubles


async def status(
    database_url: str, *, sets: Sequence[MigrationSet], closely: bool = False, memory: Memory | None = None
) -> Status:
    """What is applied, what is pending and what contradicts; changes nothing.

    Args:
        database_url: of the database.
        sets: the files.
        closely: look for drift and evidence, too, which takes some dozen queries more.
        memory: of this database, for who asks often: drift is looked for again when the catalog has changed.

    Raises:
        ConnectError: the database cannot be reached.
        RightsError: the role may not read the journal.
    """
    async with connect(database_url) as connection:
        await refuse_without_journal(connection, to_read=True)
        history = compare(sets, await journal.applied(connection))
        drifted = await drift(connection, memory) if closely else Drift([], [])
        kept = await journal.evidence(connection, Evidence) if closely else []
    pending = [Pending(*each.key, each.name, each.key in history.late) for each in history.pending]
    newest = [_summary(each) for each in kept[:1]]
    return Status(
        list(history.applied),
        pending,
        list(history.troubles),
        [str(each) for each in drifted.differences],
        drifted.not_compared,
        newest[0] if newest else None,
    )


def _summary(evidence: Evidence) -> EvidenceSummary:
    versions = [step.version for step in evidence.steps]
    return EvidenceSummary(evidence.evidence_id, versions, evidence.expires_at, evidence.backup)


async def apply(
    database_url: str, *, sets: Sequence[MigrationSet], out_of_order: bool = False, progress: Progress | None = None
) -> list[Applied]:
    """Apply everything pending, in order; without the gate, so for databases that have nothing to lose.

    Each migration commits together with its journal row. One that runs outside a transaction is journalled before and
    after, and is tried again by the next call if it did not end.

    Args:
        database_url: of the database.
        sets: the files.
        out_of_order: whether a pending migration may be older than applied ones.
        progress: hears of every step.

    Returns:
        What this call applied.

    Raises:
        ConnectError: the database cannot be reached.
        LockedError: another runner is at work.
        RightsError: the role may not keep the journal.
        HistoryError: an applied file was edited, removed or renamed, or a pending one is older than applied ones;
            nothing was begun.
        StepError: a statement failed; its migration was rolled back, the ones before it stay.
    """
    progress = progress or Silent()
    async with runner_lock(database_url) as lock, connect(database_url) as connection:
        await refuse_without_journal(connection)
        await journal.ensure(connection)
        history = compare(sets, await journal.applied(connection))
        history.refuse_trouble(out_of_order=out_of_order)
        if not history.pending:
            await settle(connection)
            return []
        async with changing(connection):
            for index, migration in enumerate(history.pending):
                await lock.check()
                progress.step(f"Applying {migration.label}")
                progress.advance(index, len(history.pending))
                await perform(Bench(connection), migration, "up")
        keys = {migration.key for migration in history.pending}
        return [row for row in await journal.applied(connection) if row.key in keys]


async def down(
    database_url: str, *, sets: Sequence[MigrationSet], to: str, progress: Progress | None = None
) -> list[Applied]:
    """Revert everything that was applied after a version, newest first; without asking and without a backup.

    Args:
        database_url: of the database.
        sets: the files; every reverted migration must be among them.
        to: a version, ``set:version``, or ``0`` for the time before the first.
        progress: hears of every step.

    Returns:
        What was reverted, in that order.

    Raises:
        TargetError: the version is not applied, or a migration on the way has no way back; nothing was begun.
        ConnectError, LockedError, HistoryError, StepError: as in `apply`.
    """
    progress = progress or Silent()
    async with runner_lock(database_url) as lock, connect(database_url) as connection:
        history = compare(sets, await journal.applied(connection))
        history.refuse_trouble(out_of_order=True)  # what is pending is not looked at
        rows = history.after(to)
        for row in rows:
            migration = history.files[row.key]
            if not migration.down.statements:
                raise TargetError(
                    f"{migration.label} has no way back ({migration.irreversible}): "
                    "restore a backup with 'freehold restore', or write a new migration"
                )
        if not rows:
            await settle(connection)
            return []
        async with changing(connection):
            for index, row in enumerate(rows):
                await lock.check()
                progress.step(f"Reverting {row.label}")
                progress.advance(index, len(rows))
                await perform(Bench(connection), history.files[row.key], "down")
        return list(rows)
