"""Shows on a terminal how far an import or an export is, with its rate and how long it will still take."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

_ROOMY: Final = 80
"""Columns of a terminal that has room for a bar, and for how many rows there were."""


class _Rate(ProgressColumn):
    """How many rows in a second, and where there is room how many there were."""

    def __init__(self, *, brief: bool) -> None:
        super().__init__(table_column=Column(no_wrap=True))
        self._brief = brief

    def render(self, task: Task) -> Text:
        rows, seconds = task.fields["rows"], task.elapsed or 0
        if not rows or not seconds:
            return Text()
        rate = f"{rows / seconds:,.0f}"
        return Text(f"{rate} rows/s" if self._brief else f"{rows:,} rows, {rate}/s")


class Bars:
    """The bars of an import: reading its file, comparing what it held with what is stored, and storing it."""

    def __init__(self, progress: Progress, label: str, size: int | None) -> None:
        self._progress = progress
        self._label = label
        self._size = size
        self._begin()

    def read(self, count: int) -> None:
        """Move on by bytes of the file."""
        self._progress.advance(self._reading, count)

    def checked(self, count: int) -> None:
        """Count rows; the first ones after others were stored are of another kind."""
        if self._last != self._reading:
            for bar in self._progress.task_ids:
                self._progress.remove_task(bar)
            self._begin()
        self._rows += count
        self._progress.update(self._reading, rows=self._rows)

    def comparing(self) -> None:
        """Show that something goes on, since nobody can tell how long it takes."""
        self._bar("Comparing")

    def stored(self, done: int, total: int) -> None:
        """Move on by pages."""
        self._progress.update(self._bar("Storing"), completed=done, total=total, rows=round(self._rows * done / total))

    def wrote(self, done: int, total: int) -> None:
        """Move on by rows of an export."""
        self._progress.update(self._reading, completed=done, total=max(done, total), rows=done)

    def _begin(self) -> None:
        self._rows = 0
        self._last = self._reading = self._progress.add_task(self._label, total=self._size, rows=0)
        self._later: dict[str, TaskID] = {}

    def _bar(self, label: str) -> TaskID:
        """Begin another bar, if it has not begun; the one before it is at its end."""
        if label not in self._later:
            self._progress.update(self._last, completed=1, total=1)
            self._progress.stop_task(self._last)
            self._last = self._later[label] = self._progress.add_task(label, total=None, rows=0)
        return self._later[label]


@contextmanager
def bars(label: str, size: int | None = None, *, hidden: bool = False) -> Iterator[Bars]:
    """Show a bar while a person waits at a terminal; without a ``size`` it cannot tell how long.

    On a narrow terminal the figures are told without the bar, so that all of them stay on one line.
    """
    console = Console(stderr=True)
    is_roomy = console.width >= _ROOMY
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        *([BarColumn()] if is_roomy else []),
        TaskProgressColumn("{task.percentage:>3.0f} %"),
        _Rate(brief=not is_roomy),
        TimeRemainingColumn(table_column=Column(no_wrap=True), elapsed_when_finished=True),
    )
    with Progress(*columns, console=console, transient=True, disable=hidden or not sys.stderr.isatty()) as progress:
        yield Bars(progress, label, size)
