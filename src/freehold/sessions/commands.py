"""`freehold sessions`."""

import click

from freehold import Page, PageRequest, Platform, Session
from freehold.cli.declare import Fetch, lists, runs
from freehold.cli.references import find_user


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
@runs
async def end(platform: Platform, *, user: str, as_json: bool) -> int:  # noqa: ARG001 - there is nothing to print
    """Sign a user out everywhere."""
    await platform.sessions.end_others((await find_user(platform, user)).id)
    return 0
