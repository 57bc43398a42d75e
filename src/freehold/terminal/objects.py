"""The options that take metadata: a JSON object each, as the API takes it."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from freehold.base.validation import Malformed, parse_json

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

_WHOSE = {
    "metadata": "for the user and administrators",
    "public_metadata": "for everybody who sees it",
    "private_metadata": "for administrators",
}


def metadata_options(*names: str) -> Callable[[CommandT], CommandT]:
    """Give a command an option for each kind of metadata."""

    def add(command: CommandT) -> CommandT:
        for name in reversed(names):
            about = f"Keys to set {_WHOSE[name]}, as a JSON object; null removes a key."
            command = click.option(f"--{name.replace('_', '-')}", metavar="JSON", help=about)(command)
        return command

    return add


def read_metadata(given: dict[str, Any]) -> dict[str, Any]:
    """Read the options of ``metadata_options`` that are given, taking them out of the others.

    Raises:
        click.BadParameter: it is not JSON.
    """
    found: dict[str, Any] = {}
    for name in _WHOSE:
        text = given.pop(name, None)
        if text is None:
            continue
        try:
            found[name] = parse_json(text.encode("utf-8", "surrogateescape"))
        except Malformed as error:
            problem = str(error).replace("the body", "it")
            raise click.BadParameter(problem, param_hint=f"'--{name.replace('_', '-')}'") from None
    return found
