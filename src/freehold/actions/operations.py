"""What can be done with actions."""

from typing import Final

from freehold.access import (
    GRANTS,
    AccountAction,
    Action,
    By,
    NoSuchAction,
    Role,
    Writes,
    in_transaction,
    operation,
    ordered,
)
from freehold.actions import queries
from freehold.actions.errors import ActionInUse, BuiltInAction
from freehold.actions.planning import plan
from freehold.actions.queries import DeclaredRow
from freehold.actions.types import MOST_NAMED, ActionDeclaration, ActionEntry, ActionRemoval
from freehold.audit.recording import record
from freehold.base.errors import FieldError, Invalid
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest, read_page

_FROM_HIGHEST: Final = (Role.OWNER, Role.ADMIN, Role.MEMBER)
_FREEHOLDS: Final = tuple(
    ActionEntry(
        name=str(action),
        built_in=True,
        roles=tuple(role for role in _FROM_HIGHEST if action in GRANTS[role]),
        applications=(),
        description=None,
    )
    for action in ordered(Action)
)


@operation(AccountAction.ACTION_DECLARE, by=By.ADMIN, writes=Writes.OWN_TRANSACTION)
async def declare(context: Context, declaration: ActionDeclaration) -> list[ActionEntry]:
    """Declare the actions of an application, and return those that it has declared, by name.

    Roles and API keys can have them from then on, in every process. Nothing is written if all is as declared before, or
    if a higher ``revision`` was declared. What is left out stays declared.

    Raises:
        Invalid: an action is named twice.
        ActionTaken: ``action_taken``: another application declared an action for other roles.
        ActionChanged: ``action_changed``: the application itself did, in the same revision.
        TooManyActions: ``too_many_actions``: all applications together can have 100 actions.
    """
    _refuse_repeated(declaration)
    stored = await queries.all_declared(context.db)
    if not plan(stored, declaration).is_empty:

        async def store(inside: Context) -> list[DeclaredRow]:
            await queries.renew_version(inside.db)
            work = plan(await queries.all_declared(inside.db), declaration)
            if work.put:
                await queries.put(
                    inside.db,
                    names=[new.name for new in work.put],
                    lowest_roles=[new.lowest_role for new in work.put],
                    descriptions=[new.description for new in work.put],
                )
            if work.note:
                await queries.put_declarations(
                    inside.db, application=declaration.application, revision=declaration.revision, actions=work.note
                )
            if not work.is_empty:
                await record(
                    inside,
                    AccountAction.ACTION_DECLARE,
                    None,
                    application=declaration.application,
                    revision=declaration.revision,
                    actions=sorted(work.note),
                    stored=sorted(f"{new.name} for {new.lowest_role} and above" for new in work.put),
                )
            return await queries.all_declared(inside.db)

        stored = await in_transaction(context, store)
    return [_entry(row) for row in stored if declaration.application in row.applications]


@operation(AccountAction.ACTION_LIST, by=By.SIGNED_IN)
async def list_all(context: Context, request: PageRequest) -> Page[ActionEntry]:
    """List all actions: Freehold's first, then those that applications declared, by name.

    Raises:
        Unauthenticated: nobody is signed in.
        Invalid: the cursor belongs to another list.
    """

    async def every() -> list[ActionEntry]:
        return [*_FREEHOLDS, *map(_entry, await queries.all_declared(context.db))]

    async def fetch(after_built_in: int, after_name: str, limit: int) -> list[ActionEntry]:
        found = [
            *_FREEHOLDS[after_built_in:],
            *(each for each in (await every())[len(_FREEHOLDS) :] if each.name > after_name),
        ]
        return found[:limit]

    async def count() -> int:
        return len(await every())

    return await read_page(
        context.tools.cursors,
        request,
        listing="actions",
        start=(0, ""),
        fetch=fetch,
        position=lambda entry: (_FREEHOLDS.index(entry) + 1, "") if entry.built_in else (len(_FREEHOLDS), entry.name),
        count=count,
    )


@operation(AccountAction.ACTION_READ, by=By.SIGNED_IN)
async def get(context: Context, name: str) -> ActionEntry:
    """Read an action: which built-in roles have it, and which applications declared it.

    Raises:
        Unauthenticated: nobody is signed in.
        NoSuchAction: ``no_such_action``.
    """
    declared = map(_entry, await queries.all_declared(context.db))
    found = next((entry for entry in (*_FREEHOLDS, *declared) if entry.name == name), None)
    if found is None:
        raise NoSuchAction
    return found


@operation(AccountAction.ACTION_DELETE, by=By.ADMIN, writes=Writes.TRANSACTION)
async def delete(context: Context, name: str, *, force: bool = False) -> ActionRemoval:
    """Delete an action that applications declared, and return which custom roles and API keys had it.

    With ``force``, it is deleted even if some have it. It then gives them nothing; if an application declares it again,
    they have it again.

    Raises:
        NoSuchAction: ``no_such_action``.
        BuiltInAction: ``built_in_action``: it is one of Freehold's.
        ActionInUse: ``action_in_use``: naming the custom roles and API keys that have it.
    """
    if name in frozenset[str](Action):
        raise BuiltInAction
    # Whoever declares, deletes or gives a role waits here: first this row, then that of the action.
    await queries.renew_version(context.db)
    if await queries.lock(context.db, name=name) is None:
        raise NoSuchAction
    removal = ActionRemoval(
        name=name,
        role_count=await queries.count_roles(context.db, name=name),
        key_count=await queries.count_keys(context.db, name=name),
        roles=tuple(await queries.roles(context.db, name=name, limit=MOST_NAMED)),
        api_keys=tuple(await queries.keys(context.db, name=name, limit=MOST_NAMED)),
    )
    if (removal.role_count or removal.key_count) and not force:
        raise ActionInUse(_held_by(removal))
    await queries.delete(context.db, name=name)
    await record(
        context,
        AccountAction.ACTION_DELETE,
        None,
        name=name,
        roles=removal.role_count,
        api_keys=removal.key_count,
    )
    return removal


def _refuse_repeated(declaration: ActionDeclaration) -> None:
    names = [new.name for new in declaration.actions]
    problems = [
        FieldError(f"/actions/{index}/name", "duplicate", f"names {name} a second time")
        for index, name in enumerate(names)
        if name in names[:index]
    ]
    if problems:
        raise Invalid(problems)


def _entry(row: DeclaredRow) -> ActionEntry:
    return ActionEntry(
        name=row.name,
        built_in=False,
        roles=_FROM_HIGHEST[: _FROM_HIGHEST.index(Role(row.lowest_role)) + 1],
        applications=row.applications,
        description=row.description,
    )


def _held_by(removal: ActionRemoval) -> str:
    """Say who holds an action, with names."""
    holders = [
        *_named("custom role", removal.role_count, [f"{each.role} of {each.organization}" for each in removal.roles]),
        *_named(
            "API key",
            removal.key_count,
            [f"'{each.name}' of {each.organization or each.user} ({each.id})" for each in removal.api_keys],
        ),
    ]
    return (
        f"{removal.name} is in {' and '.join(holders)}: take it out of these first, or force the deletion, after which "
        "it gives them nothing"
    )


def _named(noun: str, count: int, names: list[str]) -> list[str]:
    if not count:
        return []
    more = f" and {count - len(names)} more" if count > len(names) else ""
    return [f"{count} {noun}{'' if count == 1 else 's'} ({', '.join(names)}{more})"]
