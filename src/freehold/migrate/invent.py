"""Rows as users would write them between up and down: copies of real ones, with values that only the new schema takes.

Each table that a migration changed gets a handful of rows. One column at a time is given a value at the edge of its
type, is left empty, or repeats what is there; and what a table refused before and takes now is looked for: one key
twice, a child without its parent, a row that breaks the CHECK that is gone. What the schema refuses is not written.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import asyncpg

from freehold.migrate.breaking import breaking
from freehold.migrate.database import Connection
from freehold.migrate.loosened import Change
from freehold.migrate.tables import Column, Reference, Table, literal, parents_first, read_table
from freehold.migrate.values import COUNTED, WAYS, Hints, fresh

_MOST_EDGES = 200  # of all columns together whose values are what they were
_MOST_PARENTS = 12
_DEEPEST = 3  # of tables without a key of their own that refer to such
_DEFERRABLE = "SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE condeferrable)"
_DEFERRED = """
SELECT DISTINCT format('SET CONSTRAINTS %I.%I DEFERRED', n.nspname, k.conname)
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace WHERE k.condeferred
"""


class Row(NamedTuple):
    """A row that was written: the text of each column, and the columns it was written for; none for a plain copy."""

    texts: dict[str, str | None]
    varied: tuple[str, ...]


class Written(NamedTuple):
    """The rows written into a table, and what could not be tried there, in words."""

    table: Table
    change: Change
    rows: list[Row]
    untried: list[str]


async def write_rows(connection: Connection, changes: Sequence[Change]) -> list[Written]:
    """Write rows into tables that a migration changed, and remember them.

    Args:
        connection: in a transaction that will be rolled back; values are read as text with its settings.
        changes: the tables.
    """
    of_table = {change.now: change for change in changes}
    tables = parents_first([await read_table(connection, name) for name in of_table])
    writers: dict[str, _Writer] = {}
    async with _checked_at_once(connection) as deferrable:
        for table in tables:
            writers[table.name] = _Writer(connection, table, of_table[table.name], writers, deferrable=deferrable)
            await writers[table.name].write()
    return [Written(each.table, each.change, each.rows, each.untried) for each in writers.values()]


@asynccontextmanager
async def _checked_at_once(connection: Connection) -> AsyncIterator[bool]:
    """Whether any constraint may wait for the commit; at the end all are checked, and wait again as they should."""
    deferrable = bool(await connection.fetchval(_DEFERRABLE))
    yield deferrable
    await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for (statement,) in await connection.fetch(_DEFERRED) if deferrable else ():
        try:
            async with connection.transaction():
                await connection.execute(statement)
        except asyncpg.WrongObjectTypeError:  # another table has one of that name that may not wait
            continue


class _Writer:
    """Writes into one table, and keeps what was taken."""

    def __init__(
        self,
        connection: Connection,
        table: Table,
        change: Change,
        others: Mapping[str, "_Writer"],
        *,
        deferrable: bool,
        depth: int = 0,
    ) -> None:
        self.table = table
        self.change = change
        self.rows: list[Row] = []
        self.untried: list[str] = []
        self._connection = connection
        self._others = others
        self._deferrable = deferrable
        self._depth = depth
        self._columns = {
            name: column
            for name, column in table.columns.items()
            if not column.generated and (name in change.old_columns | change.recast or column.required)
        }
        self._refers = {name for reference in table.references for name in reference.columns}
        self._apart = {name for key in table.keys for name in key.columns} & self._columns.keys()
        self._highest: dict[str, str | None] = {}
        self._sample = ""
        self._way = 0
        self._step = 0
        self._copying = False
        self._refusal = "a trigger or a rule keeps it out"

    async def write(self) -> None:
        """Write every kind of row that there is to try."""
        if self.change.detached_from:
            await self._give_to(self.change.detached_from)
            return
        await self._try(await self._invented(), (), copied=False)
        await self.copy()
        await self._write_each_value()
        await self._write_what_was_refused()
        if self._sample and not self.rows:
            self.untried = [f"no row could be written into {self.table.name} ({self._refusal})"]

    async def _write_each_value(self) -> None:
        """Give each column the values that its type has, and repeat a part of each key."""
        for column in self._columns.values():
            for value in self._variants(column):
                await self._vary({column.name: value})
        for key in (each.columns for each in self.table.keys):
            for alone in key if len(key) > 1 else ():
                await self._hold([name for name in key if name != alone])
            if self.change.recast & set(key):
                await self._hold_nearly(key)

    async def _write_what_was_refused(self) -> None:
        """Write what a rule that is gone stood against, and refer to rows that could not be there before."""
        for key in self.change.keys:
            await self._repeat(key)
        for reference in self.change.references:
            await self._orphan(reference)
        for check in self.change.checks:
            await self._break(check)
        for reference in self.table.references:
            if self.change.recast & set(reference.columns):
                await self._follow(reference)

    async def _give_to(self, parent: str) -> None:
        """Write a row of a detached partition into the table it came from, as users do who know only that one.

        Whether it goes into another partition, or nowhere. Into the detached one nobody writes.
        """
        with suppress(asyncpg.PostgresError):
            async with self._connection.transaction():
                await self._connection.execute(
                    f"INSERT INTO {parent} OVERRIDING SYSTEM VALUE SELECT * FROM ONLY {self.table.name} LIMIT 1"  # noqa: S608
                )

    async def copy(self) -> bool:
        """Write a copy of a row; whether one was taken, made up in whatever way."""
        if self._copying:  # for a table that refers to this one, for which this one needs a row of it
            return False
        self._copying = True
        try:
            return await self._copy()
        finally:
            self._copying = False

    async def _copy(self) -> bool:
        await self._find_sample()
        texts = any(self.table.types.root(self._columns[name].oid)[0].is_text for name in self._apart)
        for way in range(WAYS if texts and self._sample else 1):
            self._way = way
            if await self._try(await self._copied(), (), copied=True):
                return True
        self._way = 0
        return False

    def _variants(self, column: Column) -> list[str]:
        edges: list[str] = []
        if column.name not in self._refers and (column.name not in self._apart or column.name in self.change.recast):
            edges = self._edges(column)
        if column.name not in self.change.recast:
            edges = edges[: _MOST_EDGES // len(self._columns)]
        return edges if column.not_null else [*edges, "NULL"]

    def _edges(self, column: Column, hints: Hints | None = None) -> list[str]:
        given = self.change.hints if column.name in self.change.recast else Hints()
        return self.table.types.values(column.oid, column.typmod, given if hints is None else hints)

    async def _hold(self, names: Collection[str]) -> bool:
        """Repeat some columns of a row, while others differ where they have to."""
        return await self._vary(self._held(names), of_row=True)

    def _held(self, names: Collection[str]) -> dict[str, str]:
        return {name: f"o.{name}" for name in names if name in self._columns}

    async def _hold_nearly(self, key: Sequence[str]) -> None:
        """Repeat a key but for the case of its letters: a column that ignores it takes both for the same."""
        held = self._held(key)
        for name in held:
            if self.table.types.root(self._columns[name].oid)[0].is_text:
                for function in ("upper", "lower"):
                    other = {name: f"{function}(o.{name}::text)::{self._columns[name].type}"}
                    await self._vary(held | other, of_row=True)

    async def _repeat(self, key: Sequence[str]) -> None:
        """Repeat what was a key; if another rule stands against that, vary a column beside it."""
        await self._hold_nearly(key)
        if await self._hold(key) or not self._sample:
            return
        held = self._held(key)
        for column in self._columns.values():
            for value in self._variants(column) if column.name not in held else ():
                if await self._vary(held | {column.name: value}, of_row=True):
                    return
        if not any(left.whole and set(left.columns) <= set(key) for left in self.table.keys):
            self.untried.append(f"no second row with the same {', '.join(key)} could be written into {self.table.name}")

    async def _orphan(self, reference: Reference) -> None:
        """Write a row that refers to none."""
        columns = [self._columns[name] for name in reference.columns if name in self._columns]
        highest = dict(zip(reference.columns, reference.to, strict=False))
        values: dict[str, str] = {}
        for column in columns:
            at = await self._find_highest(reference.table, highest[column.name], column)
            if value := self._fresh(column, at, 0):
                values[column.name] = value
        if values and await self._vary(values):
            return
        for column in columns:
            for value in self._edges(column):
                if await self._vary({column.name: value}):
                    return
        if self._sample and not any(set(reference.columns) <= set(each.columns) for each in self.table.references):
            names = ", ".join(reference.columns)
            self.untried.append(f"no row whose {names} refers to none could be written into {self.table.name}")

    async def _break(self, check: str) -> None:
        """Write rows that break a CHECK which is gone."""
        found, asked = await breaking(
            self._connection, self.table, self._columns, self.change, check=check, sample=self._sample
        )
        accepted = [await self._vary(values) for values in found]
        if not any(accepted) and asked:
            self.untried.append(f"no row that breaks CHECK ({check}) could be written into {self.table.name}")

    async def _follow(self, reference: Reference) -> None:
        """Refer to rows that were written into the other table."""
        other = self if reference.table == self.table.name else self._others.get(reference.table)
        rows = other.rows if other else []
        chosen = sorted(rows, key=lambda row: not set(row.varied) & set(reference.to))
        for row in chosen[:_MOST_PARENTS]:
            await self._vary(self._referring(reference, row))

    def _referring(self, reference: Reference, row: Row) -> dict[str, str]:
        return {
            name: f"{literal(row.texts[to])}::{self._columns[name].type}"
            for name, to in zip(reference.columns, reference.to, strict=True)
            if name in self._columns
        }

    async def _vary(self, values: dict[str, str], *, of_row: bool = False) -> bool:
        """Write a copy with other values; or else, if they are not those of the row, one that has nothing but them."""
        varied = tuple(values)
        if self._sample and await self._try(await self._copied() | values, varied, copied=True):
            return True
        if of_row:
            return False
        return await self._try(await self._invented() | values, varied, copied=False)

    async def _copied(self) -> dict[str, str]:
        return await self._made({name: f"o.{name}" for name in self._columns}, self._way)

    async def _invented(self) -> dict[str, str]:
        values: dict[str, str] = {}
        for name, column in self._columns.items():
            edges = self._edges(column) if column.required else []
            values[name] = edges[0] if edges else "DEFAULT" if column.has_default else "NULL"
        return await self._made(values, 0)

    async def _made(self, values: dict[str, str], way: int) -> dict[str, str]:
        """Give values to the columns that keep rows apart."""
        for name in self._apart - self._refers:
            column = self._columns[name]
            if name not in self._highest:
                self._highest[name] = await self._find_highest(self.table.name, name, column)
            values[name] = self._fresh(column, self._highest[name], way) or values[name]
        # A row that differs by nothing but what it refers to needs something new to refer to.
        for key in (each.columns for each in self.table.keys if set(each.columns) <= self._refers):
            values |= await self._new_parent(key) if self._sample else {}
        return values

    async def _new_parent(self, key: Sequence[str]) -> dict[str, str]:
        reference = next(each for each in self.table.references if set(each.columns) & set(key))
        other = self._others.get(reference.table)
        if other is None and reference.table != self.table.name and self._depth < _DEEPEST:
            table = await read_table(self._connection, reference.table)
            change = Change(table.name, table.name, frozenset(table.columns), frozenset())
            deeper = self._depth + 1
            other = _Writer(self._connection, table, change, {}, deferrable=self._deferrable, depth=deeper)
        if other is None or not await other.copy():
            return {}
        return self._referring(reference, other.rows[-1])

    def _fresh(self, column: Column, highest: str | None, way: int) -> str | None:
        self._step += 1
        root, typmod = self.table.types.root(column.oid, column.typmod)
        return fresh(root, typmod, column.name, highest, step=self._step, way=way)

    async def _find_highest(self, table: str, name: str, column: Column) -> str | None:
        if self.table.types.root(column.oid)[0].short not in COUNTED:
            return None
        try:
            async with self._connection.transaction():
                value = await self._connection.fetchval(f"SELECT max({name})::text FROM {table}")  # noqa: S608 - quoted
        except asyncpg.PostgresError:
            return None
        return None if value is None else str(value)

    async def _find_sample(self) -> None:
        """Choose a row to copy: one of the first, with the fewest columns empty."""
        empty = ", ".join(list(self._columns)[:100]) or "NULL"
        found = await self._connection.fetchval(
            f"SELECT ctid::text FROM (SELECT ctid, * FROM ONLY {self.table.name} LIMIT 100) few "  # noqa: S608 - quoted
            f"ORDER BY num_nulls({empty}), ctid LIMIT 1"
        )
        self._sample = f"FROM ONLY {self.table.name} o WHERE o.ctid = '{found}'" if found else ""

    async def _try(self, values: Mapping[str, str], varied: tuple[str, ...], *, copied: bool) -> bool:
        """Run an INSERT; what the schema refuses is undone."""
        used = {name: value for name, value in values.items() if value != "DEFAULT"}
        returning = ", ".join(f"{name}::text" for name in self.table.columns)
        source = f"SELECT {', '.join(used.values())} {self._sample if copied else ''}"
        rows = f"({', '.join(used)}) OVERRIDING SYSTEM VALUE {source}" if used else "DEFAULT VALUES"
        try:
            async with self._connection.transaction():
                found = await self._connection.fetch(f"INSERT INTO {self.table.name} {rows} RETURNING {returning}")
                if self._deferrable:
                    await self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        except (
            asyncpg.PostgresError
        ) as error:  # a rule, a trigger, a policy, a type nobody knows: that row is not to be had
            self._refusal = str(error.args[0])
            return False
        self.rows += [Row(dict(zip(self.table.columns, tuple(row), strict=True)), varied) for row in found]
        return bool(found)
