"""Finds the primary among the hosts of a URL, and never goes back to one that a promotion has left behind.

Each promotion begins a new timeline. Of two servers that both take writes, the one on the lower timeline is the old
primary, come back: what is written there is lost. So the highest timeline that was ever seen here is remembered, and a
primary below it is refused.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import asyncpg
import msgspec

from freehold.data.failures import GONE
from freehold.data.positions import Position

LOOK_SECONDS: Final = 1.0
"""How long a host may take to say what it is."""
EVERY_SECONDS: Final = 0.25
"""How often the hosts are asked, so that a promotion is noticed in a fraction of a second."""

STATE: Final = """
SELECT pg_is_in_recovery() AS in_recovery,
    CASE WHEN NOT pg_is_in_recovery() THEN
        ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer
    ELSE
        coalesce(
            (SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint())
        )
    END AS timeline,
    CASE WHEN pg_is_in_recovery() THEN coalesce((pg_last_wal_replay_lsn() - '0/0')::bigint, 0)
        WHEN current_setting('synchronous_commit') = 'off' THEN (pg_current_wal_insert_lsn() - '0/0')::bigint
        ELSE (pg_current_wal_flush_lsn() - '0/0')::bigint
    END AS lsn
"""
"""What a server is, and where its log ends; how far it has replayed it, if it is a standby.

What is visible is flushed before, and only what is flushed is sent on to standbys; but for commits that do not wait."""
_SYSTEM: Final = "SELECT system_identifier FROM pg_control_system()"

Open = Callable[[str], Awaitable[Any]]
"""Opens a connection to one host's URL."""

_log = logging.getLogger("freehold.database")


class LeftBehind(asyncpg.InterfaceError):  # type: ignore[misc]  # the driver says no types
    """The only server that takes writes is one that a promotion has left behind, or another cluster's."""


class State(msgspec.Struct, frozen=True):
    """What one host says of itself."""

    in_recovery: bool
    position: Position


class Leader:
    """The host of a URL that is written to.

    Args:
        url: of the database; it may name several hosts.
        open_one: opens a connection to one of them.

    Attributes:
        timeline: the highest that was seen.
        is_away: whether no host that may be written to answered when they were last asked.
        in_recovery: whether the one that is used is a standby, for want of a primary.
        replayed: how far that standby is, at least.
        on_change: is called when another host is to be used from now on.
    """

    def __init__(self, url: str, open_one: Open) -> None:
        self.urls = hosts_of(url)
        self._open = open_one
        self._own: dict[str, Any] = {}
        self._current = self.urls[0]
        self._system: int | None = None
        self._looking: asyncio.Task[Position | None] | None = None
        self.timeline = 0
        self.is_away = self.in_recovery = False
        self.replayed: Position | None = None
        self.on_change: Callable[[], Awaitable[None]] | None = None

    async def connect(self, *_: Any, **__: Any) -> Any:
        """Open a connection to the primary; to a standby, where there is no primary and nothing else to read from.

        Raises:
            LeftBehind: the only primary is an old one.
            OSError, asyncpg.PostgresError: no host can be reached.
        """
        try:
            return await self._checked(self._current)
        except (*GONE, asyncpg.PostgresError):
            if len(self.urls) == 1:
                raise
            await self.look()
            return await self._checked(self._current)

    async def _checked(self, url: str) -> Any:
        connection = await self._open(url)
        try:
            state = await self._state(connection)
            await self._require_same_cluster(connection)
            self._require(state)
        except BaseException:
            connection.terminate()
            raise
        return connection

    def _require(self, state: State) -> None:
        if state.position.timeline < self.timeline and not state.in_recovery:
            raise LeftBehind(
                f"this server is on timeline {state.position.timeline}, and another was promoted to {self.timeline}"
            )
        if state.in_recovery and not self.in_recovery and len(self.urls) > 1:
            raise LeftBehind("this server is a standby now")
        if not state.in_recovery:
            self.timeline = max(self.timeline, state.position.timeline)

    async def _require_same_cluster(self, connection: Any) -> None:
        system = await connection.fetchval(_SYSTEM, timeout=LOOK_SECONDS)
        self._system = self._system or system
        if system != self._system:
            raise LeftBehind("this server belongs to another cluster")

    @property
    def system(self) -> int | None:
        """What tells the cluster from any other; None before anything was reached."""
        return self._system

    def witness(self, timeline: int) -> None:
        """Hear that somebody follows a primary on this timeline: one below it is old."""
        self.timeline = max(self.timeline, timeline)

    async def look(self) -> Position | None:
        """Ask every host what it is, choose whom to write to, and tell where that one's log ends; None for nobody.

        Who asks while others wait for the answer shares it.
        """
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look(), name="freehold-leader")
        return await asyncio.shield(self._looking)

    async def _look(self) -> Position | None:
        states = dict(zip(self.urls, await asyncio.gather(*map(self._ask, self.urls)), strict=True))
        primaries = {url: state.position for url, state in states.items() if state and not state.in_recovery}
        self.timeline = max([self.timeline, *(position.timeline for position in primaries.values())])
        fit = [url for url, position in primaries.items() if position.timeline >= self.timeline]
        self.is_away, self.replayed = not fit, None
        if fit:
            await self._use(fit[0] if self._current not in fit else self._current, in_recovery=False)
            return primaries[self._current]
        standbys = [url for url, state in states.items() if state and state.in_recovery]
        if standbys:
            await self._use(standbys[0] if self._current not in standbys else self._current, in_recovery=True)
            state = states[self._current]
            self.replayed = state.position if state else None
        return None

    async def _use(self, url: str, *, in_recovery: bool) -> None:
        has_changed = (url, in_recovery) != (self._current, self.in_recovery)
        self._current, self.in_recovery = url, in_recovery
        if has_changed:
            _log.warning("the database is used at %s now", _place(url) + (", which is read-only" * in_recovery))
            if self.on_change:
                await self.on_change()

    async def _ask(self, url: str) -> State | None:
        """Ask one host on a connection that is kept for it; None when it does not answer in time, or is another's."""
        connection = self._own.get(url)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                if connection is None or connection.is_closed():
                    connection = self._own[url] = await self._open(url)
                    await self._require_same_cluster(connection)
                return await self._state(connection)
        except (*GONE, asyncpg.PostgresError):
            if dropped := self._own.pop(url, None):
                dropped.terminate()
            return None

    @staticmethod
    async def _state(connection: Any) -> State:
        row = await connection.fetchrow(STATE, timeout=LOOK_SECONDS)
        return State(row["in_recovery"], Position(row["timeline"], row["lsn"]))

    async def watch(self) -> None:
        """Keep asking, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_SECONDS)

    async def close(self) -> None:
        """Close the connections that were kept for asking."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        for connection in self._own.values():
            connection.terminate()
        self._own.clear()


def hosts_of(url: str) -> list[str]:
    """Split a URL with several hosts, as ``a:5432,b:5433`` or as ``?host=a,b&port=5432,5433``, into one for each."""
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0].partition("?")[0]
    user, at, hosts = authority.rpartition("@")
    if "," in hosts:
        return [f"{scheme}://{user}{at}{host}{rest[len(authority) :]}" for host in hosts.split(",")]
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    named = asked.get("host", "").split(",")
    if len(named) == 1:
        return [url]
    ports = asked.get("port", "").split(",")
    ports = ports * len(named) if len(ports) == 1 else ports
    kept = {name: value for name, value in asked.items() if name not in {"host", "port"}}
    return [
        parts._replace(
            query=urlencode({**kept, "host": host, **({"port": port} if port else {})}, quote_via=quote)
        ).geturl()
        for host, port in zip(named, ports, strict=True)
    ]


def _place(url: str) -> str:
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    host, port = parts.hostname or asked.get("host", "localhost"), parts.port or asked.get("port", 5432)
    return f"{host}, port {port}"
