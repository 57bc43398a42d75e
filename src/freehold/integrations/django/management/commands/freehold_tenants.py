"""``manage.py freehold_tenants``: the role for tenants, and what lets organizations reach each other's rows."""

from argparse import REMAINDER
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from freehold.integrations.django.management.commands._running import run


class Command(BaseCommand):
    """Runs ``freehold tenants`` on the project's database."""

    help = (
        "Do what 'freehold tenants' does on the project's database: role, check. To protect a model: freehold_protect"
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - as Django has it

    def add_arguments(self, parser: CommandParser) -> None:
        """Take those of ``freehold tenants``."""
        parser.add_argument("arguments", nargs=REMAINDER, help="of 'freehold tenants'")

    def handle(self, *_: Any, **options: Any) -> None:
        """Run it."""
        try:
            from freehold.tenants.commands import tenants  # noqa: PLC0415 - it is no part of the library alone
        except ImportError as error:
            raise CommandError(f"{error.name} is missing: pip install 'freehold[migrate]'") from None
        run(tenants, options["arguments"], "freehold_tenants")
