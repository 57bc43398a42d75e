"""What was made of a database's catalog, kept for as long as the catalog stays what it was."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from freehold.migrate.database import Connection

R = TypeVar("R")

LONGEST: Final = timedelta(minutes=10)
"""For what no catalog shows that this role may read, such as another version of an extension on the disk."""
_READABLE: Final = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND has_table_privilege(oid, 'SELECT')
    AND relname NOT IN ('pg_statistic', 'pg_statistic_ext_data', 'pg_largeobject', 'pg_database', 'pg_shdepend')
ORDER BY 1
"""
"""All but what changes with rows, and what others do with other databases of the server."""
_ROWS: Final = "SELECT count(*) AS rows, coalesce(sum(xmin::text::bigint), 0) AS writers FROM {}"
_VERSION: Final = """
SELECT concat_ws(' ', (SELECT string_agg(rows || '/' || writers, ',') FROM ({rows}) counted),
    (SELECT xmin FROM pg_database WHERE datname = current_database()),
    (SELECT sum(hashtextextended(r::text, 0)) FROM pg_roles r),
    (SELECT sum(hashtextextended(m::text, 0)) FROM pg_user_mappings m))
"""


class Kept(NamedTuple):
    """What is kept, and when it was made."""

    version: str
    value: Any
    made_at: datetime


class Memory:
    """Keeps what was made of the catalog of one database."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    async def keep(self, connection: Connection, name: str, make: Callable[[], Awaitable[R]], *, beside: str = "") -> R:
        """Return what was made under a name, or make it if the catalog has changed since.

        Args:
            connection: to the database.
            name: of what is kept.
            make: makes it, by the same connection.
            beside: what else it is made of, such as a version of that.
        """
        version = (
            f"{await catalog_version(connection)} {beside}"  # before, so that a change meanwhile is seen next time
        )
        kept, now = self._kept.get(name), datetime.now(UTC)
        if kept is None or kept.version != version or now - kept.made_at > LONGEST:
            kept = self._kept[name] = Kept(version, await make(), now)
        value: R = kept.value
        return value


async def catalog_version(connection: Connection) -> str:
    """Return a text that changes with every change of the catalog.

    A change of a catalog's row leaves a row of another transaction, and one that is gone leaves fewer.
    """
    catalogs = [row[0] for row in await connection.fetch(_READABLE)]
    rows = " UNION ALL ".join(map(_ROWS.format, catalogs))
    version: str = await connection.fetchval(_VERSION.format(rows=rows))
    return version
