"""``freehold migrate import``: how a history of another tool becomes files of this one."""

from pathlib import Path

import click

from freehold.migrate.frameworks.convert import READERS, convert
from freehold.migrate.report import emit, show_import
from freehold.migrate.target import errors_as_messages, json_option


@click.command("import", short_help="Convert the SQL migrations of another tool.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "framework", type=click.Choice([*READERS]), required=True, help="The tool that DIR belongs to.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("migrations"),
    show_default="./migrations",
    help="The folder to write: a new or an empty one.",
)
@click.option(
    "--set",
    "values",
    metavar="NAME=VALUE",
    multiple=True,
    help="The value of a placeholder (flyway) or variable (goose); may be repeated.",
)
@click.option("--encoding", default="utf-8", show_default=True, help="Of files without a byte order mark.")
@json_option
def import_(framework: str, folder: Path, to: Path, values: tuple[str, ...], encoding: str, *, as_json: bool) -> None:
    """Convert the SQL migrations of another tool in DIR into files of this one.

    DIR stays as it is, and nothing is overwritten: either all files are written or none. It needs no database.

    alembic: what `alembic upgrade base:head --sql` and `alembic downgrade head:base --sql` print, as files that end in
    .sql. django-sql: what `manage.py sqlmigrate` prints, one app_0001_name.sql for each migration, and with
    --backwards one app_0001_name.down.sql. The others: the folder as the tool reads it.
    """
    with errors_as_messages():
        answer = convert(framework, folder, to, values=_values(values), encoding=encoding)
    if as_json:
        emit(answer)
    else:
        show_import(answer)


def _values(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if wrong := [name for name, equals, _ in pairs if not name or not equals]:
        raise click.UsageError(f"--set takes NAME=VALUE, not {wrong[0]!r}.")
    return {name: value for name, _, value in pairs}
