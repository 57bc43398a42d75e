"""`freehold organizations`."""

from functools import partial

import click

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.organizations import operations
from freehold.organizations.deletion import commands as deletion
from freehold.organizations.invitations import commands as invitations
from freehold.organizations.members import operations as members
from freehold.organizations.members.types import Member, NewRole
from freehold.organizations.roles import operations as roles
from freehold.organizations.roles.types import Access, AccessQuestion
from freehold.organizations.types import NewOrganization, NewOwner, Organization
from freehold.terminal.declare import Fetch, lists, shows
from freehold.terminal.references import organization_reference
from freehold.users.commands import find_user


@click.group()
def organizations() -> None:
    """Create, list and show organizations; manage members and invitations; delete and restore."""


@organizations.command()
@click.argument("name")
@click.option("--owner", required=True, metavar="USER", help="Owner of the organization: a username or an id.")
@click.option("--slug", help="Name in URLs; by default, made from NAME.")
@shows
async def create(context: Context, *, name: str, owner: str, slug: str | None) -> Organization:
    """Create an organization."""
    new = NewOrganization(name=name, slug=slug)
    return await operations.create(context, new, owner_id=(await find_user(context, owner, "/owner")).id)


@organizations.command("list")
@lists("id", "slug", "name", "members_count", "created_at")
def list_all(context: Context) -> Fetch[Organization]:
    """List organizations, newest first."""
    return partial(operations.list_all, context)


@organizations.command()
@click.argument("organization")
@shows
async def show(context: Context, *, organization: str) -> Organization:
    """Show an organization (a slug or an id)."""
    return await operations.get(context, organization_reference(organization))


@organizations.command()
@click.argument("organization")
@click.argument("user")
@click.option("--role", default="member", show_default=True, help="Role of the member: admin, member or a custom role.")
@shows
async def add_member(context: Context, *, organization: str, user: str, role: str) -> Member:
    """Add a user (a username or an id) to an organization (a slug or an id), or change a member's role."""
    reference = organization_reference(organization)
    found = await find_user(context, user)
    return await members.put(context, reference, found.id, NewRole(role=role))


@organizations.command()
@click.argument("organization")
@click.argument("user")
@shows
async def remove_member(context: Context, *, organization: str, user: str) -> Organization:
    """Remove a user from an organization."""
    reference = organization_reference(organization)
    await members.remove(context, reference, (await find_user(context, user)).id)
    return await operations.get(context, reference)


@organizations.command()
@click.argument("organization")
@click.argument("user")
@shows
async def hand_over(context: Context, *, organization: str, user: str) -> Organization:
    """Make a member the owner of an organization. The previous owner becomes an admin."""
    reference = organization_reference(organization)
    return await operations.hand_over(context, reference, NewOwner(user_id=(await find_user(context, user)).id))


@organizations.command()
@click.argument("organization")
@click.argument("user")
@click.argument("action")
@shows
async def access(context: Context, *, organization: str, user: str, action: str) -> Access:
    """Show whether a user can do an action (such as project.delete) in an organization, and why."""
    reference = organization_reference(organization)
    found = await find_user(context, user)
    question = parse(AccessQuestion, {"action": action, "user_id": found.id})
    return await roles.explain(context, reference, question)


for command in (
    invitations.invite,
    invitations.invitations,
    invitations.resend_invitation,
    invitations.revoke_invitation,
    deletion.delete,
    deletion.restore,
    deletion.deleted,
):
    organizations.add_command(command)
