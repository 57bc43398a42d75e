"""`freehold tokens`."""

import click
import msgspec

from freehold.access import Action
from freehold.base.validation import parse
from freehold.data.context import Actor, Context
from freehold.terminal.declare import shows
from freehold.terminal.output import print_json, print_rows
from freehold.tokens import operations
from freehold.tokens.types import NewServiceToken, ServiceToken, SigningKeys
from freehold.users.looking_up import find_user


@click.group()
def tokens() -> None:
    """Create tokens for other services, and rotate the signing keys."""


@tokens.command()
@click.option(
    "--user", required=True, metavar="USER", help="The token is for this user: a username, an id or an e-mail address."
)
@click.option("--organization", metavar="ORG", help="Say what they may do in this organization: a slug or an id.")
@click.option(
    "--action",
    "actions",
    multiple=True,
    type=click.Choice([action.value for action in Action]),
    metavar="ACTION",
    help="Only this action, if they have it. Repeatable. By default, all that they have.",
)
@click.option("--audience", metavar="NAME", help="The service that is to accept the token.")
@shows
async def create(
    context: Context, *, user: str, organization: str | None, actions: tuple[str, ...], audience: str | None
) -> ServiceToken:
    """Create a token for another service, valid for 5 minutes, and print it. The audit log notes it."""
    given = {"organization": organization, "actions": actions or None, "audience": audience}
    new = parse(NewServiceToken, {field: value for field, value in given.items() if value is not None})
    actor = Actor(user_id=(await find_user(context, user)).id)
    return await operations.create(msgspec.structs.replace(context, actor=actor), new)


@tokens.command()
@shows
async def keys(context: Context, *, as_json: bool) -> int:
    """List the signing keys that services verify with, the newest first. Never shows a private key."""
    _print(await operations.list_keys(context), as_json=as_json)
    return 0


@tokens.command("rotate-key")
@click.option(
    "--at-once",
    is_flag=True,
    help="For a key that leaked: sign with the new key now, and withdraw all others. Tokens from before are refused "
    "within 5 minutes.",
)
@shows
async def rotate_key(context: Context, *, at_once: bool, as_json: bool) -> int:
    """Make a new signing key, which signs in 10 minutes. Tokens that were signed before stay valid."""
    _print(await operations.rotate_key(context, at_once=at_once), as_json=as_json)
    return 0


def _print(found: SigningKeys, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        print_rows(found.data, ("id", "created_at", "signs_from", "ended_at"))
