"""The schema as it should be: recorded after each change through the engine; whatever differs was changed by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from freehold.migrate import journal
from freehold.migrate.catalog import schema_objects
from freehold.migrate.database import LOST, Connection
from freehold.migrate.fingerprint import Difference, differences, misgranted


async def drift(connection: Connection) -> list[Difference]:
    """Each object that differs from the schema that the last apply or down left; nothing if none was recorded."""
    recorded = await journal.recorded_schema(connection)
    if recorded is None:
        return []
    live = await schema_objects(connection)
    return [*differences(recorded, live), *misgranted(recorded, live)]


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
    """Record the schema if a runner was killed between its last step and the record."""
    if await journal.exists(connection) and await journal.recorded_schema(connection) is None:
        await _record(connection)


async def _record(connection: Connection) -> None:
    await journal.record_schema(connection, await schema_objects(connection))
