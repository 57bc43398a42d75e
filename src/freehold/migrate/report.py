"""What commands show to people: lines of progress, tables, and the same as JSON."""

import sys
from typing import Any, Self

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from freehold.migrate.runner import Status


def emit(answer: Any) -> None:
    """Print an answer as one JSON document on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())


class Lines:
    """Progress on standard error: a bar with the remaining time on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def step(self, text: str) -> None:
        """Begin a new bar."""
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(text, total=None)

    def advance(self, done: int, total: int) -> None:
        """Move the present bar."""
        if self._task is not None:
            self._bars.update(self._task, completed=done, total=total)


def show_status(status: Status) -> None:
    """Print a status for people."""
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("set", "version", "name", "state", "applied", "by"):
        table.add_column(heading)
    for row in status.applied:
        state = "applied" if row.state == "done" else f"{row.state}, not ended"
        applied_at = row.applied_at.strftime("%Y-%m-%d %H:%M:%SZ")
        table.add_row(row.set_name, row.version, row.name, state, applied_at, row.applied_by)
    unfinished = {row.key for row in status.applied if row.state != "done"}
    for pending in status.pending:
        if (pending.set_name, pending.version) not in unfinished:
            table.add_row(pending.set_name, pending.version, pending.name, "pending", "", "")
    console.print(table)
    for trouble in status.troubles:
        console.print(f"! {trouble.message}", soft_wrap=True, markup=False)
    if status.current:
        console.print("Everything is applied.")
