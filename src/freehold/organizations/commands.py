"""`freehold organizations`."""

import click

from freehold import Access, AccessQuestion, Member, NewOrganization, NewOwner, NewRole, Organization, Platform
from freehold.cli.declare import Fetch, lists, shows
from freehold.cli.references import find_user, organization_reference
from freehold.organizations.deletion import commands as deletion
from freehold.organizations.invitations import commands as invitations
from freehold.validation import parse


@click.group()
def organizations() -> None:
    """Make, list and show organizations; invite people, delete and restore."""


@organizations.command()
@click.argument("name")
@click.option("--owner", required=True, metavar="USER", help="Who owns it: a username or an id.")
@click.option("--slug", help="Its name in addresses; by default made from NAME.")
@shows
async def create(platform: Platform, *, name: str, owner: str, slug: str | None) -> Organization:
    """Make an organization."""
    new = NewOrganization(name=name, slug=slug)
    return await platform.organizations.create(new, owner_id=(await find_user(platform, owner, "/owner")).id)


@organizations.command("list")
@lists("id", "slug", "name", "members_count", "created_at")
def list_all(platform: Platform) -> Fetch[Organization]:
    """List organizations, newest first."""
    return platform.organizations.list


@organizations.command()
@click.argument("organization")
@shows
async def show(platform: Platform, *, organization: str) -> Organization:
    """Show an organization, named by slug or id."""
    return await platform.organizations.get(organization_reference(organization))


@organizations.command()
@click.argument("organization")
@click.argument("user")
@click.option(
    "--role", default="member", show_default=True, help="What they are to be: admin, member or a role of your own."
)
@shows
async def add_member(platform: Platform, *, organization: str, user: str, role: str) -> Member:
    """Add a user to an organization, or change a member's role. Name them by username or id, it by slug or id."""
    reference = organization_reference(organization)
    found = await find_user(platform, user)
    return await platform.organizations.members.put(reference, found.id, NewRole(role=role))


@organizations.command()
@click.argument("organization")
@click.argument("user")
@shows
async def remove_member(platform: Platform, *, organization: str, user: str) -> Organization:
    """Remove a user from an organization."""
    reference = organization_reference(organization)
    await platform.organizations.members.remove(reference, (await find_user(platform, user)).id)
    return await platform.organizations.get(reference)


@organizations.command()
@click.argument("organization")
@click.argument("user")
@shows
async def hand_over(platform: Platform, *, organization: str, user: str) -> Organization:
    """Make a member the owner; who owned the organization before stays as an admin."""
    reference = organization_reference(organization)
    return await platform.organizations.hand_over(reference, NewOwner(user_id=(await find_user(platform, user)).id))


@organizations.command()
@click.argument("organization")
@click.argument("user")
@click.argument("action")
@shows
async def access(platform: Platform, *, organization: str, user: str, action: str) -> Access:
    """Say whether a user may do an action in an organization, such as project.delete, and through what."""
    reference = organization_reference(organization)
    found = await find_user(platform, user)
    question = parse(AccessQuestion, {"action": action, "user_id": found.id})
    return await platform.organizations.explain_access(reference, question)


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
