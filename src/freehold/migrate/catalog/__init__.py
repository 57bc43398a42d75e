"""What a schema consists of, object by object, read from PostgreSQL's catalog."""

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec

from freehold.migrate.catalog.grants import granted
from freehold.migrate.catalog.options import OPTIONS
from freehold.migrate.database import Connection, connect
from freehold.migrate.splitter import split

_SETTINGS = """
SET LOCAL search_path = pg_catalog;
SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';
SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C';
"""
"""Under which names and constants in definitions are printed: a copy is read before it has the database's own."""
_NOT_COMPARED = "not compared"  # as a kind: the row names something that is left out


class SchemaObject(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object of a schema.

    Attributes:
        kind: table, column, constraint, index, ...
        parent: the table it belongs to, qualified; empty for what stands alone.
        name: quoted where PostgreSQL would; qualified unless it has a parent.
        definition: everything it means, in SQL or close to it; empty if it is about privileges only.
        position: the rank of a column among the columns of its table; 0 for all else, and for inherited columns.
        owner: the role that owns it; empty for what belongs to its table's owner.
        grants: what others may do with it, where that is not PostgreSQL's default.
        state: WITH NO DATA; a copy that reaches no other server may be unable to fill what reads one.
        here: what no dump keeps of it, such as the version of an extension.
    """

    kind: str
    parent: str
    name: str
    definition: str
    position: int = 0
    owner: str = ""
    grants: tuple[str, ...] = ()
    state: str = ""
    here: str = ""

    @property
    def identity(self) -> str:
        """How people call it, for example ``column public.users.email``."""
        inside = self.parent and self.kind != "index"
        return f"{self.kind} {self.parent}.{self.name}" if inside else f"{self.kind} {self.name}"


class Catalog(NamedTuple):
    """A schema as it was read.

    Attributes:
        objects: sorted by identity.
        not_compared: what else there is, in words: options that no dump is known to keep, large objects, subscriptions.
    """

    objects: list[SchemaObject]
    not_compared: list[str]


async def read_catalog(connection: Connection) -> Catalog:
    """Read the connected database's schema in one snapshot.

    Works inside a transaction of the caller's and outside of one; nothing stays changed.
    """
    transaction = connection.transaction(isolation=None if connection.is_in_transaction() else "repeatable_read")
    await transaction.start()
    try:
        await connection.execute(_SETTINGS)
        absent = set(await connection.fetchval(_absent()))
        queries = [query for query in _queries() if query.only_with not in absent]
        rows = [dict(row) for query in queries for row in await connection.fetch(query.sql, OPTIONS)]
    finally:
        await transaction.rollback()  # nothing was written, and the settings are what they were
    left_out = {row["name"] for row in rows if row["kind"] == _NOT_COMPARED}
    left_out |= {f"{row['kind']} {each}" for row in rows for each in row.get("unknown") or ()}
    objects = [_object(row, left_out) for row in rows if row["kind"] != _NOT_COMPARED]
    objects = [each for each in objects if each.definition or each.owner or each.grants]
    return Catalog(sorted(objects, key=lambda each: (each.identity, each.definition)), sorted(left_out))


async def schema_objects(connection: Connection) -> list[SchemaObject]:
    """Read every object of the connected database's schema, as `read_catalog` does."""
    return (await read_catalog(connection)).objects


async def read_schema(database_url: str) -> list[SchemaObject]:
    """Read every object of a database's schema.

    Raises:
        ConnectError: the database cannot be reached.
    """
    async with connect(database_url) as connection:
        return await schema_objects(connection)


def _object(row: dict[str, Any], left_out: set[str]) -> SchemaObject:
    owner = row.get("owner") or ""
    grants, unknown = granted(row.get("acl"), row.get("usual"), row.get("holder") or owner)
    left_out |= {f"{row['kind']} privilege {each}" for each in unknown}
    definition = row["definition"]
    for printed, kept in zip(row.get("printed") or (), row.get("kept") or (), strict=True):
        definition = definition.replace(printed, kept)
    return SchemaObject(
        kind=row["kind"],
        parent=row.get("parent") or "",
        name=row["name"],
        definition=definition,
        position=row.get("position") or 0,
        owner=owner,
        grants=grants,
        state=row.get("state") or "",
        here=row.get("here") or "",
    )


class _Query(NamedTuple):
    sql: str
    only_with: str | None


@cache
def _queries() -> list[_Query]:
    folder = files("freehold.migrate.catalog")
    head = (folder / "head.sql").read_text("utf-8")
    queries: list[_Query] = []
    for name in ("schemas", "types", "tables", "parts", "routines", "operators", "foreign"):
        text, end = (folder / f"{name}.sql").read_text("utf-8"), 0
        for statement in split(text):
            condition = re.search(r"^-- only with: ([\w.]+)$", text[end : statement.offset], re.MULTILINE)
            queries.append(_Query(f"{head}\n{statement.sql}", condition[1] if condition else None))
            end = statement.offset + len(statement.sql)
    return queries


@cache
def _absent() -> str:
    """The question which of the columns that statements depend on have no number of a user's object."""
    columns = sorted({query.only_with for query in _queries() if query.only_with})
    choices = ", ".join(
        f"CASE WHEN NOT EXISTS (SELECT FROM {column.partition('.')[0]} WHERE {column} >= 16384) THEN '{column}' END"
        for column in columns
    )
    return f"SELECT array_remove(ARRAY[{choices}], NULL)"


def _reading() -> str:
    package = files("freehold.migrate")
    sources = [*(package / "catalog").iterdir(), package / "essence.py", package / "fingerprint.py"]
    digest = hashlib.sha256()
    for file in sorted(sources, key=lambda file: file.name):
        if file.name.endswith((".py", ".sql")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


READING: Final = _reading()
"""Stands for the way in which this version reads and hashes a schema: what another one read is never compared with it.

No number to raise, which somebody would forget: it is made of the sources.
"""
