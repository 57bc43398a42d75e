"""Commands of `freehold users` on all that is kept about one person."""

import os
import sys
from pathlib import Path
from uuid import UUID

import click

from freehold.data.context import Context
from freehold.personal_data import operations
from freehold.terminal.declare import also_named, shows
from freehold.terminal.failures import Refused
from freehold.users.looking_up import find_user


@click.command()
@click.argument("user")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@shows
async def export(context: Context, *, user: str, file: Path | None) -> None:
    """Export everything stored about a user as JSON, without secrets, to a new FILE or standard output."""
    user_id = (await find_user(context, user)).id
    if file is None:
        await _write(context, user_id, sys.stdout.fileno(), closes=False)
        return
    try:
        # Nobody else on this machine is to read it, and nothing is to be written over.
        target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(
            f"cannot create '{file}': {error.strerror}: name a new file in a folder that you can write to"
        ) from None
    await _write(context, user_id, target, closes=True)


@click.command()
@click.argument("user")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@shows
async def erase(context: Context, *, user: str, yes: bool) -> None:
    """Remove a user and erase everything stored about them, forever. The audit log only keeps their id."""
    found = await find_user(context, user)
    if not yes and sys.stdin.isatty():
        click.confirm(f"Erase {found.username} ({found.id}) forever?", abort=True, err=True)
    await operations.erase(context, found.id)


delete = also_named(erase, "delete")


async def _write(context: Context, user_id: UUID, target: int, *, closes: bool) -> None:
    with os.fdopen(target, "wb", closefd=closes) as out:
        async for part in await operations.export(context, user_id):
            out.write(part)
