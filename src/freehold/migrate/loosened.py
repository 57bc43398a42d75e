"""What a table refused before a migration and may take now, read from the definitions that are there no longer."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from freehold.migrate.catalog import SchemaObject
from freehold.migrate.database import Connection
from freehold.migrate.essence import essence
from freehold.migrate.lexer import Kind, Token, tokens
from freehold.migrate.tables import Reference
from freehold.migrate.values import Hints

_WITH_TYPE = """
WITH RECURSIVE changed AS (
    SELECT t.oid FROM pg_type t WHERE format_type(t.oid, NULL) = $1
    UNION
    SELECT user_of.oid FROM changed c CROSS JOIN LATERAL (
        SELECT t.oid FROM pg_type t WHERE t.typbasetype = c.oid OR (t.typelem = c.oid AND t.typcategory = 'A')
        UNION ALL SELECT r.rngtypid FROM pg_range r WHERE r.rngsubtype = c.oid
        UNION ALL SELECT r.rngmultitypid FROM pg_range r WHERE r.rngtypid = c.oid
        UNION ALL SELECT t.oid FROM pg_attribute a JOIN pg_type t ON t.typrelid = a.attrelid
                  WHERE a.atttypid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) user_of
)
SELECT c.oid::regclass::text AS name, quote_ident(a.attname) AS "column"
FROM pg_attribute a JOIN changed t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""

_NO_VALUES = re.compile(
    r" (?:NOT NULL|DEFAULT |GENERATED |STORAGE |COMPRESSION |STATISTICS |WITH \(|OPTIONS \(|COMMENT ')"
)
"""Where a column's definition goes on with what does not say which values it takes."""
_STATE = re.compile(r"(?: NOT VALID)?(?: INVALID)?(?: COMMENT '.*)?$", re.DOTALL)
_BOUNDS = re.compile(r"MINVALUE (-?\d+) MAXVALUE (-?\d+)")
_PARTITION = "PARTITION INHERITS ("
_MOST_NUMBERS, _MOST_TEXTS = 8, 16
_LONGEST_TEXT = 200  # in which numbers are looked for


class ChangedType(NamedTuple):
    """A type with another definition: both in one text; and the fields that it had, if it is composite and got more."""

    name: str
    definitions: str
    old_fields: frozenset[str] | None


class Change(NamedTuple):
    """A table that was there before a migration and is there after it, and in what it differs.

    Attributes:
        was: its name before; quoted and qualified, as all names here.
        now: its name after.
        old_columns: the names of its columns before.
        recast: columns whose type takes other values now, or that were called otherwise.
        checks: expressions of CHECK constraints that are gone.
        keys: columns of what kept rows apart (UNIQUE, EXCLUDE) and is gone.
        references: foreign keys that are gone.
        left: the expressions of the CHECK constraints that it has.
        hints: what the definitions that changed name.
        detached_from: the table of which it was a partition, if it is none now.
    """

    was: str
    now: str
    old_columns: frozenset[str]
    recast: frozenset[str]
    checks: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    left: tuple[str, ...] = ()
    hints: Hints = Hints()
    detached_from: str = ""


async def columns_with_type(connection: Connection, name: str) -> list[tuple[str, str]]:
    """Tables and columns whose values are, or hold, some of a type; search_path is pg_catalog."""
    return [(row["name"], row["column"]) for row in await connection.fetch(_WITH_TYPE, name)]


def changed_types(before: Iterable[SchemaObject], after: Iterable[SchemaObject]) -> list[ChangedType]:
    """Types that have another definition now."""
    was = {each.name: each.definition for each in before if each.kind == "type"}
    now = {each.name: each.definition for each in after if each.kind == "type"}
    return [
        ChangedType(name, f"{was[name]} {now[name]}", _added_to(was[name], now[name]))
        for name in sorted(was.keys() & now.keys())
        if was[name] != now[name]
    ]


def _added_to(was: str, now: str) -> frozenset[str] | None:
    """The fields that a composite type had, if it got more of them."""
    if not was.startswith("COMPOSITE (") or not now.startswith("COMPOSITE ("):
        return None
    old, new = ({_names(part)[0] for part in _parts(_group(text, text.index("("))) if part} for text in (was, now))
    return frozenset(old) if old < new else None


def widened_sequences(before: Iterable[SchemaObject], after: Iterable[SchemaObject]) -> list[tuple[str, int]]:
    """Sequences that may stand where they could not before, each with the last place that it may."""
    was = {each.name: bounds for each in before if each.kind == "sequence" and (bounds := _bounds(each))}
    now = {each.name: bounds for each in after if each.kind == "sequence" and (bounds := _bounds(each))}
    higher = [(name, now[name][1]) for name in sorted(was.keys() & now.keys()) if now[name][1] > was[name][1]]
    return higher + [(name, now[name][0]) for name in sorted(was.keys() & now.keys()) if now[name][0] < was[name][0]]


def _bounds(sequence: SchemaObject) -> tuple[int, int] | None:
    found = _BOUNDS.search(sequence.definition)
    return (int(found[1]), int(found[2])) if found else None


def change(
    names: tuple[str, str],
    was: Sequence[SchemaObject],
    now: Sequence[SchemaObject],
    of_types: Mapping[str, Sequence[ChangedType]],
) -> Change:
    """Compare what belongs to one table; ``of_types`` has the columns that hold values of changed types."""
    columns = {each.name: _values_of(each) for each in now if each.kind == "column"}
    old = {each.name: _values_of(each) for each in was if each.kind == "column"}
    recast = {name for name, values in columns.items() if name in old and old[name] != values} | of_types.keys()
    if not old.keys() <= columns.keys():  # a column was renamed, or another took its place
        recast |= columns.keys() - old.keys()
    if _bound(was) != _bound(now):
        recast |= columns.keys()
    gone = [*_gone(was, now)]
    touched = {each.definition for each in was} ^ {each.definition for each in now}
    texts = [each.definition for each in (*was, *now) if each.definition in touched and each.kind != "column"]
    texts += [values for name in recast & columns.keys() for values in (old.get(name, ""), columns[name])]
    types = {each for name in sorted(of_types) for each in of_types[name]}
    return Change(
        *names,
        frozenset(old),
        frozenset(recast & columns.keys()),
        tuple(_checks(gone)),
        tuple(filter(None, (_key(each, columns) for each in gone))),
        tuple(filter(None, (_reference(each) for each in gone))),
        tuple(_checks(each.definition for each in now if each.kind == "constraint")),
        _hints([*texts, *(each.definitions for each in types)])._replace(
            old_fields={each.name: each.old_fields for each in types if each.old_fields is not None}
        ),
        "" if _parent(now) else _parent(was),
    )


def _parent(objects: Sequence[SchemaObject]) -> str:
    """The table of which this one is a partition."""
    definition = next((each.definition for each in objects if each.kind == "table"), "")
    start = definition.find(_PARTITION)
    return "" if start < 0 else _group(definition, start + len(_PARTITION) - 1)


def _bound(objects: Sequence[SchemaObject]) -> str:
    """Which rows a partition takes."""
    return "".join(each.definition.partition(" FOR VALUES ")[2] for each in objects if each.kind == "table")


def _values_of(column: SchemaObject) -> str:
    return _NO_VALUES.split(column.definition, maxsplit=1)[0]


def _gone(was: Sequence[SchemaObject], now: Sequence[SchemaObject]) -> Iterator[str]:
    """Definitions of constraints and indexes that nothing of the same meaning has."""
    kinds = ("constraint", "index")
    left = {essence(_STATE.sub("", each.definition, count=1)) for each in now if each.kind in kinds}
    for each in was:
        definition = _STATE.sub("", each.definition, count=1)
        if each.kind in kinds and essence(definition) not in left:
            yield definition


def _checks(definitions: Iterable[str]) -> Iterator[str]:
    for definition in definitions:
        if definition.startswith("CHECK ("):
            yield _group(definition, definition.index("("))


def _key(definition: str, columns: Collection[str]) -> tuple[str, ...]:
    if definition.startswith("CREATE UNIQUE INDEX"):
        start = definition.index(" USING ")
    elif definition.startswith(("UNIQUE", "PRIMARY KEY", "EXCLUDE")):
        start = 0
    else:
        return ()
    group = _group(definition, definition.index("(", start))
    return tuple(dict.fromkeys(word.text for word in _words(group) if word.text in columns))


def _reference(definition: str) -> Reference | None:
    if not definition.startswith("FOREIGN KEY ("):
        return None
    start = definition.index("(")
    columns = _group(definition, start)
    rest = definition[start + len(columns) + 2 :].removeprefix(" REFERENCES ")
    table = rest[: rest.index("(")]
    return Reference(_names(columns), table, _names(_group(rest, len(table))))


def named_in(expression: str, columns: Collection[str]) -> list[str]:
    """The columns that an expression is about."""
    return list(dict.fromkeys(word.text for word in _words(expression) if word.text in columns))


def _names(group: str) -> tuple[str, ...]:
    return tuple(word.text for word in _words(group))


def _parts(group: str) -> list[str]:
    """What commas separate, outside of parentheses."""
    parts, depth = [""], 0
    for each in tokens(group):
        depth += (each.text == "(") - (each.text == ")")
        parts = [*parts, ""] if each.text == "," and depth == 0 else [*parts[:-1], parts[-1] + each.text]
    return parts


def _words(text: str) -> list[Token]:
    return [each for each in tokens(text) if each.kind in (Kind.WORD, Kind.QUOTED_NAME)]


def _group(text: str, start: int) -> str:
    """What stands between the parenthesis at an offset and the one that closes it."""
    depth = 0
    for each in tokens(text[start:]):
        depth += (each.text == "(") - (each.text == ")")
        if depth == 0:
            return text[start + 1 : start + each.start]
    return text[start + 1 :]


def _hints(texts: Iterable[str]) -> Hints:
    literals: dict[str, None] = {}
    numbers: dict[str, None] = {}
    for token in (each for text in texts for each in tokens(text)):
        if token.kind is Kind.STRING:
            literals[token.text] = None
            numbers |= dict.fromkeys(re.findall(r"\d+", token.text)) if len(token.text) <= _LONGEST_TEXT else {}
        elif token.kind is Kind.NUMBER and _is_number(token.text):
            numbers[token.text] = None
    return Hints(tuple(numbers)[:_MOST_NUMBERS], tuple(literals)[:_MOST_TEXTS])


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
