"""A copy that is what production is, and from which nothing else is reached."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from freehold.migrate.boundary import Boundary
from freehold.migrate.cutoff import cut_off
from freehold.migrate.database import connect
from freehold.migrate.properties import carry_settings


@asynccontextmanager
async def isolated(database_url: str, copy_url: str, boundary: Boundary) -> AsyncIterator[None]:
    """Give a restored copy production's settings, cut it off, and watch what steps change outside of it meanwhile.

    Args:
        database_url: production.
        copy_url: as `load_into` left it: under its settings it could not be restored, if it is to be read only.
        boundary: watches.
    """
    async with connect(copy_url) as connection:
        async with connect(database_url) as source:
            name = await connection.fetchval("SELECT current_database()")
            await carry_settings(source, connection, name, apart=boundary.apart)
        await cut_off(connection, apart=boundary.apart)
        await boundary.begin(connection)
        yield
