"""What the tables hold, each in one number: whether any row of any table changed can then be seen at once.

A table's digest is the number of its rows and the sum of a hash of each row, which mixes the hashes of its values, each
seeded with the rank of its column's name. So neither the order of the rows nor that of the columns counts. PostgreSQL's
hash of a number has 32 bits that matter: one changed row in four billion goes unseen, and several all but never.
(The text of the whole row would be simpler, and takes three times as long: PostgreSQL looks at each letter for quotes,
and writes out numbers and times only to hash what it has written.)
"""

from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final, NamedTuple

import asyncpg
import msgspec

from freehold.migrate import large_objects
from freehold.migrate.database import Connection, connect
from freehold.migrate.together import together

TEXT_SETTINGS: Final = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "xmlbinary": "base64",
    "lc_monetary": "C",
}
"""Settings with which a value has one text, whoever reads it."""
_SETTINGS = "".join(
    f"SET {name} = '{value}';"
    for name, value in {"search_path": "pg_catalog", **TEXT_SETTINGS, "row_security": "off"}.items()
)

_TABLES = """
SELECT c.oid::regclass::text AS name, pg_relation_size(c.oid) AS size,
    ARRAY(SELECT ROW(quote_ident(a.attname), a.atttypid::regtype::text) FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY size DESC, name
"""

_SEQUENCES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
ORDER BY 1
"""

_OF_SEQUENCES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, s.seqincrement < 0 AS descending,
    coalesce(d.refobjid::regclass::text, '') AS "table", coalesce(quote_ident(a.attname), '') AS "column"
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
"""


_BY_TYPE: Final = {
    **dict.fromkeys(("integer", "smallint"), "hashint8extended({column}, {seed})"),
    # The hash folds the halves of a number: 1 and 2^32 have the same one. So the upper half has one of its own.
    "bigint": "hashint8extended({column}, {seed}) # hashint8extended({column} >> 32, {seed} + 1)",
    # Under a collation of the column's that takes two texts as equal, they would have one hash.
    **dict.fromkeys(("text", "character varying"), 'hashtextextended({column} COLLATE "C", {seed})'),
    "uuid": "uuid_hash_extended({column}, {seed})",
    "timestamp without time zone": "timestamp_hash_extended({column}, {seed})",
    "timestamp with time zone": "timestamp_hash_extended({column}::timestamp, {seed})",
}
"""Hashes of values as they are stored, of types for which equal values are the same to whoever reads them."""


_TABLES_AT_ONCE = 20
_SEQUENCES_AT_ONCE = 50


class Column(NamedTuple):
    """A column of a table: its name, quoted, and its type as PostgreSQL names it."""

    name: str
    type: str


class TableDigest(msgspec.Struct, frozen=True):
    """What one table holds.

    Attributes:
        rows: their number.
        hash: the sum of their hashes, as decimal digits.
        columns: for each column, how many values are not NULL and the sum of their hashes; only where asked for.
    """

    rows: int
    hash: str
    columns: dict[str, tuple[int, str]] = {}

    def same_rows(self, other: "TableDigest") -> bool:
        """Whether both hold the same rows."""
        return (self.rows, self.hash) == (other.rows, other.hash)


class SequenceFacts(msgspec.Struct, frozen=True):
    """Whether a sequence counts downwards, and the table and column that it belongs to; empty if to none."""

    descending: bool
    table: str = ""
    column: str = ""


class Digests(msgspec.Struct, frozen=True):
    """What a whole database holds.

    Attributes:
        tables: those with rows of their own.
        sequences: where each stands.
        facts: what a sequence is, apart from where it stands.
        large_objects: all of them as if they were a table; None if they were not looked at.
    """

    tables: dict[str, TableDigest]
    sequences: dict[str, tuple[int, bool]]
    facts: dict[str, SequenceFacts] = {}
    large_objects: TableDigest | None = None

    @property
    def rows(self) -> int:
        """The number of rows in all tables."""
        return sum(table.rows for table in self.tables.values())

    def of(self, name: str) -> TableDigest | None:
        """What a table holds, or all large objects together; None if there is no such table."""
        return self.large_objects if name == large_objects.NAME else self.tables.get(name)

    def differing_tables(self, other: "Digests") -> list[str]:
        """Tables that only one has, or that hold other rows; the large objects are one."""
        names = sorted(self.tables.keys() | other.tables.keys())
        found = [name for name in names if not _same(self.tables.get(name), other.tables.get(name))]
        if self.large_objects is None or other.large_objects is None:
            return found
        return found + [large_objects.NAME] * (not self.large_objects.same_rows(other.large_objects))


async def digests(
    connection: Connection,
    *,
    columns_of: Collection[str] = (),
    known: Digests | None = None,
    touched: Collection[str] = (),
    as_text: bool = False,
    report: Callable[[int, int], None] | None = None,
) -> Digests:
    """Compute the digests of every table, or only of the touched ones and keep the others as known.

    Args:
        connection: outside a transaction, or inside one whose snapshot counts; its settings are changed.
        columns_of: tables whose columns get a digest each.
        known: earlier digests of the same database.
        touched: with ``known``, the tables that may have changed since.
        as_text: take values that read the same as equal, whatever their types; to be compared with others of this kind.
        report: called with bytes done and bytes in all.
    """
    await connection.execute(_SETTINGS)
    rows = await connection.fetch(_TABLES)
    total, done = sum(row["size"] for row in rows), 0
    tables: dict[str, TableDigest] = {}
    for row in rows:
        name = row["name"]
        if known is not None and name in known.tables and name not in touched:
            tables[name] = known.tables[name]
        else:
            tables[name] = await table_digest(
                connection, name, _columns(row), by_column=name in columns_of, as_text=as_text
            )
        done += row["size"]
        if report:
            report(done, total)
    found = await sequences(connection)
    if known is not None and known.large_objects is not None and not {*touched} & {*large_objects.SYSTEM_TABLES}:
        return Digests(tables, found, await _facts(connection), known.large_objects)
    return await _complete(connection, tables, found)


async def _complete(
    connection: Connection, tables: dict[str, TableDigest], sequences: dict[str, tuple[int, bool]]
) -> Digests:
    """The digests with all that is in no table."""
    objects = await large_objects.digest(connection)
    return Digests(tables, sequences, await _facts(connection), TableDigest(*objects) if objects else None)


async def _facts(connection: Connection) -> dict[str, SequenceFacts]:
    rows = await connection.fetch(_OF_SEQUENCES)
    return {row["name"]: SequenceFacts(row["descending"], row["table"], row["column"]) for row in rows}


async def snapshot_digests(
    database_url: str, snapshot: str, *, parallel: int = 2, report: Callable[[int, int], None] | None = None
) -> Digests:
    """Compute every digest in an exported snapshot, several tables at a time on connections of their own.

    Where the sequences stand is not in it: they are in no snapshot.
    """
    queue: deque[tuple[str, Sequence[Column], int]] = deque()
    tables: dict[str, TableDigest] = {}
    progress = {"done": 0, "total": 0}

    async def work(connection: Connection) -> None:
        while queue:
            # A reader locks the table and its indexes until its transaction ends, and the server has room for so many.
            async with in_snapshot(connection, snapshot):
                for name, columns, size in [queue.popleft() for _ in range(min(_TABLES_AT_ONCE, len(queue)))]:
                    tables[name] = await table_digest(connection, name, columns)
                    progress["done"] += size
                    if report:
                        report(progress["done"], progress["total"])

    async def worker() -> None:
        async with connect(database_url) as connection:
            await connection.execute(_SETTINGS)
            await work(connection)

    async with connect(database_url) as connection:
        await connection.execute(_SETTINGS)
        async with in_snapshot(connection, snapshot):
            queue += [(row["name"], _columns(row), row["size"]) for row in await connection.fetch(_TABLES)]
        progress["total"] = sum(size for _, _, size in queue)
        async with together() as group:
            for _ in range(parallel - 1):
                group.create_task(worker())
            await work(connection)
        async with in_snapshot(connection, snapshot):
            return await _complete(connection, dict(sorted(tables.items())), {})


@asynccontextmanager
async def in_snapshot(connection: Connection, snapshot: str) -> AsyncIterator[None]:
    """A transaction that sees what another one exported."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        yield


async def table_digest(
    connection: Connection, name: str, columns: Sequence[Column], *, by_column: bool = False, as_text: bool = False
) -> TableDigest:
    """Compute one table's digest; ``name`` is quoted already."""
    value_hash = _text_hash if as_text else _value_hash
    row_hash = " # ".join(value_hash(column, 2 * rank) for rank, column in enumerate(columns)) or "0"
    whole = f"count(*), coalesce(sum(hashint8extended({row_hash}, 0)), 0)"
    counts, sums = "NULL", "NULL"
    if by_column and columns:  # in arrays, since there may be as many columns as a list of targets can have
        counts = f"ARRAY[{', '.join(f'count({column.name})' for column in columns)}]"
        sums = f"ARRAY[{', '.join(f'coalesce(sum({_text_hash(column, 0)}), 0)' for column in columns)}]"
    row = await connection.fetchrow(f"SELECT {whole}, {counts}, {sums} FROM ONLY {name}")  # noqa: S608 - quoted names
    count, total, numbers, values = tuple(row or ())
    by_name = zip((column.name for column in columns), numbers, map(_digits, values), strict=True) if numbers else ()
    return TableDigest(count, _digits(total), {column: (number, value) for column, number, value in by_name})


def _columns(row: asyncpg.Record) -> list[Column]:
    return [Column(*column) for column in row["columns"]]


def _value_hash(column: Column, seed: int) -> str:
    if column.type not in _BY_TYPE:
        return _text_hash(column, seed)
    of_value = _BY_TYPE[column.type].format(column=column.name, seed=seed)
    return f"coalesce({of_value}, hashint8extended(0, {seed + 1}))"


def _text_hash(column: Column, seed: int) -> str:
    # concat, unlike a cast to text, gives what COPY would; of NULL it makes nothing, so that has a seed of its own.
    return f'hashtextextended(concat({column.name}) COLLATE "C", {seed} + num_nulls({column.name}))'


def _digits(value: Decimal) -> str:
    return format(value, "f")


async def sequences(connection: Connection) -> dict[str, tuple[int, bool]]:
    """Where every sequence stands: its last value, and whether that has been handed out.

    Call it outside a transaction, which would keep a lock on each of them.
    """
    names = [name for (name,) in await connection.fetch(_SEQUENCES)]
    values: dict[str, tuple[int, bool]] = {}
    for start in range(0, len(names), _SEQUENCES_AT_ONCE):
        some = names[start : start + _SEQUENCES_AT_ONCE]
        each = (f"SELECT {number}, last_value, is_called FROM {name}" for number, name in enumerate(some))  # noqa: S608
        rows = await connection.fetch(" UNION ALL ".join(each))
        values |= {some[number]: (last_value, is_called) for number, last_value, is_called in rows}
    return values


def _same(one: TableDigest | None, other: TableDigest | None) -> bool:
    return one is not None and other is not None and one.same_rows(other)
