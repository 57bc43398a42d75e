"""The pool and the transaction: the one place that begins, commits, retries and translates the driver's errors."""

import asyncio
import copy
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from freehold.base.errors import FreeholdError, StillReferenced
from freehold.data.coalescing import Coalescer
from freehold.data.failures import DRIVER, UNANSWERED, LostRace, Meanings, translating
from freehold.data.handing import Tenant, handed
from freehold.data.lending import GRACE_SECONDS, RELEASE_SECONDS, Lender, Lent
from freehold.data.opening import Opening, first_connected
from freehold.data.positions import Mark
from freehold.data.references import SECONDS, Root, Unsettled
from freehold.data.rows import Row
from freehold.data.settling import count_references
from freehold.data.sql import Executor, Route
from freehold.data.transactions import UNHURRIED, UNHURRIED_SECONDS, Transaction

if TYPE_CHECKING:
    from freehold.data.replicas import Replicas

__all__ = ["Database", "Quick", "Transaction", "connect"]

R = TypeVar("R")

TRIES = 5
"""How often a transaction is begun when PostgreSQL says that it lost a race (40001, 40P01).

Each wait between two is up to three times as long, half a second at last: on a busy machine, several that begin again
at almost the same time would meet again.
"""

_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

TRY_SECONDS: Final = 1.5
"""How long a quick read waits for one connection, before that has half a second to show that it is alive."""
QUICK_SECONDS: Final = 4.5
"""How long a quick read takes at most, with all its tries."""


class Database:
    """A pool of connections to one PostgreSQL database.

    Attributes:
        replicas: the primary's standbys and other hosts, when there are any; see ``freehold.data.replicated``.
    """

    route: Route | None = None
    replicas: "Replicas | None" = None
    mark: Mark | None = None

    def __init__(self, lender: Lender, *, meanings: Meanings, statement_timeout_seconds: float, url: str) -> None:
        self._lender = lender
        self.url = url
        self.loop = lender.loop
        self._statement_timeout_seconds = statement_timeout_seconds
        self.meanings = meanings
        self.observer = lender.observer
        self.is_citus = lender.is_citus
        self.roots: tuple[Root, ...] = ()
        self.lookups: dict[str, Coalescer] | None = {}
        self.quick: Executor = Quick(lender, meanings, statement_timeout_seconds)

    @property
    def reading(self) -> "Database":
        """The same for an operation that only reads, and that its caller may do: it may ask a replica."""
        return self

    def since(self, position: str | None, *, least: str | None = None) -> "Database":  # noqa: ARG002 - nothing is behind
        """The same for a caller who brings the position of their last write, or none."""
        return self

    async def renew(self) -> None:
        """Use none of the connections again that are open now."""
        await self._lender.pool.expire_connections()

    async def fetch(self, sql: str, arguments: Sequence[object]) -> list[Row]:
        """Run one statement on its own and return all rows."""
        try:
            with translating(self.meanings, alone=sql, roots=self.roots):
                async with self._lender.lend() as lent:
                    return await lent.ask(lent.connection.fetch, sql, arguments)
        except Unsettled as error:
            raise await self._counted(error, self.roots) from error.__cause__

    async def fetch_row(self, sql: str, arguments: Sequence[object]) -> Row | None:
        """Run one statement on its own and return the first row, if any."""
        try:
            with translating(self.meanings, alone=sql, roots=self.roots):
                async with self._lender.lend() as lent:
                    return await lent.ask(lent.connection.fetchrow, sql, arguments)
        except Unsettled as error:
            raise await self._counted(error, self.roots) from error.__cause__

    def deleting(self, table: str, **key: object) -> "Database":
        """Lend itself for deleting a row: if that is refused, the error tells what refers to it."""
        noted = copy.copy(self)
        noted.roots = (*self.roots, Root.of(table, **key))
        return noted

    async def _counted(self, error: Unsettled, roots: Sequence[Root]) -> StillReferenced:
        """Count what refers to what was to be deleted; whatever keeps from that, the refusal itself is told."""
        try:
            async with self._lender.lend(answer_seconds=SECONDS) as lent, lent.transaction("BEGIN READ ONLY"):
                reading = Transaction(lent.silent(), meanings=self.meanings, is_citus=self.is_citus)
                return await count_references(reading, error.broken, roots)
        except (FreeholdError, *DRIVER):
            return error

    def handed(self, *, begin: bool = True, tenant: Tenant | None = None) -> AbstractAsyncContextManager[Any]:
        """Hand out a connection for statements that are not Freehold's, and clean it of what they leave.

        Args:
            begin: begin a transaction, and commit it at the end.
            tenant: whose rows alone they reach; only with ``begin``.

        Raises:
            Unavailable: none can be had.
            OutcomeUnknown: the answer to COMMIT got lost.
            FreeholdError: what a broken constraint of Freehold's means, that is checked at commit.
        """
        return handed(self._lender, self.meanings, begin=begin, tenant=tenant)

    async def transact(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Run the work in a transaction and commit it; begin again when PostgreSQL reports a lost race.

        The work can run several times, so it must do nothing but use its transaction.

        Raises:
            FreeholdError: what the work raised, or what a broken constraint means, also one that is checked at commit.
            Unavailable: the database cannot do it now; nothing is stored.
            OutcomeUnknown: the answer to COMMIT got lost.
        """

        async def run() -> R:
            roots = list[Root]()
            try:
                with translating(self.meanings, roots=roots):
                    async with self._lender.lend() as lent, lent.transaction():
                        transaction = Transaction(lent, meanings=self.meanings, is_citus=self.is_citus)
                        transaction.roots = roots
                        return await work(transaction)
            except Unsettled as error:
                raise await self._counted(error, roots) from error.__cause__

        return await self.persist(run)

    async def persist(self, work: Callable[[], Awaitable[R]]) -> R:
        """Run work that writes once, with one statement or one transaction; again when PostgreSQL reports a lost race.

        Raises:
            Unavailable: it lost every race.
        """
        for tried in range(1, TRIES):
            try:
                return await work()
            except LostRace:
                await asyncio.sleep(random.uniform(0.002, 0.02) * 3 ** (tried - 1))  # noqa: S311 - jitter, not a secret
        return await work()

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator[Transaction]:
        """Lend a transaction for work on many rows, for as long as that takes; it is begun once.

        Raises:
            FreeholdError: what a broken constraint means, also one that is checked at commit.
            Unavailable: the database cannot do it now; nothing is stored.
            OutcomeUnknown: the answer to COMMIT got lost.
        """
        with translating(self.meanings):
            async with self._lender.lend(answer_seconds=UNHURRIED_SECONDS) as lent, lent.transaction():
                await lent.do(lent.connection.execute, UNHURRIED)
                yield Transaction(lent.silent(), meanings=self.meanings, is_citus=self.is_citus)

    @asynccontextmanager
    async def snapshot(self, *, anywhere: bool = False) -> AsyncIterator[Transaction]:  # noqa: ARG002 - there is one
        """Lend a transaction that sees the database as it is now and changes nothing, for as long as reading takes.

        Args:
            anywhere: a replica may lend it.

        Raises:
            Unavailable: the database cannot do it now.
        """
        async with AsyncExitStack() as open_things:
            with translating(self.meanings):
                lent = await open_things.enter_async_context(self._lender.lend(answer_seconds=UNHURRIED_SECONDS))
                await open_things.enter_async_context(lent.transaction(_SNAPSHOT))
                await lent.do(lent.connection.execute, UNHURRIED)
            # What fails out there is not the database's fault, so it is not translated.
            yield Transaction(lent.silent(), meanings=self.meanings, is_citus=self.is_citus)

    async def close(self) -> None:
        """Wait for the statements in flight, within their bound, then close every connection."""
        await self._lender.close(self._statement_timeout_seconds + GRACE_SECONDS + RELEASE_SECONDS)


class Quick:
    """The same database for reads that are quick by design: for one bad connection they wait less, and try another.

    They may be repeated, since they change nothing.
    """

    lookups: dict[str, Coalescer] | None = None
    route: None = None

    def __init__(self, lender: Lender, meanings: Meanings, statement_timeout_seconds: float) -> None:
        self._lender = lender
        self._meanings = meanings
        # Half of what a request may take: who comes while others wait in vain waits for them, and then as long again.
        self._seconds = min(QUICK_SECONDS, (statement_timeout_seconds + 1) / 2)
        self._try_seconds = min(TRY_SECONDS, self._seconds / 3)
        self.observer = lender.observer
        self.is_citus = lender.is_citus

    @property
    def quick(self) -> Executor:
        """Itself."""
        return self

    async def fetch(self, sql: str, arguments: Sequence[object]) -> list[Row]:
        """Run the statement and return all rows."""
        return await self._read(lambda lent: lent.ask(lent.connection.fetch, sql, arguments))

    async def fetch_row(self, sql: str, arguments: Sequence[object]) -> Row | None:
        """Run the statement and return the first row, if any."""
        return await self._read(lambda lent: lent.ask(lent.connection.fetchrow, sql, arguments))

    async def _read(self, ask: Callable[[Lent], Awaitable[R]]) -> R:
        end = monotonic() + self._seconds
        with translating(self._meanings):
            while True:
                left = end - monotonic()
                try:
                    seconds = min(self._try_seconds, left)
                    async with self._lender.lend(within_seconds=left, answer_seconds=seconds) as lent:
                        return await ask(lent)
                except UNANSWERED:
                    if lent.settling:  # until then it is not known whether another one is any better
                        await asyncio.wait({lent.settling})
                    if monotonic() >= end:
                        raise


async def connect(url: str, **given: Any) -> Database:
    """Open a pool on a database.

    Args:
        url: ``postgresql://user:password@host/name``.
        given: how connections are opened: what ``Opening`` has.

    Raises:
        Unavailable: it cannot be reached, or refuses; the detail says why.
    """
    opening = Opening(**given)
    lender = await first_connected(url, opening)
    return Database(
        lender, meanings=opening.meanings, statement_timeout_seconds=opening.statement_timeout_seconds, url=url
    )
