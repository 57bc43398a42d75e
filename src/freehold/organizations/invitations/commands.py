"""Commands of `freehold organizations` that invite."""

from typing import Final, TextIO, get_args

import click
from msgspec.structs import asdict

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.organizations.invitations import operations
from freehold.organizations.invitations.types import (
    Invitation,
    InvitationResult,
    InvitationResults,
    InvitationsPageRequest,
    InvitationStatus,
    NewInvitation,
    NewInvitations,
    ReceivedInvitation,
)
from freehold.terminal.declare import Fetch, lists, shows
from freehold.terminal.output import print_entity, print_json
from freehold.terminal.references import organization_reference, read_id
from freehold.users.looking_up import find_user

MOST_AT_ONCE: Final = 100
"""How many invitations one call takes."""


@click.command()
@click.argument("organization")
@click.argument("email", required=False)
@click.option(
    "--role", default="member", show_default=True, help="Role of the new member: admin, member or a custom role."
)
@click.option(
    "--file",
    type=click.File(encoding="utf-8"),
    help="Invite everybody in a file (- for standard input): one address a line, perhaps with a comma and a role.",
)
@shows
async def invite(
    context: Context, *, organization: str, email: str | None, role: str, file: TextIO | None, as_json: bool
) -> int:
    """Invite somebody to an organization by mail, with or without an account; with --file, many people at once."""
    reference = organization_reference(organization)
    if (email is None) == (file is None):
        raise click.UsageError("Say whom to invite: EMAIL, or --file FILE.")
    if email is not None:
        made = await operations.create(context, reference, parse(NewInvitation, {"email": email, "role": role}))
        print_json(made) if as_json else print_entity(made)
        return 0
    entries = [_entry(line, role) for line in file or () if line.strip()]
    results: list[InvitationResult] = []
    for start in range(0, len(entries), MOST_AT_ONCE):
        part = parse(NewInvitations, {"invitations": entries[start : start + MOST_AT_ONCE]})
        results += (await operations.create_many(context, reference, part)).data
    invited = sum(result.invitation is not None for result in results)
    if as_json:
        print_json(InvitationResults(data=tuple(results), invited=invited))
    else:
        for result in results:
            click.echo(f"{result.email}\t{result.error.detail if result.error else 'invited'}")
        click.echo(f"{invited} of {len(results)} invited", err=True)
    return 0 if invited == len(results) else 1


def _entry(line: str, role: str) -> dict[str, str]:
    """Read a line: an address, perhaps with a comma and a role."""
    email, _, own_role = line.strip().partition(",")
    return {"email": email.strip(), "role": own_role.strip() or role}


@click.command()
@click.argument("organization")
@click.option(
    "--status",
    type=click.Choice([*get_args(InvitationStatus), "all"]),
    help="Only invitations with this status, of the last 90 days; by default, open and expired ones.",
)
@click.option("--sort", type=click.Choice(["newest", "oldest"]), help="The order; by default, newest.")
@lists("id", "email", "role", "status", "expires_at")
def invitations(context: Context, *, organization: str, **filters: str | None) -> Fetch[Invitation]:
    """List the invitations of an organization, newest first: by default, those that are open or expired."""

    async def fetch(page: PageRequest) -> Page[Invitation]:
        request = parse(InvitationsPageRequest, {**asdict(page), **filters})
        return await operations.list_all(context, organization_reference(organization), request)

    return fetch


@click.command()
@click.argument("organization")
@click.argument("invitation")
@shows
async def show_invitation(context: Context, *, organization: str, invitation: str) -> Invitation:
    """Show an invitation by its id: an open one, or one that ended in the last 90 days."""
    return await operations.get(context, organization_reference(organization), read_id(invitation, "/invitation"))


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
    await operations.revoke(context, reference, invitation_id)
    return await operations.get(context, reference, invitation_id)


@click.command()
@click.argument("user")
@lists("id", "organization.slug", "role", "inviter", "expires_at")
def received_invitations(context: Context, *, user: str) -> Fetch[ReceivedInvitation]:
    """List the open invitations to the confirmed address of a user (a username or an id), newest first."""

    async def fetch(request: PageRequest) -> Page[ReceivedInvitation]:
        return await operations.list_of_user(context, (await find_user(context, user)).id, request)

    return fetch


@click.command()
@click.argument("user")
@click.argument("invitation")
@shows
async def decline_invitation(context: Context, *, user: str, invitation: str) -> None:
    """Decline an invitation to the confirmed address of a user (a username or an id), by its id."""
    found = await find_user(context, user)
    await operations.decline_of_user(context, found.id, read_id(invitation, "/invitation"))
