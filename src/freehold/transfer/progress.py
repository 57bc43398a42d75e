"""What an import tells whoever waits for it."""

from typing import Protocol


class Progress(Protocol):
    """Is told how far an import is: first it reads its file, then (of a file that is stored as a whole) it stores."""

    def read(self, count: int) -> object:
        """So many more bytes of the file have been read."""

    def checked(self, count: int) -> object:
        """So many more lines have been checked."""

    def comparing(self) -> object:
        """The lines are compared with what is stored already, which takes a while."""

    def stored(self, done: int, total: int) -> object:
        """This part of the lines is stored."""


class Quiet:
    """Tells nobody."""

    def read(self, count: int) -> None:
        """Ignore it."""

    def checked(self, count: int) -> None:
        """Ignore it."""

    def comparing(self) -> None:
        """Ignore it."""

    def stored(self, done: int, total: int) -> None:
        """Ignore it."""
