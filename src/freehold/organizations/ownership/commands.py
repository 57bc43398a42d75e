"""Commands of `freehold organizations` about ownership."""

import click

from freehold.data.context import Context
from freehold.organizations.ownership import operations
from freehold.organizations.ownership.types import OwnerOffer
from freehold.organizations.types import NewOwner, Organization
from freehold.terminal.declare import shows
from freehold.terminal.references import organization_reference
from freehold.users.looking_up import find_user


@click.command()
@click.argument("organization")
@click.argument("user")
@shows
async def hand_over(context: Context, *, organization: str, user: str) -> Organization:
    """Make a member the owner of an organization, without asking. The previous owner becomes an admin."""
    reference = organization_reference(organization)
    return await operations.hand_over(context, reference, NewOwner(user_id=(await find_user(context, user)).id))


@click.command()
@click.argument("organization")
@click.argument("user")
@shows
async def offer_ownership(context: Context, *, organization: str, user: str) -> OwnerOffer:
    """Offer the ownership of an organization to a member, who can accept it within 7 days."""
    reference = organization_reference(organization)
    return await operations.offer(context, reference, NewOwner(user_id=(await find_user(context, user)).id))


@click.command()
@click.argument("organization")
@shows
async def owner_offer(context: Context, *, organization: str) -> OwnerOffer:
    """Show the open offer of ownership of an organization."""
    return await operations.get(context, organization_reference(organization))


@click.command()
@click.argument("organization")
@shows
async def withdraw_offer(context: Context, *, organization: str) -> OwnerOffer:
    """Withdraw the offer of ownership of an organization."""
    reference = organization_reference(organization)
    found = await operations.get(context, reference)
    await operations.withdraw(context, reference)
    return found
