"""The rehearsal: a backup, restored into a staging copy, on which every pending migration has to prove itself."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from freehold.migrate import backup, beyond, evidence, journal
from freehold.migrate.boundary import Boundary
from freehold.migrate.check import check
from freehold.migrate.database import connect
from freehold.migrate.evidence import Evidence
from freehold.migrate.files import MigrationSet
from freehold.migrate.findings import Finding, judged_offline
from freehold.migrate.history import compare
from freehold.migrate.isolation import isolated
from freehold.migrate.lock import runner_lock
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.prove import ProvedStep, prove
from freehold.migrate.restore import load_into
from freehold.migrate.rights import refuse_without_journal
from freehold.migrate.staging import is_apart, staging_database


class Rehearsal(msgspec.Struct, frozen=True):
    """How a rehearsal went.

    Attributes:
        passed: whether there is evidence now.
        steps: the migrations that were tried.
        findings: errors stopped it; notices did not.
        evidence: what apply will go by; None if it failed or if nothing was pending.
        backup: the folder of the backup; empty if it was not reached.
        not_compared: what of the database was not looked at, in words.
    """

    passed: bool
    steps: list[ProvedStep]
    findings: list[Finding]
    evidence: Evidence | None = None
    backup: str = ""
    not_compared: list[str] = []


async def rehearse(
    database_url: str,
    *,
    sets: Sequence[MigrationSet],
    backups: Path,
    staging_url: str | None = None,
    offline: bool = False,
    out_of_order: bool = False,
    progress: Progress | None = None,
) -> Rehearsal:
    """Prove everything pending on a copy of the database; the database itself only gets the row of evidence.

    Args:
        database_url: production.
        sets: the migration files.
        backups: the folder for the backup that is taken.
        staging_url: another server of the same major version for the copy; else the copy is made beside production.
        offline: the application is stopped while they are applied, so locks and rewrites are no errors.
        out_of_order: whether a pending migration may be older than applied ones.
        progress: hears of every phase.

    Raises:
        ConnectError, LockedError, HistoryError: as for apply.
        RightsError: the role may not read everything, or not write the journal.
        BackupError: no backup could be taken, or it does not restore to the same rows.
        StagingError: no copy could be made.
    """
    progress = progress or Silent()
    async with runner_lock(database_url) as lock:
        async with connect(database_url) as connection:
            await refuse_without_journal(connection)
            history = compare(sets, await journal.applied(connection))
        history.refuse_trouble(out_of_order=out_of_order)
        if not history.pending:
            return Rehearsal(passed=True, steps=[], findings=[])
        judged = judged_offline if offline else list
        apart, elsewhere = await is_apart(database_url, staging_url), staging_url is not None
        findings = judged(check(history.pending, among=tuple(history.files.values())))
        findings += beyond.judge(history.pending, apart=apart, elsewhere=elsewhere)
        if _failed(findings):
            return Rehearsal(passed=False, steps=[], findings=findings)
        boundary = Boundary(apart=apart)
        # The copy comes first, since it fails sooner than a backup.
        async with boundary.cleaned(staging_url or database_url), staging_database(database_url, staging_url) as copy:
            taken = await backup.create(database_url, backups, progress)
            findings += beyond.judge(history.pending, apart=apart, elsewhere=elsewhere, objects=taken.manifest.objects)
            if _failed(findings):
                return Rehearsal(passed=False, steps=[], findings=findings, backup=str(taken.folder))
            start = await load_into(taken, copy, progress)
            async with isolated(database_url, copy, boundary):
                proof = await prove(copy, history.pending, start, progress, boundary=boundary)
        findings += judged(proof.findings)
        rehearsal = Rehearsal(
            passed=not _failed(findings),
            steps=proof.steps,
            findings=findings,
            backup=str(taken.folder),
            not_compared=taken.manifest.not_compared,
        )
        if not rehearsal.passed:
            return rehearsal
        found = evidence.make(taken, proof, findings, offline=offline)
        await lock.check()
        async with connect(database_url) as connection:
            await journal.ensure(connection)
            await journal.add_evidence(connection, found)
        evidence.save(found)
        return msgspec.structs.replace(rehearsal, evidence=found)


def _failed(findings: Sequence[Finding]) -> bool:
    return any(each.severity == "error" for each in findings)
