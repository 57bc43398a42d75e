"""What a schema consists of, object by object, read from PostgreSQL's catalog."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from freehold.migrate.database import Connection, connect
from freehold.migrate.options import CARRIED
from freehold.migrate.splitter import split

_SETTINGS = """
SET LOCAL search_path = pg_catalog;
SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';
SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C';
"""
"""Under which names and constants in definitions are printed: a copy is read before it has the database's own."""


class SchemaObject(msgspec.Struct, frozen=True):
    """One object of a schema.

    Attributes:
        kind: table, column, constraint, index, ...
        parent: the table it belongs to, qualified; empty for what stands alone.
        name: quoted where PostgreSQL would; qualified unless it has a parent.
        definition: everything it means, in SQL or close to it.
        position: the rank of a column among the columns of its table; 0 for all else.
        owner: the role that owns it; empty for what belongs to its table's owner.
        grants: what others may do with it, where that is not PostgreSQL's default.
    """

    kind: str
    parent: str
    name: str
    definition: str
    position: int = 0
    owner: str = ""
    grants: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """How people call it, for example ``column public.users.email``."""
        inside = self.parent and self.kind != "index"
        return f"{self.kind} {self.parent}.{self.name}" if inside else f"{self.kind} {self.name}"


async def schema_objects(connection: Connection) -> list[SchemaObject]:
    """Read every object of the connected database's schema, in one snapshot, sorted by identity.

    Works inside a transaction of the caller's and outside of one; nothing stays changed.
    """
    transaction = connection.transaction(isolation=None if connection.is_in_transaction() else "repeatable_read")
    await transaction.start()
    try:
        await connection.execute(_SETTINGS)
        rows = [tuple(row) for query in _queries() for row in await connection.fetch(query, *_arguments(query))]
    finally:
        await transaction.rollback()  # nothing was written, and the settings are what they were
    objects = [
        SchemaObject(kind, parent or "", name, definition, position or 0, owner or "", _grants(grants, usual, owner))
        for kind, parent, name, definition, position, owner, grants, usual in rows
    ]
    return sorted(objects, key=lambda each: (each.identity, each.definition))


async def read_schema(database_url: str) -> list[SchemaObject]:
    """Read every object of a database's schema.

    Raises:
        ConnectError: the database cannot be reached.
    """
    async with connect(database_url) as connection:
        return await schema_objects(connection)


@cache
def _queries() -> list[str]:
    text = (files("freehold.migrate") / "catalog.sql").read_text("utf-8")
    return [statement.sql for statement in split(text)]


def _arguments(query: str) -> list[list[str]]:
    return [sorted(CARRIED)] if "$1" in query else []


def _grants(grants: Sequence[str] | None, default: Sequence[str] | None, owner: str | None) -> tuple[str, ...]:
    """What differs from the default; the owner's own rights count only where some are taken away."""
    if grants is None or default is None:
        return ()
    given, usual = set(grants), set(default)
    own = f"{owner}="
    added = {right.replace("-=", "PUBLIC=") for right in given - usual if not right.startswith(own)}
    taken = {f"not {right.replace('-=', 'PUBLIC=')}" for right in usual - given}
    return tuple(sorted(added | taken))
