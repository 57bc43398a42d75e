"""Shows on a terminal how far an import or an export is, with its rate and how long it will still take."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class _Rate(ProgressColumn):
    """How many rows, and how many in a second."""

    def render(self, task: Task) -> Text:
        rows, seconds = task.fields["rows"], task.elapsed or 0
        return Text(f"{rows:,} rows, {rows / seconds:,.0f}/s" if rows and seconds else "")


class Bars:
    """The bar of an import: one for reading its file, and one for storing what it held."""

    def __init__(self, progress: Progress, size: int | None) -> None:
        self._progress = progress
        self._reading = progress.add_task("Checking", total=size, rows=0)
        self._rows = 0

    def read(self, count: int) -> None:
        """Move on by bytes of the file."""
        self._progress.advance(self._reading, count)

    def checked(self, count: int) -> None:
        """Count rows."""
        self._rows += count
        self._progress.update(self._reading, rows=self._rows)

    def stored(self, done: int, total: int) -> None:
        """Begin another bar when the file is read."""
        if len(self._progress.tasks) == 1:
            self._progress.add_task("Storing", rows=0)
        self._progress.update(
            self._progress.tasks[1].id, completed=done, total=total, rows=round(self._rows * done / total)
        )

    def wrote(self, done: int, total: int) -> None:
        """Move on by rows of an export."""
        self._progress.update(self._reading, completed=done, total=max(done, total), rows=done)


@contextmanager
def bars(label: str, size: int | None = None) -> Iterator[Bars]:
    """Show a bar while a person waits at a terminal; without a ``size`` it cannot tell how long."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        shown = Bars(progress, size)
        progress.update(progress.tasks[0].id, description=label)
        yield shown
