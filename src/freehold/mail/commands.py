"""`freehold mail`."""

from functools import partial

import click

from freehold.data.context import Context
from freehold.mail import operations
from freehold.mail.types import Message
from freehold.terminal.declare import Fetch, lists, shows
from freehold.terminal.references import read_id


@click.group()
def mail() -> None:
    """List and show mails, delivered or waiting."""


@mail.command("list")
@lists("id", "to", "subject", "created_at", "sent_at", "failed_at", "last_error")
def list_all(context: Context) -> Fetch[Message]:
    """List mails, newest first."""
    return partial(operations.list_all, context)


@mail.command()
@click.argument("id", metavar="ID")
@shows
async def show(context: Context, *, id: str) -> Message:  # noqa: A002 - the name of the argument
    """Show a mail with its text. The text is only kept if no SMTP server is set."""
    return await operations.get(context, read_id(id, "/id"))
