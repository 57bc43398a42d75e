"""What `freehold` consists of; a command's module is imported when the command is used."""

from importlib import import_module
from typing import Final, NamedTuple

import click

import freehold


class Part(NamedTuple):
    """A command of `freehold`: where it is, and the line that lists it."""

    home: str
    help: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, name = self.home.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


PARTS: Final = {
    "serve": Part("freehold.cli.serve:serve", "Serve the API, on an embedded PostgreSQL unless you have your own."),
    "users": Part(
        "freehold.users.commands:users",
        "Make, list and show users; set passwords, export and erase data.",
    ),
    "organizations": Part(
        "freehold.organizations.commands:organizations",
        "Make, list and show organizations; invite people, delete and restore.",
    ),
    "roles": Part(
        "freehold.organizations.roles.commands:roles",
        "Make, list, show, change and delete the roles of an organization.",
    ),
    "projects": Part("freehold.projects.commands:projects", "Make, list and show projects."),
    "sessions": Part("freehold.sessions.commands:sessions", "List and end the sessions of a user."),
    "api-keys": Part("freehold.api_keys.commands:api_keys", "Make, list, rotate and revoke keys for programs."),
    "import": Part(
        "freehold.transfer.commands:import_",
        "Store users, organizations, members and projects from files, or from another system's database.",
    ),
    "export": Part("freehold.transfer.commands:export", "Write users, organizations, members and projects to files."),
    "mail": Part("freehold.mail.commands:mail", "Show the mails that were delivered, or wait to be."),
    "audit": Part(
        "freehold.audit.commands:audit", "Read the audit log, check that nobody has changed it, and export it."
    ),
    "db": Part("freehold.postgres.commands:db", "Show the database in use, or open a shell on it."),
    "migrate": Part(
        "freehold.migrate.commands:migrate", "Change the database's schema, guarded: rehearsed, backed up, reversible."
    ),
    "backup": Part("freehold.migrate.commands:backup", "Take, list, prove and remove backups."),
    "restore": Part(
        "freehold.migrate.commands:restore",
        "Put the backup NAME in the place of the database, which is kept under another name.",
    ),
}
"""In the order of `freehold --help`. A test compares each line with the command's own help."""


class Program(click.Group):
    """A group that lists its parts without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the parts."""
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """Import a part."""
        part = PARTS.get(cmd_name)
        return part.load() if part else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        """Write the list of parts."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, part.help) for name, part in PARTS.items()])


@click.group(cls=Program, name="freehold")
@click.version_option(freehold.__version__, prog_name="freehold", message="%(prog)s %(version)s")
def program() -> None:
    """Users, organizations and projects on plain PostgreSQL.

    Start with `freehold serve`. Commands work on the same database as `serve` does, whether it runs or not, and may do
    everything: whoever can run them has the database.
    """
