"""``manage.py freehold_migrate``: Freehold's own migrations, through their guard."""

from argparse import REMAINDER
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from freehold.integrations.django.management.commands._running import run

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
            from freehold.migrate.commands import migrate  # noqa: PLC0415 - it is no part of the library alone
        except ImportError as error:
            raise CommandError(f"{error.name} is missing: pip install 'freehold[migrate]'") from None
        arguments: list[str] = options["arguments"]
        for each in [arguments] if arguments else [[step] for step in _GUARDED]:
            run(migrate, each, "freehold_migrate")
