"""Values that break a CHECK which is gone and keep to those that are left, found by asking PostgreSQL."""

from collections.abc import Mapping, Sequence

import asyncpg

from freehold.migrate.database import Connection
from freehold.migrate.loosened import Change, named_in
from freehold.migrate.tables import Column, Table, literal
from freehold.migrate.values import ODD_TEXTS

_MOST_VALUES = {1: 200, 2: 60, 3: 25, 4: 11, 5: 7}
"""Of each column, by how many columns a CHECK is about."""
_MOST_ROWS = 6
_OTHERWISE = ("upper({})", "lower({})", "concat({}, ' ')", "concat({}, 'W')", "concat('W', {})", "left({}, -1)")
"""What a text of a row becomes that breaks only one of its rules."""

_TIMES = ("'infinity'", "'-infinity'", *(f"'2024-01-0{day}'" for day in range(1, 8)))
_STRANGE = {
    **dict.fromkeys(("float4", "float8", "numeric"), ("'NaN'", "'Infinity'", "'-Infinity'")),
    **dict.fromkeys(("date", "timestamp", "timestamptz"), _TIMES),
    **dict.fromkeys(("point",), ("'(1e9,1e9)'", "'(-1e9,-1e9)'")),
    **dict.fromkeys(("tsvector", "tsquery"), ("''",)),
}
"""Values by type that hardly anything but a CHECK minds."""


async def breaking(
    connection: Connection,
    table: Table,
    columns: Mapping[str, Column],
    change: Change,
    *,
    check: str,
    sample: str,
) -> tuple[list[dict[str, str]], bool]:
    """Look for values of the columns that a CHECK is about.

    Args:
        connection: in a transaction.
        table: as it is now.
        columns: those of it that can be written.
        change: what became of it.
        check: the expression that is gone.
        sample: the FROM clause of a row whose values are tried with the others; may be empty.

    Returns:
        SQL by column, for a few rows; and whether the CHECK can be broken at all, as far as it is known.
    """
    names = named_in(check, table.columns)
    if not names or not set(names) <= columns.keys() or len(names) not in _MOST_VALUES:
        return [], bool(names)
    pools = [
        await _pool(connection, table, columns[name], change, sample=sample, together=len(names)) for name in names
    ]
    left = [each for each in change.left if set(named_in(each, table.columns)) <= set(names)]
    sources = [
        f"(VALUES {', '.join(f'({value})' for value in pool)}) AS c{place}({name})"
        for place, (name, pool) in enumerate(zip(names, pools, strict=True))
    ]
    wanted = " AND ".join([f"({check}) IS FALSE", *(f"({each}) IS NOT FALSE" for each in left)])
    texts = ", ".join(f"{name}::text" for name in names)
    query = f"SELECT {texts} FROM {', '.join(sources)} WHERE {wanted} LIMIT {_MOST_ROWS}"  # noqa: S608 - PostgreSQL's words
    try:
        async with connection.transaction():
            rows = await connection.fetch(query)
    except asyncpg.PostgresError:  # some values make the expression itself fail: then they are tried one by one
        return [{name: value} for name, pool in zip(names, pools, strict=True) for value in pool], not left
    found = [
        {name: f"{literal(text)}::{columns[name].type}" for name, text in zip(names, tuple(row), strict=True)}
        for row in rows
    ]
    return found, not left


async def _pool(
    connection: Connection, table: Table, column: Column, change: Change, *, sample: str, together: int
) -> Sequence[str]:
    """Values to choose from, each of which is one of the column's type."""
    values = table.types.values(column.oid, column.typmod, change.hints)
    one = f"(SELECT o.{column.name} {sample})"
    if (root := table.types.root(column.oid)[0]).is_text or root.short == "bpchar":
        values += [f"{text}::{column.type}" for text in ODD_TEXTS]
        values += [f"({text.format(one)})::{column.type}" for text in _OTHERWISE if sample]
    typed = [f"({value})::{column.type}" for value in (*values, *_STRANGE.get(root.short, ()))]
    good = [value for value in typed if await _is_one(connection, value)]
    return [*([one] if sample else ()), f"NULL::{column.type}", *good][: _MOST_VALUES[together]]


async def _is_one(connection: Connection, value: str) -> bool:
    try:
        async with connection.transaction():
            await connection.execute(f"SELECT {value}")
    except asyncpg.PostgresError:
        return False
    return True
