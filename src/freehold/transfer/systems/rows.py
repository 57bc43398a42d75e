"""Which systems can be read, and the rows of each kind that they have."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from freehold.base.errors import FieldError, SchemaPending
from freehold.data.db import Transaction
from freehold.data.rows import Row
from freehold.data.sql import Streamer
from freehold.transfer.errors import NotThatSystem
from freehold.transfer.systems import queries
from freehold.transfer.types import BATCH, Entry, KindName

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
    statements: dict[KindName, Callable[[Streamer], AsyncIterator[queries.Source]]]
    plugin_tables: dict[KindName, str]


SYSTEMS: Final[dict[SystemName, System]] = {
    "django": System("auth_user", {"users": queries.django_users}, {}),
    "fastapi-users": System("user", {"users": queries.fastapi_users}, {}),
    "better-auth": System(
        "user",
        {
            "users": queries.better_auth_users,
            "organizations": queries.better_auth_organizations,
            "members": queries.better_auth_members,
        },
        {"organizations": "organization", "members": "member"},
    ),
}
OF_USERS: Final = "table_of_users"
"""Stands in the statements for the table of the users, whose name is the system's own."""


async def kinds_in(db: Transaction, system: SystemName) -> list[KindName]:
    """List the kinds of rows that a database of the system has."""
    tables = SYSTEMS[system].plugin_tables
    return [
        kind
        for kind in SYSTEMS[system].statements
        if kind not in tables or await queries.has_table(db, name=tables[kind])
    ]


class _Named(NamedTuple):
    """A transaction that knows the name of the users' table."""

    db: Transaction
    table: str

    def stream(self, sql: str, arguments: Sequence[object]) -> AsyncIterator[Row]:
        """Run the statement on that table."""
        return self.db.stream(sql.replace(OF_USERS, _quoted(self.table)), arguments)


class Rows:
    """The rows of one kind in another system's database.

    Attributes:
        sources: how to name each row, in their order; the only thing that is kept of all of them.
    """

    def __init__(self, db: Transaction, system: SystemName, kind: KindName, table: str) -> None:
        self.sources: list[str] = []
        self._system = system
        self._rows = SYSTEMS[system].statements[kind](_Named(db, table))

    async def entries(self) -> AsyncIterator[Sequence[Entry]]:
        """Read the rows, some thousands at a time.

        Raises:
            NotThatSystem: the tables are not there, or lack columns.
        """
        batch: list[Entry] = []
        try:
            async for row in self._rows:
                self.sources.append(row.source)
                batch.append((len(self.sources), _document(row)))
                if len(batch) == BATCH:
                    yield batch
                    batch = []
        except SchemaPending:
            raise NotThatSystem(self._system) from None
        if batch:
            yield batch


def _document(row: queries.Source) -> dict[str, Any] | FieldError:
    if row.refusal:
        return FieldError("", "inactive_user", row.refusal)
    return {name: value for name, value in msgspec.structs.asdict(row).items() if name not in _OF_THE_ROW}


_OF_THE_ROW: Final = frozenset(queries.Source.__struct_fields__)


def _quoted(table: str) -> str:
    """Quote the name of a table, which may be one of another schema (``accounts.user``)."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in table.split("."))
