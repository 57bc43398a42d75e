"""What a rehearsal has to say of each migration: errors and notices, each on the one whose fault it is."""

from collections.abc import Sequence

from freehold.migrate.findings import Finding, Severity, finding, not_ignored
from freehold.migrate.fingerprint import differences, misgranted, reordered
from freehold.migrate.losses import Loss, undeclared, untrue
from freehold.migrate.migration import Migration
from freehold.migrate.reach import REMEDIES, explained
from freehold.migrate.state import State
from freehold.migrate.trace import StepTrace
from freehold.migrate.trial import Trial

REWRITE_ROWS = 10_000
"""A table with fewer rows may be rewritten without a word."""
LOCK_SECONDS = 1.0
"""A lock that holds up others may be held so long without a word."""


class Judge:
    """Collects findings; what one migration has been blamed for, no other is."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._left_behind: set[str] = set()
        self._reordered: set[str] = set()

    def traced(self, migration: Migration, trace: StepTrace) -> None:
        """Judge what an up did."""
        self.findings += not_ignored(migration, _of_trace(migration, trace))

    def tried(self, migration: Migration, trial: Trial) -> None:
        """Judge whether down bears what users write in between."""
        for words in trial.untried:
            message = f"{words}: whether down bears such rows is not shown"
            self.find(migration, "not-tried", message, line=migration.down.line, notice=True)
        if trial.failure:
            self.find(
                migration,
                "down-fails-after-writes",
                f"down fails once users have written rows that only the new schema allows: {trial.failure}",
                remedy="let down make room first (and say what it loses: -- migrate: lossy: table.column why)",
                notice=bool(migration.lossy or migration.irreversible),
            )

    def losses(self, migration: Migration, trial: Trial, lost: Sequence[Loss]) -> list[Loss]:
        """Judge what down loses; gives all of it."""
        self.tried(migration, trial)
        named = {loss.target for loss in lost}
        losses = [*lost, *(loss for loss in trial.losses if loss.target not in named)]
        for loss in undeclared(migration, losses):
            self.find(
                migration,
                "down-loses-data",
                f"down does not bring back {loss.target}: {loss.how}",
                line=migration.down.line,
                remedy=f"keep what up removes or changes, or admit it: -- migrate: lossy: {loss.target} why",
            )
        for target in untrue(migration, losses) if not trial.failure else ():
            message = f"'lossy: {target}' is declared, and nothing of it was lost"
            self.find(migration, "untrue-declaration", message, notice=True)
        return losses

    def repeated(self, migration: Migration, expected: State, found: State, lost: set[str]) -> None:
        """Judge a second up; ``lost`` has tables that differ anyhow, and gets those that are named."""
        for difference in differences(expected.objects, found.objects):
            if difference.identity in self._left_behind:
                continue  # a down is to blame, and has been
            self.find(migration, "up-not-repeatable", f"a second up makes another schema: {difference}")
        changed = [table for table in expected.digests.differing_tables(found.digests) if table not in lost]
        if changed:
            lost.update(changed)  # named once: in every later state they differ, too
            message = f"a second up leaves other rows in {', '.join(changed)} (now() or random values?)"
            self.find(migration, "up-not-repeatable", message, notice=True)

    def schema(self, migration: Migration, before: State, after: State) -> None:
        """Judge the schema behind down."""
        every = differences(before.objects, after.objects)
        found = [each for each in every if each.identity not in self._left_behind]
        self._left_behind |= {each.identity for each in found}
        for difference in found:
            self.find(
                migration,
                "down-leaves-schema",
                f"after down the schema is not what it was: {difference}",
                line=migration.down.line,
                remedy="undo in down exactly what up does",
                notice=bool(migration.irreversible),
            )
        line = migration.down.line
        for difference in misgranted(before.objects, after.objects):
            self.find(migration, "down-loses-grants", f"after down, {difference}", line=line)
        moved = [] if found else reordered(before.objects, after.objects)
        for table in (table for table in moved if table not in self._reordered):
            self._reordered.add(table)
            message = f"after down the columns of {table} have another order: a column added again comes last"
            self.find(migration, "column-order", message, line=line, notice=True)

    def find(
        self, migration: Migration, rule: str, message: str, *, line: int = 0, remedy: str = "", notice: bool = False
    ) -> None:
        """Find something, unless the file says that it does not apply."""
        severity: Severity = "notice" if notice else "error"
        beyond, message = explained(message)
        if beyond:
            rule, remedy = beyond, REMEDIES[beyond]
        found = finding(migration, rule, message, line=line, remedy=remedy, severity=severity)
        self.findings += not_ignored(migration, [found])


def _of_trace(migration: Migration, trace: StepTrace) -> list[Finding]:
    """What the trace of an up shows that would hurt in production."""
    found = [
        finding(
            migration,
            "traced-rewrite",
            f"up writes the whole table {table} anew ({rows} rows), and nobody can read it meanwhile",
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
