"""Commands of `freehold users` that make platform administrators."""

import click

from freehold.data.context import Context
from freehold.terminal.declare import shows
from freehold.users.looking_up import find_user
from freehold.users.rights import operations
from freehold.users.types import User


@click.command()
@click.argument("user")
@shows
async def grant_admin(context: Context, *, user: str) -> User:
    """Make a user (a username, an id or an e-mail address) a platform administrator."""
    return await operations.grant(context, (await find_user(context, user)).id)


@click.command()
@click.argument("user")
@shows
async def revoke_admin(context: Context, *, user: str) -> User:
    """Take the rights of a platform administrator from a user. The last one keeps them."""
    return await operations.revoke(context, (await find_user(context, user)).id)
