"""The command of `freehold sessions` that acts for a user."""

import click

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.sessions.acting import operations
from freehold.sessions.acting.types import MOST_MINUTES, Impersonation, NewImpersonation
from freehold.terminal.declare import shows
from freehold.users.looking_up import find_user


@click.command()
@click.argument("user")
@click.option("--admin", required=True, help="The platform administrator who acts: a username, an id or an address.")
@click.option("--reason", required=True, help="Why. The audit log keeps it, and the user can read it.")
@click.option("--minutes", type=int, default=MOST_MINUTES, show_default=True, help="How long: at most 60.")
@shows
async def impersonate(context: Context, *, user: str, admin: str, reason: str, minutes: int) -> Impersonation:
    """Let a platform administrator act for a user, and print the token of the session."""
    new = parse(NewImpersonation, {"reason": reason, "minutes": minutes})
    admin_id = (await find_user(context, admin)).id
    return await operations.begin(context, (await find_user(context, user)).id, new, admin_id=admin_id)
