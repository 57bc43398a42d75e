"""A migration as another tool has it."""

from pathlib import Path
from typing import NamedTuple


class Script(NamedTuple):
    """The SQL of one way of a migration.

    Attributes:
        text: with lines of the other tool's own left empty, so that every line keeps its number.
        path: the file.
        line: of the file on which it begins, counted from 1.
        transaction: False if the other tool runs it outside of a transaction.
    """

    text: str
    path: Path
    line: int = 1
    transaction: bool = True


class Original(NamedTuple):
    """One migration of another tool.

    Attributes:
        label: how the other tool calls it: the name of its file or folder.
        version: the digits it is numbered with; empty if its place follows from something else.
        name: what it does, in a few words.
        up: the way up.
        down: the way back, or None.
        no_way_back: why there is none, when there is none.
        notes: what its reader has to say about it.
    """

    label: str
    version: str
    name: str
    up: Script
    down: Script | None
    no_way_back: str = ""
    notes: tuple[str, ...] = ()
