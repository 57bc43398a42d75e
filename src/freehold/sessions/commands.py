"""`freehold sessions`."""

import click

from freehold import Page, PageRequest, Platform, Session
from freehold.cli.declare import Fetch, lists, runs
from freehold.cli.references import find_user, read_id


@click.group()
def sessions() -> None:
    """List and end the sessions of a user."""


@sessions.command("list")
@click.argument("user")
@lists("id", "device", "ip", "created_at", "last_used_at", "expires_at")
def list_all(platform: Platform, *, user: str) -> Fetch[Session]:
    """List where a user is signed in, newest first."""

    async def fetch(request: PageRequest) -> Page[Session]:
        return await platform.sessions.list_of_user((await find_user(platform, user)).id, request)

    return fetch


@sessions.command()
@click.argument("user")
@click.argument("session", metavar="[ID]", required=False)
@runs
async def end(
    platform: Platform,
    *,
    user: str,
    session: str | None,
    as_json: bool,  # noqa: ARG001 - there is nothing to print
) -> int:
    """Sign a user out: of the session with this ID, or without one everywhere."""
    found = await find_user(platform, user)
    if session is None:
        await platform.sessions.end_others(found.id)
    else:
        await platform.sessions.end_of_user(found.id, read_id(session, "/session"))
    return 0
