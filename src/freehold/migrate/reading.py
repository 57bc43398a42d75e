"""Finding written rows again, whatever the schema has become: renaming, other types and orders of columns."""

from collections.abc import Sequence

import asyncpg

from freehold.migrate.database import Connection
from freehold.migrate.invent import Written
from freehold.migrate.tables import Table, read_table

Texts = dict[str, str | None]

_NAME = """
SELECT coalesce(
    (SELECT format('%I.%I', n.nspname, c.relname)
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::oid),
    (SELECT $2::text WHERE to_regclass($2) IS NOT NULL))
"""


async def read_again(connection: Connection, written: Written, name: str) -> tuple[int, list[Texts | None]]:
    """Count a table's rows, and find those that were written.

    Args:
        connection: in the transaction in which they were written.
        written: the rows.
        name: of the table, unless it is the same one with whatever name.

    Returns:
        The number of rows; and of each written row its columns' texts, under the names that they were written by, as
        far as the columns are there; None if it is not found.
    """
    found = await connection.fetchval(_NAME, written.table.oid, name)
    if found is None:
        return 0, [None for _ in written.rows]
    table = await read_table(connection, found)
    count = int(await connection.fetchval(f"SELECT count(*) FROM ONLY {found}"))  # noqa: S608 - quoted names
    names = _names_now(written.table, table)
    if written.table.finds and names.keys() >= set(written.table.finds):
        return count, await _by_key(connection, written, table, names)
    return count, await _by_all(connection, written, table, names)


def _names_now(was: Table, now: Table) -> dict[str, str]:
    """What columns are called now: those of the same table by their number, those that were made anew by their name."""
    numbers = {column.number: column.name for column in now.columns.values()} if was.oid == now.oid else {}
    names = {name: numbers.get(column.number, name) for name, column in was.columns.items()}
    return {name: new for name, new in names.items() if new in now.columns}


async def _by_key(connection: Connection, written: Written, table: Table, names: dict[str, str]) -> list[Texts | None]:
    key = [names[name] for name in written.table.finds]
    columns = list(names.values())
    selected = ", ".join(f"{name}::text" for name in (*key, *columns))
    values = [[row.texts[name] for row in written.rows] for name in written.table.finds]
    places = range(1, len(key) + 1)
    given = f"unnest({', '.join(f'${place}::text[]' for place in places)}) AS w({', '.join(f'k{p}' for p in places)})"
    typed = ", ".join(f"k{place}::{table.columns[name].type}" for place, name in zip(places, key, strict=True))
    texts = ", ".join(f"{name}::text" for name in key)
    query = f"SELECT {selected} FROM {table.name} WHERE"  # noqa: S608 - quoted names
    try:
        async with connection.transaction():  # so that an index helps
            rows = await connection.fetch(f"{query} ({', '.join(key)}) IN (SELECT {typed} FROM {given})", *values)  # noqa: S608
    except asyncpg.PostgresError:  # not every value is one of the type that the key has now
        columns_given = ", ".join(f"k{place}" for place in places)
        rows = await connection.fetch(f"{query} ({texts}) IN (SELECT {columns_given} FROM {given})", *values)  # noqa: S608
    found = {tuple(row)[: len(key)]: dict(zip(names, tuple(row)[len(key) :], strict=True)) for row in map(tuple, rows)}
    return [found.get(tuple(row.texts[name] for name in written.table.finds)) for row in written.rows]


async def _by_all(connection: Connection, written: Written, table: Table, names: dict[str, str]) -> list[Texts | None]:
    """Without a key a row is found by all that it holds."""
    texts = f"ARRAY[{', '.join(f'{name}::text' for name in names.values())}]::text[]"
    found = await connection.fetch(
        f"SELECT DISTINCT w.place FROM {table.name} "  # noqa: S608 - quoted names
        f"JOIN unnest($1::text[]) WITH ORDINALITY w(row, place) ON w.row::text[] = {texts}",
        [_array([row.texts[name] for name in names]) for row in written.rows],
    )
    places = {place - 1 for (place,) in found}
    return [
        {name: row.texts[name] for name in names} if index in places else None for index, row in enumerate(written.rows)
    ]


def _array(values: Sequence[str | None]) -> str:
    """Texts as PostgreSQL writes an array of them."""
    quoted = ("NULL" if text is None else '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"' for text in values)
    return "{" + ",".join(quoted) + "}"
