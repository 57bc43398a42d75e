"""What has been applied, in the engine's own schema ``freehold_migrate`` beside the tables it guards."""

from contextlib import suppress
from datetime import datetime
from typing import Literal, NamedTuple, TypeVar

import msgspec

from freehold.migrate.catalog import READING, SchemaObject
from freehold.migrate.database import Connection
from freehold.migrate.migration import Migration

_Evidence = TypeVar("_Evidence", bound=msgspec.Struct)

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
CREATE TABLE IF NOT EXISTS freehold_migrate.evidence (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT evidence_pkey PRIMARY KEY,
    evidence jsonb NOT NULL
);
CREATE TABLE IF NOT EXISTS freehold_migrate.schema (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT schema_pkey PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    objects jsonb NOT NULL
);
CREATE TABLE IF NOT EXISTS freehold_migrate.unsafe (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT unsafe_pkey PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    by text NOT NULL DEFAULT session_user,
    versions text[] NOT NULL,
    why text NOT NULL
);
"""


class Applied(msgspec.Struct, frozen=True):
    """A migration as the journal has it.

    Attributes:
        position: grows with every application.
        state: ``done``; ``applying`` or ``reverting`` for one that runs outside a transaction and has not ended.
        applied_by: the database role.
        duration_seconds: how long its statements took; None while it has not ended, and if it was adopted.
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


class _Recorded(msgspec.Struct):
    reading: str
    server_major: int
    objects: list[SchemaObject]


class RecordedSchema(NamedTuple):
    """The schema that the last apply, down or adopt left.

    Attributes:
        objects: None if it never was recorded, is being changed, or was by another version.
        by_another_version: of the engine or of PostgreSQL; they read or print the same schema in other words.
    """

    objects: list[SchemaObject] | None
    by_another_version: bool = False


async def ensure(connection: Connection) -> None:
    """Create the engine's tables where they are missing; call it under the runner's lock."""
    if not await exists(connection):
        await connection.execute(_TABLES)


async def applied(connection: Connection) -> list[Applied]:
    """Everything applied or under way, in the order in which it was applied; nothing if there is no journal yet."""
    if not await exists(connection):
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
        "name = excluded.name, "
        "checkpoint = CASE applied.state WHEN 'applying' THEN applied.checkpoint END, "
        "applied_at = excluded.applied_at, applied_by = excluded.applied_by",
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
        "UPDATE freehold_migrate.applied SET state = 'reverting', checkpoint = CASE state WHEN 'reverting' "
        "THEN checkpoint END WHERE set_name = $1 AND version = $2",
        *key,
    )


async def checkpoint(connection: Connection, key: tuple[str, str]) -> str | None:
    """How far an unfinished backfill has come: the text of the last key done."""
    value: str | None = await connection.fetchval(
        "SELECT checkpoint FROM freehold_migrate.applied WHERE set_name = $1 AND version = $2", *key
    )
    return value


async def set_checkpoint(connection: Connection, key: tuple[str, str], value: str) -> None:
    """Record how far a backfill has come, in the transaction of its batch."""
    await connection.execute(
        "UPDATE freehold_migrate.applied SET checkpoint = $3 WHERE set_name = $1 AND version = $2", *key, value
    )


async def remove(connection: Connection, key: tuple[str, str]) -> None:
    """Record that a migration is reverted."""
    await connection.execute("DELETE FROM freehold_migrate.applied WHERE set_name = $1 AND version = $2", *key)


async def exists(connection: Connection) -> bool:
    """Whether the engine's tables are there."""
    return bool(await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", "freehold_migrate.applied"))


async def add_evidence(connection: Connection, evidence: msgspec.Struct) -> None:
    """Keep the evidence of a rehearsal."""
    await connection.execute(
        "INSERT INTO freehold_migrate.evidence (evidence) VALUES ($1::text::jsonb)",
        msgspec.json.encode(evidence).decode(),
    )


async def evidence(connection: Connection, kind: type[_Evidence]) -> list[_Evidence]:
    """The latest pieces of evidence, newest first; those that another version of the engine wrote are left out."""
    if not await exists(connection):
        return []
    rows = await connection.fetch("SELECT evidence::text FROM freehold_migrate.evidence ORDER BY position DESC LIMIT 5")
    found: list[_Evidence] = []
    for (text,) in rows:
        with suppress(msgspec.ValidationError):
            found.append(msgspec.json.decode(text, type=kind))
    return found


async def record_schema(connection: Connection, objects: list[SchemaObject]) -> None:
    """Remember the schema as it should be from now on; drift is what differs from it."""
    recorded = _Recorded(READING, connection.get_server_version().major, objects)
    await connection.execute(
        "INSERT INTO freehold_migrate.schema (objects) VALUES ($1::text::jsonb)", msgspec.json.encode(recorded).decode()
    )


async def forget_schema(connection: Connection) -> None:
    """Record that the schema is being changed: a runner killed after its last step must not look like drift."""
    await connection.execute("INSERT INTO freehold_migrate.schema (objects) VALUES ('null')")


async def recorded_schema(connection: Connection) -> RecordedSchema:
    """The schema as it was last recorded."""
    if not await exists(connection):
        return RecordedSchema(None)
    text = await connection.fetchval("SELECT objects::text FROM freehold_migrate.schema ORDER BY position DESC LIMIT 1")
    if text in {None, "null"}:
        return RecordedSchema(None)
    try:
        recorded = msgspec.json.decode(text, type=_Recorded)
    except msgspec.ValidationError:
        return RecordedSchema(None, by_another_version=True)
    if (recorded.reading, recorded.server_major) != (READING, connection.get_server_version().major):
        return RecordedSchema(None, by_another_version=True)
    return RecordedSchema(recorded.objects)


async def schema_position(connection: Connection) -> str:
    """Say which recorded schema is the newest, as a text that another has not; "" if none was ever recorded."""
    if not await exists(connection):
        return ""
    newest = "SELECT concat_ws('/', position, xmin) FROM freehold_migrate.schema ORDER BY position DESC LIMIT 1"
    return await connection.fetchval(newest) or ""


async def add_unsafe(connection: Connection, versions: list[str], why: str) -> None:
    """Record that the gate was passed without evidence, by whom and why."""
    await connection.execute("INSERT INTO freehold_migrate.unsafe (versions, why) VALUES ($1, $2)", versions, why)
