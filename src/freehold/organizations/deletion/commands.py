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
@click.option(
    "--permanently", is_flag=True, help="Remove an organization for good that you deleted before, without waiting."
)
@runs
async def delete(context: Context, *, organization: str, permanently: bool, as_json: bool) -> int:
    """Delete an organization. Prints until when you can restore it."""
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
    """Restore a deleted organization with its members, projects and invitations."""
    return await operations.restore(context, organization_reference(organization))


@click.command()
@lists("id", "slug", "name", "deleted_at", "restorable_until")
def deleted(context: Context) -> Fetch[DeletedOrganization]:
    """List deleted organizations that you can restore, newest first."""
    return partial(operations.list_all, context)
