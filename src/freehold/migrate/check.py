"""The verdict that needs no data: the text of migrations against every rule."""

from collections.abc import Sequence

from freehold.migrate import rules
from freehold.migrate.findings import Finding, finding, not_ignored
from freehold.migrate.migration import Migration
from freehold.migrate.rules.known import Known
from freehold.migrate.rules.spread import Spread

ALL_RULES = frozenset((*rules.OWN_RULES, *rules.TRACED_RULES))
"""Every rule that ``lint-ignore`` may name."""


def check(migrations: Sequence[Migration], *, among: Sequence[Migration] = ()) -> list[Finding]:
    """Judge migrations by their text alone; an ``error`` among the findings means they must not run.

    Args:
        migrations: in the order in which they are applied.
        among: every file of their sets. Those that are not judged count as applied, which says what is there.
    """
    judged = {migration.path for migration in migrations}
    known = Known([migration for migration in among if migration.path not in judged])
    found: list[Finding] = []
    spread = Spread()
    places = Spread.is_used((*among, *migrations))
    for migration in among if places else ():
        if migration.path not in judged:
            spread.judge(migration)
    for migration in migrations:
        own = rules.judge(migration, known)
        own += spread.judge(migration) if places else []
        known.later(migration)
        found += not_ignored(migration, sorted(own, key=lambda each: each.line))
        found += [
            finding(migration, "unknown-rule", f"lint-ignore names '{ignore.rule}', which is no rule", line=1)
            for ignore in migration.ignores
            if ignore.rule not in ALL_RULES
        ]
    return found
