"""Holds the lines of a file in a temporary table, finds what speaks against them, and stores them.

They are sent to it by binary COPY. PostgreSQL then stores them in a few statements, which is the quickest way that
still can say what is done with a row that exists, and which of them are at fault when a constraint breaks.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from freehold.base.errors import Conflict, FieldError, FreeholdError, Invalid, Missing
from freehold.data.db import Transaction
from freehold.data.sql import load
from freehold.organizations.errors import SlugTaken
from freehold.organizations.members.errors import AlreadyMember, NoSuchUser
from freehold.transfer.types import RECORDS, KindName, OnConflict
from freehold.users.errors import EmailTaken, IdTaken, UsernameTaken

PAGES_AT_A_TIME: Final = 1000
"""8 MB of lines: enough that a statement's own cost is nothing, few enough that somebody sees it go on."""

_STATEMENTS = load(Path(__file__).with_name("bulk.sql"))


class _Kind(msgspec.Struct, frozen=True):
    """How a kind of rows is stored: by which key, and what else is run to change rows and once they are there."""

    key: str
    updates: tuple[str, ...]
    after: tuple[str, ...] = ()


_KINDS: Final[dict[KindName, _Kind]] = {
    "users": _Kind("(id)", ("end_access", "update"), ("use_up",)),
    "organizations": _Kind("(id)", ("update",), ("owners", "use_up")),
    "members": _Kind("(organization_id, user_id)", ("touch_updated", "update"), ("touch", "use_up")),
    "projects": _Kind("(id)", ("update",)),
}
_CLASHES: Final[dict[tuple[KindName, str], type[FreeholdError]]] = {
    ("users", "username"): UsernameTaken,
    ("users", "email"): EmailTaken,
    ("organizations", "slug"): SlugTaken,
    ("members", "user_id"): AlreadyMember,
}
_DANGLING: Final = {
    "owner_id": FieldError("/owner_id", NoSuchUser.code, NoSuchUser.title),
    "user_id": FieldError("/user_id", NoSuchUser.code, NoSuchUser.title),
    "organization_id": FieldError("/organization_id", "no_such_organization", "There is no organization with this id"),
    "role": FieldError("/role", "unknown_role", "The organization has no role of this name"),
}


class Outcome(msgspec.Struct, frozen=True):
    """How many rows were written."""

    stored: int = 0
    updated: int = 0


class Staging:
    """The lines of one kind within one transaction."""

    def __init__(self, db: Transaction, kind: KindName, on_conflict: OnConflict) -> None:
        self._db = db
        self._name: KindName = kind
        self._kind = _KINDS[kind]
        self._on_conflict = on_conflict
        self._columns = ("line", "given", *RECORDS[kind].__struct_fields__)

    async def begin(self) -> None:
        """Make the table."""
        await self._db.run(_STATEMENTS[f"{self._name}_stage"].sql)

    async def add(self, rows: Sequence[Sequence[object]]) -> None:
        """Hold rows: of each its line, which fields are given, and their values."""
        await self._db.copy("staged", self._columns, rows)

    async def end(self) -> None:
        """Let go of the table, so that the same transaction can hold another kind."""
        await self._db.run("DROP TABLE staged")

    async def clashes(self) -> AsyncIterator[tuple[int, FieldError]]:
        """Find the lines that bring what is there already, in order of lines."""
        await self._db.run(_STATEMENTS["analyze"].sql)
        updates = self._on_conflict == "update"
        async for line, field, first in self._db.stream(_STATEMENTS[f"{self._name}_clashes"].sql, [updates]):
            error = _CLASHES.get((self._name, field), IdTaken)
            yield line, FieldError(f"/{field}", error.code, f"line {first} has it already" if first else error.title)

    async def dangling(self) -> AsyncIterator[tuple[int, FieldError]]:
        """Find the lines that name what does not exist, in order of lines."""
        async for line, field in self._db.stream(_STATEMENTS[f"{self._name}_dangling"].sql, []):
            yield line, _DANGLING[field]

    async def discard(self, lines: Sequence[int]) -> None:
        """Let go of lines that are refused."""
        await self._db.run(_STATEMENTS["discard"].sql, [lines])

    async def store(self, on_progress: Callable[[int, int], object]) -> Outcome:
        """Store what is held; nothing of it when a rule of the database is broken.

        Raises:
            Conflict: a line brings what is there already.
            Missing: a line names what does not exist.
            Invalid: a line breaks another rule.
        """
        return await self._db.transact(lambda _same: self._store(on_progress))

    async def _store(self, on_progress: Callable[[int, int], object]) -> Outcome:
        stored = updated = 0
        if self._on_conflict == "update":
            for name in self._kind.updates:
                count = await self._db.run(_STATEMENTS[f"{self._name}_{name}"].sql)
                updated += count if name == "update" else 0
        keep = {"fail": "", "skip": " ON CONFLICT DO NOTHING", "update": f" ON CONFLICT {self._kind.key} DO NOTHING"}
        insert = _STATEMENTS[f"{self._name}_insert"].sql + keep[self._on_conflict]
        row = await self._db.fetch_row(_STATEMENTS["pages"].sql, [])
        pages = row[0] if row else 0
        for page in range(0, pages, PAGES_AT_A_TIME):
            stored += await self._db.run(insert, [page, page + PAGES_AT_A_TIME])
            on_progress(min(page + PAGES_AT_A_TIME, pages), pages)
        for name in self._kind.after:
            await self._db.run(_STATEMENTS[f"{self._name}_{name}"].sql)
        return Outcome(stored, updated)


BROKEN: Final = (Conflict, Missing, Invalid)
"""What a constraint that breaks while rows are stored can mean."""
