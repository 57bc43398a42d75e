"""What a rule is given besides the statement, and what it answers."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from freehold.migrate.findings import Severity
from freehold.migrate.migration import Migration
from freehold.migrate.rules.known import Known
from freehold.migrate.rules.made import Made
from freehold.migrate.rules.names import Name, of_relation
from freehold.migrate.tree import Fields


class Breach(NamedTuple):
    """A rule that a statement breaks.

    Attributes:
        rule: its name.
        at: the part of the tree that does; None for the whole statement.
        why: what happens here, where the rule's own words do not fit.
        remedy: the same for what to write instead.
        severity: how bad it is here, where that is not the rule's own.
    """

    rule: str
    at: object = None
    why: str = ""
    remedy: str = ""
    severity: Severity | None = None


class Scope(NamedTuple):
    """Where a statement stands.

    Attributes:
        migration: its file.
        made: what the file has made before it.
        known: what is there, from the files before and this one.
        fresh: constraints that the file added without validating them.
        guarded: tables for which the file makes a policy.
        stable: functions that the file makes, and that are not volatile.
    """

    migration: Migration
    made: Made
    known: Known
    fresh: set[tuple[Name, str]]
    guarded: set[Name]
    stable: set[Name]

    def is_new(self, relation: Fields) -> bool:
        """Whether the file itself made a relation."""
        return of_relation(relation) in self.made

    @property
    def admits_loss(self) -> bool:
        """Whether the file says that something is lost."""
        return bool(self.migration.lossy) or self.migration.irreversible is not None


Judge: TypeAlias = Callable[[Fields, Scope], Iterator[Breach]]
"""Judges one node of a statement."""
