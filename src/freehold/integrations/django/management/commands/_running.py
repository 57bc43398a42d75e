"""Runs commands of Freehold's on the project's database."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import CommandError

from freehold.integrations.django.opening import settings_of_project

_URL: Final = "FREEHOLD_DATABASE_URL"
_BACKUPS: Final = "FREEHOLD_BACKUPS_DIR"
_ROLE: Final = "FREEHOLD_TENANT_ROLE"


def run(group: Any, arguments: Sequence[str], name: str) -> None:
    """Run a command of Freehold's.

    Args:
        group: of click.
        arguments: what to do.
        name: what it is called here.

    Raises:
        CommandError: it failed, and said why.
    """
    import click  # noqa: PLC0415 - it is no part of the library alone

    try:
        with _environment():
            status = group.main(list(arguments), prog_name=f"manage.py {name}", standalone_mode=False)
    except click.ClickException as error:
        raise CommandError(error.format_message(), returncode=error.exit_code) from None
    except click.Abort:
        raise CommandError("Stopped") from None
    except SystemExit as end:
        status = end.code
    if status:
        raise CommandError("", returncode=status if isinstance(status, int) else 1)


@contextmanager
def _environment() -> Iterator[None]:
    """Name the database where the command looks for it, and no user of the machine can see it."""
    settings = settings_of_project()
    given = {_URL: settings.database_url or "", _BACKUPS: str(settings.backups_dir), _ROLE: settings.tenant_role}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
