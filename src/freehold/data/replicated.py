"""A database with standbys: reads go to a replica where that can be no older than what the caller may see."""

from __future__ import annotations

import asyncio
import copy
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import asyncpg
import msgspec

from freehold.base.errors import FreeholdError, OutcomeUnknown, Unavailable
from freehold.data.db import Database, Transaction, connect
from freehold.data.failures import ReadOnly, changes
from freehold.data.leading import Leader, hosts_of
from freehold.data.lending import prepare
from freehold.data.opening import CONNECT_SECONDS, Opening, first_connected
from freehold.data.positions import Mark
from freehold.data.replicas import READ_SECONDS, Replicas
from freehold.data.standbys import Standby

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from freehold.data.handing import Tenant
    from freehold.data.lending import Lender
    from freehold.data.sql import Executor, Statement

R = TypeVar("R")

_ACQUIRE_SECONDS: Final = 0.5
"""How long a read waits for a connection to a replica before it goes to the primary."""


class Replicated(Database):
    """The view that one caller has of a primary and its replicas."""

    replicas: Replicas
    mark: Mark

    def __init__(self, lender: Lender, *, replicas: Replicas, primary: Database, opening: Opening) -> None:
        super().__init__(
            lender,
            meanings=opening.meanings,
            statement_timeout_seconds=opening.statement_timeout_seconds,
            url=primary.url,
        )
        self.replicas = replicas
        self.mark = Mark()
        self.route = self._run
        self.lookups, self.quick = primary.lookups, primary.quick
        self._primary = primary
        self._reads_only = False

    @property
    def reading(self) -> Replicated:
        """The same for an operation that only reads, and that its caller may do: it may ask a replica."""
        return self._view(self.mark, reads_only=True)

    def since(self, position: str | None, *, least: str | None = None) -> Replicated:
        """The same for a caller who brings the position of their last write, or none; see ``Mark``."""
        return self._view(Mark(position, least=least), reads_only=False)

    def _view(self, mark: Mark, *, reads_only: bool) -> Replicated:
        view = copy.copy(self)
        view.mark, view._reads_only = mark, reads_only  # noqa: SLF001 - it is one of these
        view.route = view._run  # noqa: SLF001 - bound to the view and its mark
        return view

    async def _run(self, bound: Statement, run: Callable[[Executor], Awaitable[R]], /) -> R:
        """Run a statement where it belongs; the primary does what a replica fails at."""
        if changes(bound.sql):
            self._require_primary()
            return await run(self._primary)
        if self._reads_only and bound.reads == "replica":
            return await self._read(run)
        if self.replicas.is_alone:
            return await self._read_alone(run)
        try:
            return await run(self._primary)
        except Unavailable:
            if not await self.replicas.confirm_away():
                raise
            return await self._read_alone(run)

    async def _read(self, run: Callable[[Executor], Awaitable[R]]) -> R:
        replicas = self.replicas
        try:
            standby = await replicas.choose(self.mark)
        except Unavailable:
            await replicas.confirm_away()
            standby = replicas.alone(self.mark) if replicas.is_alone else None
        if standby is not None:
            try:
                return await self._run_on(standby, run)
            except (Exception, TimeoutError) as error:  # noqa: BLE001 - whatever ails a replica, the primary knows
                standby.drop(_reason(error))
                replicas.observer.replica_fallback(standby.index, "failed")
        if replicas.is_alone:
            return await self._read_alone(run)
        replicas.observer.replica_read(0)
        return await run(self._primary)

    async def _read_alone(self, run: Callable[[Executor], Awaitable[R]]) -> R:
        """Read while the primary is away.

        Raises:
            ReadOnly: no standby has all that was acknowledged.
        """
        if standby := self.replicas.alone(self.mark):
            return await self._run_on(standby, run)
        if self.replicas.may_read_at_leader(self.mark):
            return await run(self._primary)
        raise ReadOnly("The primary database is away, and no replica has all that was stored: try again in a moment")

    async def _run_on(self, standby: Standby, run: Callable[[Executor], Awaitable[R]]) -> R:
        standby.in_use += 1
        try:
            async with asyncio.timeout(READ_SECONDS):
                found = await run(standby.db)
        finally:
            standby.in_use -= 1
        self.replicas.observer.replica_read(standby.index)
        return found

    def _require_primary(self) -> None:
        if self.replicas.is_alone:
            raise ReadOnly

    async def fetch(self, sql: str, arguments: Sequence[object]) -> list[Any]:
        """Run one statement on its own, on the primary, and return all rows."""
        return await self._primary.fetch(sql, arguments)

    async def fetch_row(self, sql: str, arguments: Sequence[object]) -> Any:
        """Run one statement on its own, on the primary, and return the first row, if any."""
        return await self._primary.fetch_row(sql, arguments)

    async def persist(self, work: Callable[[], Awaitable[R]]) -> R:
        """Run work that writes once, and keep the position behind it for the caller's later reads.

        Raises:
            ReadOnly: the primary is away.
            Unavailable: it lost every race.
        """
        self._require_primary()
        try:
            done = await super().persist(work)
        except OutcomeUnknown:
            self.mark.move(None)
            raise
        except Unavailable:
            await self.replicas.confirm_away()
            raise
        self.mark.move(await self.replicas.acknowledged())
        return done

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator[Transaction]:
        """Lend a transaction for work on many rows, on the primary; see ``Database.bulk``."""
        self._require_primary()
        async with super().bulk() as transaction:
            yield transaction
        self.mark.move(await self.replicas.acknowledged())

    @asynccontextmanager
    async def snapshot(self, *, anywhere: bool = False) -> AsyncIterator[Transaction]:
        """Lend a transaction that changes nothing, on a replica if it may be one; see ``Database.snapshot``."""
        standby = await self.replicas.choose(self.mark) if anywhere or self.replicas.is_alone else None
        async with AsyncExitStack() as held:
            if standby is not None:
                try:
                    lent = await held.enter_async_context(standby.db.snapshot())
                except FreeholdError as error:
                    standby.drop(_reason(error))
                    self.replicas.observer.replica_fallback(standby.index, "failed")
                else:
                    self.replicas.observer.replica_read(standby.index)
                    yield lent
                    return
            yield await held.enter_async_context(self._primary.snapshot())

    def deleting(self, table: str, **key: object) -> Replicated:
        """Lend itself for deleting a row; see ``Database.deleting``."""
        view = self._view(self.mark, reads_only=False)
        view._primary = self._primary.deleting(table, **key)  # noqa: SLF001 - it is one of these
        return view

    @asynccontextmanager
    async def handed(self, *, begin: bool = True, tenant: Tenant | None = None) -> AsyncIterator[Any]:
        """Hand out a connection to the primary; see ``Database.handed``. What is done there counts as a write."""
        self._require_primary()
        async with super().handed(begin=begin, tenant=tenant) as connection:
            yield connection
        self.mark.move(await self.replicas.acknowledged())

    async def close(self) -> None:
        """Wait for the statements in flight, within their bound, then close every connection."""
        await self.replicas.stop()
        await self._primary.close()


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__


async def open_database(url: str, replica_urls: Sequence[str] = (), **given: Any) -> Database:
    """Open a database: one server, or a primary with what stands by.

    Args:
        url: of the primary. It may name several hosts, of which one is the primary at a time.
        replica_urls: one for each standby that may answer reads.
        given: as ``connect`` takes it.

    Raises:
        Unavailable: neither the primary nor a replica can be reached.
    """
    if not replica_urls and len(hosts_of(url)) == 1:
        return await connect(url, **given)
    opening = Opening(**given)

    async def open_one(host_url: str) -> Any:
        return await asyncpg.connect(host_url, **opening.of_connections)

    leader = Leader(url, open_one)
    standbys = [Standby(index, opening.observer) for index in range(1, len(replica_urls) + 1)]
    replicas = Replicas(leader, standbys, opening.observer)
    patient = msgspec.structs.replace(opening, acquire_timeout_seconds=_ACQUIRE_SECONDS)
    for standby, standby_url in zip(standbys, replica_urls, strict=True):
        lender = await patient.pool(standby_url, init=_init_of(standby))
        standby.db = _database(lender, standby_url, opening)
    lender = await opening.pool(leader.urls[0], connect=leader.connect)
    primary = replicas.primary = _database(lender, url, opening)
    leader.on_change = primary.renew
    opened = Replicated(lender, replicas=replicas, primary=primary, opening=opening)
    try:
        await replicas.start()
        if not replicas.is_alone or replicas.alone(Mark()) is None:
            await lender.pool.release(await lender.pool.acquire(timeout=CONNECT_SECONDS))
    except BaseException as error:
        await opened.close()
        if isinstance(error, (asyncpg.PostgresError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)):
            await first_connected(url, opening)  # to say why, in the usual words
            raise Unavailable from error
        raise
    return opened


def _database(lender: Lender, url: str, opening: Opening) -> Database:
    return Database(
        lender, meanings=opening.meanings, statement_timeout_seconds=opening.statement_timeout_seconds, url=url
    )


def _init_of(standby: Standby) -> Callable[[Any], Awaitable[None]]:
    async def init(connection: Any) -> None:
        await prepare(connection)
        await standby.check(connection)

    return init
