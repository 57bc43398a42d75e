"""`freehold mail`."""

from typing import get_args

import click
from msgspec.structs import asdict

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.mail import operations
from freehold.mail.types import MailPageRequest, Message, MessageState
from freehold.terminal.declare import Fetch, documents, lists
from freehold.terminal.references import read_id


@click.group()
def mail() -> None:
    """List and show mails, delivered or waiting."""


@mail.command("list")
@click.option("--state", type=click.Choice(get_args(MessageState)), help="Only mails that wait, were sent, or failed.")
@lists("id", "to", "subject", "created_at", "sent_at", "failed_at", "last_error")
def list_all(context: Context, *, state: str | None) -> Fetch[Message]:
    """List mails, newest first."""

    async def fetch(request: PageRequest) -> Page[Message]:
        return await operations.list_all(context, parse(MailPageRequest, {**asdict(request), "state": state}))

    return fetch


@mail.command()
@click.argument("id", metavar="ID")
@documents("text")
async def show(context: Context, *, id: str) -> Message:  # noqa: A002 - the name of the argument
    """Show a mail with its text. The text is only kept if no SMTP server is set."""
    return await operations.get(context, read_id(id, "/id"))
