"""`freehold mail`."""

import click

from freehold import Message, Platform
from freehold.cli.declare import Fetch, lists, shows
from freehold.cli.references import read_id


@click.group()
def mail() -> None:
    """Show the mails that were delivered, or wait to be."""


@mail.command("list")
@lists("id", "to", "subject", "created_at", "sent_at", "failed_at", "last_error")
def list_all(platform: Platform) -> Fetch[Message]:
    """List mails, newest first."""
    return platform.mail.list


@mail.command()
@click.argument("id", metavar="ID")
@shows
async def show(platform: Platform, *, id: str) -> Message:  # noqa: A002 - the name of the argument
    """Show a mail with its text; the text is kept only where no SMTP server is set."""
    return await platform.mail.get(read_id(id, "/id"))
