"""The same manners for every command, whoever declared it: numbers in words, and what to type instead."""

import difflib
import re
from collections.abc import Collection
from typing import Any, Final

import click

from freehold.base.ranges import number_range

VERBS: Final = {
    "add": "create",
    "make": "create",
    "new": "create",
    "get": "show",
    "ls": "list",
    "change": "update",
    "edit": "update",
    "set": "update",
    "remove": "delete",
    "rm": "delete",
}
"""What people try -> how a command of that kind is called here."""
_UNKNOWN = re.compile(r"No such command '(.+?)'")


class Whole(click.IntRange):
    """A whole number; its range is said in words."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number."""
        number: int = _within(self, int, value, param, ctx)
        return number

    def _describe_range(self) -> str:
        return number_range(self.min, self.max)


class Fraction(click.FloatRange):
    """A number; its range is said in words."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number."""
        number: float = _within(self, float, value, param, ctx)
        return number

    def _describe_range(self) -> str:
        return number_range(self.min, self.max, above=self.min_open)


def _within(kind: Any, read: type, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
    try:
        number = read(value)
        low = kind.min is None or number > kind.min or (number == kind.min and not kind.min_open)
        if low and (kind.max is None or number <= kind.max):
            return number
    except ValueError:
        pass
    noun = "a whole number" if read is int else "a number"
    return kind.fail(f"'{value}' is not {noun} {kind._describe_range()}.", param, ctx)  # noqa: SLF001 - one of the above


def with_words(command: click.Command) -> click.Command:
    """Give the numbers of a command, and of those in it, ranges in words."""
    for parameter in command.params:
        parameter.type = _worded(parameter.type)
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        with_words(inner)
    return command


def _worded(kind: "click.ParamType[Any]") -> "click.ParamType[Any]":
    if type(kind) is click.IntRange:
        return Whole(kind.min, kind.max)
    if type(kind) is click.FloatRange:
        return Fraction(kind.min, kind.max, min_open=kind.min_open)
    return kind


def suggested(error: click.UsageError) -> click.UsageError:
    """Add to an error about an unknown command which one is meant, if any is near."""
    unknown = _UNKNOWN.match(error.message)
    group = error.ctx.command if error.ctx else None
    if error.ctx is None or unknown is None or not isinstance(group, click.Group):
        return error
    name = unknown[1]
    near = nearest(VERBS.get(name, name), group.list_commands(error.ctx))
    hint = f" Did you mean '{near}'?" if near else ""
    return click.UsageError(f"No such command '{name}'.{hint}", error.ctx)


def nearest(name: str, names: Collection[str]) -> str | None:
    """Find the name that was probably meant."""
    begun = [each for each in names if each.startswith(name)]
    found = begun if len(begun) == 1 else difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return found[0] if found else None
