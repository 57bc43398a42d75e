"""Tables as whoever writes rows into them has to know them: columns, what keeps rows apart, what they refer to."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

from freehold.migrate.database import Connection
from freehold.migrate.values import Types

_COLUMNS = """
SELECT quote_ident(a.attname) AS name, a.attnum AS number, a.atttypid::bigint AS oid, a.atttypmod AS typmod,
    format_type(a.atttypid, a.atttypmod) AS type, a.attgenerated::text <> '' AS generated,
    a.atthasdef OR a.attidentity::text <> '' AS has_default, a.attnotnull OR t.typnotnull AS not_null
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attname
"""

# An index on an expression depends on the columns in it (and on those of its predicate).
_KEYS = """
SELECT ARRAY(
        SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = i.indrelid AND (
            a.attnum = ANY (i.indkey[0 : i.indnkeyatts - 1]) OR i.indexprs IS NOT NULL AND a.attnum IN (
                SELECT d.refobjsubid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid))
        ORDER BY a.attnum
    ) AS columns,
    i.indpred IS NULL AND i.indexprs IS NULL AS whole,
    i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND NOT a.attnotnull
    ) AS finds
FROM pg_index i WHERE i.indrelid = $1 AND (i.indisunique OR i.indisexclusion)
ORDER BY NOT i.indisprimary, i.indexrelid
"""

_REFERENCES = """
SELECT ARRAY(SELECT quote_ident(a.attname) FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place) AS columns,
    k.confrelid::regclass::text AS "table",
    ARRAY(SELECT quote_ident(a.attname) FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place) AS to
FROM pg_constraint k
WHERE k.conrelid = $1 AND k.contype = 'f'  -- not what PostgreSQL makes of it for each partition of the other table
    AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
ORDER BY k.conname
"""
_SET = "SELECT pg_catalog.set_config($1, $2, true)"


class Column(NamedTuple):
    """A column: its number, which renaming does not change, its type in several ways, and what it demands."""

    name: str
    number: int
    oid: int
    typmod: int
    type: str
    generated: bool
    has_default: bool
    not_null: bool

    @property
    def required(self) -> bool:
        """Whether a row cannot be written without naming it."""
        return self.not_null and not self.has_default


class Reference(NamedTuple):
    """A foreign key: columns, the table they refer to, and its columns."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


class Key(NamedTuple):
    """Columns that keep rows apart; whether they do so for all rows, and by nothing but their values."""

    columns: tuple[str, ...]
    whole: bool


class Table(NamedTuple):
    """A table.

    Attributes:
        finds: the columns of a key that finds any row; empty if there is none.
        types: of its columns, and what they are made of.
    """

    oid: int
    name: str
    columns: dict[str, Column]
    keys: list[Key]
    finds: tuple[str, ...]
    references: list[Reference]
    types: Types


async def read_table(connection: Connection, name: str) -> Table:
    """Read what there is to know of a table; inside a transaction."""
    async with settings(connection, {"search_path": "pg_catalog"}):
        oid = int(await connection.fetchval("SELECT $1::text::regclass::oid", name))
        columns = [Column(*row) for row in await connection.fetch(_COLUMNS, oid)]
        keys = [(Key(tuple(row["columns"]), row["whole"]), row["finds"]) for row in await connection.fetch(_KEYS, oid)]
        references = [
            Reference(tuple(row["columns"]), row["table"], tuple(row["to"]))
            for row in await connection.fetch(_REFERENCES, oid)
        ]
        types = await Types.of(connection, [oid])
    finds = next((key.columns for key, finds in keys if finds), ())
    return Table(oid, name, {each.name: each for each in columns}, [key for key, _ in keys], finds, references, types)


def parents_first(tables: Collection[Table]) -> list[Table]:
    """Sort tables so that each comes after those that it refers to, as far as they do not refer to each other."""
    left = {each.name: each for each in sorted(tables, key=lambda each: each.name)}
    ordered: list[Table] = []

    def visit(name: str) -> None:
        table = left.pop(name, None)
        if table is not None:
            for reference in table.references:
                visit(reference.table)
            ordered.append(table)

    for name in list(left):
        visit(name)
    return ordered


@asynccontextmanager
async def settings(connection: Connection, values: Mapping[str, str]) -> AsyncIterator[None]:
    """Change settings for a while, inside a transaction; if something fails, its rollback restores them."""
    names = list(values)
    before = [str(await connection.fetchval("SELECT pg_catalog.current_setting($1)", name)) for name in names]
    for name, value in values.items():
        await connection.execute(_SET, name, value)
    yield
    for name, value in zip(names, before, strict=True):
        await connection.execute(_SET, name, value)


def literal(text: str | None) -> str:
    """A text as SQL, with standard_conforming_strings on."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"
