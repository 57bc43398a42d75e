"""The lint rules: what hurts in production, judged by PostgreSQL's own parse tree of each statement."""

from collections.abc import Iterator

from freehold.migrate.findings import Finding, finding
from freehold.migrate.migration import Migration
from freehold.migrate.rules import objects, outside, rows, settings, tables
from freehold.migrate.rules.catalogue import RULES
from freehold.migrate.rules.code import Code
from freehold.migrate.rules.known import Known
from freehold.migrate.rules.made import Made
from freehold.migrate.rules.names import of_parts, of_relation, option
from freehold.migrate.rules.program import Program
from freehold.migrate.rules.scope import Breach, Judge, Scope
from freehold.migrate.tree import UnreadableError, refuse_unreadable

OWN_RULES: tuple[str, ...] = tuple(RULES)
"""Names of the rules that judge a file's text."""

TRACED_RULES = (
    "traced-rewrite",
    "traced-lock",
    "up-fails",
    "up-fails-again",
    "up-not-repeatable",
    "down-fails",
    "down-fails-after-writes",
    "down-leaves-schema",
    "down-loses-data",
    "down-loses-grants",
    "column-order",
    "not-tried",
    "untrue-declaration",
)
"""Names of the judgements that a rehearsal makes."""

_JUDGES: dict[str, Judge] = {**rows.JUDGES, **tables.JUDGES, **objects.JUDGES, **settings.JUDGES}


def judge(migration: Migration, known: Known | None = None) -> list[Finding]:
    """Judge the up section by every rule, and what can be said of the down section by its text.

    Args:
        migration: the file.
        known: what the files before it made.
    """
    found = [*_judge_up(migration, known or Known()), *_judge_down(migration)]
    for section in (migration.up, migration.down):
        found += [_finding(migration, Breach(rule), statement.line) for rule, statement in outside.judge(section)]
    return list(dict.fromkeys(found))


def _judge_up(migration: Migration, known: Known) -> Iterator[Finding]:
    program = Program(migration.up.statements)
    scope = Scope(migration, Made(known.there), known, set(), set(), set())
    for code in program.definitions:
        _prepare(code, scope)
    for code in program:
        for node in code.nodes:
            judged = _JUDGES.get(node.kind)
            for breach in judged(node.fields, scope) if judged else ():
                part = breach.at if breach.at is not None or node is code.node else node.fields
                yield _finding(migration, breach, code.line_of(part))
        known.read(code, scope.made)
        scope.made.read(code)
    for unseen in program.unseen:
        yield _finding(migration, Breach(unseen.rule, why=unseen.why), unseen.line)


def _prepare(code: Code, scope: Scope) -> None:
    """Note what holds for the whole file, wherever in it it stands."""
    fields = code.node.fields
    if code.node.kind == "CreatePolicyStmt":
        scope.guarded.add(scope.made.resolve(of_relation(fields["table"])))
    elif code.node.kind == "CreateFunctionStmt":
        volatility = option(fields.get("options", ()), "volatility")
        if volatility and volatility["arg"]["String"]["sval"] in ("immutable", "stable"):
            scope.stable.add(scope.made.resolve(of_parts(fields["funcname"])))


def _judge_down(migration: Migration) -> Iterator[Finding]:
    for statement in migration.down.statements:
        try:
            refuse_unreadable(statement.sql)
        except UnreadableError as error:
            line = statement.line + statement.sql.count("\n", 0, max(0, error.position - 1))
            yield _finding(migration, Breach("syntax-error", why=str(error)), line)


def _finding(migration: Migration, breach: Breach, line: int) -> Finding:
    rule = RULES[breach.rule]
    why, remedy, severity = breach.why or rule.why, breach.remedy or rule.remedy, breach.severity or rule.severity
    return finding(migration, rule.name, why, line=line, remedy=remedy, severity=severity)
