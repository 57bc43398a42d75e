"""A connection of psycopg 3 with the methods of asyncpg's that Freehold uses, and with its errors."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from psycopg import postgres, pq, sql
from psycopg.adapt import AdaptersMap, Loader
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.string import TextLoader

from freehold.data.failures import drivers_error

_BEGUN: Final = frozenset({pq.TransactionStatus.INTRANS, pq.TransactionStatus.ACTIVE, pq.TransactionStatus.INERROR})


class Record(tuple[Any, ...]):
    """A row: values by position, and by the name of the column."""

    __slots__ = ()
    places: dict[str, int] = {}  # noqa: RUF012 - a subclass for each result has its own

    def __getitem__(self, place: Any) -> Any:
        """Return a value by the name of its column, or by position."""
        return super().__getitem__(self.places[place] if isinstance(place, str) else place)


class _UtcLoader(TimestamptzLoader):
    """Reads times in UTC, whatever time zone the session has."""

    def load(self, data: Any) -> datetime:
        return super().load(data).astimezone(UTC)


def _adapters() -> AdaptersMap:
    """Read and write values as Freehold does, whatever the program's own connection does."""
    adapters = AdaptersMap(postgres.adapters)
    loaders: dict[str, type[Loader]] = {"json": TextLoader, "jsonb": TextLoader, "timestamptz": _UtcLoader}
    for name, loader in loaders.items():
        adapters.register_loader(name, loader)
    return adapters


_ADAPTERS: Final = _adapters()


def _row_factory(cursor: Any) -> Any:
    names = [column.name for column in cursor.description or ()]
    return type("Record", (Record,), {"__slots__": (), "places": {name: place for place, name in enumerate(names)}})


class _Cursor(psycopg.AsyncRawCursor[Any]):
    """A cursor that takes $1, and reads values as Freehold does."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection, row_factory=_row_factory)
        self._adapters = _ADAPTERS


class _ServerCursor(psycopg.AsyncRawServerCursor[Any]):
    """The same, for rows that are fetched some at a time."""

    def __init__(self, connection: Any, name: str) -> None:
        super().__init__(connection, name, row_factory=_row_factory)
        self._adapters = _ADAPTERS


class Psycopg:
    """A connection of psycopg."""

    def __init__(self, given: Any) -> None:
        self.given = given
        self._cursors = 0

    def is_in_transaction(self) -> bool:
        """Whether a transaction was begun."""
        return self.given.info.transaction_status in _BEGUN

    async def execute(self, statement: str, *arguments: object) -> str:
        """Run a statement, and return what PostgreSQL says of it."""
        async with _Cursor(self.given) as cursor:
            with _as_asyncpg():
                await cursor.execute(statement, _written(arguments))
            return cursor.statusmessage or ""

    async def fetch(self, statement: str, *arguments: object, timeout: float | None = None) -> list[Any]:  # noqa: ASYNC109 - as asyncpg's
        """Run a statement, and return all rows."""
        async with asyncio.timeout(timeout), _Cursor(self.given) as cursor:
            with _as_asyncpg():
                await cursor.execute(statement, _written(arguments))
                return await cursor.fetchall() if cursor.description else []

    async def fetchrow(self, statement: str, *arguments: object, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - as above
        """Run a statement, and return the first row, if any."""
        async with asyncio.timeout(timeout), _Cursor(self.given) as cursor:
            with _as_asyncpg():
                await cursor.execute(statement, _written(arguments))
                return await cursor.fetchone() if cursor.description else None

    async def prepare(self, statement: str) -> "Prepared":
        """Prepare a statement whose rows are fetched some at a time."""
        self._cursors += 1
        return Prepared(self.given, statement, f"freehold_{self._cursors}")

    async def copy_records_to_table(
        self, table: str, *, columns: Sequence[str], records: Iterable[Sequence[object]]
    ) -> None:
        """Write many rows at once."""
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        async with _Cursor(self.given) as cursor:
            with _as_asyncpg():
                async with cursor.copy(into) as copy:
                    for record in records:
                        await copy.write_row(record)


class Prepared:
    """A statement whose rows are fetched some at a time."""

    def __init__(self, given: Any, statement: str, name: str) -> None:
        self._given = given
        self._statement = statement
        self._name = name

    async def cursor(
        self,
        *arguments: object,
        prefetch: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as asyncpg's
    ) -> AsyncIterator[Any]:
        """Run it, and give its rows."""
        async with _ServerCursor(self._given, self._name) as cursor:
            with _as_asyncpg():
                async with asyncio.timeout(timeout):
                    await cursor.execute(self._statement, _written(arguments))
            while True:
                with _as_asyncpg():
                    async with asyncio.timeout(timeout):
                        rows = await cursor.fetchmany(prefetch)
                if not rows:
                    return
                for row in rows:
                    yield row


def _written(arguments: Sequence[object]) -> list[object] | None:
    """Give the arguments as psycopg writes them: an array is a list; without any, several statements may be sent."""
    return [list(each) if isinstance(each, (tuple, set, frozenset)) else each for each in arguments] or None


@contextmanager
def _as_asyncpg() -> Iterator[None]:
    """Raise asyncpg's error for psycopg's, so that it means the same."""
    try:
        yield
    except psycopg.Error as error:
        told = error.diag
        raise drivers_error(
            error.sqlstate,
            str(error),
            detail=told.message_detail,
            schema_name=told.schema_name,
            table_name=told.table_name,
            column_name=told.column_name,
            constraint_name=told.constraint_name,
        ) from error
