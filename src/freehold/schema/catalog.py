"""Reading the live catalog: a fixed number of statements, however many tables there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from freehold.migrate import journal
from freehold.migrate.catalog.memory import Memory
from freehold.migrate.database import Connection, connect
from freehold.migrate.errors import MigrateError
from freehold.schema.patterns import measured
from freehold.schema.types import Column, Constraint, Index, Migration, Model, Relationship, Table

_READ_ONLY = {
    "statement_timeout": "60s",
    "lock_timeout": "5s",
    "default_transaction_read_only": "on",
    "search_path": "public",
    "application_name": "freehold schema",
}
_TABLES = """
SELECT c.oid, n.nspname AS schema, c.relname AS name, obj_description(c.oid, 'pg_class') AS about
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY ($1)
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
"""
_SCHEMAS = """
SELECT nspname FROM pg_namespace
WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'freehold_migrate') ORDER BY nspname COLLATE "C"
"""
_COLUMNS = """
SELECT a.attrelid AS oid, a.attnum, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid) AS default, col_description(a.attrelid, a.attnum) AS about
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
"""
_CONSTRAINTS = """
SELECT c.conrelid AS oid, c.conname AS name, c.contype::text AS kind, c.conkey, c.confrelid, c.confkey,
    pg_get_constraintdef(c.oid) AS definition, obj_description(c.oid, 'pg_constraint') AS about
FROM pg_constraint c
WHERE c.conrelid = ANY ($1) AND c.contype IN ('p', 'u', 'c', 'f', 'x') AND c.conparentid = 0
ORDER BY c.conrelid, array_position(ARRAY['p', 'u', 'f', 'c', 'x'], c.contype::text), c.conname COLLATE "C"
"""
_INDEXES = """
SELECT i.indrelid AS oid, c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition, i.indisunique,
    i.indpred IS NULL AND i.indexprs IS NULL AS plain, i.indkey::int2[] AS keys, i.indnkeyatts
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY ($1) ORDER BY i.indrelid, c.relname COLLATE "C"
"""


async def read_model(
    database_url: str, schemas: Sequence[str] = (), *, measuring: bool = True, memory: Memory | None = None
) -> Model:
    """Read a database's data model, in one read-only snapshot.

    Args:
        database_url: of any PostgreSQL database.
        schemas: to be read; all but the system's if none is named.
        measuring: run the query patterns, too; without, they are named alone.
        memory: of this database, for who asks often: tables are read again when the catalog has changed.

    Raises:
        ConnectError: the database cannot be reached.
        MigrateError: there is no such schema.
    """
    async with connect(database_url, _READ_ONLY) as connection:

        async def read() -> Model:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                found = [row["nspname"] for row in await connection.fetch(_SCHEMAS)]
                if missing := [name for name in schemas if name not in found]:
                    raise MigrateError(f"There is no schema {missing[0]!r} here. There are: {', '.join(found)}")
                return await _read(connection, list(dict.fromkeys(schemas)) or found)

        model = await (memory.keep(connection, f"model {schemas}", read) if memory else read())
        recorded = await journal.applied(connection) if await journal.exists(connection) else None
        queries = await measured(connection, {table.name for table in model.tables}, running=measuring)
    migrations = None if recorded is None else [Migration(each.version, each.name) for each in recorded]
    return Model(model.tables, model.relationships, queries, migrations)


async def _read(connection: Connection, schemas: list[str]) -> Model:
    rows = await connection.fetch(_TABLES, schemas)
    is_single = len({row["schema"] for row in rows}) <= 1
    names = {row["oid"]: row["name"] if is_single else f"{row['schema']}.{row['name']}" for row in rows}
    oids = list(names)
    columns, constraints, indexes = [
        _grouped(await connection.fetch(statement, oids)) for statement in (_COLUMNS, _CONSTRAINTS, _INDEXES)
    ]
    attributes = {oid: {row["attnum"]: row["name"] for row in columns[oid]} for oid in oids}
    tables = [
        Table(
            names[row["oid"]],
            row["about"],
            _columns(columns[row["oid"]], constraints[row["oid"]], indexes[row["oid"]]),
            [_constraint(each, attributes, names) for each in constraints[row["oid"]]],
            [Index(each["name"], each["definition"]) for each in indexes[row["oid"]]],
        )
        for row in rows
    ]
    related = [
        _relationship(row, attributes, names, columns[oid], indexes[oid])
        for oid in oids
        for row in constraints[oid]
        if row["kind"] == "f" and row["confrelid"] in names
    ]
    return Model(tables, related)


def _grouped(rows: Sequence[Mapping[str, Any]]) -> dict[int, list[Mapping[str, Any]]]:
    grouped: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["oid"]].append(row)
    return grouped


def _columns(rows: list[Any], constraints: list[Any], indexes: list[Any]) -> list[Column]:
    primary = {key for each in constraints if each["kind"] == "p" for key in each["conkey"]}
    foreign = {key for each in constraints if each["kind"] == "f" for key in each["conkey"]}
    unique = {keys[0] for keys in _unique(indexes) if len(keys) == 1}
    return [
        Column(
            row["name"],
            row["type"],
            row["attnotnull"],
            row["default"],
            row["about"],
            row["attnum"] in primary,
            row["attnum"] in unique,
            row["attnum"] in foreign,
        )
        for row in rows
    ]


def _unique(indexes: list[Any]) -> list[list[int]]:
    return [list(each["keys"])[: each["indnkeyatts"]] for each in indexes if each["indisunique"] and each["plain"]]


def _constraint(row: Mapping[str, Any], attributes: dict[int, dict[int, str]], names: dict[int, str]) -> Constraint:
    target = row["confrelid"] or None
    return Constraint(
        row["name"],
        row["kind"],
        [attributes[row["oid"]].get(key, "?") for key in row["conkey"] or ()],
        row["definition"],
        row["about"],
        names.get(target) if target else None,
        [attributes[target].get(key, "?") for key in row["confkey"]] if target in attributes else [],
    )


def _relationship(
    row: Mapping[str, Any], attributes: Any, names: dict[int, str], columns: list[Any], indexes: list[Any]
) -> Relationship:
    keys = set(row["conkey"])
    return Relationship(
        names[row["oid"]],
        names[row["confrelid"]],
        [attributes[row["oid"]][key] for key in row["conkey"]],
        [attributes[row["confrelid"]][key] for key in row["confkey"]],
        optional=any(not each["attnotnull"] for each in columns if each["attnum"] in keys),
        single=any(set(unique) <= keys for unique in _unique(indexes)),
    )
