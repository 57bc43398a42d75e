"""`freehold roles`."""

import click

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.organizations.roles import operations
from freehold.organizations.roles.types import CustomRole, NewCustomRole, RoleEntry, RolePatch
from freehold.terminal.declare import Fetch, changes, lists, shows
from freehold.terminal.references import organization_reference, role_reference

_actions = click.option(
    "--action",
    "actions",
    multiple=True,
    metavar="ACTION",
    help="An action that the role includes, such as project.read. Repeatable.",
)


@click.group()
def roles() -> None:
    """Create, list, show, update and delete the custom roles of an organization."""


@roles.command()
@click.argument("organization")
@click.argument("name")
@_actions
@shows
async def create(context: Context, *, organization: str, name: str, actions: tuple[str, ...]) -> CustomRole:
    """Create a custom role. It always includes organization.read."""
    new = parse(NewCustomRole, {"name": name, "actions": actions})
    return await operations.create(context, organization_reference(organization), new)


@roles.command("list")
@click.argument("organization")
@lists("name", "built_in", "actions")
def list_all(context: Context, *, organization: str) -> Fetch[RoleEntry]:
    """List the roles of an organization: built-in roles first, then custom roles by name."""
    reference = organization_reference(organization)
    return lambda request: operations.list_all(context, reference, request)


@roles.command()
@click.argument("organization")
@click.argument("role")
@shows
async def show(context: Context, *, organization: str, role: str) -> CustomRole | RoleEntry:
    """Show a role (a name or an id)."""
    return await operations.get(context, organization_reference(organization), role_reference(role))


@roles.command()
@click.argument("organization")
@click.argument("role")
@click.option("--name", help="New name of the role.")
@_actions
@shows
async def update(
    context: Context, *, organization: str, role: str, name: str | None, actions: tuple[str, ...]
) -> CustomRole:
    """Update a role (a name or an id) for everybody who has it. The given actions replace all previous ones."""
    patch = parse(RolePatch, changes(name=name, actions=actions or None))
    reference = organization_reference(organization)
    return await operations.update(context, reference, role_reference(role), patch)


@roles.command()
@click.argument("organization")
@click.argument("role")
@shows
async def delete(context: Context, *, organization: str, role: str) -> None:
    """Delete a role (a name or an id). No member may have it."""
    await operations.delete(context, organization_reference(organization), role_reference(role))
