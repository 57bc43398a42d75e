"""The actions that applications declared, as a process knows them; every check of access tells whether it is behind."""

from typing import Final
from uuid import UUID

from freehold.data import queries
from freehold.data.sql import Executor

MOST_OWN_ACTIONS: Final = 100
"""How many actions all applications of a database can declare."""


class OwnActions:
    """What applications had declared at one version.

    Compared by identity, so that what is worked out from it can be remembered by it.

    Attributes:
        version: of the table; None for a database that was never asked.
        lowest_roles: action -> the lowest built-in role that has it, in the order of names.
    """

    __slots__ = ("lowest_roles", "version")

    def __init__(self, version: UUID | None, lowest_roles: dict[str, str]) -> None:
        self.version = version
        self.lowest_roles = lowest_roles


NO_OWN_ACTIONS: Final = OwnActions(None, {})


class KnownOwnActions:
    """The newest that this process read of them: one for each open platform."""

    __slots__ = ("current",)

    def __init__(self) -> None:
        self.current = NO_OWN_ACTIONS

    async def at(self, db: Executor, version: UUID | None) -> OwnActions:
        """Give what was declared at a version that was just read, or later; asks the database when that is not at hand.

        Args:
            db: where the version was read.
            version: as it was read.
        """
        known = self.current
        if known.version == version:
            return known
        rows = await queries.own_actions(db)
        read = OwnActions(
            rows[0].version if rows else None,
            {row.name: row.lowest_role for row in rows if row.name is not None and row.lowest_role is not None},
        )
        self.current = read
        return read
