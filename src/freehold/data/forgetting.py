"""Forgets rows whose time is over, but for those that rows of your own tables refer to."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple

from freehold.base.errors import StillReferenced
from freehold.data import queries
from freehold.data.context import Context
from freehold.data.own_tables import SCHEMA, own_tables
from freehold.data.references import referred

Delete = Callable[[list[str]], Awaitable[object]]
"""Deletes what is over, but for the rows with these keys: their columns as text, with a space between."""

_TRIES: Final = 5
"""Rows of yours may come to refer to others meanwhile."""
_MOST_LOOKED_AT: Final = 50
_MOST_NAMED: Final = 5


class Over(NamedTuple):
    """Rows whose time is over.

    Attributes:
        table: one of Freehold's.
        key: the columns of its primary key.
        delete: deletes them.
    """

    table: str
    key: tuple[str, ...]
    delete: Delete


async def forget(context: Context, *overs: Over) -> None:
    """Delete what is over, and leave those rows that others refer to.

    Raises:
        StillReferenced: some are left, and all others gone; it names them, and what refers to them.
    """
    refused = []
    for over in overs:
        try:
            await _forget(context, over)
        except StillReferenced as error:
            refused.append(error)
    if refused:
        raise _together(refused)


async def _forget(context: Context, over: Over) -> None:
    kept: list[str] = []
    refused: StillReferenced | None = None
    for _ in range(_TRIES):
        try:
            await over.delete(kept)
        except StillReferenced as error:
            refused = refused or error
            found = await _referred(context, over)
            if set(found) <= set(kept):
                raise  # by rows that this role cannot read
            kept = found
        else:
            break
    else:
        raise refused or StillReferenced
    if refused is not None:
        raise _left(over, await _named(kept, over), refused)


async def _referred(context: Context, over: Over) -> list[str]:
    keys = await queries.foreign_keys(context.db, own_schema=SCHEMA, own_tables=own_tables())
    sql = referred(keys, over.table, over.key)
    return [] if sql is None else [row["key"] for row in await context.db.fetch(sql, [])]


async def _named(kept: list[str], over: Over) -> list[str]:
    """Find some of those whose time is over: only these are refused when they are no longer left out."""
    found: list[str] = []
    for each in kept[:_MOST_LOOKED_AT]:
        try:
            await over.delete([other for other in kept if other != each])
        except StillReferenced:
            found.append(each)
        if len(found) == _MOST_NAMED:
            break
    return found


def _left(over: Over, named: list[str], refused: StillReferenced) -> StillReferenced:
    tables = " and ".join(each.table for each in refused.references)
    examples = f" ({', '.join(named)}{', ...' if len(named) == _MOST_NAMED else ''})" if named else ""
    return StillReferenced(
        refused.references,
        f"rows of {over.table} whose time is over stay, because rows of {tables} refer to them{examples}; all others "
        "are gone. Delete these rows, or choose another ON DELETE: 'freehold tenants check' names the keys",
    )


def _together(errors: Sequence[StillReferenced]) -> StillReferenced:
    references = [each for error in errors for each in error.references]
    return StillReferenced(references, "; ".join(error.detail for error in errors))
