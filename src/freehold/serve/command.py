"""`freehold serve`: the database, its schema, and the server, in this order; and back again."""

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from click.core import ParameterSource

from freehold import Platform, SchemaPending
from freehold.audit.following.output import STDOUT
from freehold.base.settings import Settings
from freehold.base.version import VERSION
from freehold.console.first import link as first_steps_link
from freehold.postgres import EmbeddedServer, Revival
from freehold.postgres.interrupting import run
from freehold.serve.metrics import METRICS_OPTION
from freehold.serve.port import Port
from freehold.serve.server import RequestsCut
from freehold.serve.server import serve as serve_http
from freehold.terminal.declare import failures_told
from freehold.terminal.embedded import prepare_embedded, tell_progress
from freehold.terminal.failures import Refused
from freehold.terminal.options import FIELDS, ONLY_ENVIRONMENT, read_settings, setting_options

TERMINATED = 128 + signal.SIGTERM
CUT = 3
"""The exit status when it was told to stop, and requests in flight were cut off."""


class _Cut(Refused):
    exit_code = CUT


@click.command()
@setting_options(*(name for name in FIELDS if name not in ONLY_ENVIRONMENT))
def serve(**given: Any) -> None:
    """Start the server, with an embedded PostgreSQL or your own.

    Stop it with Ctrl-C or SIGTERM: it finishes the requests in flight, for 30 seconds at most, then stops the embedded
    PostgreSQL. It exits with 0, or with 3 if it cut off requests.
    """
    settings = read_settings(**given)
    with (
        failures_told(),
        _terminable(),
        Port(settings.host, settings.port) as port,
        _metrics_port(settings) as metrics_port,
        _database(settings) as (url, about, beside),
    ):
        ready = msgspec.structs.replace(settings, database_url=url, port=port.number)
        first_steps = run(_first_steps(ready))
        hint = _first_admin(settings) if first_steps else None
        try:
            serve_http(
                ready,
                port=port,
                metrics_port=metrics_port,
                announce=lambda address: click.echo(
                    _banner(
                        address,
                        about,
                        _metrics(settings, port, metrics_port),
                        hint,
                        first_steps if settings.hosted_pages == "on" else None,
                        has_console=settings.hosted_pages == "on",
                    ),
                    err=settings.audit_stream == STDOUT,  # which collectors read
                ),
                beside=beside,
            )
        except RequestsCut as error:
            raise _Cut(error.detail) from error


def _metrics_port(settings: Settings) -> Port | nullcontext[None]:
    if settings.metrics_port is None:
        return nullcontext()
    return Port(settings.host, settings.metrics_port, METRICS_OPTION)


def _metrics(settings: Settings, port: Port, metrics_port: Port | None) -> str | None:
    return f"{(metrics_port or port).url}/metrics" if settings.counts else None


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM unwind what has begun, as Ctrl-C does, until the server has handlers of its own."""

    def leave(*_: object) -> NoReturn:
        sys.exit(TERMINATED)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, str, AbstractContextManager[object]]]:
    """Give the URL of a database that can be served from, a line about it, and what to do for it meanwhile."""
    if settings.database_url is not None:
        yield settings.database_url, f"your own, from {_url_source()}", nullcontext()
        return
    with EmbeddedServer.start(settings.data_dir, progress=tell_progress) as server:
        prepare_embedded(server, settings.backups_dir)
        about = f"PostgreSQL {server.major} in {_short(server.data_dir)}; open a shell with 'freehold db psql'"
        yield server.url, about, Revival(server)


async def _first_steps(settings: Settings) -> str | None:
    """Give the path of the link that makes the first administrator; None when there is one.

    Raises:
        Unavailable: the database cannot be reached.
        Refused: it lacks migrations.
    """
    try:
        async with Platform.open(settings.database_url or "", settings=settings) as platform:
            return None if await platform.users.any_admin() else first_steps_link(platform.context)
    except SchemaPending as error:
        raise Refused(f"{error.detail} (the command needs the same {_url_source()})") from error


def _banner(
    address: str,
    database: str,
    metrics: str | None,
    first_admin: str | None,
    first_steps: str | None,
    *,
    has_console: bool,
) -> str:
    lines = [
        f"Freehold {VERSION} is ready.",
        "",
        *([f"  Console        {address}/"] if has_console else []),
        f"  API            {address}/v1",
        f"  Documentation  {address}/docs",
        f"  Database       {database}",
        *([f"  Metrics        {metrics}"] if metrics else []),
        "",
    ]
    if first_steps:
        lines += ["There is no administrator yet. Open this link to create one; it works once:", ""]
        lines += [f"  {address}{first_steps}", "", "Or run this in another terminal:", "", first_admin or "", ""]
    elif first_admin:
        lines += ["There is no administrator yet. To create one, run this in another terminal:", "", first_admin, ""]
    return "\n".join([*lines, "Press Ctrl-C to stop."])


def _first_admin(settings: Settings) -> str:
    """Write the command that makes the first administrator of the database in use."""
    command = [_program(), "users", "create", "admin", "--email", "you@example.com", "--admin"]
    if settings.database_url is not None:
        return f"  {shlex.join(command)}\n\n(with the same {_url_source()})"
    if settings.data_dir != FIELDS["data_dir"].default:
        command += ["--data-dir", str(settings.data_dir)]
    return f"  {shlex.join(command)}"


def _program() -> str:
    """Write this program as its user can type it: by name where the shell finds it, else as it was called."""
    called = Path(sys.argv[0])
    found = shutil.which(called.name)
    return called.name if found and Path(found).resolve() == called.resolve() else os.fspath(called)


def _url_source() -> str:
    source = click.get_current_context().get_parameter_source("database_url")
    return "FREEHOLD_DATABASE_URL" if source is ParameterSource.ENVIRONMENT else "--database-url"


def _short(folder: Path) -> str:
    here = Path.cwd()
    return f"./{folder.relative_to(here)}" if folder.is_relative_to(here) else str(folder)
