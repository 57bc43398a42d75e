"""`freehold actions`."""

import json
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any, Final, TypeVar

import click

from freehold.access import Role
from freehold.actions import operations
from freehold.actions.types import ActionDeclaration, ActionEntry, ActionRemoval
from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.data.paging import Page
from freehold.terminal.declare import Fetch, lists, shows
from freehold.terminal.output import print_json, print_rows

COLUMNS: Final = ("name", "roles", "applications", "built_in")
Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def actions() -> None:
    """Declare, list, show and delete actions of your own, which roles and API keys can have."""


def _of_role(role: Role, who: str) -> Callable[[Command], Command]:
    return click.option(
        f"--{role}", f"of_{role}", multiple=True, metavar="ACTION", help=f"An action that {who} can do. Repeatable."
    )


@actions.command()
@click.argument("application")
@_of_role(Role.MEMBER, "every member")
@_of_role(Role.ADMIN, "admins and the owner")
@_of_role(Role.OWNER, "only the owner")
@click.option(
    "--file",
    "listed",
    type=click.File(encoding="utf-8"),
    help='JSON file of actions: [{"name": "invoice.read", "roles": ["member"], "description": "See invoices"}]. '
    "Standard input is -.",
)
@click.option(
    "--revision",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Raise it to change the roles of an action. A lower one than was declared before changes nothing.",
)
@shows
async def declare(
    context: Context,
    *,
    application: str,
    of_member: tuple[str, ...],
    of_admin: tuple[str, ...],
    of_owner: tuple[str, ...],
    listed: TextIOWrapper | None,
    revision: int,
    as_json: bool,
) -> int:
    """Declare actions of an application, such as invoice.read. What was declared before stays."""
    given = {Role.MEMBER: of_member, Role.ADMIN: of_admin, Role.OWNER: of_owner}
    new = [{"name": name, "roles": [role.value]} for role, names in given.items() for name in names]
    new += _read(listed) if listed else []
    if not new:
        raise click.UsageError("Name an action: add --member ACTION, --admin ACTION, --owner ACTION or --file FILE")
    declaration = parse(ActionDeclaration, {"application": application, "actions": new, "revision": revision})
    declared = await operations.declare(context, declaration)
    if as_json:
        print_json(Page(data=declared))
    else:
        print_rows(declared, COLUMNS)
    return 0


def _read(listed: TextIOWrapper) -> list[Any]:
    try:
        found = json.load(listed)
    except ValueError as error:
        raise click.UsageError(f"{listed.name} is not JSON: {error}") from None
    if not isinstance(found, list):
        raise click.UsageError(f'{listed.name} must be a list of actions, such as [{{"name": "invoice.read"}}]')
    return found


@actions.command("list")
@lists(*COLUMNS)
def list_all(context: Context) -> Fetch[ActionEntry]:
    """List all actions: Freehold's first, then those that applications declared, by name."""
    return lambda request: operations.list_all(context, request)


@actions.command()
@click.argument("action")
@shows
async def show(context: Context, *, action: str) -> ActionEntry:
    """Show an action: which built-in roles have it, and which applications declared it."""
    return await operations.get(context, action)


@actions.command()
@click.argument("action")
@click.option("--force", is_flag=True, help="Delete it even if roles or API keys have it. It then gives them nothing.")
@shows
async def delete(context: Context, *, action: str, force: bool) -> ActionRemoval:
    """Delete an action that an application declared, and say which custom roles and API keys had it."""
    return await operations.delete(context, action, force=force)
