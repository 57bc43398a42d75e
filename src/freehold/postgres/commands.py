"""`freehold db`: the database in use, its URL and a shell on it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from freehold.postgres.binaries import client_binary
from freehold.postgres.client import client_connection, server_major, without_service
from freehold.postgres.errors import PostgresError
from freehold.postgres.server import connect_or_start


@click.group()
def db() -> None:
    """Show the database in use, open a shell on it, or spread it over servers."""


def database_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which database it means, and as whom."""
    for option in (
        click.option("--admin", is_flag=True, help="Connect as the superuser of the embedded server, for maintenance."),
        click.option(
            "--database-url",
            envvar="FREEHOLD_DATABASE_URL",
            metavar="URL",
            help="URL of your own PostgreSQL database.  [env: FREEHOLD_DATABASE_URL; default: the embedded one]",
        ),
        click.option(
            "--data-dir",
            envvar="FREEHOLD_DATA_DIR",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path("freehold-data"),
            help="Folder of the embedded PostgreSQL.  [env: FREEHOLD_DATA_DIR; default: ./freehold-data]",
        ),
    ):
        command = option(command)
    return command


@db.command()
@database_options
@click.option("--json", "as_json", is_flag=True, help='Print JSON: {"url": ...}.')
def url(data_dir: Path, database_url: str | None, *, admin: bool, as_json: bool) -> None:
    """Print the URL of the database in use, including the password."""
    with _database(data_dir, database_url, admin=admin) as (address, passing):
        click.echo(json.dumps({"url": address}) if as_json else address)
    if passing:
        click.echo("The embedded PostgreSQL is not running: start it with `freehold serve`.", err=True)


@db.command()
@database_options
@click.argument("psql_arguments", nargs=-1, type=click.UNPROCESSED)
def psql(data_dir: Path, database_url: str | None, psql_arguments: tuple[str, ...], *, admin: bool) -> None:
    """Open psql on the database in use. Arguments after -- are passed to psql.

    For example: freehold db psql -- --command 'SELECT count(*) FROM users'
    """
    with _database(data_dir, database_url, admin=admin) as (address, _):
        connection = client_connection(address)
        program = client_binary("psql", server_major(connection))
        # Ctrl-C is for psql, which cancels its query; we wait on. (A handler, unlike SIG_IGN, is not inherited.)
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            with connection.passing(without_service(os.environ)) as (environment, fds):
                done = subprocess.run(  # noqa: S603 - no shell; the arguments are the user's own, for a program of theirs
                    [program, f"--dbname={connection.url}", *psql_arguments],
                    env=environment,
                    pass_fds=fds,
                    check=False,
                )
        finally:
            signal.signal(signal.SIGINT, before)
    if done.returncode != 0:
        sys.exit(1)


@contextmanager
def _database(data_dir: Path, database_url: str | None, *, admin: bool) -> Iterator[tuple[str, bool]]:
    """Give the URL, and whether its server runs for this command only; errors become messages with exit status 1."""
    if database_url and admin:
        raise click.UsageError(
            "--admin is for the embedded PostgreSQL only: put the role you want into --database-url (or "
            "FREEHOLD_DATABASE_URL)."
        )
    try:
        if database_url:
            client_connection(database_url)  # refuses what is no URL
            yield database_url, False
            return
        progress = (lambda line: click.echo(line, err=True)) if sys.stderr.isatty() else None
        with connect_or_start(data_dir, progress=progress) as server:
            yield server.admin_url if admin else server.url, server.started_here
    except PostgresError as error:
        raise click.ClickException(str(error)) from error
