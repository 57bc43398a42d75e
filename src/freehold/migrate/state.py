"""The staging copy at one moment, and in what its tables differ from another."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from freehold.migrate.catalog import SchemaObject, schema_objects
from freehold.migrate.database import Connection
from freehold.migrate.digests import Digests, digests
from freehold.migrate.fingerprint import Fingerprint, fingerprint
from freehold.migrate.loosened import Change, ChangedType, change, changed_types, columns_with_type

_TABLES = """
SELECT c.oid, c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
"""


class State(NamedTuple):
    """The staging copy at one moment.

    Attributes:
        tables: the ordinary ones by their oid, which renaming does not change.
        recast: columns by table that hold values of types which the last step changed.
    """

    objects: list[SchemaObject]
    digests: Digests
    fingerprint: Fingerprint
    tables: dict[int, str]
    recast: dict[str, dict[str, list[ChangedType]]]


async def look(
    connection: Connection,
    known: Digests,
    before: Sequence[SchemaObject],
    *,
    touched: Collection[str],
    columns_of: Collection[str],
    report: Callable[[int, int], None] | None = None,
) -> State:
    """Look at the copy: every object, and the rows of tables that were touched or whose values may read otherwise.

    Args:
        connection: whose settings are changed.
        known: what the tables held when ``before`` was the schema.
        before: empty for the first look.
        touched: tables into which rows were written since.
        columns_of: tables whose columns get a digest each.
        report: called with bytes done and bytes in all.
    """
    objects = await schema_objects(connection)
    await connection.execute("SET search_path = pg_catalog")
    types = changed_types(before, objects)
    recast: dict[str, dict[str, list[ChangedType]]] = {}
    for each in types:
        for table, column in await columns_with_type(connection, each.name):
            recast.setdefault(table, {}).setdefault(column, []).append(each)
    changed = set(objects) ^ set(before) if before else set()
    stale = {*touched, *recast, *(each.parent for each in changed if each.kind == "column")}
    found = await digests(connection, known=known, touched=stale, columns_of=columns_of, report=report)
    tables = dict(map(tuple, await connection.fetch(_TABLES)))
    major = connection.get_server_version().major
    return State(objects, found, fingerprint(objects, major), tables, recast)


def changes(before: State, after: State, touched: Collection[str]) -> list[Change]:
    """Tables of both states that a migration changed: what belongs to them, their rows, or types of their columns."""
    differing = {each.parent or each.name for each in set(before.objects) ^ set(after.objects)}
    differing |= {*touched, *after.recast}
    names = {(was, after.tables[oid]) for oid, was in before.tables.items() if oid in after.tables}
    names |= {(name, name) for name in set(before.tables.values()) & set(after.tables.values())}
    was, now = _by_table(before.objects), _by_table(after.objects)
    return [
        change((old, new), was.get(old, ()), now.get(new, ()), after.recast.get(new, {}))
        for old, new in sorted(names)
        if {old, new} & differing and old in before.digests.tables and new in after.digests.tables
    ]


def _by_table(objects: Sequence[SchemaObject]) -> Mapping[str, Sequence[SchemaObject]]:
    found: dict[str, list[SchemaObject]] = {}
    for each in objects:
        if each.parent or each.kind == "table":
            found.setdefault(each.parent or each.name, []).append(each)
    return found
