"""Applying in production: only what was proved, with short locks, and compared with the proof afterwards."""

from collections.abc import Sequence

import msgspec

from freehold.migrate import journal
from freehold.migrate.catalog import schema_objects
from freehold.migrate.check import check
from freehold.migrate.database import Connection, connect
from freehold.migrate.drift import changing, settle
from freehold.migrate.errors import UnprovedError
from freehold.migrate.evidence import Evidence, fitting
from freehold.migrate.files import MigrationSet
from freehold.migrate.findings import judged_offline
from freehold.migrate.fingerprint import Fingerprint, differences, dumped, fingerprint
from freehold.migrate.history import History, compare
from freehold.migrate.lock import RunnerLock, runner_lock
from freehold.migrate.migration import Migration
from freehold.migrate.patience import Patience
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.prove import ProvedStep
from freehold.migrate.rights import refuse_without_journal
from freehold.migrate.steps import Bench, perform
from freehold.migrate.trace import held_seconds

_TABLES = """
SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND pg_relation_size(c.oid) > 0
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
"""


class AppliedStep(msgspec.Struct, frozen=True):
    """One migration as it went in production, beside what the rehearsal foretold.

    Attributes:
        seconds: how long it took, waiting for locks included.
        predicted_seconds: on the staging copy; None without evidence.
    """

    set_name: str
    version: str
    name: str
    seconds: float
    predicted_seconds: float | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What apply did.

    Attributes:
        applied: in order.
        evidence: the id of the evidence it went by; empty if the database held no rows, or with ``unsafe``.
        surprises: how the schema now differs from the rehearsed one; empty is as it should be.
    """

    applied: list[AppliedStep]
    evidence: str = ""
    surprises: list[str] = []


async def apply_proved(
    database_url: str,
    *,
    sets: Sequence[MigrationSet],
    patience: Patience | None = None,
    unsafe: str = "",
    offline: bool = False,
    out_of_order: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Apply everything pending, if it has been proved.

    A database without a single row needs no proof. After an interruption the same call goes on where it stopped, under
    the same evidence.

    Args:
        database_url: production.
        sets: the migration files.
        patience: how long to wait for locks and how often to try.
        unsafe: why to go without evidence; recorded with the role's name.
        offline: nobody else uses the database, so evidence of a rehearsal for a stopped application counts.
        out_of_order: whether a pending migration may be older than applied ones.
        progress: hears of every step and of who blocks it.

    Raises:
        UnprovedError: evidence is missing or does not fit; the text says which and what to run.
        BusyError: locks were not to be had; what was applied before stays.
        ConnectError, LockedError, RightsError, HistoryError, StepError: as for `runner.apply`.
    """
    progress = progress or Silent()
    async with runner_lock(database_url) as lock, connect(database_url) as connection:
        await refuse_without_journal(connection)
        history = compare(sets, await journal.applied(connection))
        history.refuse_trouble(out_of_order=out_of_order)
        if not history.pending:
            await settle(connection)
            return Outcome([])
        proved = None if unsafe else await _proved(connection, history, offline=offline)
        await journal.ensure(connection)
        if unsafe:
            await journal.add_unsafe(connection, [migration.version for migration in history.pending], unsafe)
        evidence, steps = proved or (None, [])
        bench = Bench(connection, lock.connection, patience or Patience(), progress)
        async with changing(connection):
            applied = await _apply_all(bench, lock, history.pending, steps)
        if evidence is None:
            return Outcome(applied)
        surprises = differences(dumped(evidence.objects), dumped(await schema_objects(connection)))
        return Outcome(applied, evidence.evidence_id, [str(each) for each in surprises])


async def is_empty(connection: Connection) -> bool:
    """Whether no table has a row: then there is nothing to lose."""
    await connection.execute("SET search_path = pg_catalog; SET row_security = off")
    try:
        for (name,) in await connection.fetch(_TABLES):
            if await connection.fetchval(f"SELECT EXISTS (SELECT FROM ONLY {name})"):  # noqa: S608 - by regclass
                return False
    finally:
        await connection.execute("RESET search_path; RESET row_security")
    return True


async def live_fingerprint(connection: Connection) -> Fingerprint:
    """The fingerprint of the schema as it is."""
    return fingerprint(await schema_objects(connection), connection.get_server_version().major)


async def _proved(
    connection: Connection, history: History, *, offline: bool
) -> tuple[Evidence, list[ProvedStep]] | None:
    if await is_empty(connection):
        return None
    found = check(history.pending, among=tuple(history.files.values()))
    errors = [each for each in (judged_offline(found) if offline else found) if each.severity == "error"]
    if errors:
        raise UnprovedError("\n".join([*(str(each) for each in errors), "Not applied: correct these first"]))
    kept = await journal.evidence(connection, Evidence)
    live = fingerprint(await schema_objects(connection), connection.get_server_version().major)
    return fitting(kept, history, live, offline=offline)


async def _apply_all(
    bench: Bench, lock: RunnerLock, pending: Sequence[Migration], steps: Sequence[ProvedStep]
) -> list[AppliedStep]:
    traces = {step.key: step.trace for step in steps}
    applied: list[AppliedStep] = []
    for index, migration in enumerate(pending):
        await lock.check()
        bench.progress.step(f"Applying {migration.label}")
        bench.progress.advance(index, len(pending))
        trace = traces.get(migration.key)
        foretold = held_seconds(migration.up, trace) if trace else 0.0
        seconds = await perform(bench._replace(foretold=foretold), migration, "up")
        predicted = None if trace is None else trace.seconds
        applied.append(AppliedStep(*migration.key, migration.name, round(seconds, 3), predicted))
    return applied
