"""The pool and the transaction: the one place that begins, commits, retries and translates the driver's errors."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter
from types import MappingProxyType
from typing import Any, Final, TypeVar

import asyncpg

from freehold.base.errors import FreeholdError, Meaning, SchemaPending, Unavailable
from freehold.data.coalescing import Coalescer
from freehold.data.rows import Row
from freehold.observe.observer import SILENT, Observer

R = TypeVar("R")
Meanings = Mapping[str, Meaning]
"""What breaking each constraint of the database means."""
_NO_MEANINGS: Final[Meanings] = MappingProxyType({})

TRIES = 5
"""How often a transaction is begun anew when PostgreSQL says that it lost a race (40001, 40P01)."""

ROWS_AT_A_TIME = 1000
"""How many rows a stream fetches in one round trip; it never holds more."""

UNHURRIED = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
"""For work on all rows: they may take long to sort or to write, and whoever reads or sends them may be slow.

So nobody is told how long its statements took, either: to count a million rows takes a while, and is no finding.
"""

RACES = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
)
"""What a second try can mend: a lost race, also one with a migration that changed a prepared statement's columns."""
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    asyncpg.ReadOnlySQLTransactionError,
    OSError,
    TimeoutError,
)
"""What tells that the database cannot do the work now: unreachable, full, shutting down, or waiting too long."""


class LostRace(Unavailable):
    """Others changed the same at the same time, and PostgreSQL let them win; a second try may do."""


class UnexpectedDatabaseError(Exception):
    """PostgreSQL refused a statement of ours: a bug. Says which rule, and never a value; the server's log has those."""


def translated(error: BaseException, meanings: Meanings) -> FreeholdError | None:
    """Say in Freehold's words what a driver's error means; None for what would be a bug."""
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        meaning = meanings.get(error.constraint_name or "")
        return meaning() if meaning else None
    if isinstance(error, RACES):
        return LostRace("Too many changes at the same place at once: try again")
    if isinstance(error, (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError, asyncpg.InvalidSchemaNameError)):
        return SchemaPending()
    if isinstance(error, GONE):
        return Unavailable("The database cannot be reached or is overloaded: try again in a moment")
    return None


class Transaction:
    """A transaction that runs; statements see each other's changes, nothing is visible outside before its end."""

    lookups: dict[str, Coalescer] | None = None

    def __init__(
        self, connection: "asyncpg.Connection[asyncpg.Record]", *, meanings: Meanings, observer: Observer = SILENT
    ) -> None:
        self.connection = connection
        self.meanings = meanings
        self.observer = observer

    async def fetch(self, sql: str, arguments: Sequence[object]) -> list[Row]:
        """Run the statement and return all rows."""
        return await _timed(self.connection.fetch, sql, arguments, self.observer)

    async def fetch_row(self, sql: str, arguments: Sequence[object]) -> Row | None:
        """Run the statement and return the first row, if any."""
        return await _timed(self.connection.fetchrow, sql, arguments, self.observer)

    async def transact(self, work: Callable[["Transaction"], Awaitable[R]]) -> R:
        """Run the work inside this transaction, undone alone when it fails (a savepoint)."""
        return await self.persist(lambda: work(self))

    async def persist(self, work: Callable[[], Awaitable[R]]) -> R:
        """Run work that writes here, undone alone when it fails (a savepoint)."""
        with translating(self.meanings):
            async with self.connection.transaction():
                return await work()

    async def stream(self, sql: str, arguments: Sequence[object]) -> AsyncIterator[Row]:
        """Run the statement; its rows are fetched some at a time."""
        with translating(self.meanings):
            # Prepared first: a cursor of the connection would name its statement even where no names are to be kept.
            prepared = await self.connection.prepare(sql)
            async for row in prepared.cursor(*arguments, prefetch=ROWS_AT_A_TIME):
                yield row

    async def run(self, sql: str, arguments: Sequence[object] = ()) -> int:
        """Run a statement that returns no rows, and tell how many it has written."""
        status: str = await self.connection.execute(sql, *arguments)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write rows to a table in binary, as fast as PostgreSQL takes them."""
        await self.connection.copy_records_to_table(table, columns=columns, records=rows)

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator["Transaction"]:
        """Lend itself for work on many rows, undone alone when it fails (a savepoint)."""
        with translating(self.meanings):
            async with self.connection.transaction():
                await self.connection.execute(UNHURRIED)
                yield self

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["Transaction"]:
        """Lend itself: what it sees is what its owner chose."""
        yield self


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        *,
        meanings: Meanings,
        acquire_timeout_seconds: float,
        observer: Observer = SILENT,
    ) -> None:
        self._pool = pool
        self.meanings = meanings
        self.observer = observer
        self.lookups: dict[str, Coalescer] | None = {}
        self._acquire_timeout_seconds = acquire_timeout_seconds

    async def fetch(self, sql: str, arguments: Sequence[object]) -> list[Row]:
        """Run one statement on its own and return all rows."""
        with translating(self.meanings):
            async with self._lent() as connection:
                return await _timed(connection.fetch, sql, arguments, self.observer)

    async def fetch_row(self, sql: str, arguments: Sequence[object]) -> Row | None:
        """Run one statement on its own and return the first row, if any."""
        with translating(self.meanings):
            async with self._lent() as connection:
                return await _timed(connection.fetchrow, sql, arguments, self.observer)

    async def transact(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Run the work in a transaction and commit it; begin anew when PostgreSQL reports a lost race.

        The work can run several times, so it must do nothing but use its transaction.

        Raises:
            FreeholdError: what the work raised, or what a broken constraint means, also one that is checked at commit.
            Unavailable: the database cannot do it now; nothing is stored.
        """

        async def run() -> R:
            with translating(self.meanings):
                async with self._lent() as connection, connection.transaction():
                    return await work(Transaction(connection, meanings=self.meanings, observer=self.observer))

        return await self.persist(run)

    async def persist(self, work: Callable[[], Awaitable[R]]) -> R:
        """Run work that writes once, with one statement or one transaction; anew when PostgreSQL reports a lost race.

        Raises:
            Unavailable: it lost every race.
        """
        for tried in range(1, TRIES):
            try:
                return await work()
            except LostRace:
                await asyncio.sleep(random.uniform(0.002, 0.02) * tried)  # noqa: S311 - jitter, not a secret
        return await work()

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator[Transaction]:
        """Lend a transaction for work on many rows, for as long as that takes; it is begun once.

        Raises:
            FreeholdError: what a broken constraint means, also one that is checked at commit.
            Unavailable: the database cannot do it now; nothing is stored.
        """
        with translating(self.meanings):
            async with self._lent() as connection, connection.transaction():
                await connection.execute(UNHURRIED)
                yield Transaction(connection, meanings=self.meanings)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Transaction]:
        """Lend a transaction that sees the database as it is now and changes nothing, for as long as reading takes.

        Raises:
            Unavailable: the database cannot do it now.
        """
        async with AsyncExitStack() as open_things:
            with translating(self.meanings):
                connection = await open_things.enter_async_context(self._lent())
                await open_things.enter_async_context(
                    connection.transaction(isolation="repeatable_read", readonly=True)
                )
                await connection.execute(UNHURRIED)
            # What fails out there is not the database's fault, so it is not translated.
            yield Transaction(connection, meanings=self.meanings)

    def _lent(self) -> "_Lent":
        return _Lent(self._pool, self._acquire_timeout_seconds, self.observer)

    async def close(self) -> None:
        """Wait for the statements in flight, then close every connection."""
        await self._pool.close()


class _Lent:
    """Lends a connection of the pool; when none can be had, the database is unavailable, whatever the reason."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", timeout_seconds: float, observer: Observer) -> None:
        self._pool = pool
        self._timeout_seconds = timeout_seconds
        self._observer = observer

    async def __aenter__(self) -> Any:
        self._observer.waiting(1)
        try:
            self._connection = await self._pool.acquire(timeout=self._timeout_seconds)
        except (asyncpg.PostgresError, *GONE) as error:
            raise Unavailable("The database cannot be reached or is overloaded: try again in a moment") from error
        finally:
            self._observer.waiting(-1)
        self._observer.in_use(1)
        return self._connection

    async def __aexit__(self, *_error: object) -> None:
        self._observer.in_use(-1)
        await self._pool.release(self._connection)


async def _timed(run: Callable[..., Awaitable[R]], sql: str, arguments: Sequence[object], observer: Observer) -> R:
    """Run a statement and tell how long it took, also when it failed: what was cancelled was slow more than others."""
    started = perf_counter()
    try:
        return await run(sql, *arguments)
    finally:
        observer.statement(sql, perf_counter() - started)


class translating:  # noqa: N801 - reads as a word in a with statement
    """Raise Freehold's error for the driver's."""

    def __init__(self, meanings: Meanings) -> None:
        self._meanings = meanings

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if not isinstance(error, (asyncpg.PostgresError, *GONE)):
            return
        if meaning := translated(error, self._meanings):
            raise meaning from error
        if isinstance(error, asyncpg.PostgresError):
            where = error.constraint_name or error.table_name or ""
            raise UnexpectedDatabaseError(f"{type(error).__name__} ({error.sqlstate}) {where}".rstrip()) from None


async def connect(
    url: str,
    *,
    meanings: Meanings = _NO_MEANINGS,
    size: int = 10,
    acquire_timeout_seconds: float = 5,
    statement_timeout_seconds: float = 15,
    lock_timeout_seconds: float = 5,
    through_pgbouncer: bool = False,
    observer: Observer = SILENT,
) -> Database:
    """Open a pool on a database.

    Args:
        url: ``postgresql://user:password@host/name``.
        meanings: of the constraints of the database; without them breaking one is a bug.
        size: how many connections at most.
        acquire_timeout_seconds: how long to wait for one.
        statement_timeout_seconds: how long a statement may take.
        lock_timeout_seconds: how long it may wait for a lock; not ``through_pgbouncer``.
        through_pgbouncer: what is in between lends a session of PostgreSQL for a transaction at a time. So nothing is
            kept in one: neither prepared statements nor timeouts, of which this side keeps the statement's.
        observer: is told what runs.

    Raises:
        Unavailable: it cannot be reached, or refuses; the detail says why.
    """
    limits = {
        "statement_timeout": statement_timeout_seconds,
        "lock_timeout": lock_timeout_seconds,
        "idle_in_transaction_session_timeout": statement_timeout_seconds,
    }
    kept = {
        **{name: str(int(seconds * 1000)) for name, seconds in limits.items()},
        # PostgreSQL takes a lookup's array for longer than it is, so it would plan the statement anew each time, which
        # costs several times what running it does. Every statement is proved to be good by its one plan for all values.
        "plan_cache_mode": "force_generic_plan",
    }
    nothing_kept = {"statement_cache_size": 0, "command_timeout": statement_timeout_seconds}
    try:
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            reset=_keep,
            server_settings={"application_name": "freehold", "timezone": "UTC", **({} if through_pgbouncer else kept)},
            **(nothing_kept if through_pgbouncer else {}),
        )
    except (asyncpg.PostgresError, *GONE) as error:  # at a start, so the reason is for the operator and for no client
        if "unsupported startup parameter" in str(error):
            raise Unavailable(
                "Cannot connect to the database: this looks like a PgBouncer; if so, set FREEHOLD_PGBOUNCER=true"
            ) from error
        raise Unavailable(f"Cannot connect to the database: {error or type(error).__name__}") from error
    except ValueError:  # its own text may hold a part of the password
        raise Unavailable(
            "The database URL cannot be read: it is postgresql://user:password@host/database, "
            "with the special characters in it percent-encoded"
        ) from None
    return Database(pool, meanings=meanings, acquire_timeout_seconds=acquire_timeout_seconds, observer=observer)


async def _keep(connection: Any) -> None:
    """Reset nothing on release: no statement here changes a session's state, and the reset costs a round trip each."""
