"""Commands of `freehold users` that suspend."""

import click

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.terminal.declare import shows
from freehold.users.looking_up import find_user
from freehold.users.suspension import operations
from freehold.users.suspension.types import NewSuspension, Suspension
from freehold.users.types import User


@click.command()
@click.argument("user")
@click.option("--reason", help="Why, for platform administrators alone.")
@shows
async def suspend(context: Context, *, user: str, reason: str | None) -> Suspension:
    """Suspend a user (a username, an id or an e-mail address): at once, nothing lets them in."""
    new = parse(NewSuspension, {"reason": reason})
    return await operations.suspend(context, (await find_user(context, user)).id, new)


@click.command()
@click.argument("user")
@shows
async def resume(context: Context, *, user: str) -> User:
    """Let a suspended user (a username, an id or an e-mail address) sign in again."""
    return await operations.resume(context, (await find_user(context, user)).id)


@click.command()
@click.argument("user")
@shows
async def suspension(context: Context, *, user: str) -> Suspension:
    """Show since when a user (a username, an id or an e-mail address) is suspended, and why."""
    return await operations.get(context, (await find_user(context, user)).id)
