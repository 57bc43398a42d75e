"""`freehold api-keys`."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import click

from freehold.api_keys import operations
from freehold.api_keys.types import ApiKey, IssuedApiKey, KeyRotation, NewApiKey
from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.terminal.declare import Fetch, also_named, lists, shows
from freehold.terminal.references import organization_reference, read_id
from freehold.users.looking_up import find_user


@click.group("api-keys")
def api_keys() -> None:
    """Create, list, rotate and revoke API keys."""


def _of_holder(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say whose keys it means."""
    for option in (
        click.option("--organization", metavar="ORG", help="Use the keys of this organization: a slug or an id."),
        click.option(
            "--user", metavar="USER", help="Use the keys of this user: a username, an id or an e-mail address."
        ),
    ):
        command = option(command)
    return command


@api_keys.command()
@click.argument("name")
@_of_holder
@click.option(
    "--action",
    "actions",
    multiple=True,
    metavar="ACTION",
    help="An action that the key allows, such as project.read. Repeatable. By default, everything that its "
    "user can do, or (for an organization's key) what a member can do.",
)
@click.option(
    "--project", "project_ids", multiple=True, metavar="ID", help="Limit the key to this project. Repeatable."
)
@click.option("--expires-at", metavar="TIME", help="Time at which the key expires, such as 2027-01-31T12:00:00Z.")
@shows
async def create(
    context: Context,
    *,
    name: str,
    user: str | None,
    organization: str | None,
    actions: tuple[str, ...],
    project_ids: tuple[str, ...],
    expires_at: str | None,
) -> IssuedApiKey:
    """Create an API key and print it. It is shown only this once."""
    given = {"name": name, "actions": actions or None, "project_ids": project_ids or None, "expires_at": expires_at}
    new = parse(NewApiKey, {field: value for field, value in given.items() if value is not None})
    user_id, reference = await _holder(context, user, organization)
    if user_id is not None:
        return await operations.create_for_user(context, user_id, new)
    return await operations.create_for_organization(context, reference, new)


@api_keys.command("list")
@_of_holder
@lists("id", "name", "hint", "created_at", "expires_at", "last_used_at")
def list_all(context: Context, *, user: str | None, organization: str | None) -> Fetch[ApiKey]:
    """List the API keys of a user or an organization, newest first."""

    async def fetch(request: Any) -> Any:
        user_id, reference = await _holder(context, user, organization)
        if user_id is not None:
            return await operations.list_of_user(context, user_id, request)
        return await operations.list_of_organization(context, reference, request)

    return fetch


@api_keys.command()
@click.argument("api_key", metavar="ID")
@_of_holder
@shows
async def show(context: Context, *, api_key: str, user: str | None, organization: str | None) -> ApiKey:
    """Show an API key (an id), without its secret."""
    key_id = read_id(api_key, "/api_key")
    user_id, reference = await _holder(context, user, organization)
    if user_id is not None:
        return await operations.get_of_user(context, user_id, key_id)
    return await operations.get_of_organization(context, reference, key_id)


@api_keys.command()
@click.argument("api_key", metavar="ID")
@_of_holder
@click.option(
    "--overlap-seconds",
    type=click.IntRange(0, 604_800),
    default=86_400,
    show_default=True,
    help="Seconds for which the old key keeps working.",
)
@shows
async def rotate(
    context: Context, *, api_key: str, user: str | None, organization: str | None, overlap_seconds: int
) -> IssuedApiKey:
    """Replace an API key: create one with the same limits and expiry, and print it. It is shown only this once."""
    rotation = parse(KeyRotation, {"overlap_seconds": overlap_seconds})
    key_id = read_id(api_key, "/api_key")
    user_id, reference = await _holder(context, user, organization)
    if user_id is not None:
        return await operations.rotate_of_user(context, user_id, key_id, rotation)
    return await operations.rotate_of_organization(context, reference, key_id, rotation)


@api_keys.command()
@click.argument("api_key", metavar="ID")
@_of_holder
@shows
async def revoke(context: Context, *, api_key: str, user: str | None, organization: str | None) -> None:
    """Revoke an API key immediately."""
    key_id = read_id(api_key, "/api_key")
    user_id, reference = await _holder(context, user, organization)
    if user_id is not None:
        await operations.delete_of_user(context, user_id, key_id)
    else:
        await operations.delete_of_organization(context, reference, key_id)


api_keys.add_command(also_named(revoke, "delete"))


async def _holder(context: Context, user: str | None, organization: str | None) -> tuple[UUID | None, UUID | str]:
    """Read whose keys are meant: a user's id, or an organization."""
    if user is not None and organization is None:
        return (await find_user(context, user)).id, ""
    if organization is not None and user is None:
        return None, organization_reference(organization)
    raise click.UsageError("Name the owner of the key: add --user USER or --organization ORG")
