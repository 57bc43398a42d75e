"""Commands of `freehold organizations` that delete and restore."""

import click

from freehold import DeletedOrganization, Organization, Platform
from freehold.cli.declare import Fetch, lists, runs, shows
from freehold.cli.output import print_entity, print_json
from freehold.cli.references import organization_reference


@click.command()
@click.argument("organization")
@click.option("--permanently", is_flag=True, help="Remove one that was deleted before for good, ahead of its time.")
@runs
async def delete(platform: Platform, *, organization: str, permanently: bool, as_json: bool) -> int:
    """Delete an organization; it can be restored for some time, which is printed."""
    reference = organization_reference(organization)
    if permanently:
        await platform.organizations.purge(reference)
        return 0
    deleted = await platform.organizations.delete(reference)
    (print_json if as_json else print_entity)(deleted)
    return 0


@click.command()
@click.argument("organization")
@shows
async def restore(platform: Platform, *, organization: str) -> Organization:
    """Restore a deleted organization, with members, projects and invitations."""
    return await platform.organizations.restore(organization_reference(organization))


@click.command()
@lists("id", "slug", "name", "deleted_at", "restorable_until")
def deleted(platform: Platform) -> Fetch[DeletedOrganization]:
    """List deleted organizations that can be restored, newest first."""
    return platform.organizations.list_deleted
