"""`freehold organizations`."""

import click
from msgspec.structs import asdict

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.organizations import operations
from freehold.organizations.deletion import commands as deletion
from freehold.organizations.invitations import commands as invitations
from freehold.organizations.members import operations as members
from freehold.organizations.members.types import Member, MembersPageRequest, NewRole
from freehold.organizations.ownership import commands as ownership
from freehold.organizations.roles import operations as roles
from freehold.organizations.roles.types import Access, AccessQuestion
from freehold.organizations.types import (
    NewOrganization,
    Organization,
    OrganizationPatch,
    OrganizationsPageRequest,
    SlugCheck,
)
from freehold.terminal.declare import Fetch, changes, lists, shows
from freehold.terminal.objects import metadata_options, read_metadata
from freehold.terminal.references import organization_reference
from freehold.users.looking_up import find_user


@click.group()
def organizations() -> None:
    """Create, list, update, delete and restore organizations; manage members and invitations."""


@organizations.command()
@click.argument("name")
@click.option(
    "--owner", required=True, metavar="USER", help="Owner of the organization: a username, an id or an e-mail address."
)
@click.option("--slug", help="Name in URLs; by default, made from NAME.")
@click.option("--feature", "features", multiple=True, metavar="FEATURE", help="A feature to turn on. Repeatable.")
@metadata_options("public_metadata", "private_metadata")
@shows
async def create(
    context: Context, *, name: str, owner: str, slug: str | None, features: tuple[str, ...], **kept: str | None
) -> Organization:
    """Create an organization."""
    new = parse(NewOrganization, {"name": name, "slug": slug, "features": list(features), **read_metadata(kept)})
    return await operations.create(context, new, owner_id=(await find_user(context, owner, "/owner")).id)


@organizations.command("check-slug")
@click.argument("slug")
@shows
async def check_slug(context: Context, *, slug: str) -> SlugCheck:
    """Say whether an organization could have a slug."""
    return await operations.check_slug(context, slug)


@organizations.command("list")
@click.option(
    "--user", metavar="USER", help="List only the organizations of this user: a username, an id or an e-mail address."
)
@click.option("--q", metavar="TEXT", help="List only organizations whose name or slug begins with TEXT.")
@click.option("--feature", help="List only organizations with this feature; takes --user.")
@click.option("--sort", type=click.Choice(["newest", "oldest"]), help="The order; by default, newest.")
@lists("id", "slug", "name", "members_count", "created_at")
def list_all(context: Context, *, user: str | None, **filters: str | None) -> Fetch[Organization]:
    """List organizations, newest first."""

    async def fetch(page: PageRequest) -> Page[Organization]:
        request = parse(OrganizationsPageRequest, {**asdict(page), **filters})
        if user is None:
            return await operations.list_all(context, request)
        return await operations.list_of_user(context, (await find_user(context, user)).id, request)

    return fetch


@organizations.command()
@click.argument("organization")
@shows
async def show(context: Context, *, organization: str) -> Organization:
    """Show an organization (a slug or an id)."""
    return await operations.get(context, organization_reference(organization))


@organizations.command()
@click.argument("organization")
@click.option("--name", help="New name.")
@click.option("--slug", help="New name in URLs.")
@click.option("--feature", "features", multiple=True, metavar="FEATURE", help="Feature to switch on. Repeatable.")
@click.option("--no-features", is_flag=True, help="Switch all features off.")
@metadata_options("public_metadata", "private_metadata")
@shows
async def update(
    context: Context,
    *,
    organization: str,
    name: str | None,
    slug: str | None,
    features: tuple[str, ...],
    no_features: bool,
    **kept: str | None,
) -> Organization:
    """Update an organization (a slug or an id). The given features replace all previous ones."""
    chosen = () if no_features else features or None
    patch = parse(OrganizationPatch, changes(read_metadata(kept), name=name, slug=slug, features=chosen))
    return await operations.update(context, organization_reference(organization), patch)


@organizations.command("members")
@click.argument("organization")
@click.option("--q", metavar="TEXT", help="Only members whose username or name begins with TEXT.")
@click.option("--role", help="Only members with this role: owner, admin, member or a custom role.")
@click.option("--sort", type=click.Choice(["newest", "oldest"]), help="The order of joining; by default, oldest.")
@lists("user.id", "user.username", "role", "joined_at")
def list_members(context: Context, *, organization: str, **filters: str | None) -> Fetch[Member]:
    """List the members of an organization, in the order in which they joined."""

    async def fetch(request: PageRequest) -> Page[Member]:
        wanted = parse(MembersPageRequest, {**asdict(request), **filters})
        return await members.list_all(context, organization_reference(organization), wanted)

    return fetch


@organizations.command()
@click.argument("organization")
@click.argument("user")
@shows
async def show_member(context: Context, *, organization: str, user: str) -> Member:
    """Show a member of an organization (a username, an id or an e-mail address)."""
    reference = organization_reference(organization)
    return await members.get(context, reference, (await find_user(context, user)).id)


@organizations.command()
@click.argument("organization")
@click.argument("user")
@click.option("--role", default="member", show_default=True, help="Role of the member: admin, member or a custom role.")
@shows
async def add_member(context: Context, *, organization: str, user: str, role: str) -> Member:
    """Add a user (a username, an id or an e-mail address) to an organization, or change a member's role."""
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
    left = await members.remove(context, reference, (await find_user(context, user)).id)
    for key in left.api_keys if left else ():
        click.echo(f"left behind: API key '{key.name}' ({key.id}), which keeps working", err=True)
    for sent in left.invitations if left else ():
        click.echo(f"left behind: invitation of {sent.email} ({sent.id}), which works once it is sent again", err=True)
    return await operations.get(context, reference)


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
    invitations.show_invitation,
    invitations.resend_invitation,
    invitations.revoke_invitation,
    invitations.received_invitations,
    invitations.decline_invitation,
    deletion.delete,
    deletion.restore,
    deletion.deleted,
    ownership.hand_over,
    ownership.offer_ownership,
    ownership.owner_offer,
    ownership.withdraw_offer,
):
    organizations.add_command(command)
