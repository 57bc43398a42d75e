"""Commands of `freehold organizations` that delete and restore."""

from functools import partial

import click

from freehold.data.context import Context
from freehold.organizations.deletion import operations
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.types import Organization
from freehold.terminal.declare import Fetch, lists, runs, shows
from freehold.terminal.output import print_entity, print_json
from freehold.terminal.references import organization_reference


@click.command()
@click.argument("organization")
@click.option("--permanently", is_flag=True, help="Remove one that was deleted before for good, ahead of its time.")
@runs
async def delete(context: Context, *, organization: str, permanently: bool, as_json: bool) -> int:
    """Delete an organization; it can be restored for some time, which is printed."""
    reference = organization_reference(organization)
    if permanently:
        await operations.purge(context, reference)
        return 0
    deleted = await operations.delete(context, reference)
    (print_json if as_json else print_entity)(deleted)
    return 0


@click.command()
@click.argument("organization")
@shows
async def restore(context: Context, *, organization: str) -> Organization:
    """Restore a deleted organization, with members, projects and invitations."""
    return await operations.restore(context, organization_reference(organization))


@click.command()
@lists("id", "slug", "name", "deleted_at", "restorable_until")
def deleted(context: Context) -> Fetch[DeletedOrganization]:
    """List deleted organizations that can be restored, newest first."""
    return partial(operations.list_all, context)
