"""The database that a command works on: your own, or the embedded one, which gets its schema by itself."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from freehold import migrate
from freehold.base.errors import SchemaPending
from freehold.base.settings import Settings
from freehold.postgres import EmbeddedServer, connect_or_start
from freehold.postgres.interrupting import run


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """Lend the URL of the database in use; an embedded server runs at least as long.

    Raises:
        PostgresError: the embedded server cannot be used.
        MigrateError: its schema cannot be brought up.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with connect_or_start(settings.data_dir, progress=tell_progress) as server:
        prepare_embedded(server, settings.backups_dir)
        yield server.url


def prepare_embedded(server: EmbeddedServer, backups: Path) -> None:
    """Give the embedded database every migration of this version, through the gate: backed up, rehearsed, applied.

    Args:
        server: the embedded one.
        backups: the folder for the backup that is taken first, where there is anything to lose.

    Raises:
        MigrateError: the migrations do not work with this data, which is as it was; the message says what to do.
        SchemaPending: another process is using the database, so it cannot be migrated now.
    """
    status = run(migrate.status(server.url, sets=[migrate.builtin()]))
    if status.current:
        return
    if status.applied and not server.started_here:
        raise SchemaPending(
            "The database needs the migrations of this version, but another process is using it: stop that process "
            "(an older 'freehold serve'?), then run the command again"
        )
    from freehold.migrate.report import Lines  # noqa: PLC0415 - at the first start and after an upgrade alone
    from freehold.migrate.upgrade import upgrade  # noqa: PLC0415 - the same

    with Lines() as progress:
        outcome = run(upgrade(server.url, backups=backups, progress=progress))
    for step in outcome.applied:
        tell_progress(f"Applied migration {step.version}_{step.name}")


def tell_progress(line: str) -> None:
    """Tell a person who waits at a terminal what is going on."""
    if sys.stderr.isatty():
        click.echo(line, err=True)
