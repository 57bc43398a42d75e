"""Actions that applications declared, as roles and keys name them."""

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

from freehold.access import queries
from freehold.access.actions import AccountAction, Action
from freehold.base.cleaning import RESERVED_NOUNS
from freehold.base.errors import Conflict, Missing
from freehold.base.scalars import ACTION
from freehold.data.context import Context
from freehold.data.own_actions import OwnActions
from freehold.data.sql import Executor

_FREEHOLDS: Final = frozenset[str](Action)

ActionName = Annotated[
    str,
    msgspec.Meta(
        min_length=ACTION.min_length,
        max_length=ACTION.max_length,
        pattern=ACTION.pattern,
        description=(
            "an action: one of Freehold's, which `x-extensible-enum` lists, or one that an application declared, such "
            "as invoice.read"
        ),
        examples=[Action.PROJECT_READ.value],
        extra_json_schema={"x-extensible-enum": [action.value for action in Action]},
    ),
    ACTION,
]
"""An open choice: what it is chosen from grows with every application, and a client must not fail on one it does not
know."""


class UnknownAction(Conflict):
    """A role or key is to have an action that Freehold does not have and no application declared."""

    code = "unknown_action"
    title = "There is no such action"

    def __init__(self, names: Iterable[str] = ()) -> None:
        super().__init__(
            f"There is no action {', '.join(sorted(names))}: list the actions that there are, or have your application "
            "declare it first"
        )


class NoSuchAction(Missing):
    """There is no action with this name."""

    code = "no_such_action"
    title = "There is no action with this name"
    explanation = "There is no action with this name: list the actions that there are"


async def require_known(db: Executor, actions: Iterable[str]) -> None:
    """Return when each of these exists. An application's is not deleted before the transaction ends.

    Raises:
        UnknownAction: ``unknown_action``, naming those that do not.
    """
    names = sorted(frozenset(actions) - _FREEHOLDS)
    if names:
        lacking = frozenset(names).difference(await queries.declared(db, names=names))
        if lacking:
            raise UnknownAction(lacking)


async def own_actions(context: Context) -> OwnActions:
    """Give the actions that applications declare now, where no check of access has just asked for them."""
    return await context.tools.own_actions.at(context.db, await queries.own_version(context.db))


def readable_action(action: Action | str) -> str:
    """Return the name of an action that can exist; whether an application declared it, the database knows.

    Raises:
        ValueError: it is not one of Freehold's, and no application could declare it.
    """
    if action in _FREEHOLDS:
        return Action(action)
    try:
        name = ACTION.check(action)
    except ValueError as error:
        raise ValueError(f"There is no action '{action}': its name {error}") from None
    if name.partition(".")[0] in RESERVED_NOUNS:
        outside = " in an organization" if name in frozenset[str](AccountAction) else ""
        raise ValueError(f"There is no action '{name}'{outside}: use one of {', '.join(Action)}, or one of your own")
    return name
