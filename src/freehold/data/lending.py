"""Lends connections, and waits for none of them longer than it says: one that falls silent is discarded.

A connection can fall silent without being closed: its session is stopped, a firewall forgets it, the server's machine
is gone. So nothing here waits for an answer without a bound of its own, also not for the answer to ROLLBACK or to a
goodbye. Whoever asked is told at once; what is left to do with the connection is done in the background.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from time import monotonic, perf_counter
from typing import Any, Final, Self, TypeVar

import asyncpg

from freehold.base.errors import OutcomeUnknown, Unavailable
from freehold.data.failures import ABANDONED, GONE, UNANSWERED, UNREACHABLE, changes
from freehold.data.loops import require_loop
from freehold.data.sockets import notice_silence
from freehold.observe.observer import SILENT, Observer

R = TypeVar("R")

ROLE_CHANGED: Final = "SELECT current_setting('role') AS before, set_config('role', $1::text, true)"
"""Takes another role until the transaction or the savepoint ends, and tells the one before."""
GRACE_SECONDS: Final = 0.5
"""How much longer than PostgreSQL is to take for a statement this side waits for its answer."""
SETTLE_SECONDS: Final = 0.5
"""How long a connection whose statement was given up may take to say that it has ended that."""
RELEASE_SECONDS: Final = 1.0
"""How long a connection may take to be given back, or to be closed since it is renewed."""
_A_LINE_EVERY_SECONDS: Final = 1.0

_log = logging.getLogger("freehold.database")


class Lender:
    """Lends the connections of a pool."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        *,
        acquire_timeout_seconds: float,
        observer: Observer,
        keeps_sessions: bool = True,
        is_citus: bool = False,
    ) -> None:
        self.pool = pool
        self.observer = observer
        self.loop = asyncio.get_running_loop()
        self.keeps_sessions = keeps_sessions
        self.is_citus = is_citus
        self._acquire_timeout_seconds = acquire_timeout_seconds
        self._settling: set[asyncio.Task[None]] = set()
        self._renewed_at = 0.0
        self._told_at = 0.0
        self._untold = 0

    def lend(self, *, within_seconds: float | None = None, answer_seconds: float | None = None) -> "Lent":
        """Lend a connection, once it is entered.

        Args:
            within_seconds: how long to wait for one, if that is less than usual.
            answer_seconds: how long each statement may take, instead of what the connection's own bound is.
        """
        seconds = self._acquire_timeout_seconds
        if within_seconds is not None:
            seconds = min(seconds, within_seconds)
        return Lent(None, self.observer, lender=self, acquire_seconds=seconds, answer_seconds=answer_seconds)

    def discard(self, lent: "Lent", error: BaseException) -> None:
        """Part with a connection that is in the middle of something. Nobody waits for it."""
        task = asyncio.get_running_loop().create_task(self._settle(lent, error), name="freehold-discard")
        lent.settling = task
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    def drop(self, lent: "Lent", error: BaseException) -> None:
        """Close a connection at once that nobody shall get again."""
        with suppress(asyncpg.InterfaceError):  # it was closed, and so given back, meanwhile
            lent.connection.terminate()
        self._tell(error)

    async def _settle(self, lent: "Lent", error: BaseException) -> None:
        """Keep the connection when it soon says that it has ended what was given up; otherwise drop it."""
        is_silent = isinstance(error, (TimeoutError, asyncio.CancelledError))
        if is_silent and await self._is_kept(lent):
            return
        with suppress(asyncpg.InterfaceError):  # it was closed, and so given back, meanwhile
            lent.connection.terminate()
        self._tell(error)
        if is_silent and lent.since > self._renewed_at:
            # Where one has fallen silent, others may have: none that was open until now is lent again.
            self._renewed_at = monotonic()
            await self.pool.expire_connections()

    async def _is_kept(self, lent: "Lent") -> bool:
        """Give back a connection whose statement was given up, and has ended by now; the driver has asked for that."""
        try:
            if lent.in_transaction:
                async with asyncio.timeout(SETTLE_SECONDS):
                    await lent.connection.execute("ROLLBACK")
            await self.pool.release(lent.connection, timeout=SETTLE_SECONDS)
        except (asyncpg.PostgresError, *GONE):
            return False
        except asyncio.CancelledError:
            lent.connection.terminate()
            raise
        return True

    def _tell(self, error: BaseException) -> None:
        """Log lost connections in a line, however many are lost at once."""
        self._untold += 1
        if (now := monotonic()) - self._told_at < _A_LINE_EVERY_SECONDS:
            return
        reason = str(error) or (
            "it did not answer in time" if isinstance(error, TimeoutError) else type(error).__name__
        )
        _log.warning("connections to the database lost: %d; the last one since %s", self._untold, reason)
        self._told_at, self._untold = now, 0

    async def close(self, seconds: float) -> None:
        """Wait for the statements in flight, but no longer than that, then close every connection."""
        try:
            async with asyncio.timeout(seconds):
                if self._settling:
                    await asyncio.wait(self._settling)
                await self.pool.close()
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self.pool.terminate()


class Lent:
    """A connection, and how long its answers are waited for.

    Attributes:
        connection: the driver's.
        is_lost: it is in the middle of something, so nothing more can be done with it.
        in_transaction: a transaction was begun on it here.
        wrote: something was changed in that transaction.
        since: when it was lent.
        settling: parts with it, once it is lost.
        outside: the role that Freehold's own statements have, where others' have another in the same transaction.
    """

    def __init__(
        self,
        connection: Any,
        observer: Observer,
        *,
        lender: Lender | None = None,
        acquire_seconds: float = 0,
        answer_seconds: float | None = None,
        outside: str | None = None,
    ) -> None:
        self.outside = outside
        self.connection = connection
        self.observer = observer
        self.answer_seconds = answer_seconds
        self.is_lost = self.in_transaction = self.wrote = False
        self.since = 0.0
        self.settling: asyncio.Task[None] | None = None
        self._lender = lender
        self._acquire_seconds = acquire_seconds
        self._savepoints = 0

    async def __aenter__(self) -> Self:
        """Take a connection from the pool.

        Raises:
            Unavailable: none can be had, whatever the reason.
            RuntimeError: this is not the event loop that the pool was opened in.
        """
        assert self._lender is not None  # noqa: S101 - a caller's own connection is not entered
        require_loop(self._lender.loop)
        self.observer.waiting(1)
        try:
            self.connection = await self._lender.pool.acquire(timeout=self._acquire_seconds)
        except (asyncpg.PostgresError, *GONE) as error:
            raise Unavailable(UNREACHABLE) from error
        finally:
            self.observer.waiting(-1)
        self.observer.in_use(1)
        self.since = monotonic()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Give it back; a lost one is parted with already."""
        assert self._lender is not None  # noqa: S101 - as above
        self._lender.observer.in_use(-1)
        if not self.is_lost:
            try:
                await self._lender.pool.release(self.connection, timeout=RELEASE_SECONDS)
            except (asyncpg.PostgresError, *GONE) as error:  # the answer has come, so this is nobody's matter
                _log.debug("a connection could not be given back: %s", error)

    async def ask(self, run: Callable[..., Awaitable[R]], sql: str, arguments: Sequence[object]) -> R:
        """Run a statement and note how long it took, also when it failed: what was given up was slow."""
        self._require()
        if self.outside is not None:
            async with self.as_own():
                return await self._answer(run, sql, arguments)
        return await self._answer(run, sql, arguments)

    @asynccontextmanager
    async def as_own(self) -> AsyncIterator[None]:
        """Run Freehold's statements in here, with Freehold's role, where others' have another in this transaction.

        After a statement that failed, PostgreSQL gives the other role back by itself, with the savepoint.
        """
        if self.outside is None:
            yield
            return
        role = await self.do(self.connection.fetchrow, ROLE_CHANGED, self.outside)
        yield
        await self.do(self.connection.fetchrow, ROLE_CHANGED, role["before"])

    async def _answer(self, run: Callable[..., Awaitable[R]], sql: str, arguments: Sequence[object]) -> R:
        started = perf_counter()
        try:
            return await run(sql, *arguments, timeout=self.answer_seconds)
        except ABANDONED as error:
            self._give_up(error)
            raise
        finally:
            self.observer.statement(sql, perf_counter() - started)

    async def do(self, run: Callable[..., Awaitable[R]], *arguments: object) -> R:
        """Wait for something that the connection does, and give it up when it breaks off."""
        self._require()
        try:
            async with asyncio.timeout(self.answer_seconds):
                return await run(*arguments)
        except ABANDONED as error:
            self._give_up(error)
            raise

    async def stream(self, sql: str, arguments: Sequence[object], rows_at_a_time: int) -> AsyncIterator[Any]:
        """Run a statement, and give its rows one by one while they are fetched some at a time."""
        # Prepared first: a cursor of the connection would name its statement even where no names are to be kept.
        async with self.as_own():
            prepared = await self.do(self.connection.prepare, sql)
        rows = aiter(prepared.cursor(*arguments, prefetch=rows_at_a_time, timeout=self.answer_seconds))
        while True:
            self._require()
            try:
                async with self.as_own():
                    row = await anext(rows)
            except StopAsyncIteration:
                return
            except ABANDONED as error:
                self._give_up(error)
                raise
            yield row

    def _require(self) -> None:
        """Let nothing more be done on a connection that is parted with: it may be in other hands by now."""
        if self.is_lost:
            raise Unavailable(UNREACHABLE)

    def part(self, error: BaseException) -> None:
        """Part with the connection for good: what it is left in the middle of is not known."""
        if self._lender is not None and not self.is_lost:
            self.is_lost = True
            self._lender.drop(self, error)

    def _give_up(self, error: BaseException) -> None:
        if self._lender is not None and not self.is_lost:  # without a lender it is the caller's own, to go on with
            self.is_lost = True
            self._lender.discard(self, error)

    @asynccontextmanager
    async def transaction(self, begin: str = "BEGIN", *, end: str = "COMMIT") -> AsyncIterator[Self]:
        """Begin a transaction, and commit it; roll it back when the work fails.

        Args:
            begin: how.
            end: how it is committed; what comes before COMMIT in it is part of the transaction.

        Raises:
            OutcomeUnknown: it has changed something, COMMIT was sent, and its answer did not come.
        """
        self.in_transaction = True
        await self.do(self.connection.execute, begin)
        try:
            yield self
        except BaseException:
            await self._undo("ROLLBACK")
            self.in_transaction = self.is_lost
            raise
        try:
            await self.do(self.connection.execute, end)
        except UNANSWERED as error:
            if self.wrote:
                raise OutcomeUnknown from error
            raise
        except asyncpg.PostgresError:  # a deferred constraint: PostgreSQL has rolled back by itself
            self.in_transaction = False
            raise
        self.in_transaction = False

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[Self]:
        """Begin a part of the transaction that is undone alone when the work fails."""
        self._savepoints += 1
        name = f"freehold_{self._savepoints}"
        try:
            await self.do(self.connection.execute, f"SAVEPOINT {name}")
            try:
                yield self
            except BaseException:
                await self._undo(f"ROLLBACK TO {name}; RELEASE {name}")
                raise
            await self.do(self.connection.execute, f"RELEASE {name}")
        finally:
            self._savepoints -= 1

    async def _undo(self, sql: str) -> None:
        """Roll back, unless the connection is lost, and PostgreSQL does so by itself; what failed is what is raised."""
        if not self.is_lost:
            with suppress(asyncpg.PostgresError, *GONE):
                await self.do(self.connection.execute, sql)

    @contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        """Wait longer for each answer."""
        before, self.answer_seconds = self.answer_seconds, seconds
        try:
            yield
        finally:
            self.answer_seconds = before

    def silent(self) -> Self:
        """Tell nobody any longer how long statements take: to count a million rows takes a while, and is no finding."""
        self.observer = SILENT
        return self

    def note(self, sql: str) -> None:
        """Remember whether the transaction has changed something."""
        if not self.wrote:
            self.wrote = changes(sql)


class Connection(asyncpg.Connection):  # type: ignore[misc]  # the driver says no types
    """The driver's, but for its goodbye, which neither lasts nor fails: a pool says it to connections that are bad.

    Attributes:
        is_altered: it reads values otherwise now, or listens, so that nobody else should get it.
    """

    is_altered = False

    async def set_type_codec(self, *args: Any, **kwargs: Any) -> None:
        """Read values of a type otherwise."""
        self.is_altered = True
        await super().set_type_codec(*args, **kwargs)

    async def set_builtin_type_codec(self, *args: Any, **kwargs: Any) -> None:
        """Read values of a type otherwise."""
        self.is_altered = True
        await super().set_builtin_type_codec(*args, **kwargs)

    async def add_listener(self, *args: Any, **kwargs: Any) -> None:
        """Listen to notifications."""
        self.is_altered = True
        await super().add_listener(*args, **kwargs)

    def add_log_listener(self, *args: Any, **kwargs: Any) -> None:
        """Listen to notices."""
        self.is_altered = True
        super().add_log_listener(*args, **kwargs)

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the driver's own parameter
        """Close it, in time or by force."""
        with suppress(asyncpg.PostgresError, *GONE):
            await super().close(timeout=min(RELEASE_SECONDS, timeout or RELEASE_SECONDS))


async def prepare(connection: Any) -> None:
    """Prepare a new connection of a pool."""
    transport = getattr(connection, "_transport", None)  # the driver has no other way to its socket
    if transport is not None:
        notice_silence(transport.get_extra_info("socket"))
