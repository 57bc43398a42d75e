"""A transaction: what runs in one, also in one that somebody else has begun, and how a part of it is undone alone."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final, TypeVar

from freehold.base.errors import FreeholdError, StillReferenced
from freehold.data.adapting import adapted, given
from freehold.data.coalescing import Coalescer
from freehold.data.failures import DRIVER, Meanings, translating
from freehold.data.handing import Tenant, bound, role_outside
from freehold.data.lending import Lent
from freehold.data.references import Root, Unsettled
from freehold.data.rows import Row
from freehold.data.settling import count_references
from freehold.data.sql import Executor
from freehold.observe.observer import SILENT, Observer

R = TypeVar("R")

ROWS_AT_A_TIME = 1000
"""How many rows a stream fetches in one round trip; it never holds more."""

UNHURRIED = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
"""For work on all rows: they may take long to sort or to write, and whoever reads or sends them may be slow.

So nobody is told how long its statements took, either: to count a million rows takes a while, and is no finding.
"""

UNHURRIED_SECONDS: Final = 3600.0
"""How long one statement of such work may take: an hour is no work any more, but a session that has fallen silent."""


class _Undone(Exception):
    """Undoes what was done in a savepoint, and is no failure."""


class Transaction:
    """A transaction that runs; statements see each other's changes, nothing is visible outside before its end."""

    lookups: dict[str, Coalescer] | None = None
    route: None = None
    replicas: None = None

    def __init__(self, lent: Lent, *, meanings: Meanings, is_citus: bool = False) -> None:
        self._lent = lent
        self.is_citus = is_citus
        self.meanings = meanings
        self.observer = lent.observer
        self.roots: list[Root] = []

    @classmethod
    def within(
        cls,
        connection: Any,
        *,
        meanings: Meanings,
        observer: Observer = SILENT,
        answer_seconds: float = 15,
        is_citus: bool = False,
    ) -> "Transaction":
        """Make one of a transaction that somebody else has begun on a connection of theirs, and ends.

        Args:
            connection: of asyncpg, psycopg 3 or SQLAlchemy.
            meanings: of the constraints of the database.
            observer: is told what runs.
            answer_seconds: how long each statement may take.
            is_citus: Citus spreads the tables over several servers.

        Raises:
            TypeError: it is no connection that can be used.
            ValueError: it is in no transaction.
            RuntimeError: it belongs to another event loop.
        """
        lent = Lent(adapted(connection), observer, answer_seconds=answer_seconds, outside=role_outside(connection))
        return cls(lent, meanings=meanings, is_citus=is_citus)

    @property
    def connection(self) -> Any:
        """The driver's connection, on which the transaction runs."""
        return self._lent.connection

    @property
    def raw(self) -> Any:
        """The program's own connection: the driver's, or what was given to ``within``."""
        return given(self._lent.connection)

    @property
    def quick(self) -> Executor:
        """Itself: what runs in a transaction cannot be tried on another connection."""
        return self

    @property
    def reading(self) -> "Transaction":
        """Itself: what a transaction reads may be its own."""
        return self

    async def fetch(self, sql: str, arguments: Sequence[object]) -> list[Row]:
        """Run the statement and return all rows."""
        self._lent.note(sql)
        return await self._lent.ask(self._lent.connection.fetch, sql, arguments)

    async def fetch_row(self, sql: str, arguments: Sequence[object]) -> Row | None:
        """Run the statement and return the first row, if any."""
        self._lent.note(sql)
        return await self._lent.ask(self._lent.connection.fetchrow, sql, arguments)

    async def transact(self, work: Callable[["Transaction"], Awaitable[R]]) -> R:
        """Run the work inside this transaction, undone alone when it fails (a savepoint)."""
        return await self.persist(lambda: work(self))

    async def persist(self, work: Callable[[], Awaitable[R]]) -> R:
        """Run work that writes here, undone alone when it fails (a savepoint)."""
        try:
            with translating(self.meanings, roots=self.roots):
                async with self._lent.savepoint():
                    return await work()
        except Unsettled as error:
            raise await self._counted(error) from error.__cause__

    def deleting(self, table: str, **key: object) -> "Transaction":
        """Note a row that is deleted next, and lend itself: if that is refused, the error tells what refers to it."""
        self.roots.append(Root.of(table, **key))
        return self

    async def _counted(self, error: Unsettled) -> StillReferenced:
        """Count what refers to what was to be deleted; whatever keeps from that, the refusal itself is told."""
        found: list[StillReferenced] = []
        with suppress(_Undone, FreeholdError, *DRIVER):
            async with self._lent.savepoint():
                found.append(await count_references(self, error.broken, self.roots))
                raise _Undone
        return found[0] if found else error

    @asynccontextmanager
    async def handed(self, tenant: Tenant | None = None) -> AsyncIterator[Any]:
        """Hand out the connection for statements that are not Freehold's, undone alone when they fail.

        Args:
            tenant: whose rows alone they reach.
        """
        async with self._lent.savepoint():
            if tenant is None:
                yield given(self._lent.connection)
                return
            async with bound(self._lent, tenant):
                yield given(self._lent.connection)

    async def stream(self, sql: str, arguments: Sequence[object]) -> AsyncIterator[Row]:
        """Run the statement; its rows are fetched some at a time."""
        with translating(self.meanings):
            async for row in self._lent.stream(sql, arguments, ROWS_AT_A_TIME):
                yield row

    async def run(self, sql: str, arguments: Sequence[object] = ()) -> int:
        """Run a statement that returns no rows, and tell how many it has written."""
        self._lent.wrote = True
        async with self._lent.as_own():
            status: str = await self._lent.do(self._lent.connection.execute, sql, *arguments)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write rows to a table in binary, as fast as PostgreSQL takes them."""
        self._lent.wrote = True
        write = partial(self._lent.connection.copy_records_to_table, table, columns=columns, records=rows)
        async with self._lent.as_own():
            await self._lent.do(write)

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator["Transaction"]:
        """Lend itself for work on many rows, undone alone when it fails (a savepoint)."""
        with translating(self.meanings):
            async with self._lent.savepoint():
                await self._lent.do(self._lent.connection.execute, UNHURRIED)
                with self._lent.patient(UNHURRIED_SECONDS):
                    yield self

    @asynccontextmanager
    async def snapshot(self, *, anywhere: bool = False) -> AsyncIterator["Transaction"]:  # noqa: ARG002 - as Database's
        """Lend itself: what it sees is what its owner chose."""
        yield self
