"""What commands show to people: lines of progress, tables, and the same as JSON."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from freehold.migrate.adopt import Adoption
from freehold.migrate.backup import Backup
from freehold.migrate.findings import Finding
from freehold.migrate.frameworks.convert import Import
from freehold.migrate.gate import Outcome
from freehold.migrate.leftovers import Leftover
from freehold.migrate.listing import print_table
from freehold.migrate.rehearse import Rehearsal
from freehold.migrate.reverse import Prospect
from freehold.migrate.runner import Status
from freehold.migrate.swap import Exchange

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
    """Print a status for people: the migrations, and what is to be said about them beside a list that is in a pipe."""
    rows: list[tuple[object, ...]] = []
    for row in status.applied:
        done = "applied" if row.duration_seconds is not None else "adopted"
        state = done if row.state == "done" else f"{row.state}, not ended"
        rows.append((row.set_name, row.version, row.name, state, row.applied_at, row.applied_by))
    unfinished = {row.key for row in status.applied if row.state != "done"}
    for pending in status.pending:
        if (pending.set_name, pending.version) not in unfinished:
            state = "pending, out of order" if pending.out_of_order else "pending"
            rows.append((pending.set_name, pending.version, pending.name, state, "", ""))
    print_table(("set", "version", "name", "state", "applied", "by"), rows)
    beside = not sys.stdout.isatty()
    for trouble in status.troubles:
        _say(f"! {trouble.message}", err=beside)
    for each in status.drift:
        _say(f"! drift: {each}", err=beside)
    show_not_compared(status.not_compared, err=beside)
    if status.evidence:
        until = f"{status.evidence.expires_at:%Y-%m-%d %H:%M} UTC"
        versions = ", ".join(status.evidence.versions)
        _say(f"Evidence for {versions} until {until}: {status.evidence.backup}", err=beside)
    if status.current:
        _say("Everything is applied.", err=beside)
    if status.leftovers:
        _say("Left behind:", err=beside)
        show_leftovers(status.leftovers, err=beside)
        _say("Remove it with: freehold migrate clean", err=beside)


def show_not_compared(what: Sequence[str], *, err: bool = False) -> None:
    """Print in one line what a comparison leaves out."""
    if what:
        _say(f"Not compared: {', '.join(what)}.", err=err)


def show_leftovers(found: Sequence[Leftover], *, err: bool = True) -> None:
    """Print what is left, with its size and age."""
    rows = [
        (
            each.name,
            _LEFT[each.kind],
            "" if each.size_bytes is None else f"{each.size_bytes / 2**20:.1f} MiB",
            "" if each.made_at is None else _age(datetime.now(UTC) - each.made_at),
            "in use" * each.in_use,
        )
        for each in found
    ]
    print_table(("name", "what", "size", "age", "use"), rows, err=err)


def show_findings(findings: Sequence[Finding], only_read: int = 0) -> None:
    """Print findings for people, errors first; and how many imported files were read and not judged."""
    for each in sorted(findings, key=lambda each: each.severity):
        _say(f"{each.severity}: {each}")
    errors = sum(each.severity == "error" for each in findings)
    _say(f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'notice')}.")
    if only_read:
        _say(f"{_count(only_read, 'imported file')} can be read; --imported judges what they do, too.")


def show_rehearsal(rehearsal: Rehearsal) -> None:
    """Print how a rehearsal went."""
    for step in rehearsal.steps:
        _say(f"{step.version}_{step.name}: up took {step.trace.seconds:.2f} s")
        for lock in step.trace.locks:
            _say(f"    {lock.mode} on {lock.table} for {lock.seconds:.2f} s (no {lock.blocks} meanwhile)")
        for table, rows in step.trace.rewritten.items():
            _say(f"    rewrote {table} ({rows} rows)")
        for loss in step.losses:
            _say(f"    down loses {loss}")
    show_not_compared(rehearsal.not_compared)
    if rehearsal.steps or rehearsal.findings:
        show_findings(rehearsal.findings)
    if rehearsal.evidence:
        until = f"{rehearsal.evidence.expires_at:%Y-%m-%d %H:%M} UTC"
        _say(f"Proved. Until {until} you may run: freehold migrate apply")
    elif rehearsal.passed:
        _say("Nothing is pending.")
    else:
        _say("Not proved: nothing may be applied. Correct the migrations and rehearse again.")


def show_outcome(outcome: Outcome) -> None:
    """Print what apply did, beside what was foretold."""
    for step in outcome.applied:
        foretold = "" if step.predicted_seconds is None else f" (rehearsed: {step.predicted_seconds:.2f} s)"
        _say(f"applied {step.version}_{step.name} in {step.seconds:.2f} s{foretold}")
    for each in outcome.surprises:
        _say(f"! not as rehearsed: {each}")
    count = len(outcome.applied)
    _say(f"{count} applied; everything is up to date." if count else "Nothing to apply.")


def show_prospect(prospect: Prospect) -> None:
    """Print what going back would lose."""
    _say(f"Going back to {prospect.target} reverts {', '.join(prospect.reverted)}.", err=True)
    for each in prospect.lost or ["nothing: tried on a copy of the database"]:
        _say(f"    lost: {each}", err=True)
    _say(f"A backup with all of it is in {prospect.backup}.", err=True)


def show_exchange(exchange: Exchange) -> None:
    """Print what a restore is about to do."""
    _say(f"{exchange.database} will be as it was at {exchange.taken_at:%Y-%m-%d %H:%M:%S} UTC.", err=True)
    for each in exchange.changed or ["nothing has changed since"]:
        _say(f"    {each}", err=True)
    if exchange.left_out:
        _say("It will be without these, which need more rights or a decision; run them afterwards:", err=True)
    for each in exchange.left_out:
        _say(f"    {each};", err=True)
    if not exchange.schema_compared:
        _say("    its schema was not compared: another version of Freehold took the backup; every row was", err=True)
    sessions = _count(exchange.sessions, "other session")
    _say(f"What is there now is kept as {exchange.kept_as}; {sessions} will be ended.", err=True)


def show_import(answer: Import) -> None:
    """Print what became of each migration: the file it was, the files it is, and what was done to it."""
    width = max(len(each.original) for each in answer.migrations)
    for each in answer.migrations:
        for index, line in enumerate([*each.files, *(f"({note})" for note in each.notes)]):
            _say(f"{'' if index else each.original:{width}}  {line}")
    count = _count(sum(len(each.files) for each in answer.migrations), "file")
    _say(f"{count} written to {answer.folder}.")


def show_adoption(answer: Adoption) -> None:
    """Print what adopt found and did."""
    for each in answer.not_compared:
        _say(f"not compared: {each}")
    for each in answer.differences:
        _say(f"! {each}")
    if answer.adopted:
        schema = "although the schemas differ" if answer.differences else "the schema is what the files make"
        _say(f"{len(answer.adopted)} recorded as applied: {schema}.")
    else:
        _say(
            f"Nothing was recorded: {_count(len(answer.differences), 'difference')}. Correct the files or the "
            "database, name an earlier version with --to, or record them all the same with --unsafe WHY.",
        )


def show_backups(backups: Sequence[Backup]) -> None:
    """Print backups, oldest first."""
    found = [(each.manifest, each.size_bytes) for each in backups]
    rows = [(each.backup_id, each.database, each.digests.rows, size, each.created_at) for each, size in found]
    print_table(("name", "database", "rows", "bytes", "created_at"), rows)


def _age(age: timedelta) -> str:
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if number := int(age.total_seconds() // seconds):
            return _count(number, unit)
    return "less than a minute"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say(text: str, *, err: bool = False) -> None:
    click.echo(text, err=err)
