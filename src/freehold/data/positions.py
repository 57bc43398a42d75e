"""How far a database has come: a place in its log of changes, by which a standby and a caller can be compared."""

from typing import Final, NamedTuple, Self

NOW: Final = "now"
"""Stands for a position that is not known: whoever has it reads what is stored when they ask."""
_MOST_DIGITS: Final = 16


class Position(NamedTuple):
    """A place in the log: the timeline, which each promotion begins anew, and the number of bytes before it."""

    timeline: int
    lsn: int

    @property
    def text(self) -> str:
        """What others are given: they compare nothing, they give it back."""
        return f"{self.timeline:X}-{self.lsn:X}"

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """Read what ``text`` wrote; anything else is no position, and so promises nothing."""
        timeline, _, lsn = (text or "").partition("-")
        if not timeline or not lsn or max(len(timeline), len(lsn)) > _MOST_DIGITS:
            return None
        if not (timeline + lsn).isalnum():  # int() would take signs, spaces and underscores too
            return None
        try:
            return cls(int(timeline, 16), int(lsn, 16))
        except ValueError:
            return None


class Mark:
    """The position of a caller's own last write, which they must not read from before.

    Attributes:
        position: None where it is not known: their reads then see what is stored when they ask.
        least: what they have certainly written, where they may have written more by other ways; it counts while there
            is no primary to ask.
        has_moved: whether something was written since the mark was made.
    """

    __slots__ = ("has_moved", "least", "position")

    def __init__(self, text: str | None = None, *, least: str | None = None) -> None:
        self.position = Position.read(text)
        self.least = Position.read(least)
        self.has_moved = False

    def move(self, position: Position | None) -> None:
        """Note a write that is behind this position; None where that could not be found out."""
        is_behind = position is not None and self.position is not None and position < self.position
        self.has_moved = True
        if not is_behind:  # of two who write at once, the one who hears first may have written last
            self.position = position

    @property
    def text(self) -> str:
        """What the caller is given, to send it with later reads."""
        return self.position.text if self.position else NOW
