"""Commands of `freehold organizations` that invite."""

from functools import partial

import click

from freehold import Invitation, NewInvitation, Platform
from freehold.cli.declare import Fetch, lists, shows
from freehold.cli.references import organization_reference, read_id
from freehold.validation import parse


@click.command()
@click.argument("organization")
@click.argument("email")
@click.option(
    "--role", default="member", show_default=True, help="What they are to be: admin, member or a role of your own."
)
@shows
async def invite(platform: Platform, *, organization: str, email: str, role: str) -> Invitation:
    """Invite somebody by mail, who need not have an account."""
    reference = organization_reference(organization)
    return await platform.organizations.invitations.create(
        reference, parse(NewInvitation, {"email": email, "role": role})
    )


@click.command()
@click.argument("organization")
@lists("id", "email", "role", "expires_at")
def invitations(platform: Platform, *, organization: str) -> Fetch[Invitation]:
    """List the invitations that nobody has accepted, newest first."""
    return partial(platform.organizations.invitations.list, organization_reference(organization))


@click.command()
@click.argument("organization")
@click.argument("invitation")
@shows
async def resend_invitation(platform: Platform, *, organization: str, invitation: str) -> Invitation:
    """Mail an invitation again, with a new token and its whole time."""
    reference = organization_reference(organization)
    return await platform.organizations.invitations.resend(reference, read_id(invitation, "/invitation"))


@click.command()
@click.argument("organization")
@click.argument("invitation")
@shows
async def revoke_invitation(platform: Platform, *, organization: str, invitation: str) -> Invitation:
    """Revoke an invitation: its token no longer works."""
    reference, invitation_id = organization_reference(organization), read_id(invitation, "/invitation")
    found = await platform.organizations.invitations.get(reference, invitation_id)
    await platform.organizations.invitations.revoke(reference, invitation_id)
    return found
