"""The course of an import: check, hold, store; all lines as a whole, or some thousands of them at a time."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from itertools import islice
from typing import Final

import msgspec

from freehold.base.errors import Invalid
from freehold.data.db import Database, Transaction
from freehold.transfer import queries
from freehold.transfer.checking import Checker
from freehold.transfer.errors import ImportIsRunning
from freehold.transfer.progress import Progress, Quiet
from freehold.transfer.queries import Checkpoint
from freehold.transfer.refusals import Refusals
from freehold.transfer.staging.table import BROKEN, Staging
from freehold.transfer.types import BATCH, Entry, ImportPlan, ImportReport, KindName

_TRIES: Final = 3
"""How often a batch is stored anew without the lines that others have come before, in the same moment."""

Entries = AsyncIterator[Sequence[Entry]]


async def batches(entries: Iterator[Entry]) -> Entries:
    """Read a file some lines at a time."""
    while batch := list(islice(entries, BATCH)):
        yield batch


class Tally(msgspec.Struct, frozen=True):
    """What has come of some lines."""

    stored: int = 0
    updated: int = 0
    skipped: int = 0


class Course:
    """One import of one kind of rows."""

    def __init__(self, kind: KindName, plan: ImportPlan, refusals: Refusals, progress: Progress) -> None:
        self._kind = kind
        self._plan = plan
        self._refusals = refusals
        self._progress = progress
        self._checker = Checker(kind)

    async def whole(self, db: Transaction, entries: Entries) -> ImportReport:
        """Import all lines in one transaction.

        When one is refused, the others are checked nevertheless, and nothing is stored unless the plan is partial.
        """
        staging = Staging(db, self._kind, self._plan.on_conflict)
        await staging.begin()
        held = 0
        async for batch in entries:
            held += await self._hold(staging, batch)
            self._progress.checked(len(batch))
        tally = await self._settle(staging, held, self._progress)
        await staging.end()
        done = Checkpoint(line=0, unusable_passwords=self._checker.unusable_passwords, **msgspec.structs.asdict(tally))
        return self._report(done)

    async def partial(
        self, db: Database | Transaction, entries_after: Callable[[int], Entries], fingerprint: bytes | None
    ) -> ImportReport:
        """Import the lines that are right, a batch in a transaction, and go on where an attempt was cut off.

        Args:
            db: where each batch begins its transaction.
            entries_after: reads the lines after one.
            fingerprint: what tells this import from all others; None for one that cannot go on.

        Raises:
            ImportIsRunning: somebody else imports the same.
        """
        begun = await queries.checkpoint(db, fingerprint=fingerprint) if fingerprint else None
        done = begun or Checkpoint(line=0)
        self._refusals.begin(position=done.refusals_bytes, lines=done.refused)
        async for batch in entries_after(done.line):
            async with db.bulk() as transaction:
                done = await self._store_batch(transaction, batch, done, fingerprint)
            self._progress.checked(len(batch))
        return self._report(done, resumed_after=begun.line if begun else 0)

    async def _store_batch(
        self, db: Transaction, batch: Sequence[Entry], done: Checkpoint, fingerprint: bytes | None
    ) -> Checkpoint:
        line = batch[-1][0]
        if fingerprint and not await queries.claim(db, fingerprint=fingerprint, line=line, after=done.line):
            raise ImportIsRunning
        staging = Staging(db, self._kind, self._plan.on_conflict)
        await staging.begin()
        unusable_before = self._checker.unusable_passwords
        tally = await self._settle(staging, await self._hold(staging, batch), Quiet())
        done = Checkpoint(
            line=line,
            stored=done.stored + tally.stored,
            updated=done.updated + tally.updated,
            skipped=done.skipped + tally.skipped,
            refused=self._refusals.lines,
            unusable_passwords=done.unusable_passwords + self._checker.unusable_passwords - unusable_before,
            refusals_bytes=self._refusals.position(),
        )
        if fingerprint:
            await queries.note(db, fingerprint=fingerprint, **_but_line(done))
        return done

    async def _hold(self, staging: Staging, batch: Sequence[Entry]) -> int:
        """Check lines and hold those that are right; tells how many these are."""
        rows = []
        for line, document in batch:
            try:
                rows.append([line, *self._checker.row(document)])
            except Invalid as error:
                self._refusals.add(line, error.errors)
                self._refusals.lines += 1
        await staging.add(rows)
        return len(rows)

    async def _settle(self, staging: Staging, held: int, progress: Progress) -> Tally:
        """Store what is held; lines with something against them are refused, and left out or (as a whole) nothing is.

        What speaks against them takes longer to find than the storing itself, so it is looked for when storing has
        failed or will not be tried. With updates it is before, since one of two lines with the same id would win there.
        """
        # Nothing but changing rows tells how many change, so a dry run of updates does it; its transaction is undone.
        counts = self._plan.dry_run and self._plan.on_conflict != "update"
        must_look = self._plan.on_conflict == "update" or counts or self._is_refused
        failure: Exception | None = None
        for _ in range(_TRIES):
            if must_look:
                progress.comparing()
                faulty, clashing = await self._refuse_faults(staging)
                if failure and not faulty:
                    raise failure
                held -= len(faulty)
                if self._is_refused:
                    return Tally()
                if counts:
                    return Tally(stored=held - clashing, skipped=clashing)
                await staging.discard(sorted(faulty))
            try:
                outcome = await staging.store(progress.stored)
            except BROKEN as error:
                failure, must_look = error, True
            else:
                return Tally(outcome.stored, outcome.updated, held - outcome.stored - outcome.updated)
        raise failure or AssertionError("unreachable: a try fails or ends")

    @property
    def _is_refused(self) -> bool:
        """Whether nothing is stored, since a line is refused."""
        return not self._plan.partial and self._refusals.lines > 0

    async def _refuse_faults(self, staging: Staging) -> tuple[set[int], int]:
        """Find the lines at fault, and how many others bring what is there already and are to be skipped."""
        faulty: set[int] = set()
        clashing: set[int] = set()
        async for line, error in staging.dangling():
            self._refusals.add(line, [error])
            faulty.add(line)
        async for line, error in staging.clashes():
            if self._plan.on_conflict == "skip":
                clashing.add(line)
            else:
                self._refusals.add(line, [error])
                faulty.add(line)
        self._refusals.lines += len(faulty)
        return faulty, len(clashing - faulty)

    def _report(self, done: Checkpoint, *, resumed_after: int = 0) -> ImportReport:
        return ImportReport(
            kind=self._kind,
            stored=done.stored,
            updated=done.updated,
            skipped=done.skipped,
            refused=self._refusals.lines,
            unusable_passwords=done.unusable_passwords,
            resumed_after=resumed_after,
            dry_run=self._plan.dry_run,
        )


def _but_line(done: Checkpoint) -> dict[str, int]:
    counts: dict[str, int] = msgspec.structs.asdict(done)
    del counts["line"]
    return counts
