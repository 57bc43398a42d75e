"""What has been applied, in the engine's own schema ``freehold_migrate`` beside the tables it guards."""

from datetime import datetime
from typing import Literal

import msgspec

from freehold.migrate.database import Connection
from freehold.migrate.migration import Migration

SCHEMA = "freehold_migrate"

State = Literal["applying", "done", "reverting"]

_TABLES = """
CREATE SCHEMA IF NOT EXISTS freehold_migrate;
CREATE TABLE IF NOT EXISTS freehold_migrate.applied (
    position bigint GENERATED ALWAYS AS IDENTITY,
    set_name text NOT NULL,
    version text NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    state text NOT NULL,
    checkpoint text,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user,
    duration_seconds double precision,
    CONSTRAINT applied_pkey PRIMARY KEY (set_name, version),
    CONSTRAINT applied_position_key UNIQUE (position),
    CONSTRAINT applied_state_check CHECK (state IN ('applying', 'done', 'reverting'))
);
"""


class Applied(msgspec.Struct, frozen=True):
    """A migration as the journal has it.

    Attributes:
        position: grows with every application.
        state: ``done``; ``applying`` or ``reverting`` for one that runs outside a transaction and has not ended.
        applied_by: the database role.
        duration_seconds: how long its statements took; None while it has not ended.
        checkpoint: how far an unfinished backfill has come.
    """

    position: int
    set_name: str
    version: str
    name: str
    checksum: str
    state: State
    applied_at: datetime
    applied_by: str
    duration_seconds: float | None
    checkpoint: str | None

    @property
    def key(self) -> tuple[str, str]:
        """What identifies it: set and version."""
        return self.set_name, self.version

    @property
    def label(self) -> str:
        """How people call it: version and name."""
        return f"{self.version}_{self.name}"


async def ensure(connection: Connection) -> None:
    """Create the engine's tables where they are missing; call it under the runner's lock."""
    if not await _exists(connection):
        await connection.execute(_TABLES)


async def applied(connection: Connection) -> list[Applied]:
    """Everything applied or under way, in the order in which it was applied; nothing if there is no journal yet."""
    if not await _exists(connection):
        return []
    rows = await connection.fetch(
        "SELECT position, set_name, version, name, checksum, state, applied_at, applied_by, duration_seconds, "
        "checkpoint FROM freehold_migrate.applied ORDER BY position"
    )
    return [msgspec.convert(dict(row), Applied) for row in rows]


async def add(connection: Connection, migration: Migration, state: State) -> None:
    """Record that a migration is applied or being applied (again, if an earlier try did not end)."""
    await connection.execute(
        "INSERT INTO freehold_migrate.applied (set_name, version, name, checksum, state) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (set_name, version) DO UPDATE SET checksum = excluded.checksum, state = excluded.state, "
        "name = excluded.name, applied_at = excluded.applied_at, applied_by = excluded.applied_by",
        *migration.key,
        migration.name,
        migration.checksum,
        state,
    )


async def finish(connection: Connection, key: tuple[str, str], duration_seconds: float) -> None:
    """Record that a migration is applied."""
    await connection.execute(
        "UPDATE freehold_migrate.applied SET state = 'done', checkpoint = NULL, duration_seconds = $3 "
        "WHERE set_name = $1 AND version = $2",
        *key,
        duration_seconds,
    )


async def reverting(connection: Connection, key: tuple[str, str]) -> None:
    """Record that a migration is being reverted outside a transaction."""
    await connection.execute(
        "UPDATE freehold_migrate.applied SET state = 'reverting' WHERE set_name = $1 AND version = $2",
        *key,
    )


async def remove(connection: Connection, key: tuple[str, str]) -> None:
    """Record that a migration is reverted."""
    await connection.execute("DELETE FROM freehold_migrate.applied WHERE set_name = $1 AND version = $2", *key)


async def _exists(connection: Connection) -> bool:
    return bool(await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", "freehold_migrate.applied"))
