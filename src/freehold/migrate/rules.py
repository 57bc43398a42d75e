"""The engine's own lint rules: what hurts in production and squawk does not see."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import NamedTuple

from freehold.migrate.concurrently import index_statement
from freehold.migrate.findings import Finding, finding
from freehold.migrate.lexer import Kind, tokens
from freehold.migrate.migration import Migration, Section
from freehold.migrate.splitter import Statement


class Rule(NamedTuple):
    """A rule on single statements.

    Attributes:
        name: what ``lint-ignore`` takes.
        applies: whether a statement breaks it.
        why: what happens in production.
        remedy: what to write instead.
    """

    name: str
    applies: Callable[[Statement], bool]
    why: str
    remedy: str


def _without_where(verb: str) -> Callable[[Statement], bool]:
    return lambda statement: statement.begins(verb) and not statement.has("WHERE")


def _alters(*phrase: str) -> Callable[[Statement], bool]:
    return lambda statement: statement.begins("ALTER") and statement.has(*phrase)


def _executes_text(statement: Statement) -> bool:
    if not statement.begins("DO"):
        return False
    bodies = (word.text for word in statement.words if word.kind is Kind.STRING)
    return any(token.is_word("EXECUTE") for body in bodies for token in tokens(body.strip("$'")))


def _locks_table_for_trigger(statement: Statement) -> bool:
    return statement.begins("CREATE") and any(word.is_word("TRIGGER") for word in statement.words[1:5])


RULES = (
    Rule(
        "update-without-where",
        _without_where("UPDATE"),
        "writes every row of the table in one transaction: each stays locked to the end, and the table doubles in size",
        "-- migrate: backfill: table.key, with WHERE key BETWEEN $1 AND $2",
    ),
    Rule(
        "delete-without-where",
        _without_where("DELETE"),
        "deletes every row",
        "say which rows: WHERE ...; if all are meant, WHERE true, and declare the loss",
    ),
    Rule(
        "truncate",
        lambda statement: statement.begins("TRUNCATE"),
        "deletes every row and holds up even readers",
        "DELETE ... WHERE in a backfill; or drop the table, declared as lossy",
    ),
    Rule(
        "vacuum-full",
        lambda statement: statement.begins("VACUUM") and statement.has("FULL"),
        "writes the table anew while nobody can read it",
        "VACUUM without FULL; to shrink a table, use pg_repack outside of migrations",
    ),
    Rule(
        "cluster",
        lambda statement: statement.begins("CLUSTER"),
        "writes the table anew while nobody can read it",
        "leave the order of rows to an index",
    ),
    Rule(
        "lock-table",
        lambda statement: statement.begins("LOCK"),
        "holds up others until the migration ends",
        "let each statement take the lock that it needs",
    ),
    Rule(
        "set-unlogged",
        lambda statement: _alters("SET", "UNLOGGED")(statement) or _alters("SET", "LOGGED")(statement),
        "writes the table anew; an unlogged table is empty after a crash",
        "make a new table of the kind you want, and move the rows with a backfill",
    ),
    Rule(
        "refresh-materialized-view",
        lambda statement: statement.begins("REFRESH") and not statement.has("CONCURRENTLY"),
        "holds up its readers until it is filled",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY (it needs a unique index)",
    ),
    Rule(
        "create-trigger",
        _locks_table_for_trigger,
        "holds up writers of the table, and changes what every later write does",
        "put it in a migration of its own, so that the lock is short",
    ),
    Rule(
        "attach-partition",
        _alters("ATTACH", "PARTITION"),
        "reads the whole new partition under a lock",
        "first ADD CONSTRAINT ... CHECK (the bounds) NOT VALID and VALIDATE it, then attach without a scan",
    ),
    Rule(
        "disable-trigger",
        lambda statement: _alters("DISABLE", "TRIGGER")(statement) or statement.has("SESSION_REPLICATION_ROLE"),
        "lets rows in that break foreign keys, unseen by everyone",
        "write rows that the triggers accept",
    ),
    Rule(
        "change-owner",
        _alters("OWNER", "TO"),
        "the former owner, perhaps the application, loses its rights at once",
        "grant what is needed first; change the owner in a migration of its own",
    ),
    Rule(
        "row-level-security",
        lambda statement: _alters("ROW", "LEVEL", "SECURITY")(statement) and not statement.has("DISABLE"),
        "without a policy the application sees no row any more",
        "CREATE POLICY in the migration before",
    ),
    Rule(
        "dynamic-sql",
        _executes_text,
        "DO ... EXECUTE hides from every check what it runs",
        "write the statements themselves",
    ),
    Rule(
        "copy-program",
        lambda statement: statement.begins("COPY") and statement.has("PROGRAM"),
        "runs a program on the database server",
        "INSERT ... VALUES, or load the rows outside of migrations",
    ),
    Rule(
        "alter-system",
        lambda statement: statement.begins("ALTER", "SYSTEM"),
        "changes every database of the server, and no down brings it back",
        "change settings with your server's configuration",
    ),
    Rule(
        "setval",
        lambda statement: statement.has("SETVAL"),
        "a sequence that goes back hands out numbers twice",
        "ALTER SEQUENCE ... RESTART with a value above all rows, or an identity column",
    ),
)

_TRANSACTION_RULES = {
    "needs-no-transaction": "PostgreSQL refuses this statement inside a transaction",
    "not-resumable": "this statement cannot be resumed when it is interrupted half-way",
    "unnamed-index": "an index without a name cannot be found again when its build is interrupted",
    "unknown-rule": "lint-ignore names a rule that does not exist",
}

OWN_RULES: tuple[str, ...] = (*(rule.name for rule in RULES), *_TRANSACTION_RULES)
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
    "untrue-declaration",
)
"""Names of the judgements that a rehearsal makes."""


def judge(migration: Migration) -> list[Finding]:
    """Judge the up section by every rule; tables made in the same section are exempt, since nobody uses them yet."""
    created = set(created_tables(migration.up.statements))
    found = [
        finding(migration, rule.name, rule.why, line=statement.line, remedy=rule.remedy)
        for statement in migration.up.statements
        if table_of(statement) not in created
        for rule in RULES
        if rule.applies(statement)
    ]
    for section in (migration.up, migration.down):
        found += _judge_transaction(migration, section)
    return found


def _judge_transaction(migration: Migration, section: Section) -> list[Finding]:
    found: list[Finding] = []

    def find(rule: str, line: int, remedy: str) -> None:
        found.append(finding(migration, rule, _TRANSACTION_RULES[rule], line=line, remedy=remedy))

    for statement in section.statements:
        outside = statement.refuses_transaction
        if outside and section.transaction:
            find("needs-no-transaction", statement.line, "alone in its file, with -- migrate: transaction=off")
        elif (
            statement.has("INDEX", "CONCURRENTLY")
            and not statement.begins("REINDEX")
            and not index_statement(statement)
        ):
            find("unnamed-index", statement.line, "CREATE INDEX CONCURRENTLY name ON table (...)")
        elif not section.transaction and section.backfill is None and not (outside or statement.begins("ANALYZE")):
            find("not-resumable", statement.line, "remove -- migrate: transaction=off: this can run in a transaction")
    return found


def created_tables(statements: Iterable[Statement]) -> list[str]:
    """The tables that statements create, as written, in lower case and without the schema public."""
    return [
        table_of(each) for each in statements if each.begins("CREATE") and _keyword_position(each, "TABLE") is not None
    ]


def table_of(statement: Statement) -> str:
    """The table that a statement is about, as far as its first words tell; empty if they do not."""
    positions = (
        _keyword_position(statement, keyword) for keyword in ("TABLE", "ON", "UPDATE", "INTO", "FROM", "TRUNCATE")
    )
    first = min((position for position in positions if position is not None), default=None)
    return "" if first is None else _name_after(statement, first)


def _keyword_position(statement: Statement, keyword: str) -> int | None:
    depth = 0
    for position, word in enumerate(statement.words):
        depth += (word.text == "(") - (word.text == ")")
        if depth == 0 and word.is_word(keyword):
            return position
    return None


def _name_after(statement: Statement, position: int) -> str:
    words = [w for w in statement.words[position + 1 :] if not w.is_word("IF", "NOT", "EXISTS", "ONLY", "TABLE")]
    name = words[0].text if words else ""
    for dot, part in pairwise(words[1:]):
        if dot.text != "." or part.kind not in (Kind.WORD, Kind.QUOTED_NAME):
            break
        name = f"{name}.{part.text}"
        break
    return name.lower().removeprefix("public.").strip('"')
