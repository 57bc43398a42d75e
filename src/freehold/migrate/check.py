"""The verdict that needs no data: the text of migrations against every rule."""

from collections.abc import Sequence

from freehold.migrate import rules, squawk
from freehold.migrate.findings import Finding, finding, not_ignored
from freehold.migrate.migration import Migration

ALL_RULES = frozenset((*rules.OWN_RULES, *rules.TRACED_RULES, *squawk.ERRORS, *squawk.NOTICES))
"""Every rule that ``lint-ignore`` may name."""


def check(migrations: Sequence[Migration]) -> list[Finding]:
    """Judge migrations by their text alone; an ``error`` among the findings means they must not run.

    Raises:
        ProgramError: the linter squawk could not be run.
    """
    found: list[Finding] = []
    from_squawk = squawk.judge(migrations)
    for migration in migrations:
        own = rules.judge(migration) + [each for each in from_squawk if each.path == str(migration.path)]
        found += not_ignored(migration, sorted(own, key=lambda each: each.line))
        found += [
            finding(migration, "unknown-rule", f"lint-ignore names '{ignore.rule}', which is no rule", line=1)
            for ignore in migration.ignores
            if ignore.rule not in ALL_RULES
        ]
    return found
