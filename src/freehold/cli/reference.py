"""Writes the reference pages of the command line and of the settings: ``make renew``.

A test compares the pages with what this makes, so they are always true.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from freehold.base.settings import PREFIX
from freehold.cli.program import program
from freehold.postgres.binaries import SETTING as POSTGRES_BIN
from freehold.terminal.failures import DEBUG
from freehold.terminal.options import FIELDS, ONLY_ENVIRONMENT, about

FOLDER: Final = Path("docs/reference")
RENEW: Final = "make renew"
_WIDTH = 100


def command_line() -> str:
    """Write the page about the commands: what ``--help`` says of each."""
    return "\n".join(
        [
            "# The command line",
            "",
            f"What `--help` says of each command (written by `{RENEW}`).",
            "",
            "Exit status: 0 done; 1 it failed, and standard error says why in lines that begin with `freehold:`;",
            "2 wrong usage; 3 `freehold serve` cut off requests when it stopped; 130 interrupted. What is printed is",
            "for people on a terminal, fields with tabs between them in a pipe, and with `--json` what the API answers.",
            *_sections(program, click.Context(program, info_name="freehold", terminal_width=_WIDTH)),
        ]
    )


def settings() -> str:
    """Write the page about the settings: each as an option of ``freehold serve`` and in the environment."""
    rows = [
        f"| `--{name.replace('_', '-')}` | `{PREFIX}{name.upper()}` | {_default(name)} | {about(field)} |"
        for name, field in FIELDS.items()
        if name not in ONLY_ENVIRONMENT
    ]
    hidden = [f"| `{PREFIX}{name.upper()}` | {about(FIELDS[name])} |" for name in sorted(ONLY_ENVIRONMENT)]
    return "\n".join(
        [
            "# Settings",
            "",
            f"An option goes before the environment. Written by `{RENEW}`.",
            "",
            "| Option of `freehold serve` | Environment variable | Default | What it is |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "Only in the environment, which other users of the machine cannot see as they can see arguments:",
            "",
            "| Environment variable | What it is |",
            "| --- | --- |",
            *hidden,
            f"| `{POSTGRES_BIN}` | the folder of the PostgreSQL programs to use, before the wheel's and the system's |",
            f"| `{DEBUG}` | 1 shows where an unexpected error came from |",
            "",
        ]
    )


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from ("", f"## {context.command_path}", "", "```text", command.get_help(context), "```")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _sections(inner, click.Context(inner, context, name))
    if context.parent is None:
        yield ""


def _default(name: str) -> str:
    default = FIELDS[name].default
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if isinstance(default, (str, int, float, Path)) else ""
