"""Writes the reference pages of the command line and of the settings: ``make renew``.

A test compares the pages with what this makes, so they are always true.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from freehold.base.settings import PREFIX
from freehold.cli.program import program
from freehold.terminal.options import FIELDS, ONLY_ENVIRONMENT, OTHERS, about

FOLDER: Final = Path("docs/reference")
RENEW: Final = "make renew"
_WIDTH = 100


def command_line() -> str:
    """Write the page about the commands: what ``--help`` says of each."""
    return "\n".join(
        [
            "# The command line",
            "",
            f"This is the `--help` of each command. `{RENEW}` writes this page.",
            "",
            "The exit status is 0 for success, 1 for failure, 2 for wrong usage and 130 for an interruption;",
            "`freehold serve` exits with 3 if it cut off requests when it stopped. On failure, standard error",
            "says why, in lines that begin with `freehold:`.",
            "",
            "On a terminal, commands print tables for people. In a pipe, they print fields with tabs between them.",
            "With `--json`, they print what the API returns.",
            *_sections(
                program,
                click.Context(program, info_name="freehold", terminal_width=_WIDTH, help_option_names=["-h", "--help"]),
            ),
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
            f"Use an option of `freehold serve` or the environment; options take precedence. Written by `{RENEW}`.",
            "",
            "| Option of `freehold serve` | Environment variable | Default | Description |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "Set these in the environment only. Other users of the machine can see arguments, but not the environment:",
            "",
            "| Environment variable | Description |",
            "| --- | --- |",
            *hidden,
            *(f"| `{name}` | {meaning} |" for name, meaning in OTHERS.items()),
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
