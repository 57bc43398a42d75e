"""Finding users, as a platform administrator: each combination of filters along the index that leads there."""

from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec

from freehold.access import AccountAction, By, operation
from freehold.base.errors import FieldError, Refused
from freehold.data.context import Context
from freehold.data.paging import FIRST_ID, LAST_ID, Page, PageRequest, read_page
from freehold.users.finding import queries
from freehold.users.finding.types import Found, Narrowing, UsersPageRequest
from freehold.users.types import User

_NEWEST: Final = {"all": queries.newest, "suspended": queries.newest_suspended, "admins": queries.newest_admins}
_OLDEST: Final = {"all": queries.oldest, "suspended": queries.oldest_suspended, "admins": queries.oldest_admins}
_BY_USERNAME: Final = {
    "all": queries.by_username,
    "suspended": queries.suspended_by_username,
    "admins": queries.admins_by_username,
}
_SEARCH: Final = {"all": queries.search, "suspended": queries.search_suspended, "admins": queries.search_admins}

_ENTRIES_A_USER: Final = 4
"""So many texts of a user are searched: a page is full unless much of it was shown by other texts before."""


@operation(AccountAction.USER_LIST, by=By.ADMIN)
async def list_all(context: Context, request: PageRequest) -> Page[User]:
    """List users, newest first, or as a ``UsersPageRequest`` says.

    Args:
        context: of a platform administrator.
        request: which page; a ``UsersPageRequest`` has filters, too.

    Raises:
        InvalidCursor: the cursor belongs to another list.
        Refused: ``q`` and ``sort`` are both given.
    """
    wanted = request if isinstance(request, UsersPageRequest) else UsersPageRequest(**msgspec.structs.asdict(request))
    if wanted.q is not None and wanted.sort is not None:
        detail = "cannot be combined with q: its results are in the order of what begins with it"
        raise Refused([FieldError("/sort", "invalid_sort", detail)])
    if wanted.email is not None or wanted.username is not None:
        return await _only_one(context, wanted)
    filters = {name: getattr(wanted, name) for name in ("q", "state", "admin", "sort")}
    read = partial(
        read_page, context.tools.cursors, wanted, listing=f"users:{filters}", count=partial(_count, context, wanted)
    )
    if wanted.q is None and wanted.sort != "username":
        return await _in_order_of_id(context, wanted, read)
    return await _in_order_of_text(context, wanted, read)


async def _in_order_of_id(context: Context, wanted: UsersPageRequest, read: Any) -> Page[User]:
    is_oldest = wanted.sort == "oldest"
    work: Any = (_OLDEST if is_oldest else _NEWEST)[_few(wanted)]
    after = "after_id" if is_oldest else "before_id"

    async def fetch(position: UUID, limit: int) -> list[User]:
        found: list[User] = await work(context.db, narrowing=_narrowing(wanted), limit=limit, **{after: position})
        return found

    page: Page[User] = await read(
        start=(FIRST_ID if is_oldest else LAST_ID,), fetch=fetch, position=lambda user: (user.id,)
    )
    return page


async def _in_order_of_text(context: Context, wanted: UsersPageRequest, read: Any) -> Page[User]:
    few = _few(wanted)
    if few == "suspended" and await queries.many_are_suspended(context.db):
        few = "all"  # who is, among all in order, is nearer than all of them in another order
    work: Any = (_BY_USERNAME if wanted.q is None else _SEARCH)[few]
    given: dict[str, Any] = {} if wanted.q is None else {"q": wanted.q, "folded": _folded(wanted.q)}
    if work is queries.search:
        given["entries"] = _ENTRIES_A_USER * (wanted.limit + 1)

    async def fetch(term: str, user_id: UUID, limit: int) -> list[Found]:
        found: list[Found] = await work(
            context.db, narrowing=_narrowing(wanted), after_term=term, after_id=user_id, limit=limit, **given
        )
        return found

    page: Page[Found] = await read(
        start=("", FIRST_ID),
        fetch=fetch,
        position=lambda found: (found.term, found.user.id),
        goes_on=lambda found: found.is_end,
    )
    return Page(
        data=[found.user for found in page.data if found.is_shown], next_cursor=page.next_cursor, total=page.total
    )


async def _only_one(context: Context, wanted: UsersPageRequest) -> Page[User]:
    """Find by what nobody else has: the first page is the last."""

    async def fetch(_position: UUID, _limit: int) -> list[User]:
        texts: dict[str, Any] = {"q": wanted.q, "folded": _folded(wanted.q or "")}
        narrowing = _narrowing(wanted)
        if wanted.username is not None:
            found = await queries.by_exact_username(
                context.db, narrowing=narrowing, username=wanted.username, email=wanted.email, **texts
            )
        else:
            found = await queries.by_exact_email(context.db, narrowing=narrowing, email=wanted.email or "", **texts)
        return [found] if found else []

    async def count() -> int:
        return len(await fetch(FIRST_ID, 1))

    return await read_page(
        context.tools.cursors,
        wanted,
        listing="users:one",
        start=(LAST_ID,),
        fetch=fetch,
        position=lambda user: (user.id,),
        count=count,
    )


async def _count(context: Context, wanted: UsersPageRequest) -> int:
    narrowing = _narrowing(wanted)
    if wanted.q is not None:
        return await queries.count_found(context.db, narrowing=narrowing, q=wanted.q, folded=_folded(wanted.q))
    counted = await queries.count_all(context.db)
    kinds = {
        (True, True): counted.suspended_admins,
        (True, False): counted.suspended - counted.suspended_admins,
        (False, True): counted.admins - counted.suspended_admins,
        (False, False): counted.users - counted.suspended - counted.admins + counted.suspended_admins,
    }
    return sum(
        number
        for (is_suspended, is_admin), number in kinds.items()
        if narrowing.is_suspended in {None, is_suspended} and narrowing.is_admin in {None, is_admin}
    )


def _narrowing(wanted: UsersPageRequest) -> Narrowing:
    return Narrowing(
        is_suspended=None if wanted.state is None else wanted.state == "suspended",
        is_admin=wanted.admin,
    )


def _few(wanted: UsersPageRequest) -> str:
    """Name the smallest set that has an index of its own and holds all that is asked for."""
    return "admins" if wanted.admin else "suspended" if wanted.state == "suspended" else "all"


def _folded(q: str) -> str:
    """Spell it as usernames and addresses are compared; in names, the database knows upper and lower case."""
    return q.lower()
