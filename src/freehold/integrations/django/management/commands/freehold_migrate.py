"""``manage.py freehold_migrate``: Freehold's own migrations, through their guard."""

import os
from argparse import REMAINDER
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from freehold.integrations.django.opening import settings_of_project

_URL: Final = "FREEHOLD_DATABASE_URL"
_BACKUPS: Final = "FREEHOLD_BACKUPS_DIR"
_GUARDED: Final = ("rehearse", "apply")


class Command(BaseCommand):
    """Runs ``freehold migrate`` on the project's database."""

    help = (
        "Rehearse and apply Freehold's pending migrations on the project's database. With arguments, do what "
        "'freehold migrate' does with them, such as: status, check, rehearse, apply --yes"
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - as Django has it

    def add_arguments(self, parser: CommandParser) -> None:
        """Take those of ``freehold migrate``."""
        parser.add_argument("arguments", nargs=REMAINDER, help="of 'freehold migrate'")

    def handle(self, *_: Any, **options: Any) -> None:
        """Run it; the first step that fails ends it."""
        try:
            import click  # noqa: PLC0415 - it is no part of the library alone

            from freehold.migrate.commands import migrate  # noqa: PLC0415 - the same
        except ImportError as error:
            raise CommandError(f"{error.name} is missing: pip install 'freehold[migrate]'") from None
        arguments: list[str] = options["arguments"]
        for each in [arguments] if arguments else [[step] for step in _GUARDED]:
            try:
                with _environment():
                    status = migrate.main(each, prog_name="manage.py freehold_migrate", standalone_mode=False)
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
    given = {_URL: settings.database_url or "", _BACKUPS: str(settings.backups_dir)}
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
