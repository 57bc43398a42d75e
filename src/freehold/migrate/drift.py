"""Whether somebody changed the schema by hand since it was last recorded."""

from freehold.migrate import journal
from freehold.migrate.catalog import schema_objects
from freehold.migrate.database import Connection
from freehold.migrate.fingerprint import Difference, differences, misgranted


async def drift(connection: Connection) -> list[Difference]:
    """Each object that differs from the schema that the last apply or down left; nothing if none was recorded."""
    recorded = await journal.recorded_schema(connection)
    if recorded is None:
        return []
    live = await schema_objects(connection)
    return [*differences(recorded, live), *misgranted(recorded, live)]
