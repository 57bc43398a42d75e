"""`freehold doctor`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from freehold.audit.heads import read_heads
from freehold.base.settings import Settings
from freehold.doctor.examining import examine
from freehold.doctor.privileges import grants
from freehold.doctor.types import Diagnosis
from freehold.postgres import connect_or_start
from freehold.postgres.interrupting import run
from freehold.terminal.declare import failures_told
from freehold.terminal.failures import FAILED
from freehold.terminal.options import read_settings, setting_options
from freehold.terminal.output import print_json

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command()
@setting_options("database_url", "data_dir", "backups_dir")
@click.option(
    "--heads",
    "heads_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File written by 'freehold audit heads --to FILE', whose heads each audit chain must still contain.",
)
@click.option("--grants", "role", metavar="ROLE", help="Print the GRANT statements that this role needs, and exit.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(
    *,
    database_url: str | None,
    data_dir: Path | None,
    backups_dir: Path | None,
    heads_file: Path | None,
    role: str | None,
    strict: bool,
    as_json: bool,
) -> int:
    """Examine the installation, and say what to do about each finding.

    Give it the environment of the server: settings are examined, too. It changes nothing. The exit status is 1 if there
    is an error, or a check that could not be made.
    """
    with failures_told():
        settings = read_settings(database_url=database_url, data_dir=data_dir, backups_dir=backups_dir)
        with _database_of(settings) as url:
            if role is not None:
                click.echo("\n".join(grants(role, unquote(urlsplit(url).path[1:])).statements))
                return 0
            try:
                heads = read_heads(heads_file) if heads_file else []
            except ValueError as error:
                raise click.BadParameter(str(error), param_hint="--heads") from None
            diagnosis = run(examine(url, settings, heads=heads))
    if as_json:
        print_json(diagnosis)
    else:
        _show(diagnosis)
    is_warned = strict and any(each.severity == "warning" for each in diagnosis.findings)
    return FAILED if is_warned or not diagnosis.healthy else 0


@contextmanager
def _database_of(settings: Settings) -> Iterator[str]:
    """Lend the URL of the database as it is: an embedded one is started, and not brought up to date."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with connect_or_start(settings.data_dir) as server:
        yield server.url


def _show(diagnosis: Diagnosis) -> None:
    for found in diagnosis.findings:
        click.echo(f"{click.style(found.severity, fg=_COLOURS[found.severity])} ({found.check}): {found.says}.")
        click.echo(f"    {found.remedy}")
    for name, reason in diagnosis.skipped.items():
        click.echo(f"{click.style('skipped', fg='red')} ({name}): {reason}")
    errors = sum(found.severity == "error" for found in diagnosis.findings)
    warnings = sum(found.severity == "warning" for found in diagnosis.findings)
    click.echo(f"{len(diagnosis.checks)} checks: {errors} errors, {warnings} warnings.", err=not diagnosis.healthy)
