"""The linter squawk, run as a program over the up sections."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from freehold.migrate.errors import ProgramError
from freehold.migrate.findings import Finding, Severity, finding
from freehold.migrate.lexer import word_texts
from freehold.migrate.migration import Migration
from freehold.migrate.rules import created_tables, table_of

ERRORS = {
    "adding-field-with-default": "add the column without the default, set the default, fill old rows with a backfill",
    "adding-foreign-key-constraint": "ADD CONSTRAINT ... NOT VALID here, VALIDATE CONSTRAINT in the next migration",
    "adding-not-nullable-field": (
        "ADD CONSTRAINT name CHECK (column IS NOT NULL) NOT VALID, VALIDATE it in the next migration, "
        "then SET NOT NULL (it reads nothing then) and drop the check"
    ),
    "adding-required-field": "add it nullable or with a constant default; fill it with a backfill; then require it",
    "adding-serial-primary-key-field": "add the column, fill it with a backfill, build its index concurrently",
    "ban-drop-column": "let no running program name it any more, then declare it: -- migrate: lossy: table.column why",
    "ban-drop-database": "no migration should",
    "ban-drop-table": "let no running program name it any more, then declare it: -- migrate: lossy: table why",
    "ban-truncate-cascade": "DELETE ... WHERE in a backfill",
    "constraint-missing-not-valid": "ADD CONSTRAINT ... NOT VALID here, VALIDATE CONSTRAINT in the next migration",
    "disallowed-unique-constraint": (
        "CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then ADD CONSTRAINT ... USING INDEX"
    ),
    "renaming-column": "add a new column, write to both, move readers over, drop the old one (see the how-to)",
    "renaming-table": "make a view of the new name first, move readers over, then rename",
    "require-concurrent-index-creation": "CREATE INDEX CONCURRENTLY, alone, with -- migrate: transaction=off",
    "require-concurrent-index-deletion": "DROP INDEX CONCURRENTLY, alone, with -- migrate: transaction=off",
    "require-concurrent-partition-detach": "DETACH PARTITION ... CONCURRENTLY, alone, with -- migrate: transaction=off",
    "require-concurrent-reindex": "REINDEX ... CONCURRENTLY, alone, with -- migrate: transaction=off",
    "syntax-error": "correct it",
}
"""squawk's rules that stop a migration, and what to write instead."""

NOTICES = ("changing-column-type",)
"""Rules that are often harmless: the rehearsal shows whether this time the table is rewritten."""

_KINDS = ("UNIQUE", "PRIMARY", "EXCLUDE", "CHECK", "FOREIGN", "NOT")

_DECLARED_BY_LOSSY = ("ban-drop-column", "ban-drop-table")


def judge(migrations: Sequence[Migration]) -> list[Finding]:
    """Run squawk over the up sections.

    Raises:
        ProgramError: squawk is missing or does not answer.
    """
    if not migrations:
        return []
    with tempfile.TemporaryDirectory(prefix="freehold-check-") as folder:
        by_name: dict[str, Migration] = {}
        for number, migration in enumerate(migrations):
            path = Path(folder, f"{number}.sql")
            path.write_text(_padded(migration), "utf-8")
            by_name[str(path)] = migration
        answers = _run(list(by_name))
    found = [_finding(by_name[answer["file"]], answer) for answer in answers]
    return [each for each in found if each is not None]


def _run(paths: list[str]) -> list[dict[str, str]]:
    beside = Path(sys.executable).with_name("squawk")
    program = str(beside) if beside.exists() else which("squawk")
    if program is None:
        raise ProgramError("The linter squawk is not installed: pip install squawk-cli")
    command = [program, "--reporter=json", "--assume-in-transaction", *paths]
    answer = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - our own files
    try:
        answers: list[dict[str, str]] = json.loads(answer.stdout)
    except ValueError:
        raise ProgramError(f"squawk failed: {answer.stderr.strip() or answer.stdout.strip()}") from None
    return answers


def _padded(migration: Migration) -> str:
    """The up section with every statement on the line it has in its file."""
    lines: list[str] = []
    for statement in migration.up.statements:
        lines += [""] * (statement.line - 1 - len(lines))
        lines += f"{statement.sql};".split("\n")
    return "\n".join(lines) + "\n"


def _finding(migration: Migration, answer: dict[str, str]) -> Finding | None:
    rule, line = answer["rule_name"], int(answer["line"]) + 1
    if rule not in ERRORS and rule not in NOTICES:
        return None  # style, or timeouts, which the engine sets itself
    statement = [each for each in migration.up.statements if each.line <= line][-1:]
    table = table_of(statement[0]) if statement else ""
    if table in created_tables(migration.up.statements):
        return None
    if rule in _DECLARED_BY_LOSSY and (migration.lossy or migration.irreversible):
        return None
    remedy = ERRORS.get(rule, "")
    if rule == "constraint-missing-not-valid":
        kind = _kind_of_constraint(migration, answer)
        if kind in ("UNIQUE", "PRIMARY"):
            return None  # it cannot be NOT VALID; another rule says what it can be
        if kind == "EXCLUDE":
            remedy = "no such constraint can be NOT VALID: add it to a new table, or while the application is stopped"
    severity: Severity = "error" if rule in ERRORS else "notice"
    return finding(migration, rule, answer["message"], line=line, remedy=remedy, severity=severity)


def _kind_of_constraint(migration: Migration, answer: dict[str, str]) -> str:
    """The word with which a constraint begins, behind its name."""
    lines = _padded(migration).encode().splitlines(keepends=True)[int(answer["line"]) : int(answer["line_end"]) + 1]
    lines[-1] = lines[-1][: int(answer["column_end"])]
    words = word_texts(b"".join(lines)[int(answer["column"]) :].decode().strip())
    return next((word.upper() for word in words if word.upper() in _KINDS), "")
