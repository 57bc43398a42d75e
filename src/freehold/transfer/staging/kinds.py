"""Which statements hold, compare and store the rows of each kind."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, NamedTuple, Protocol

from freehold.data.sql import Runner, Streamer
from freehold.transfer.staging import queries
from freehold.transfer.types import KindName


class Insert(Protocol):
    """Stores the lines between two pages of the table, and gives how many rows are new."""

    def __call__(self, db: Runner, /, *, first_page: int, end_page: int) -> Awaitable[int]:
        """Run the statement."""
        ...


class Clashes(Protocol):
    """Finds the lines that bring what is there already."""

    def __call__(self, db: Streamer, /, *, updates: bool) -> AsyncIterator[queries.Clash]:
        """Run the statement."""
        ...


class Kind(NamedTuple):
    """How rows of a kind are held, compared and stored.

    Attributes:
        stage: makes the table.
        clashes: finds the lines that bring what is there already.
        dangling: finds those that name what does not exist.
        insert: stores lines; one that is there breaks a constraint.
        insert_new: stores lines that are not there.
        insert_others: stores the lines that ``update`` has not dealt with.
        update: changes the rows that differ from their lines.
        before_update: is run before it.
        after: is run when all is stored.
        stranding: finds the lines of an update that would leave the platform without an administrator.
    """

    stage: Callable[[Runner], Awaitable[int]]
    clashes: Clashes
    dangling: Callable[[Streamer], AsyncIterator[queries.Dangling]] | None
    insert: Insert
    insert_new: Insert
    insert_others: Insert
    update: Callable[[Runner], Awaitable[int]]
    before_update: tuple[Callable[[Runner], Awaitable[int]], ...] = ()
    after: tuple[Callable[[Runner], Awaitable[int]], ...] = ()
    stranding: Callable[[Streamer], AsyncIterator[queries.Dangling]] | None = None


KINDS: Final[dict[KindName, Kind]] = {
    "users": Kind(
        queries.users_stage,
        queries.users_clashes,
        None,
        queries.users_insert,
        queries.users_insert_new,
        queries.users_insert_others,
        queries.users_update,
        (queries.users_end_access,),
        (queries.users_use_up,),
        queries.users_stranding,
    ),
    "organizations": Kind(
        queries.organizations_stage,
        queries.organizations_clashes,
        queries.organizations_dangling,
        queries.organizations_insert,
        queries.organizations_insert_new,
        queries.organizations_insert_others,
        queries.organizations_update,
        (queries.organizations_take_slugs,),
        (queries.organizations_drop_claims, queries.organizations_owners, queries.organizations_use_up),
    ),
    "members": Kind(
        queries.members_stage,
        queries.members_clashes,
        queries.members_dangling,
        queries.members_insert,
        queries.members_insert_new,
        queries.members_insert_others,
        queries.members_update,
        (queries.members_touch_updated,),
        (queries.members_touch, queries.members_use_up),
    ),
    "projects": Kind(
        queries.projects_stage,
        queries.projects_clashes,
        queries.projects_dangling,
        queries.projects_insert,
        queries.projects_insert_new,
        queries.projects_insert_others,
        queries.projects_update,
        (),
        (),
    ),
}
