"""The schema as it should be: recorded after each change through the engine; whatever differs was changed by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from freehold.migrate import journal
from freehold.migrate.catalog import read_catalog, schema_objects
from freehold.migrate.catalog.memory import Memory
from freehold.migrate.database import LOST, Connection
from freehold.migrate.fingerprint import Difference, differences, misgranted

UNKNOWN = (
    "changes by hand since the last apply (another version of Freehold or PostgreSQL recorded that schema; "
    "the next apply records it again)"
)
"""Among what is not compared, where no drift is no answer."""


class Drift(NamedTuple):
    """What has changed by hand.

    Attributes:
        differences: each object that differs from the schema that the last apply or down left; none if it was not
            recorded, or by a version that reads schemas in another way.
        not_compared: what was not looked at, in words.
    """

    differences: list[Difference]
    not_compared: list[str]


async def drift(connection: Connection, memory: Memory | None = None) -> Drift:
    """Compare the schema with the one that was recorded.

    Args:
        connection: to the database.
        memory: keeps the answer until either changes.
    """
    if memory is None:
        return await _drift(connection)
    recorded_at = await journal.schema_position(connection)
    return await memory.keep(connection, "drift", lambda: _drift(connection), beside=recorded_at)


async def _drift(connection: Connection) -> Drift:
    live = await read_catalog(connection)
    recorded = await journal.recorded_schema(connection)
    if recorded.objects is None:
        return Drift([], [*live.not_compared, *[UNKNOWN] * recorded.by_another_version])
    found = [*differences(recorded.objects, live.objects), *misgranted(recorded.objects, live.objects)]
    return Drift(found, live.not_compared)


@asynccontextmanager
async def changing(connection: Connection) -> AsyncIterator[None]:
    """Change the schema meanwhile; what it is at the end, also at that of a failure, is what it should be.

    Until then nothing is recorded, so that what a killed runner leaves behind does not look like drift.
    """
    await journal.forget_schema(connection)
    try:
        yield
    except Exception:
        with suppress(*LOST):
            await _record(connection)
        raise
    await _record(connection)


async def settle(connection: Connection) -> None:
    """Record the schema if a runner was killed before it had, or if another version reads it in another way."""
    if await journal.exists(connection) and (await journal.recorded_schema(connection)).objects is None:
        await _record(connection)


async def _record(connection: Connection) -> None:
    await journal.record_schema(connection, await schema_objects(connection))
