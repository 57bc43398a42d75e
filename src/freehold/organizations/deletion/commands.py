"""Commands of `freehold organizations` that delete and restore."""

import click

from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.organizations.deletion import operations
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.types import Organization
from freehold.terminal.declare import Fetch, lists, shows
from freehold.terminal.references import organization_reference
from freehold.users.looking_up import find_user


@click.command()
@click.argument("organization")
@click.option(
    "--permanently", is_flag=True, help="Remove an organization for good that you deleted before, without waiting."
)
@shows
async def delete(context: Context, *, organization: str, permanently: bool) -> DeletedOrganization | None:
    """Delete an organization. Prints until when you can restore it."""
    reference = organization_reference(organization)
    if permanently:
        await operations.purge(context, reference)
        return None
    return await operations.delete(context, reference)


@click.command()
@click.argument("organization")
@shows
async def restore(context: Context, *, organization: str) -> Organization:
    """Restore a deleted organization with its members, projects and invitations."""
    return await operations.restore(context, organization_reference(organization))


@click.command()
@click.option(
    "--user", metavar="USER", help="List only those that this user can restore: a username, an id or an e-mail address."
)
@lists("id", "slug", "name", "restorable_until", "deleted_at")
def deleted(context: Context, *, user: str | None) -> Fetch[DeletedOrganization]:
    """List deleted organizations that you can restore, newest first."""

    async def fetch(request: PageRequest) -> Page[DeletedOrganization]:
        if user is None:
            return await operations.list_all(context, request)
        return await operations.list_of_user(context, (await find_user(context, user)).id, request)

    return fetch
