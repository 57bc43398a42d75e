"""Counts what keeps rows from being deleted: rows of tables that are not Freehold's, which refer to them.

PostgreSQL names one constraint, of one row. So what it refused is looked at again afterwards: from the rows that were
to be deleted, along the foreign keys that delete what refers to them (ON DELETE CASCADE), to those that do not.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from freehold.base.errors import MOST_COUNTED, Reference, StillReferenced

SECONDS: Final = 2
"""How long counting may take; after that, the tables are named without their rows."""

_MOST_STEPS: Final = 6
_MOST_PATHS: Final = 200
_MOST_KEPT: Final = 100_000
_KEY: Final = re.compile(r"\((?P<columns>.+?)\)=\((?P<values>.*)\)", re.DOTALL)


class Column(NamedTuple):
    """A column of a key, and its value: of the column's own type, or the text of a ``kind``."""

    name: str
    value: object
    kind: str | None = None


class Root(NamedTuple):
    """A row that is to be deleted: where it is, and what it is known by."""

    table: str
    key: tuple[Column, ...]

    @classmethod
    def of(cls, table: str, **key: object) -> "Root":
        """Name the row of a table by its key."""
        return cls(table, tuple(Column(name, value) for name, value in key.items()))


class Broken(NamedTuple):
    """The constraint that PostgreSQL named, of a table that is not Freehold's."""

    schema: str
    table: str
    constraint: str | None
    detail: str


class Unsettled(StillReferenced):
    """Raised at once, with the one table that PostgreSQL named; the rows are to be counted still."""

    def __init__(self, broken: Broken) -> None:
        self.broken = broken
        super().__init__([Reference(broken.table, None)])


class ForeignKey(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign key, its names quoted as SQL needs them.

    Attributes:
        name: of the constraint, as it is.
        child: the table that refers.
        child_schema: its schema, as it is.
        child_table: its name, as it is.
        child_columns: the columns that refer.
        parent: the table that is referred to.
        parent_columns: the columns that are referred to.
        parent_types: the types of these.
        deletes: what ON DELETE does: a (nothing), r (restrict), c (cascade), n (set null) or d (set default).
        requires: whether one of the child's columns is NOT NULL.
        is_own: whether the child is one of Freehold's tables.
        may_count: whether this role may read both tables.
    """

    name: str
    child: str
    child_schema: str
    child_table: str
    child_columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    parent_types: tuple[str, ...]
    deletes: str
    requires: bool
    is_own: bool
    may_count: bool

    @property
    def holds(self) -> bool:
        """Whether it keeps the rows that it refers to from being deleted."""
        return self.deletes in {"a", "r"} or (self.deletes == "n" and self.requires)


Path = tuple[ForeignKey, ...]
"""From the table of a root, each key refers to the table of the one before."""


class Count(NamedTuple):
    """A statement that counts, and its arguments."""

    sql: str
    arguments: list[object]


def counting(keys: Sequence[ForeignKey], broken: Broken, roots: Sequence[Root]) -> Count | None:
    """Write the statement that counts what refers to the roots, by table; None where there is nothing to count."""
    named = [key for key in keys if (key.child_schema, key.child_table) == (broken.schema, broken.table)]
    roots = roots or list(_told(named, broken))
    cascade = {root.table for root in roots}
    paths: dict[str, list[tuple[Root, Path]]] = defaultdict(list)
    for root in roots:
        for path in _paths(keys, root.table):
            cascade.update(key.child for key in path[:-1])
            paths[path[-1].child].append((root, path))
    arguments: list[object] = []
    parts = []
    for table, found in sorted(paths.items()):
        is_named = any(key.child == table for key in named)
        if table in cascade and not is_named:
            continue
        held = [each for each in found if _is_held(each[1][-1], broken, is_named=is_named)]
        if not held or not all(key.may_count for _, path in held for key in path):
            continue
        rows = "\n    UNION\n    ".join(_rows(root, path, arguments) for root, path in held)
        arguments.append(table)
        parts.append(
            f"SELECT ${len(arguments)}::text AS name, count(*) AS rows\n"  # noqa: S608 - names of the catalog, quoted
            f"FROM (SELECT * FROM (\n    {rows}\n) AS referring LIMIT {MOST_COUNTED + 1}) AS counted"
        )
    return Count("\nUNION ALL\n".join(parts), arguments) if parts else None


def referred(keys: Sequence[ForeignKey], table: str, key: Sequence[str]) -> str | None:
    """Write the statement that finds the rows of a table that cannot be deleted, by their keys; None if all can."""
    told = f"concat_ws(' ', {', '.join(f't0.{column}' for column in key)})"
    parts = [
        f"SELECT {told} AS key FROM {table} AS t0 {_joined(path)}"  # noqa: S608 - names of the catalog, quoted
        for path in _paths(keys, table)
        if path[-1].holds and not path[-1].is_own and all(each.may_count for each in path)
    ]
    return f"{' UNION '.join(parts)} ORDER BY 1 LIMIT {_MOST_KEPT}" if parts else None


def settled(broken: Broken, rows: Sequence[tuple[str, int]]) -> StillReferenced:
    """Make the error with what was counted. The table that PostgreSQL named is in it, whatever was counted there."""
    found = [Reference(name, count) for name, count in rows if count]
    if not any(each.table.rpartition(".")[2].strip('"') == broken.table for each in found):
        found.append(Reference(broken.table, None))
    return StillReferenced(sorted(found))


def _told(named: Sequence[ForeignKey], broken: Broken) -> Iterator[Root]:
    """Read from PostgreSQL's own words which row is referred to, where nobody said what was to be deleted."""
    match = _KEY.search(broken.detail)
    for key in named if match else ():
        values = match["values"].split(", ") if match else []
        if key.name == broken.constraint and len(values) == len(key.parent_columns):
            columns = zip(key.parent_columns, values, key.parent_types, strict=True)
            yield Root(key.parent, tuple(Column(*each) for each in columns))


def _is_held(key: ForeignKey, broken: Broken, *, is_named: bool) -> bool:
    return not key.is_own and (key.holds or (is_named and broken.constraint in {None, key.name}))


def _paths(keys: Sequence[ForeignKey], table: str) -> Iterator[Path]:
    """Walk from a table to what refers to it, and on from what is deleted with it. No table is entered twice."""
    children = defaultdict(list)
    for key in keys:
        children[key.parent].append(key)
    waiting: list[Path] = [(key,) for key in children[table]]
    for _ in range(_MOST_PATHS):
        if not waiting:
            return
        path = waiting.pop(0)
        yield path
        last = path[-1]
        entered = {table, *(key.child for key in path[:-1])}
        if last.deletes == "c" and len(path) < _MOST_STEPS and last.child not in entered:
            waiting += [(*path, key) for key in children[last.child]]


def _rows(root: Root, path: Path, arguments: list[object]) -> str:
    conditions = []
    for column in root.key:
        arguments.append(column.value)
        cast = f"::text::{column.kind}" if column.kind else ""
        conditions.append(f"t0.{column.name} = ${len(arguments)}{cast}")
    last, where = f"t{len(path)}", " AND ".join(conditions)
    rows = f"SELECT {last}.tableoid, {last}.ctid FROM {root.table} AS t0"  # noqa: S608 - as above
    return f"{rows} {_joined(path)} WHERE {where}"


def _joined(path: Path) -> str:
    joins = []
    for step, key in enumerate(path, 1):
        pairs = zip(key.child_columns, key.parent_columns, strict=True)
        on = " AND ".join(f"t{step}.{child} = t{step - 1}.{parent}" for child, parent in pairs)
        joins.append(f"JOIN {key.child} AS t{step} ON {on}")
    return " ".join(joins)
