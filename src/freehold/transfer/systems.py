"""Reads the databases of other systems as if they were files."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from freehold.base.errors import FieldError, SchemaPending
from freehold.data.db import Transaction
from freehold.data.sql import load
from freehold.transfer.errors import NotThatSystem
from freehold.transfer.importing import BATCH, Entry
from freehold.transfer.types import KindName

SystemName = Literal["django", "fastapi-users", "better-auth"]
"""A system whose users can be brought over."""


class System(NamedTuple):
    """What a system has.

    Attributes:
        table: of its users.
        statements: which reads a kind.
        plugin_tables: without which a kind is not there, since it comes with a plugin.
    """

    table: str
    statements: dict[KindName, str]
    plugin_tables: dict[KindName, str]


SYSTEMS: Final[dict[SystemName, System]] = {
    "django": System("auth_user", {"users": "django_users"}, {}),
    "fastapi-users": System("user", {"users": "fastapi_users"}, {}),
    "better-auth": System(
        "user",
        {
            "users": "better_auth_users",
            "organizations": "better_auth_organizations",
            "members": "better_auth_members",
        },
        {"organizations": "organization", "members": "member"},
    ),
}
_STATEMENTS = load(Path(__file__).with_name("systems.sql"))


async def kinds_in(db: Transaction, system: SystemName) -> list[KindName]:
    """List the kinds of rows that a database of the system has."""
    tables = SYSTEMS[system].plugin_tables
    return [kind for kind in SYSTEMS[system].statements if kind not in tables or await _has(db, tables[kind])]


async def _has(db: Transaction, table: str) -> bool:
    row = await db.fetch_row(_STATEMENTS["has_table"].sql, [table])
    return bool(row and row[0])


class Rows:
    """The rows of one kind in another system's database.

    Attributes:
        sources: how to name each row, in their order; the only thing that is kept of all of them.
    """

    def __init__(self, db: Transaction, system: SystemName, kind: KindName, table: str) -> None:
        self.sources: list[str] = []
        self._db = db
        self._system = system
        self._sql = _STATEMENTS[SYSTEMS[system].statements[kind]].sql.replace("table_of_users", _quoted(table))

    async def entries(self) -> AsyncIterator[Sequence[Entry]]:
        """Read the rows, some thousands at a time.

        Raises:
            NotThatSystem: the tables are not there, or lack columns.
        """
        batch: list[Entry] = []
        try:
            async for row in self._db.stream(self._sql, []):
                self.sources.append(row["source"])
                batch.append((len(self.sources), _document(row)))
                if len(batch) == BATCH:
                    yield batch
                    batch = []
        except SchemaPending:
            raise NotThatSystem(self._system) from None
        if batch:
            yield batch


def _document(row: Any) -> dict[str, Any] | FieldError:
    if row["refusal"]:
        return FieldError("", "inactive_user", row["refusal"])
    return {name: value for name, value in row.items() if name not in {"source", "refusal"}}


def _quoted(table: str) -> str:
    """Quote the name of a table, which may be one of another schema (``accounts.user``)."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in table.split("."))
