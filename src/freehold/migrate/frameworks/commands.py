"""``freehold migrate import`` and ``freehold migrate adopt``: how a history of another tool comes under the guard."""

import sys
from pathlib import Path

import click

from freehold.migrate.adopt import adopt as adopt_history
from freehold.migrate.frameworks.convert import READERS, convert
from freehold.migrate.report import Lines, emit, show_adoption, show_import
from freehold.migrate.target import (
    Target,
    errors_as_messages,
    json_option,
    staging_option,
    target_options,
)
from freehold.postgres.interrupting import run


@click.command("import", short_help="Convert the SQL migrations of another tool.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "framework", type=click.Choice([*READERS]), required=True, help="Tool that DIR belongs to.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("migrations"),
    show_default="./migrations",
    help="Folder to write, which must be new or empty.",
)
@click.option(
    "--set",
    "values",
    metavar="NAME=VALUE",
    multiple=True,
    help="Value of a placeholder (flyway) or a variable (goose). Repeatable.",
)
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of files without a byte order mark.")
@json_option
def import_(framework: str, folder: Path, to: Path, values: tuple[str, ...], encoding: str, *, as_json: bool) -> None:
    """Convert the SQL migrations of another tool in DIR to Freehold migrations.

    DIR is not changed, and no file is overwritten: either all files are written or none. Needs no database. If your
    database already has these migrations, run `freehold migrate adopt` afterwards to record them as applied.

    For alembic, DIR holds the output of `alembic upgrade base:head --sql` and `alembic downgrade head:base --sql`, as
    files that end in .sql. For django-sql, it holds the output of `manage.py sqlmigrate`: one app_0001_name.sql for
    each migration, and with --backwards one app_0001_name.down.sql. For the other tools, it is the tool's own folder.
    """
    with errors_as_messages():
        answer = convert(framework, folder, to, values=_values(values), encoding=encoding)
    if as_json:
        emit(answer)
    else:
        show_import(answer)


@click.command(short_help="Record migrations as applied that another tool has applied.")
@target_options
@staging_option
@click.option("--to", default="", metavar="VERSION", help="Record the files up to this one; by default, all of them.")
@click.option(
    "--unsafe",
    default="",
    metavar="WHY",
    help="Record the files even though the schemas differ, and record this reason.",
)
@json_option
def adopt(target: Target, *, staging_url: str | None, to: str, unsafe: str, as_json: bool) -> None:
    """Record the files in --dir as applied on a database that already has their schema.

    Runs the files on an empty database next to yours and compares the two schemas, object by object. If they differ,
    every difference is shown and nothing is recorded. Rows are not compared.
    """
    with errors_as_messages(), Lines() as progress:
        if target.folder is None:
            raise click.UsageError("There is nothing to adopt: add --dir with your own migrations.")
        sets = target.sets()
        with target.url() as database_url:
            answer = run(
                adopt_history(database_url, sets=sets, to=to, unsafe=unsafe, staging_url=staging_url, progress=progress)
            )
    if as_json:
        emit(answer)
    else:
        show_adoption(answer)
    if not answer.adopted:
        sys.exit(1)


def _values(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if wrong := [name for name, equals, _ in pairs if not name or not equals]:
        raise click.UsageError(f"--set takes NAME=VALUE, not {wrong[0]!r}.")
    return {name: value for name, _, value in pairs}
