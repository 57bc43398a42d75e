"""The options that every command shares: which database, and which migrations."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import asyncpg
import click

from freehold.migrate.errors import MigrateError
from freehold.migrate.files import MigrationSet, builtin
from freehold.postgres import PostgresError, connect_or_start

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class Target(NamedTuple):
    """What a command works on.

    Attributes:
        database_url: None means the embedded server in ``data_dir``.
        data_dir: of the embedded server.
        folder: the user's own migrations.
        with_builtin: whether Freehold's own migrations count.
    """

    database_url: str | None
    data_dir: Path
    folder: Path | None
    with_builtin: bool

    def sets(self) -> list[MigrationSet]:
        """Read the migration files: Freehold's own first, then the user's.

        Raises:
            FilesError: a file is not well formed.
            click.UsageError: neither set is asked for.
        """
        if not self.with_builtin and self.folder is None:
            raise click.UsageError("--no-builtin leaves nothing to migrate: add --dir with your own migrations.")
        sets = [builtin()] if self.with_builtin else []
        return [*sets, *([MigrationSet.from_folder(self.folder)] if self.folder else [])]

    @contextmanager
    def url(self) -> Iterator[str]:
        """The database's URL; an embedded server runs at least as long as it is held."""
        if self.database_url is not None:
            yield self.database_url
        else:
            with connect_or_start(self.data_dir) as server:
                yield server.url


_Command = Callable[Concatenate[Target, _Arguments], _Result]
_Decorated = Callable[..., _Result]

_DATABASE_OPTIONS = (
    click.option(
        "--database-url",
        envvar="FREEHOLD_DATABASE_URL",
        help="URL of the database. Prefer FREEHOLD_DATABASE_URL: every user of this machine can see arguments.",
    ),
    click.option(
        "--data-dir",
        envvar="FREEHOLD_DATA_DIR",
        default=Path("freehold-data"),
        show_default="./freehold-data",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the embedded PostgreSQL, which is used if you give no URL.",
    ),
)
_FILES_OPTIONS = (
    click.option(
        "--dir",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of your own migrations, which run after Freehold's.",
    ),
    click.option("--no-builtin", is_flag=True, help="Leave out Freehold's own migrations, to work on any database."),
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
"""The answer for programs."""

backups_option = click.option(
    "--backups",
    envvar="FREEHOLD_BACKUPS_DIR",
    default=Path("freehold-backups"),
    show_default="./freehold-backups",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of backups and evidence.",
)
"""Where backups are kept."""

staging_option = click.option(
    "--staging-url",
    envvar="FREEHOLD_STAGING_URL",
    help="URL of a database on another server, of the same major version, where the copies are made.",
)
"""Where copies are made."""


offline_option = click.option(
    "--offline",
    is_flag=True,
    help="Your application is stopped meanwhile, so allow locks and rewrites that would block it.",
)
"""Whether anybody else uses the database."""


out_of_order_option = click.option(
    "--out-of-order",
    is_flag=True,
    help="Allow pending migrations that are older than applied ones, as after merging a branch.",
)
"""Whether the order of application may differ from that of versions."""


def target_options(command: _Command[_Arguments, _Result]) -> _Decorated[_Result]:
    """Give a command the options for a database and for migrations; it gets the `Target` first."""
    return _with_target(command, (*_DATABASE_OPTIONS, *_FILES_OPTIONS))


def database_options(command: _Command[_Arguments, _Result]) -> _Decorated[_Result]:
    """Give a command the options for a database alone."""
    return _with_target(command, _DATABASE_OPTIONS)


def files_options(command: _Command[_Arguments, _Result]) -> _Decorated[_Result]:
    """Give a command the options for migrations alone."""
    return _with_target(command, _FILES_OPTIONS)


def _with_target(
    command: _Command[_Arguments, _Result], options: Sequence[Callable[[_Decorated[_Result]], _Decorated[_Result]]]
) -> _Decorated[_Result]:
    @wraps(command)
    def with_target(
        *args: Any,
        database_url: str | None = None,
        data_dir: Path = Path(),
        folder: Path | None = None,
        no_builtin: bool = False,
        **kwargs: Any,
    ) -> _Result:
        return command(Target(database_url, data_dir, folder, not no_builtin), *args, **kwargs)

    decorated: _Decorated[_Result] = with_target
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


@contextmanager
def errors_as_messages() -> Iterator[None]:
    """Turn the engine's own errors into messages on standard error and exit code 1."""
    try:
        yield
    except (MigrateError, PostgresError) as error:
        raise click.ClickException(str(error)) from None
    except asyncpg.PostgresError as error:
        raise click.ClickException(f"PostgreSQL refuses: {error}") from None
