"""What `freehold` consists of; a command's module is imported when the command is used."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from freehold.base.slices import Slice
from freehold.base.version import VERSION
from freehold.slices import SLICES
from freehold.terminal.words import with_words

if TYPE_CHECKING:
    from freehold.base.settings import Settings  # would take time, which `--help` need not wait for
    from freehold.data.context import Context


class Part(NamedTuple):
    """A command of `freehold` that is no slice's: where it is, and the line that lists it."""

    home: str
    help: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, name = self.home.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


SERVE: Final = {
    "serve": Part("freehold.serve.command:serve", "Start the server, with an embedded PostgreSQL or your own."),
}
DATABASE: Final = {
    "db": Part(
        "freehold.migrate.citus.commands:db", "Show the database in use, open a shell on it, or spread it over servers."
    ),
    "migrate": Part(
        "freehold.migrate.commands:migrate", "Change the database schema safely: rehearsed, backed up and reversible."
    ),
    "schema": Part("freehold.schema.commands:schema", "Describe the tables of a database."),
    "backup": Part("freehold.migrate.commands:backup", "Create, list, verify and remove backups."),
    "restore": Part(
        "freehold.migrate.commands:restore",
        "Replace the database with the backup NAME, and keep the old database under another name.",
    ),
}
LINES: Final[dict[str, str]] = {
    **{name: part.help for name, part in SERVE.items()},
    **{name: line for each in SLICES for name, line in each.commands.items()},
    **{name: part.help for name, part in DATABASE.items()},
}
"""`freehold --help`, in its order. A test compares each line with the command's own help."""


class Program(click.Group):
    """A group that lists its parts without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the parts."""
        return list(LINES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """Import a part."""
        if part := (SERVE | DATABASE).get(cmd_name):
            return with_words(part.load())
        found = next((_of_slice(each, cmd_name) for each in SLICES if cmd_name in each.commands), None)
        if isinstance(found, click.Group):
            for adding in SLICES:
                for name in adding.adds.get(cmd_name, ()):
                    found.add_command(_of_slice(adding, name))
        return found and with_words(found)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        """Write the list of parts."""
        with formatter.section("Commands"):
            formatter.write_dl(list(LINES.items()))


def _of_slice(found: Slice, name: str) -> click.Command:
    return next(command for command in found.found("commands", click.Command) if command.name == name)


@asynccontextmanager
async def _open(database_url: str, settings: "Settings") -> AsyncIterator["Context"]:
    from freehold.platform import Platform  # noqa: PLC0415 - for commands that work on it; `--help` needs none of it

    async with Platform.open(database_url, settings=settings) as platform:
        yield platform.context


@click.group(cls=Program, name="freehold", context_settings={"obj": _open, "help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="freehold", message="%(prog)s %(version)s")
def program() -> None:
    """Manage users, organizations and projects on plain PostgreSQL.

    Start with `freehold serve`. The other commands work on the same database, whether the server runs or not. They
    are allowed to do everything, because whoever can run them already controls the database.
    """
    from freehold.terminal.options import unknown_settings  # noqa: PLC0415 - see above

    for line in unknown_settings():
        click.echo(f"freehold: warning: {line}", err=True)
