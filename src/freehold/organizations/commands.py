"""`freehold organizations`."""

import click

from freehold import Access, AccessQuestion, Member, NewOrganization, NewRole, Organization, Platform
from freehold.cli.declare import Fetch, lists, shows
from freehold.cli.references import find_user, organization_reference
from freehold.validation import parse


@click.group()
def organizations() -> None:
    """Make, list and show organizations, and add members."""


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
@click.argument("action")
@shows
async def access(platform: Platform, *, organization: str, user: str, action: str) -> Access:
    """Say whether a user may do an action in an organization, such as project.delete, and through what."""
    reference = organization_reference(organization)
    found = await find_user(platform, user)
    question = parse(AccessQuestion, {"action": action, "user_id": found.id})
    return await platform.organizations.explain_access(reference, question)
