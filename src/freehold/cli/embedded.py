"""The database that a command works on: your own, or the embedded one, which gets its schema by itself."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from freehold import migrate
from freehold.postgres import EmbeddedServer, connect_or_start
from freehold.settings import Settings


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
        prepare_embedded(server)
        yield server.url


def prepare_embedded(server: EmbeddedServer) -> None:
    """Give the embedded database every migration of this version.

    Raises:
        MigrateError: it cannot; the message says what to do.
    """
    for row in asyncio.run(migrate.apply(server.url, sets=[migrate.builtin()])):
        tell_progress(f"Applied migration {row.label}")


def tell_progress(line: str) -> None:
    """Tell a person who waits at a terminal what is going on."""
    if sys.stderr.isatty():
        click.echo(line, err=True)
