"""`freehold sessions`."""

import click

from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.sessions import operations
from freehold.sessions.acting.commands import impersonate
from freehold.sessions.types import Session
from freehold.terminal.declare import Fetch, also_named, lists, shows
from freehold.terminal.references import read_id
from freehold.users.looking_up import find_user


@click.group()
def sessions() -> None:
    """List and end the sessions of a user, and act for one."""


@sessions.command("list")
@click.argument("user")
@lists("id", "device", "ip", "created_at", "last_used_at", "expires_at")
def list_all(context: Context, *, user: str) -> Fetch[Session]:
    """List the sessions of a user, newest first."""

    async def fetch(request: PageRequest) -> Page[Session]:
        return await operations.list_of_user(context, (await find_user(context, user)).id, request)

    return fetch


@sessions.command()
@click.argument("user")
@click.argument("session", metavar="[ID]", required=False)
@shows
async def end(context: Context, *, user: str, session: str | None) -> None:
    """Sign a user out of the session ID, or of all sessions if you leave out ID."""
    found = await find_user(context, user)
    if session is None:
        await operations.end_others(context, found.id)
    else:
        await operations.end_of_user(context, found.id, read_id(session, "/session"))


sessions.add_command(also_named(end, "delete"))
sessions.add_command(impersonate)
