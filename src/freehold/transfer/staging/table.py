"""Holds the lines of a file in a temporary table, finds what speaks against them, and stores them.

They are sent to it by binary COPY. PostgreSQL then stores them in a few statements, which is the quickest way that
still can say what is done with a row that exists, and which of them are at fault when a constraint breaks.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

import msgspec

from freehold.base.errors import Conflict, FieldError, FreeholdError, Invalid, Missing
from freehold.data.db import Transaction
from freehold.organizations.errors import SlugTaken
from freehold.organizations.members.errors import AlreadyMember, NoSuchUser
from freehold.transfer.staging import queries
from freehold.transfer.staging.kinds import KINDS
from freehold.transfer.types import RECORDS, KindName, OnConflict
from freehold.users.errors import EmailTaken, IdTaken, UsernameTaken
from freehold.users.rights.errors import LastAdministrator

PAGES_AT_A_TIME: Final = 1000
"""8 MB of lines: enough that a statement's own cost is nothing, few enough that somebody sees it go on."""

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
    "role": FieldError("/role", "unknown_role", "The organization has no role with this name"),
    "suspended_at": FieldError("/suspended_at", LastAdministrator.code, LastAdministrator.title),
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
        self._kind = KINDS[kind]
        self._on_conflict = on_conflict
        self._columns = ("line", "given", *RECORDS[kind].__struct_fields__)

    async def begin(self) -> None:
        """Make the table."""
        await self._kind.stage(self._db)

    async def add(self, rows: Sequence[Sequence[object]]) -> None:
        """Hold rows: of each its line, which fields are given, and their values."""
        await self._db.copy("staged", self._columns, rows)

    async def end(self) -> None:
        """Let go of the table, so that the same transaction can hold another kind."""
        await queries.end(self._db)

    async def clashes(self) -> AsyncIterator[tuple[int, FieldError]]:
        """Find the lines that bring what is there already, in order of lines."""
        await queries.analyze(self._db)
        async for clash in self._kind.clashes(self._db, updates=self._on_conflict == "update"):
            error = _CLASHES.get((self._name, clash.field), IdTaken)
            reason = f"line {clash.first} has it already" if clash.first else error.title
            yield clash.line, FieldError(f"/{clash.field}", error.code, reason)

    async def dangling(self) -> AsyncIterator[tuple[int, FieldError]]:
        """Find the lines that name what does not exist, then those that would leave nobody to administer the platform.

        Each in order of lines.
        """
        stranding = self._kind.stranding if self._on_conflict == "update" else None
        for finds in (self._kind.dangling, stranding):
            if finds:
                async for found in finds(self._db):
                    yield found.line, _DANGLING[found.field]

    async def discard(self, lines: Sequence[int]) -> None:
        """Let go of lines that are refused."""
        await queries.discard(self._db, lines=lines)

    async def store(self, on_progress: Callable[[int, int], object]) -> Outcome:
        """Store what is held; nothing of it when a rule of the database is broken.

        Raises:
            Conflict: a line brings what is there already.
            Missing: a line names what does not exist.
            Invalid: a line breaks another rule.
        """
        return await self._db.transact(lambda _same: self._store(on_progress))

    async def _store(self, on_progress: Callable[[int, int], object]) -> Outcome:
        kind, stored, updated = self._kind, 0, 0
        if self._on_conflict == "update":
            for prepare in kind.before_update:
                await prepare(self._db)
            updated = await kind.update(self._db)
        insert = {"fail": kind.insert, "skip": kind.insert_new, "update": kind.insert_others}[self._on_conflict]
        pages = await queries.pages(self._db)
        for page in range(0, pages, PAGES_AT_A_TIME):
            stored += await insert(self._db, first_page=page, end_page=page + PAGES_AT_A_TIME)
            on_progress(min(page + PAGES_AT_A_TIME, pages), pages)
        for finish in kind.after:
            await finish(self._db)
        return Outcome(stored, updated)


BROKEN: Final = (Conflict, Missing, Invalid)
"""What a constraint that breaks while rows are stored can mean."""
