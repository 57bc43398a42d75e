"""Asking for a password: at a terminal without echo, or on standard input; never as an argument, which others see."""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

password_option: Callable[[Any], Any] = click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from the first line of standard input, instead of asking for it.",
)


def read_password(*, from_stdin: bool) -> str:
    """Read a new password.

    Raises:
        click.UsageError: there is nobody to ask, or what came is not UTF-8.
    """
    if not from_stdin:
        if not sys.stdin.isatty():
            raise click.UsageError("There is no terminal to ask for the password: pipe it in with --password-stdin.")
        answer: str = click.prompt("Password", hide_input=True, confirmation_prompt="Repeat the password", err=True)
        return answer
    line = sys.stdin.buffer.readline()
    try:
        return line.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise click.UsageError("The password on standard input is not UTF-8.") from None
