"""Rows as users would write them between up and down: copies of real ones, with values that only the new schema takes.

Each table that a migration changed gets a handful of rows. One column at a time is given an extreme value of its type,
is left empty, or repeats what is there, so that a rule the migration loosened is met on its new side. What the schema
refuses is not written.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import asyncpg

from freehold.migrate.database import Connection

_COLUMNS = """
SELECT quote_ident(a.attname) AS name, format_type(a.atttypid, a.atttypmod) AS type,
    a.attgenerated::text <> '' AS generated, a.atthasdef OR a.attidentity::text <> '' AS has_default, a.attnotnull,
    EXISTS (
        SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND a.attnum = ANY(i.indkey)
    ) AS in_key,
    EXISTS (
        SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND a.attnum = ANY(k.conkey)
    ) AS refers,
    (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attname
"""

_KEY = """
SELECT array_agg(quote_ident(a.attname) ORDER BY a.attname)
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
WHERE k.conrelid = to_regclass($1) AND k.contype = 'p'
"""


class Column(NamedTuple):
    """A column as the inventor sees it."""

    name: str
    type: str
    generated: bool
    has_default: bool
    not_null: bool
    in_key: bool
    refers: bool
    labels: list[str] | None

    @property
    def required(self) -> bool:
        """Whether a row cannot be written without naming it."""
        return self.not_null and not self.has_default


class Written(NamedTuple):
    """Rows written into a table: their number, and the text of each by primary key (none without a key)."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    total: int
    rows: dict[tuple[str, ...], dict[str, str | None]]


async def write_rows(connection: Connection, table: str, old_columns: Collection[str]) -> Written:
    """Write rows into a table, inside the caller's transaction, and remember them.

    Args:
        connection: in a transaction that will be rolled back.
        table: quoted and qualified.
        old_columns: those that were there before the migration, quoted. What a new column should hold only its
            application knows, so new ones are left to their defaults where they have to be nothing else.
    """
    columns = [Column(*row) for row in await connection.fetch(_COLUMNS, table)]
    key = tuple(await connection.fetchval(_KEY, table) or ())
    names = tuple(column.name for column in columns)
    count, rows = 0, {}
    for statement in _statements(table, [c for c in columns if c.name in old_columns or c.required], names):
        written = await _try(connection, statement)
        for row in written:
            count += 1
            text = dict(zip(names, row, strict=True))
            if key:
                rows[tuple(str(text[name]) for name in key)] = text
    await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return Written(table, key, names, count, rows)


async def read_again(connection: Connection, written: Written) -> dict[tuple[str, ...], dict[str, str | None]]:
    """Find the written rows by their primary key, with the columns that the table has now."""
    columns = [row["name"] for row in await connection.fetch(_COLUMNS, written.table)]
    if not written.rows or not set(written.key) <= set(columns):
        return {}
    key = ", ".join(f"{name}::text" for name in written.key)
    rows = await connection.fetch(
        f"SELECT {', '.join(f'{name}::text' for name in columns)} FROM {written.table} "  # noqa: S608 - quoted names
        f"WHERE ARRAY[{key}] IN (SELECT string_to_array(unnest($1::text[]), chr(31)))",
        [chr(31).join(values) for values in written.rows],
    )
    texts = [dict(zip(columns, tuple(row), strict=True)) for row in rows]
    return {tuple(str(text[name]) for name in written.key): text for text in texts}


async def _try(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    """Run an INSERT; what the schema refuses is undone and gives nothing."""
    try:
        async with connection.transaction():
            rows = [tuple(row) for row in await connection.fetch(statement)]
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            await connection.execute("SET CONSTRAINTS ALL DEFERRED")
            return rows
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, asyncpg.RaiseError):
        return []
    except asyncpg.PostgresError:
        return []  # a trigger, a policy, a type we know nothing about: that row is not to be had


def _statements(table: str, columns: list[Column], names: tuple[str, ...]) -> Iterator[str]:
    """INSERT statements, each for one row."""
    writable = [column for column in columns if not column.generated]
    returning = ", ".join(f"{name}::text" for name in names)

    def insert(values: dict[str, str], source: str) -> str:
        used = [column for column in writable if values[column.name] != "DEFAULT"]
        into = ", ".join(column.name for column in used)
        chosen = ", ".join(values[column.name] for column in used)
        if not used:
            return f"INSERT INTO {table} DEFAULT VALUES RETURNING {returning}"  # noqa: S608 - quoted names
        return f"INSERT INTO {table} ({into}) OVERRIDING SYSTEM VALUE SELECT {chosen} {source} RETURNING {returning}"

    copy = {column.name: _fresh(table, column) if _own_key(column) else f"o.{column.name}" for column in writable}
    of_a_row = f"FROM (SELECT * FROM {table} LIMIT 1) o"  # noqa: S608 - quoted names
    invented = {
        column.name: _fresh(table, column)
        if _own_key(column)
        else "DEFAULT"
        if column.has_default
        else _invented(column)
        for column in writable
    }
    for base, source in ((copy, of_a_row), (invented, "")):
        yield insert(base, source)
        for column in writable:
            for value in _variants(column):
                yield insert(base | {column.name: value}, source)
    # The same row twice but for its primary-key-like columns: only a dropped unique constraint lets it in.
    for column in writable:
        if column.in_key:
            yield insert(copy | {column.name: f"o.{column.name}"}, of_a_row)


def _own_key(column: Column) -> bool:
    return column.in_key and not column.refers


def _variants(column: Column) -> list[str]:
    values = [] if column.refers or column.in_key else _extremes(column)
    return values if column.not_null or column.in_key else [*values, "NULL"]


def _fresh(table: str, column: Column) -> str:
    kind = column.type
    if kind in ("smallint", "integer", "bigint") or kind.startswith("numeric"):
        return f"(SELECT coalesce(max({column.name}), 0) + 1 FROM {table})"  # noqa: S608 - quoted names
    if kind == "uuid":
        return "gen_random_uuid()"
    if length := re.fullmatch(r"character(?: varying)?\((\d+)\)", kind):
        return f"left(md5(random()::text), {length[1]})"
    if kind in ("text", "character varying", "bytea"):
        return f"md5(random()::text)::{kind}"
    return "DEFAULT" if column.has_default else f"o.{column.name}"


def _invented(column: Column) -> str:
    values = _extremes(column)
    return "NULL" if not column.not_null else values[0] if values else "DEFAULT"


def _extremes(column: Column) -> list[str]:
    """Values at the edge of a type, as SQL."""
    kind = column.type
    if column.labels:
        return [f"'{label}'::{kind}" for label in column.labels]
    if length := re.fullmatch(r"character(?: varying)?\((\d+)\)", kind):
        return [f"repeat('W', {length[1]})"]
    if digits := re.fullmatch(r"numeric\((\d+),(\d+)\)", kind):
        precision, scale = int(digits[1]), int(digits[2])
        whole, part = "9" * (precision - scale) or "0", "9" * scale
        return [f"{whole}.{part}" if part else whole, f"0.{part}" if part else "1"]
    return _EXTREMES.get(kind, [])


_EXTREMES = {
    "smallint": ["32767::smallint", "'-1'::smallint"],
    "integer": ["2147483647", "'-1'::integer"],
    "bigint": ["9223372036854775807", "2147483648", "'-1'::bigint"],
    "numeric": ["123456789012345.123456789"],
    "real": ["123456.79::real"],
    "double precision": ["123456789012.12345::double precision"],
    "text": ["repeat('W', 1000)", "'Mixed Case ß é'", "''"],
    "character varying": ["repeat('W', 1000)", "'Mixed Case ß é'", "''"],
    "boolean": ["true", "false"],
    "date": ["'2999-12-31'::date", "'0001-01-01'::date"],
    "timestamp without time zone": ["'2999-12-31 23:59:59.999999'::timestamp"],
    "timestamp with time zone": ["'2999-12-31 23:59:59.999999+00'::timestamptz"],
    "time without time zone": ["'23:59:59.999999'::time"],
    "interval": ["'1 mon 1 day 00:00:01.000001'::interval"],
    "jsonb": ['\'{"k": [1, "ß"]}\'::jsonb', "'[]'::jsonb"],
    "json": ['\'{"k":  [1, "ß"]}\'::json'],
    "uuid": ["gen_random_uuid()"],
    "bytea": ["'\\x00ff'::bytea"],
    "inet": ["'2001:db8::1'::inet"],
    "text[]": ["ARRAY['a', NULL, '']::text[]", "'{}'::text[]"],
    "integer[]": ["ARRAY[1, 2]", "'{}'::integer[]"],
}
