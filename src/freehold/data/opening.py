"""Opens pools of connections: how long each may take, and what is said when none can be had."""

from typing import Any, Final

import asyncpg
import msgspec

from freehold.base.errors import Unavailable
from freehold.data.failures import GONE, NO_MEANINGS, Meanings
from freehold.data.lending import GRACE_SECONDS, Connection, Lender, prepare
from freehold.observe.observer import SILENT, Observer
from freehold.postgres.reaching import UNREADABLE, unreachable

_ARRAYS: Final = """
SELECT $1::bool[], $2::bytea[], $3::int4[], $4::int8[], $5::float8[], $6::text[], $7::varchar[], $8::name[],
    $9::timestamptz[], $10::uuid[], $11::jsonb[], $12::inet[], $13::xid8
"""
_HAS_CITUS: Final = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"

CONNECT_SECONDS: Final = 5.0
"""How long connecting may take: name, TCP, TLS and sign-in."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How connections are opened, and how long they may take.

    Attributes:
        meanings: of the constraints of the database; without them breaking one is a bug.
        size: how many connections at most.
        acquire_timeout_seconds: how long to wait for one.
        statement_timeout_seconds: how long a statement may take.
        lock_timeout_seconds: how long it may wait for a lock; not ``through_pgbouncer``.
        through_pgbouncer: what is in between lends a session of PostgreSQL for a transaction at a time. So nothing is
            kept in one: neither prepared statements nor timeouts, of which this side keeps the statement's.
        observer: is told what runs.
        is_citus: Citus may spread the tables over several servers. It plans no generic statement, and changes reference
            tables and spread ones in one transaction only if it asks one shard after the other.
    """

    meanings: Meanings = NO_MEANINGS
    size: int = 10
    acquire_timeout_seconds: float = 5
    statement_timeout_seconds: float = 15
    lock_timeout_seconds: float = 5
    through_pgbouncer: bool = False
    observer: Observer = SILENT
    is_citus: bool = False

    @property
    def of_connections(self) -> dict[str, Any]:
        """What the driver is told of each connection."""
        limits = {
            "statement_timeout": self.statement_timeout_seconds,
            "lock_timeout": self.lock_timeout_seconds,
            "idle_in_transaction_session_timeout": self.statement_timeout_seconds,
        }
        kept = {
            **{name: str(int(seconds * 1000)) for name, seconds in limits.items()},
            # PostgreSQL takes a lookup's array for longer than it is, so it would plan the statement again each time,
            # which costs several times what running it does. Every statement is proved to be good by its one plan for
            # all values.
            "plan_cache_mode": "force_generic_plan",
        }
        if self.is_citus:
            kept |= {"plan_cache_mode": "auto", "citus.multi_shard_modify_mode": "sequential"}
        through = self.through_pgbouncer
        return {
            "timeout": CONNECT_SECONDS,
            "command_timeout": self.statement_timeout_seconds + (0 if through else GRACE_SECONDS),
            "connection_class": Connection,
            "server_settings": {"application_name": "freehold", "timezone": "UTC", **({} if through else kept)},
            **({"statement_cache_size": 0} if through else {}),
        }

    async def pool(self, url: str, **given: Any) -> Lender:
        """Make a pool on a database, without connecting to it.

        Args:
            url: of the database.
            given: what the pool is to do otherwise: ``connect`` or ``init``.
        """
        pool = await asyncpg.create_pool(
            url,
            min_size=0,  # or the driver logs a traceback for each try to open one while the database is away
            max_size=self.size,
            reset=_keep,
            **{
                "init": _prepare_on_citus if self.is_citus and not self.through_pgbouncer else prepare,
                **self.of_connections,
                **given,
            },
        )
        return Lender(
            pool,
            acquire_timeout_seconds=self.acquire_timeout_seconds,
            observer=self.observer,
            keeps_sessions=not self.through_pgbouncer,
            is_citus=self.is_citus,
        )


async def first_connected(url: str, opening: Opening, **given: Any) -> Lender:
    """Make a pool, and connect once; where Citus spreads the tables, as that wants it.

    Raises:
        Unavailable: it cannot be reached, or refuses; the detail says why.
    """
    try:
        lender = await opening.pool(url, **given)
        async with lender.pool.acquire(timeout=CONNECT_SECONDS) as connection:
            is_citus: bool = await connection.fetchval(_HAS_CITUS, timeout=CONNECT_SECONDS)
        if is_citus and not opening.is_citus:
            await lender.pool.close()
            lender = await msgspec.structs.replace(opening, is_citus=True).pool(url, **given)
    except (asyncpg.PostgresError, *GONE) as error:  # at a start, so the reason is for the operator and for no client
        if "unsupported startup parameter" in str(error):
            raise Unavailable(
                "Cannot connect to the database: this looks like a PgBouncer; if so, set FREEHOLD_PGBOUNCER=true"
            ) from error
        raise Unavailable(unreachable(url, error)) from error
    except ValueError:  # its own text may hold a part of the password
        raise Unavailable(UNREADABLE) from None
    return lender


async def _prepare_on_citus(connection: Any) -> None:
    """Prepare a new connection, and have the driver learn the types of arrays.

    It asks PostgreSQL's catalog for each, where Citus looks up for every row whether it belongs to a shard: seconds.
    """
    await prepare(connection)
    await connection.execute("SET citus.override_table_visibility = off")
    await connection.prepare(_ARRAYS)
    await connection.execute("RESET citus.override_table_visibility")


async def _keep(connection: Any) -> None:
    """Reset nothing on release: no statement here changes a session's state, and the reset costs a round trip each."""
