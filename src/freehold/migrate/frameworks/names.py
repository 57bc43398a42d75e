"""What a statement is about, by PostgreSQL's own parser."""

from typing import Any, NamedTuple

from freehold.migrate.concurrently import index_statement
from freehold.migrate.lexer import Kind
from freehold.migrate.splitter import Statement
from freehold.migrate.tree import Node, UnreadableError, parse, walk

_NAMES = frozenset("relname idxname indexname conname name colname trigname policy_name pubname sval newname".split())
_NO_NAMES = frozenset("TypeName typeName A_Const FuncCall defname schemaname".split())
"""Below these are names of types, values and functions that anything may use."""


def names(statement: Statement) -> set[str]:
    """The tables, columns, indexes, constraints and so on that a statement names."""
    try:
        waiting: list[Any] = [node.fields for node in parse(statement.sql)]
    except UnreadableError:
        return {word.text.lower().strip('"') for word in statement.words if word.kind in (Kind.WORD, Kind.QUOTED_NAME)}
    found: set[str] = set()
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting += at
        elif isinstance(at, dict):
            for key, value in at.items():
                if key in _NAMES and isinstance(value, str):
                    found.add(value)
                elif key not in _NO_NAMES:
                    waiting.append(value)
    return found


def made_index(statement: Statement) -> str:
    """The name of the index that a statement makes; empty if it makes none."""
    node = _single(statement)
    return str(node.fields.get("idxname", "")) if node and node.kind == "IndexStmt" else ""


def used_index(statement: Statement) -> str:
    """The index that a new constraint takes over; empty if none does."""
    node = _single(statement)
    constraints = (each.fields for each in walk(node.fields if node else {}) if each.kind == "Constraint")
    return next((str(fields["indexname"]) for fields in constraints if "indexname" in fields), "")


class Dropped(NamedTuple):
    """An index that goes: its name, and the statement that drops it alone."""

    name: str
    sql: str


def dropped_indexes(statement: Statement) -> list[Dropped]:
    """A statement for each index that ``DROP INDEX`` drops; none for anything else."""
    node = _single(statement)
    if node is None or node.kind != "DropStmt" or node.fields.get("removeType") != "OBJECT_INDEX":
        return []
    words = "CONCURRENTLY " * bool(node.fields.get("concurrent")) + "IF EXISTS " * bool(node.fields.get("missing_ok"))
    behind = " CASCADE" if node.fields.get("behavior") == "DROP_CASCADE" else ""
    return [
        Dropped(parts[-1], f"DROP INDEX {words}{'.'.join(map(_quoted, parts))}{behind}")
        for parts in ([part["String"]["sval"] for part in each["List"]["items"]] for each in node.fields["objects"])
    ]


def undone_index(statement: Statement) -> str:
    """The statement that drops what ``CREATE INDEX CONCURRENTLY`` makes; empty for anything else."""
    index = index_statement(statement)
    return f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}" if index and index.verb == "create" else ""


def _single(statement: Statement) -> Node | None:
    try:
        return parse(statement.sql)[0]
    except UnreadableError:
        return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
