"""What commands show to people: lines of progress, tables, and the same as JSON."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from freehold.migrate.adopt import Adoption
from freehold.migrate.backup import Backup
from freehold.migrate.findings import Finding
from freehold.migrate.frameworks.convert import Import
from freehold.migrate.gate import Outcome
from freehold.migrate.leftovers import Leftover
from freehold.migrate.rehearse import Rehearsal
from freehold.migrate.reverse import Prospect
from freehold.migrate.runner import Status
from freehold.migrate.swap import Exchange

_WIDE = 200
_LEFT = {
    "copy": "copy for a rehearsal",
    "restored": "restored, never in place",
    "replaced": "replaced by a restore, and kept",
    "backup": "backup that did not end",
}


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

    def pause(self) -> None:
        """Take the bars away, for a question."""
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
        done = "applied" if row.duration_seconds is not None else "adopted"
        state = done if row.state == "done" else f"{row.state}, not ended"
        applied_at = row.applied_at.strftime("%Y-%m-%d %H:%M:%SZ")
        table.add_row(row.set_name, row.version, row.name, state, applied_at, row.applied_by)
    unfinished = {row.key for row in status.applied if row.state != "done"}
    for pending in status.pending:
        if (pending.set_name, pending.version) not in unfinished:
            state = "pending, out of order" if pending.out_of_order else "pending"
            table.add_row(pending.set_name, pending.version, pending.name, state, "", "")
    console.print(table)
    for trouble in status.troubles:
        _say(console, f"! {trouble.message}")
    for each in status.drift:
        _say(console, f"! drift: {each}")
    show_not_compared(status.not_compared)
    if status.evidence:
        until = f"{status.evidence.expires_at:%Y-%m-%d %H:%M} UTC"
        _say(console, f"Evidence for {', '.join(status.evidence.versions)} until {until}: {status.evidence.backup}")
    if status.current:
        console.print("Everything is applied.")
    if status.leftovers:
        console.print("Left behind:")
        show_leftovers(status.leftovers)
        console.print("Remove it with: freehold migrate clean")


def show_not_compared(what: Sequence[str]) -> None:
    """Print in one line what a comparison leaves out."""
    if what:
        _say(Console(highlight=False), f"Not compared: {', '.join(what)}.")


def show_leftovers(found: Sequence[Leftover]) -> None:
    """Print what is left, with its size and age."""
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "what", "size", "age", ""):
        table.add_column(heading, no_wrap=heading == "name", overflow="ignore")
    for each in found:
        size = "" if each.size_bytes is None else f"{each.size_bytes / 2**20:.1f} MiB"
        age = "" if each.made_at is None else _age(datetime.now(UTC) - each.made_at)
        table.add_row(each.name, _LEFT[each.kind], size, age, "in use" * each.in_use)
    Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE).print(table)


def show_findings(findings: Sequence[Finding], only_read: int = 0) -> None:
    """Print findings for people, errors first; and how many imported files were read and not judged."""
    console = Console(highlight=False)
    for each in sorted(findings, key=lambda each: each.severity):
        _say(console, f"{each.severity}: {each}")
    errors = sum(each.severity == "error" for each in findings)
    console.print(f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'notice')}.")
    if only_read:
        _say(console, f"{_count(only_read, 'imported file')} can be read; --imported judges what they do, too.")


def show_rehearsal(rehearsal: Rehearsal) -> None:
    """Print how a rehearsal went."""
    console = Console(highlight=False)
    for step in rehearsal.steps:
        _say(console, f"{step.version}_{step.name}: up took {step.trace.seconds:.2f} s")
        for lock in step.trace.locks:
            _say(console, f"    {lock.mode} on {lock.table} for {lock.seconds:.2f} s (no {lock.blocks} meanwhile)")
        for table, rows in step.trace.rewritten.items():
            _say(console, f"    wrote {table} anew ({rows} rows)")
        for loss in step.losses:
            _say(console, f"    down loses {loss}")
    show_not_compared(rehearsal.not_compared)
    if rehearsal.steps or rehearsal.findings:
        show_findings(rehearsal.findings)
    if rehearsal.evidence:
        until = f"{rehearsal.evidence.expires_at:%Y-%m-%d %H:%M} UTC"
        console.print(f"Proved. Until {until} you may run: freehold migrate apply")
    elif rehearsal.passed:
        console.print("Nothing is pending.")
    else:
        console.print("Not proved: nothing may be applied. Correct the migrations and rehearse again.")


def show_outcome(outcome: Outcome) -> None:
    """Print what apply did, beside what was foretold."""
    console = Console(highlight=False)
    for step in outcome.applied:
        foretold = "" if step.predicted_seconds is None else f" (rehearsed: {step.predicted_seconds:.2f} s)"
        _say(console, f"applied {step.version}_{step.name} in {step.seconds:.2f} s{foretold}")
    for each in outcome.surprises:
        _say(console, f"! not as rehearsed: {each}")
    count = len(outcome.applied)
    console.print(f"{count} applied; everything is up to date." if count else "Nothing to apply.")


def show_prospect(prospect: Prospect) -> None:
    """Print what going back would lose."""
    console = Console(highlight=False, stderr=True)
    _say(console, f"Going back to {prospect.target} reverts {', '.join(prospect.reverted)}.")
    for each in prospect.lost or ["nothing: tried on a copy of the database"]:
        _say(console, f"    lost: {each}")
    _say(console, f"A backup with all of it is in {prospect.backup}.")


def show_exchange(exchange: Exchange) -> None:
    """Print what a restore is about to do."""
    console = Console(highlight=False, stderr=True)
    _say(console, f"{exchange.database} will be as it was at {exchange.taken_at:%Y-%m-%d %H:%M:%S} UTC.")
    for each in exchange.changed or ["nothing has changed since"]:
        _say(console, f"    {each}")
    if exchange.left_out:
        _say(console, "It will be without these, which need more rights or a decision; run them afterwards:")
    for each in exchange.left_out:
        _say(console, f"    {each};")
    if not exchange.schema_compared:
        _say(console, "    its schema was not compared: another version of Freehold took the backup; every row was")
    sessions = _count(exchange.sessions, "other session")
    _say(console, f"What is there now is kept as {exchange.kept_as}; {sessions} will be ended.")


def show_import(answer: Import) -> None:
    """Print what became of each migration: the file it was, the files it is, and what was done to it."""
    console = Console(highlight=False)
    width = max(len(each.original) for each in answer.migrations)
    for each in answer.migrations:
        for index, line in enumerate([*each.files, *(f"({note})" for note in each.notes)]):
            _say(console, f"{'' if index else each.original:{width}}  {line}")
    count = _count(sum(len(each.files) for each in answer.migrations), "file")
    _say(console, f"{count} written to {answer.folder}.")


def show_adoption(answer: Adoption) -> None:
    """Print what adopt found and did."""
    console = Console(highlight=False)
    for each in answer.not_compared:
        _say(console, f"not compared: {each}")
    for each in answer.differences:
        _say(console, f"! {each}")
    if answer.adopted:
        schema = "although the schemas differ" if answer.differences else "the schema is what the files make"
        _say(console, f"{len(answer.adopted)} recorded as applied: {schema}.")
    else:
        _say(
            console,
            f"Nothing was recorded: {_count(len(answer.differences), 'difference')}. Correct the files or the "
            "database, name an earlier version with --to, or record them all the same with --unsafe WHY.",
        )


def show_backups(backups: Sequence[Backup]) -> None:
    """Print backups, oldest first."""
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "database", "rows", "bytes"):
        table.add_column(heading)
    for each in backups:
        manifest = each.manifest
        table.add_row(manifest.backup_id, manifest.database, str(manifest.digests.rows), str(each.size_bytes))
    Console(highlight=False).print(table)


def _age(age: timedelta) -> str:
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if number := int(age.total_seconds() // seconds):
            return _count(number, unit)
    return "less than a minute"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say(console: Console, text: str) -> None:
    console.print(text, soft_wrap=True, markup=False)
