"""Commands of `freehold organizations` that invite."""

from functools import partial

import click

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.organizations.invitations import operations
from freehold.organizations.invitations.types import Invitation, NewInvitation
from freehold.terminal.declare import Fetch, lists, shows
from freehold.terminal.references import organization_reference, read_id


@click.command()
@click.argument("organization")
@click.argument("email")
@click.option(
    "--role", default="member", show_default=True, help="Role of the new member: admin, member or a custom role."
)
@shows
async def invite(context: Context, *, organization: str, email: str, role: str) -> Invitation:
    """Invite somebody to an organization by mail, with or without an account."""
    reference = organization_reference(organization)
    return await operations.create(context, reference, parse(NewInvitation, {"email": email, "role": role}))


@click.command()
@click.argument("organization")
@lists("id", "email", "role", "expires_at")
def invitations(context: Context, *, organization: str) -> Fetch[Invitation]:
    """List the open invitations of an organization, newest first."""
    return partial(operations.list_all, context, organization_reference(organization))


@click.command()
@click.argument("organization")
@click.argument("invitation")
@shows
async def resend_invitation(context: Context, *, organization: str, invitation: str) -> Invitation:
    """Send an invitation again, with a new token and a new expiry."""
    reference = organization_reference(organization)
    return await operations.resend(context, reference, read_id(invitation, "/invitation"))


@click.command()
@click.argument("organization")
@click.argument("invitation")
@shows
async def revoke_invitation(context: Context, *, organization: str, invitation: str) -> Invitation:
    """Revoke an invitation, so that its token no longer works."""
    reference, invitation_id = organization_reference(organization), read_id(invitation, "/invitation")
    found = await operations.get(context, reference, invitation_id)
    await operations.revoke(context, reference, invitation_id)
    return found
