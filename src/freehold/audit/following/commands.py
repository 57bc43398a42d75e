"""`freehold events`."""

import os
import sys
from typing import Literal

import click
import msgspec

from freehold.audit.following.following import follow
from freehold.audit.following.types import MOST_EVENTS, EventsRequest
from freehold.audit.types import AuditEvent
from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.migrate.listing import plain
from freehold.terminal.declare import shows
from freehold.terminal.references import organization_reference


@click.group()
def events() -> None:
    """Follow the audit log."""


@events.command()
@click.option("--organization", metavar="ORG", help="Only this organization: a slug or an id.")
@click.option("--after", metavar="ID", help="Continue after this event: the id of the last one that you have.")
@click.option(
    "--from", "from_", metavar="TIME", help="Begin with the events of this time, such as 2027-01-31T12:00:00Z."
)
@click.option(
    "--lines",
    type=click.IntRange(1, MOST_EVENTS),
    default=10,
    show_default=True,
    help="Without --after and --from: print this many of the newest events.",
)
@click.option("--follow", "follows", is_flag=True, help="Wait for more events, until Ctrl-C.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Print text, or a line of JSON for each event.",
)
@shows
async def tail(
    context: Context,
    *,
    organization: str | None,
    after: str | None,
    from_: str | None,
    lines: int,
    follows: bool,
    form: Literal["text", "json"],
    as_json: bool,
) -> int:
    """Print the events of the audit log, the oldest first, and follow it with --follow.

    Each event is printed once, with none left out. To continue later, pass the id of the last event to --after.
    """
    if after is not None and from_ is not None:
        raise click.UsageError("Choose one: --after or --from.")
    given = {"after": after, "from": from_, "limit": MOST_EVENTS}
    if after is None and from_ is None:
        given = {"newest": True, "limit": lines}
    request = parse(EventsRequest, {field: value for field, value in given.items() if value is not None})
    reference = None if organization is None else organization_reference(organization)
    try:
        async for found in follow(context, request, organization=reference, ends=not follows):
            for event in found:
                click.echo(_json(event) if as_json or form == "json" else _text(event))
            sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _json(event: AuditEvent) -> str:
    return msgspec.json.encode(event).decode()


def _text(event: AuditEvent) -> str:
    who = event.actor_id or event.key_id or "-"
    where = event.organization_id or "-"
    details = msgspec.json.encode(event.details).decode() if event.details else ""
    parts = [event.created_at, event.id, event.action, who, where, event.target_id or "-", details]
    return "\t".join(map(plain, parts))
