"""What check and rehearse have to say about a migration."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from freehold.migrate.migration import Migration

Severity = Literal["error", "notice"]


class Finding(msgspec.Struct, frozen=True):
    """One judgement on one migration.

    Attributes:
        rule: its stable name, which ``lint-ignore`` takes.
        severity: an ``error`` stops rehearse and apply; a ``notice`` is for reading.
        label: version and name of the migration.
        path: its file.
        line: counted from 1.
        message: what is wrong.
        remedy: what to write or do instead.
    """

    rule: str
    severity: Severity
    label: str
    path: str
    line: int
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.path}:{self.line}: {self.rule}: {self.message}"
        return f"{text}\n    instead: {self.remedy}" if self.remedy else text


def finding(
    migration: Migration, rule: str, message: str, *, line: int = 0, remedy: str = "", severity: Severity = "error"
) -> Finding:
    """Make a finding on a migration; without a line it is about its up section as a whole."""
    place = line or migration.up.line
    return Finding(rule, severity, migration.label, str(migration.path), place, message, remedy)


AVAILABILITY_RULES = frozenset(
    {
        "adding-field-with-default",
        "adding-foreign-key-constraint",
        "adding-not-nullable-field",
        "adding-required-field",
        "adding-serial-primary-key-field",
        "attach-partition",
        "changing-column-type",
        "cluster",
        "constraint-missing-not-valid",
        "create-trigger",
        "disallowed-unique-constraint",
        "exclusion-constraint",
        "lock-table",
        "refresh-materialized-view",
        "renaming-column",
        "renaming-table",
        "require-concurrent-index-creation",
        "require-concurrent-index-deletion",
        "require-concurrent-partition-detach",
        "require-concurrent-reindex",
        "set-access-method",
        "set-tablespace",
        "traced-lock",
        "traced-rewrite",
        "update-without-where",
        "vacuum-full",
    }
)
"""Rules that spare others who use the database meanwhile; with the application stopped they are notices."""


def judged_offline(findings: Sequence[Finding]) -> list[Finding]:
    """The same findings for a database that nobody else uses: what would only hold others up is a notice."""
    return [
        msgspec.structs.replace(each, severity="notice") if each.rule in AVAILABILITY_RULES else each
        for each in findings
    ]


def not_ignored(migration: Migration, findings: list[Finding]) -> list[Finding]:
    """Leave out what the file says does not apply."""
    ignored = {ignore.rule for ignore in migration.ignores}
    return [each for each in findings if each.rule not in ignored]
