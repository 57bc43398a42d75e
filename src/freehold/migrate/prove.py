"""Up, down and up again on a staging copy, everything compared: what a migration does, shown rather than believed."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec

from freehold.migrate import journal
from freehold.migrate.blame import at_commit, blaming
from freehold.migrate.catalog import SchemaObject, schema_objects
from freehold.migrate.concurrently import without_concurrently
from freehold.migrate.database import Connection, connect
from freehold.migrate.digests import Digests, digests
from freehold.migrate.errors import StepError
from freehold.migrate.findings import Finding, Severity, finding, not_ignored
from freehold.migrate.fingerprint import Fingerprint, differences, fingerprint, misgranted, reordered
from freehold.migrate.invent import read_again, write_rows
from freehold.migrate.lexer import Kind
from freehold.migrate.losses import Loss, lost_data, lost_writes, undeclared, untrue
from freehold.migrate.migration import Migration, Section
from freehold.migrate.progress import Progress
from freehold.migrate.splitter import Statement
from freehold.migrate.steps import OWN_AGAIN, Bench, perform, transaction_kind
from freehold.migrate.trace import StepTrace, Tracer

REWRITE_ROWS = 10_000
"""A table with fewer rows may be rewritten without a word."""
LOCK_SECONDS = 1.0
"""A lock that holds up others may be held so long without a word."""


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


class _State(NamedTuple):
    """The staging copy at one moment."""

    objects: list[SchemaObject]
    digests: Digests
    fingerprint: Fingerprint


async def prove(staging_url: str, migrations: Sequence[Migration], start: Digests, progress: Progress) -> Proof:
    """Take a staging copy through every migration: up, down, up; with rows written in between.

    Args:
        staging_url: of the copy, which is changed.
        migrations: pending ones, in order.
        start: what the copy's tables hold now.
        progress: hears of every step.

    Raises:
        ConnectError: the copy cannot be reached.
    """
    async with connect(staging_url) as connection, connect(staging_url) as meter:
        await journal.ensure(connection)
        prover = _Prover(connection, meter, migrations, progress)
        await prover.begin(start)
        for segment in _segments(migrations):
            if not await prover.walk(segment):
                break
        return Proof(list(prover.steps.values()), prover.findings, prover.state.objects)


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
        self, connection: Connection, meter: Connection, migrations: Sequence[Migration], progress: Progress
    ) -> None:
        self.steps: dict[tuple[str, str], ProvedStep] = {}
        self.findings: list[Finding] = []
        self._left_behind: set[str] = set()
        self._reordered: set[str] = set()
        self._connection = connection
        self._meter = meter
        self._progress = progress
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
        self.state = await self._look(start, self._named(start))

    async def walk(self, segment: Sequence[Migration]) -> bool:
        """Up, down and up again through some migrations; whether it makes sense to go on behind them."""
        states = [self.state]
        for migration in segment:
            self._progress.step(f"Rehearsing {migration.label}: up")
            if not await self._up(migration):
                return False
            states.append(self.state)
        if not segment[-1].down.statements:
            return True
        known: set[tuple[str, str]] = set()
        for index in range(len(segment) - 1, -1, -1):
            self._progress.step(f"Rehearsing {segment[index].label}: down")
            if not await self._down(segment[index], states[index], states[index + 1], known):
                return False
        lost = {table for table, _ in known}
        for index, migration in enumerate(segment):
            self._progress.step(f"Rehearsing {migration.label}: up again")
            if not await self._up_again(migration, states[index + 1], lost):
                return False
        return True

    async def _up(self, migration: Migration) -> bool:
        before = self.state
        tracer = await Tracer.begin(self._connection)
        try:
            seconds = await perform(self._bench(tracer), migration, "up")
        except StepError as error:
            self._find(migration, "up-fails", str(error))
            return False
        trace = await tracer.end(self._connection, round(seconds, 3))
        self.state = await self._look(before.digests, self._touched(migration.up, trace), before.objects)
        self.steps[migration.key] = ProvedStep(
            *migration.key, migration.name, migration.exact_checksum, before.fingerprint, self.state.fingerprint, trace
        )
        self.findings += not_ignored(migration, _judge(migration, trace))
        return True

    async def _down(self, migration: Migration, before: _State, after: _State, known: set[tuple[str, str]]) -> bool:
        losses, failure = await self._down_after_writes(migration, before, after)
        if failure:
            admitted = bool(migration.lossy or migration.irreversible)
            self._find(
                migration,
                "down-fails-after-writes",
                f"down fails once users have written rows that only the new schema allows: {failure}",
                remedy="let down make room first (and say what it loses: -- migrate: lossy: table.column why)",
                notice=admitted,
            )
        tracer = await Tracer.begin(self._connection)
        try:
            seconds = await perform(self._bench(tracer), migration, "down")
        except StepError as error:
            self._find(migration, "down-fails", str(error), notice=bool(migration.irreversible))
            return False
        trace = await tracer.end(self._connection, seconds)
        self.state = await self._look(self.state.digests, self._touched(migration.down, trace), self.state.objects)
        self._compare_schema(migration, before)
        found = [
            loss for loss in lost_data(before.digests, self.state.digests) if (loss.table, loss.column) not in known
        ]
        known |= {(loss.table, loss.column) for loss in found}
        named = {loss.target for loss in found}
        losses = [*found, *(loss for loss in losses if loss.target not in named)]
        for loss in undeclared(migration, losses):
            self._find(
                migration,
                "down-loses-data",
                f"down does not bring back {loss.target}: {loss.how}",
                line=migration.down.line,
                remedy=f"keep what up removes or changes, or admit it: -- migrate: lossy: {loss.target} why",
            )
        for target in untrue(migration, losses) if not failure else ():
            message = f"'lossy: {target}' is declared, and nothing of it was lost"
            self._find(migration, "untrue-declaration", message, notice=True)
        step = self.steps[migration.key]
        self.steps[migration.key] = msgspec.structs.replace(
            step, losses=[f"{loss.target}: {loss.how}" for loss in losses]
        )
        return True

    async def _up_again(self, migration: Migration, expected: _State, lost: set[str]) -> bool:
        tracer = await Tracer.begin(self._connection)
        try:
            seconds = await perform(self._bench(tracer), migration, "up")
        except StepError as error:
            self._find(migration, "up-fails-again", f"up works once, but not after its own down: {error}")
            return False
        trace = await tracer.end(self._connection, seconds)
        self.state = await self._look(self.state.digests, self._touched(migration.up, trace), self.state.objects)
        for difference in differences(expected.objects, self.state.objects):
            if difference.identity in self._left_behind:
                continue  # a down is to blame, and has been
            self._find(migration, "up-not-repeatable", f"a second up makes another schema: {difference}")
        changed = [table for table in expected.digests.differing_tables(self.state.digests) if table not in lost]
        if changed:
            lost.update(changed)  # told once: in every later state they differ, too
            message = f"a second up leaves other rows in {', '.join(changed)} (now() or random values?)"
            self._find(migration, "up-not-repeatable", message, notice=True)
        return True

    async def _down_after_writes(self, migration: Migration, before: _State, after: _State) -> tuple[list[Loss], str]:
        """Write rows, go down, see what is left of them; all in a transaction that is rolled back."""
        tables = _changed_tables(before, after, self.steps[migration.key].trace)
        old = {(o.parent, o.name) for o in before.objects if o.kind == "column"}
        async with _rolled_back(self._connection, transaction_kind(migration.down)):
            written = [
                await write_rows(self._connection, table, {name for parent, name in old if parent == table})
                for table in tables
            ]
            try:
                await self._run_down(migration)
            except StepError as error:
                return [], str(error)
            losses: list[Loss] = []
            for each in written:
                count = await self._connection.fetchval(f"SELECT count(*) FROM {each.table}")  # noqa: S608
                rows = before.digests.tables[each.table].rows
                losses += lost_writes(each, rows, count, await read_again(self._connection, each))
            return losses, ""

    async def _run_down(self, migration: Migration) -> None:
        kind = transaction_kind(migration.down)  # chosen already
        for statement in (each for each in migration.down.statements if each not in kind):
            bounds = []
            if step := migration.down.backfill:
                ends = f"SELECT {step.key} FROM {step.table} ORDER BY 1"  # noqa: S608 - names from the directive
                bounds = [await self._connection.fetchval(f"{ends} {order}") for order in ("LIMIT 1", "DESC LIMIT 1")]
            async with blaming(migration, migration.down, statement):
                await self._connection.execute(without_concurrently(statement), *bounds)
        async with at_commit(migration, migration.down):
            await self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        await self._connection.execute(OWN_AGAIN)

    def _compare_schema(self, migration: Migration, before: _State) -> None:
        every = differences(before.objects, self.state.objects)
        found = [each for each in every if each.identity not in self._left_behind]
        self._left_behind |= {each.identity for each in found}
        for difference in found:
            self._find(
                migration,
                "down-leaves-schema",
                f"after down the schema is not what it was: {difference}",
                line=migration.down.line,
                remedy="undo in down exactly what up does",
                notice=bool(migration.irreversible),
            )
        line = migration.down.line
        for difference in misgranted(before.objects, self.state.objects):
            self._find(migration, "down-loses-grants", f"after down, {difference}", line=line)
        moved = [] if found else reordered(before.objects, self.state.objects)
        for table in (table for table in moved if table not in self._reordered):
            self._reordered.add(table)
            message = f"after down the columns of {table} have another order: a column added again comes last"
            self._find(migration, "column-order", message, line=line, notice=True)

    async def _look(self, known: Digests, touched: Sequence[str], before: Sequence[SchemaObject] = ()) -> _State:
        """Look at the copy: every object, and the rows of the tables that were touched or have other columns now."""
        objects = await schema_objects(self._meter)
        changed = set(objects) ^ set(before) if before else set()
        recast = {o.parent for o in changed if o.kind == "column"}
        if any(o.kind == "type" for o in changed):  # rows show its values by name
            recast = set(known.tables)
        major = self._meter.get_server_version().major
        found = await digests(
            self._meter,
            known=known,
            touched={*touched, *recast},
            columns_of=self._named(known),
            report=self._progress.advance,
        )
        return _State(objects, found, fingerprint(objects, major))

    def _named(self, known: Digests) -> list[str]:
        return [name for name in known.tables if name.rpartition(".")[2].strip('"').lower() in self._words]

    def _bench(self, tracer: Tracer) -> Bench:
        return Bench(self._connection, progress=self._progress, watch=tracer.watch)

    def _touched(self, section: Section, trace: StepTrace) -> list[str]:
        """Tables whose rows a step may have changed: by its locks; outside a transaction nobody sees those."""
        if section.transaction and section.backfill is None:
            return trace.touched
        return list(self.state.digests.tables) if section.backfill else []

    def _find(
        self, migration: Migration, rule: str, message: str, *, line: int = 0, remedy: str = "", notice: bool = False
    ) -> None:
        severity: Severity = "notice" if notice else "error"
        found = finding(migration, rule, message, line=line, remedy=remedy, severity=severity)
        self.findings += not_ignored(migration, [found])


@asynccontextmanager
async def _rolled_back(connection: Connection, kind: Sequence[Statement]) -> AsyncIterator[None]:
    transaction = connection.transaction()
    await transaction.start()
    try:
        for statement in kind:
            await connection.execute(statement.sql)
        await connection.execute("SET TRANSACTION READ WRITE")
        yield
    finally:
        await transaction.rollback()


def _may_change_values(statement: Statement) -> bool:
    """Whether the values of a table it names may differ afterwards; then a loss is worth naming by column."""
    if statement.begins("ALTER", "TABLE") and statement.has("CONSTRAINT"):
        return any(word.text == "," for word in statement.words)
    return not any(word.is_word("INDEX", "CONSTRAINT", "COMMENT", "GRANT", "REVOKE") for word in statement.words[:3])


def _changed_tables(before: _State, after: _State, trace: StepTrace) -> list[str]:
    changed = {o.parent or o.name for o in set(before.objects) ^ set(after.objects)} | set(trace.touched)
    return sorted(changed & before.digests.tables.keys() & after.digests.tables.keys())


def _judge(migration: Migration, trace: StepTrace) -> list[Finding]:
    """What the trace of an up shows that would hurt in production."""
    found = [
        finding(
            migration,
            "traced-rewrite",
            f"up rewrites the whole table {table} ({rows} rows), and nobody can read it meanwhile",
            remedy="add a new column, fill it with a backfill, and swap the two in a later migration",
        )
        for table, rows in trace.rewritten.items()
        if rows >= REWRITE_ROWS
    ]
    found += [
        finding(
            migration,
            "traced-lock",
            f"up holds {lock.mode} on {lock.table} for {lock.seconds:.1f} s: no {lock.blocks} meanwhile",
            remedy="split it: first what needs the lock, then, in a migration of its own, what takes long",
        )
        for lock in trace.locks
        if lock.seconds >= LOCK_SECONDS and lock.table not in trace.rewritten
    ]
    return found
