"""``manage.py freehold_protect``: writes Django's migration that keeps organizations apart in the table of a model."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter

from freehold.base.errors import FreeholdError
from freehold.data.db import connect
from freehold.integrations.django.opening import settings_of_project
from freehold.tenants import protecting, role

_MIGRATION = '''"""{about}"""

from django.db import migrations

UP = """
{up}
"""
DOWN = """
{down}
"""


class Migration(migrations.Migration):
    """Written by freehold_protect."""

{alone}    dependencies = [("{app}", "{last}")]  # noqa: RUF012
    operations = [migrations.RunSQL(UP, DOWN)]  # noqa: RUF012
'''


class Command(BaseCommand):
    """Writes a migration."""

    help = (
        "Write a migration of Django's that protects the table of a model: policies, foreign keys, an index and "
        "rights, forwards and backwards. The table must exist. Review the file, then run: manage.py migrate"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the model, and how its table is protected."""
        parser.add_argument("model", help="such as invoices.Invoice")
        parser.add_argument("--column", default="organization_id", help="that has the id of the organization")
        parser.add_argument(
            "--on-delete",
            choices=("cascade", "restrict"),
            default="cascade",
            help="what happens to the rows when their organization is removed, if no foreign key says so yet",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Write it, and say where it is."""
        try:
            model = apps.get_model(options["model"])
        except (LookupError, ValueError):
            raise CommandError(f"There is no model {options['model']!r}: name one as invoices.Invoice") from None
        table, app = model._meta.db_table, model._meta.app_label  # noqa: SLF001 - Django documents it
        with TemporaryDirectory() as folder:
            try:
                ran, written = asyncio.run(
                    _write(table, options["column"], options["on_delete"], Path(folder)),
                )
            except FreeholdError as error:
                raise CommandError(error.detail) from None
            for statement in ran:
                self.stderr.write(f"Ran: {statement}")
            for note in written.notes:
                self.stderr.write(f"Note: {note}.")
            for path in written.files:
                self.stdout.write(str(_django_s(path, app)))
        if not written.files:
            self.stderr.write(f"{table} is protected: nothing to write.")


async def _write(table: str, column: str, on_delete: Any, folder: Path) -> tuple[list[str], protecting.Written]:
    settings = settings_of_project()
    db = await connect(settings.database_url or "", size=1, through_pgbouncer=settings.pgbouncer)
    try:
        ran = await role.make_role(db, settings.tenant_role)
        return ran, await protecting.protect(
            db, table, column=column, role=settings.tenant_role, on_delete=on_delete, folder=folder
        )
    finally:
        await db.close()


def _django_s(path: Path, app: str) -> Path:
    """Write a migration of Freehold's as one of Django's, after the last of the application."""
    head, _, body = path.read_text("utf-8").partition("-- migrate:up\n")
    up, _, down = body.partition("-- migrate:down\n")
    leaves = MigrationLoader(connections["default"]).graph.leaf_nodes(app)
    if len(leaves) != 1:
        raise CommandError(f"{app} has {len(leaves)} last migrations: run 'manage.py makemigrations {app}' first")
    last = leaves[0][1]
    number = int(last.partition("_")[0]) + 1 if last.partition("_")[0].isdigit() else 1
    named = f"{number:04d}_{path.stem.partition('_')[2]}"
    text = _MIGRATION.format(
        about=head.splitlines()[0].removeprefix("-- "),
        up=_statements(up),
        down=_statements(down),
        alone="    atomic = False\n" if "transaction=off" in head else "",
        app=app,
        last=last,
    )
    # Where Django would write it, which MIGRATION_MODULES can say.
    like = MigrationWriter(type("Migration", (), {"app_label": app, "name": named})())
    target = Path(like.path)
    target.write_text(text, encoding="utf-8")
    return target


def _statements(text: str) -> str:
    return "\n".join(line for line in text.strip().splitlines() if not line.startswith("--"))
