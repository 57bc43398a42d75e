"""Up, down and up again on a staging copy, everything compared: what a migration does, shown rather than believed."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import msgspec

from freehold.migrate import journal, large_objects
from freehold.migrate.boundary import Boundary
from freehold.migrate.catalog import SchemaObject
from freehold.migrate.database import Connection, connect
from freehold.migrate.digests import Digests
from freehold.migrate.errors import StepError
from freehold.migrate.findings import Finding
from freehold.migrate.fingerprint import Fingerprint
from freehold.migrate.judge import Judge
from freehold.migrate.lexer import Kind
from freehold.migrate.loosened import Change, widened_sequences
from freehold.migrate.losses import Loss, lost_data
from freehold.migrate.migration import Migration, Section
from freehold.migrate.progress import Progress
from freehold.migrate.splitter import Statement
from freehold.migrate.state import State, changes, look
from freehold.migrate.steps import OWN_AGAIN, Bench, Direction, perform
from freehold.migrate.trace import StepTrace, Tracer
from freehold.migrate.trial import Trial, rolled_back, run_section, try_down


class ProvedStep(msgspec.Struct, frozen=True):
    """One migration as it went on the staging copy.

    Attributes:
        before: the schema's fingerprint before its up.
        after: and after it.
        trace: what its up did.
        losses: what its down loses, all of it declared.
    """

    set_name: str
    version: str
    name: str
    checksum: str
    before: Fingerprint
    after: Fingerprint
    trace: StepTrace
    losses: list[str] = []

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the migration: set and version."""
        return self.set_name, self.version


class Proof(NamedTuple):
    """What a rehearsal has shown; it failed if a finding is an error."""

    steps: list[ProvedStep]
    findings: list[Finding]
    objects: list[SchemaObject]


class _Aside(NamedTuple):
    """A way down taken right after the way up and rolled back, so that nothing of it is there when others are tried.

    Attributes:
        trial: what became of rows that were written in between.
        lost: what down does not bring back.
        after: the copy behind down; None if down failed.
        again: the copy behind another up; None if that was not wanted, or failed.
        failure: of down or of another up; empty if both work.
    """

    trial: Trial
    lost: list[Loss]
    after: State | None = None
    again: State | None = None
    failure: str = ""


async def prove(
    staging_url: str, migrations: Sequence[Migration], start: Digests, progress: Progress, *, boundary: Boundary
) -> Proof:
    """Take a staging copy through every migration: up, down, up; with rows written in between.

    Args:
        staging_url: of the copy, which is changed.
        migrations: pending ones, in order.
        start: what the copy's tables hold now.
        progress: hears of every step.
        boundary: of the copy.

    Raises:
        ConnectError: the copy cannot be reached.
    """
    async with connect(staging_url) as connection, connect(staging_url) as meter:
        await journal.ensure(connection)
        prover = _Prover(connection, meter, migrations, progress, boundary)
        await prover.begin(start)
        segments = list(_segments(migrations))
        for segment in segments:
            if not await prover.walk(segment, last=segment is segments[-1]):
                break
        return Proof(list(prover.steps.values()), prover.judge.findings, prover.state.objects)


def _segments(migrations: Sequence[Migration]) -> Iterator[list[Migration]]:
    """Runs of migrations that can be walked down together; what has no way down stands alone."""
    run: list[Migration] = []
    for migration in migrations:
        if migration.down.statements:
            run.append(migration)
            continue
        if run:
            yield run
        yield [migration]
        run = []
    if run:
        yield run


class _Prover:
    """Steps run on one connection; looking happens on another, whose settings differ."""

    def __init__(
        self,
        connection: Connection,
        meter: Connection,
        migrations: Sequence[Migration],
        progress: Progress,
        boundary: Boundary,
    ) -> None:
        self.steps: dict[tuple[str, str], ProvedStep] = {}
        self.judge = Judge()
        self._aside: dict[tuple[str, str], _Aside] = {}
        self._connection = connection
        self._meter = meter
        self._progress = progress
        self._boundary = boundary
        self._words = {
            word.text.strip('"').lower()
            for migration in migrations
            for section in (migration.up, migration.down)
            for statement in section.statements
            if _may_change_values(statement)
            for word in statement.words
            if word.kind in (Kind.WORD, Kind.QUOTED_NAME)
        }

    async def begin(self, start: Digests) -> None:
        """Look at the start; tables named in a migration get a digest per column, so that a loss can be named."""
        self.state = await self._look(self._meter, start, self._named(start))

    async def walk(self, segment: Sequence[Migration], *, last: bool) -> bool:
        """Up, down and up again through some migrations; whether it makes sense to go on behind them."""
        states = [self.state]
        # What down takes away would be missing where the migrations of later segments are tried.
        aside = not last and any(migration.lossy or migration.irreversible for migration in segment)
        for index, migration in enumerate(segment):
            self._progress.step(f"Rehearsing {migration.label}: up")
            if not await self._up(migration):
                return False
            states.append(self.state)
            around = states[-2], states[-1]
            if migration.down.statements and (aside or self._is_taken_from(migration, segment[index + 1 :], *around)):
                self._aside[migration.key] = await self._try_aside(migration, *around, again=aside)
        if not segment[-1].down.statements:
            return True
        if aside:
            return False not in [self._judge_aside(each, *states[n : n + 2]) for n, each in enumerate(segment)]
        lost: set[str] = set()
        for index in range(len(segment) - 1, -1, -1):
            self._progress.step(f"Rehearsing {segment[index].label}: down")
            if not await self._down(segment[index], states[index], states[index + 1], lost):
                return False
        for index, migration in enumerate(segment):
            self._progress.step(f"Rehearsing {migration.label}: up again")
            if not await self._up_again(migration, states[index + 1], lost):
                return False
        return True

    async def _up(self, migration: Migration) -> bool:
        before = self.state
        try:
            trace = await self._perform(migration, "up")
        except StepError as error:
            self.judge.find(migration, "up-fails", str(error))
            return False
        self.steps[migration.key] = ProvedStep(
            *migration.key, migration.name, migration.exact_checksum, before.fingerprint, self.state.fingerprint, trace
        )
        self.judge.traced(migration, trace)
        return True

    async def _down(self, migration: Migration, before: State, after: State, lost: set[str]) -> bool:
        aside = self._aside.get(migration.key)
        trial = aside.trial if aside else await self._try(migration, before, after)
        # What later ways down have taken away is their fault.
        gone = {(each.table, each.column) for each in lost_data(after.digests, self.state.digests)}
        try:
            await self._perform(migration, "down")
        except StepError as error:
            self.judge.tried(migration, trial)
            self.judge.find(migration, "down-fails", str(error), notice=bool(migration.irreversible))
            return False
        self.judge.schema(migration, before, self.state)
        now = lost_data(before.digests, self.state.digests)
        lost |= {each.table for each in now}
        self._judge_losses(migration, trial, aside.lost if aside else [each for each in now if not _among(each, gone)])
        return True

    def _judge_losses(self, migration: Migration, trial: Trial, lost: Sequence[Loss]) -> None:
        losses = [f"{each.target}: {each.how}" for each in self.judge.losses(migration, trial, lost)]
        self.steps[migration.key] = msgspec.structs.replace(self.steps[migration.key], losses=losses)

    async def _up_again(self, migration: Migration, expected: State, lost: set[str]) -> bool:
        try:
            await self._perform(migration, "up")
        except StepError as error:
            self.judge.find(migration, "up-fails-again", f"up works once, but not after its own down: {error}")
            return False
        self.judge.repeated(migration, expected, self.state, lost)
        return True

    async def _try(self, migration: Migration, before: State, after: State) -> Trial:
        """Go down after rows were written, and roll back."""
        changed = self._changes(migration, before, after)
        rows = {name: digest.rows for name, digest in self.state.digests.tables.items()}
        widened = widened_sequences(before.objects, after.objects)
        return await try_down(self._connection, migration, changed, widened, rows)

    def _changes(self, migration: Migration, before: State, after: State) -> list[Change]:
        return changes(before, after, self.steps[migration.key].trace.touched)

    async def _try_aside(self, migration: Migration, before: State, after: State, *, again: bool) -> _Aside:
        """Go down after rows were written, and without any, and perhaps up again; all of it is rolled back."""
        self._progress.step(f"Rehearsing {migration.label}: down")
        trial = await self._try(migration, before, after)
        async with rolled_back(self._connection, migration.down):
            try:
                down = await self._run_aside(migration, migration.down, after)
                lost = lost_data(before.digests, down.digests)
            except StepError as error:
                return _Aside(trial, [], failure=str(error))
            try:
                return _Aside(
                    trial, lost, down, await self._run_aside(migration, migration.up, down) if again else None
                )
            except StepError as error:
                return _Aside(trial, lost, down, failure=str(error))

    async def _run_aside(self, migration: Migration, section: Section, state: State) -> State:
        tracer = await Tracer.begin(self._connection)
        await run_section(self._connection, migration, section)
        await tracer.watch(self._connection)
        trace = await tracer.end(self._connection, 0.0)
        found = await self._look(self._connection, state.digests, self._touched(section, trace), state.objects)
        await self._connection.execute(OWN_AGAIN)
        return found

    def _is_taken_from(self, migration: Migration, later: Sequence[Migration], before: State, after: State) -> bool:
        """Whether the way down of a later one may take away rows by which this one's way down is judged."""
        if any(other.irreversible for other in later):
            return True
        declared = {each.target.removeprefix("public.") for other in later for each in other.lossy}
        taken = declared | {target.rpartition(".")[0] for target in declared}
        known = {name.removeprefix("public.") for name in after.tables.values()}
        found = {name.removeprefix("public.") for each in self._changes(migration, before, after) for name in each[:2]}
        return bool(taken & found) or any({each, each.rpartition(".")[0]}.isdisjoint(known) for each in declared)

    def _judge_aside(self, migration: Migration, before: State, after: State) -> bool:
        aside = self._aside[migration.key]
        if aside.after is None:
            self.judge.tried(migration, aside.trial)
            self.judge.find(migration, "down-fails", aside.failure, notice=bool(migration.irreversible))
            return bool(migration.irreversible)
        self.judge.schema(migration, before, aside.after)
        self._judge_losses(migration, aside.trial, aside.lost)
        if aside.again is None:
            message = f"up works once, but not after its own down: {aside.failure}"
            self.judge.find(migration, "up-fails-again", message)
            return False
        self.judge.repeated(migration, after, aside.again, {each.table for each in aside.lost})
        return True

    async def _perform(self, migration: Migration, direction: Direction) -> StepTrace:
        """Run a step for real, and look at what it has done."""
        section = migration.up if direction == "up" else migration.down
        tracer = await Tracer.begin(self._connection)
        bench = Bench(self._connection, progress=self._progress, watch=tracer.watch, boundary=self._boundary)
        seconds = await perform(bench, migration, direction)
        trace = await tracer.end(self._connection, round(seconds, 3))
        touched = self._touched(section, trace)
        self.state = await self._look(self._meter, self.state.digests, touched, self.state.objects)
        return trace

    async def _look(
        self, connection: Connection, known: Digests, touched: Collection[str], before: Sequence[SchemaObject] = ()
    ) -> State:
        columns_of, report = self._named(known), self._progress.advance
        return await look(connection, known, before, touched=touched, columns_of=columns_of, report=report)

    def _named(self, known: Digests) -> list[str]:
        return [name for name in known.tables if name.rpartition(".")[2].strip('"').lower() in self._words]

    def _touched(self, section: Section, trace: StepTrace) -> list[str]:
        """Tables whose rows a step may have changed: by its locks; outside a transaction nobody sees those."""
        if section.transaction and section.backfill is None:
            return trace.touched
        return [*self.state.digests.tables, large_objects.NAME] if section.backfill else []


def _may_change_values(statement: Statement) -> bool:
    """Whether the values of a table it names may differ afterwards; then a loss is worth naming by column."""
    if statement.begins("ALTER", "TABLE") and statement.has("CONSTRAINT"):
        return any(word.text == "," for word in statement.words)
    return not any(word.is_word("INDEX", "CONSTRAINT", "COMMENT", "GRANT", "REVOKE") for word in statement.words[:3])


def _among(loss: Loss, gone: Collection[tuple[str, str]]) -> bool:
    """Whether a loss is one of those, or nobody can tell because of them."""
    return any(
        table == loss.table and (not column or not loss.column or column == loss.column) for table, column in gone
    )
