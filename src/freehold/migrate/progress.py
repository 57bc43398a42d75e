"""How a long command tells what it is doing, without knowing whether anyone watches."""

from typing import Protocol


class Progress(Protocol):
    """Hears what is going on; the command line draws bars from it."""

    def step(self, text: str) -> None:
        """A step begins: ``text`` is a short line for people."""

    def advance(self, done: int, total: int) -> None:
        """So much of the present step is done, in units of its own (rows, bytes, tables)."""


class Silent:
    """Tells nobody."""

    def step(self, text: str) -> None:
        """Ignore it."""

    def advance(self, done: int, total: int) -> None:
        """Ignore it."""
