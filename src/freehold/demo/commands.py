"""`freehold demo`."""

import click

from freehold.data.context import Context
from freehold.demo import operations
from freehold.demo.operations import Loaded
from freehold.terminal.declare import shows
from freehold.terminal.failures import Refused
from freehold.users.looking_up import find_user


@click.command()
@click.option("--remove", is_flag=True, help="Remove the demonstration as a whole.")
@click.option("--for", "visitor", metavar="USER", help="Make this user an admin of its organizations.")
@shows
async def demo(context: Context, *, remove: bool, visitor: str | None) -> Loaded:
    """Load a small demonstration to look at, or remove it.

    It has 3 organizations, 12 users, 40 projects and the audit log of their making. Nobody can sign in as its users,
    and they get no mail. Give your own user with --for to see its organizations in the console.
    """
    if remove and visitor is not None:
        raise Refused("--remove and --for do not go together: give one of them")
    if remove:
        return await operations.remove(context)
    user_id = (await find_user(context, visitor)).id if visitor is not None else None
    return await operations.load(context, visitor=user_id)
