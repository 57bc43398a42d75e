"""Commands of `freehold users` on all that is kept about one person."""

import os
import sys
from pathlib import Path
from uuid import UUID

import click

from freehold import Platform
from freehold.cli.declare import runs
from freehold.cli.failures import Refused
from freehold.cli.references import find_user


@click.command()
@click.argument("user")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@runs
async def export(platform: Platform, *, user: str, file: Path | None, as_json: bool) -> int:  # noqa: ARG001 - it is JSON
    """Write all that is kept about a user as JSON, without secrets, to FILE (a new one) or standard output."""
    user_id = (await find_user(platform, user)).id
    if file is None:
        await _write(platform, user_id, sys.stdout.fileno(), closes=False)
        return 0
    try:
        # Nobody else on this machine is to read it, and nothing is to be written over.
        target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(
            f"'{file}' cannot be made: {error.strerror}; name a new file in a folder that you may write to"
        ) from None
    await _write(platform, user_id, target, closes=True)
    return 0


@click.command()
@click.argument("user")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@runs
async def erase(platform: Platform, *, user: str, yes: bool, as_json: bool) -> int:  # noqa: ARG001 - nothing is printed
    """Remove a user and erase all that is kept about them, for ever; the audit log knows them by id alone."""
    found = await find_user(platform, user)
    if not yes and sys.stdin.isatty():
        click.confirm(f"Erase {found.username} ({found.id}) for ever?", abort=True, err=True)
    await platform.users.delete(found.id)
    return 0


async def _write(platform: Platform, user_id: UUID, target: int, *, closes: bool) -> None:
    with os.fdopen(target, "wb", closefd=closes) as out:
        async for part in await platform.users.export(user_id):
            out.write(part)
