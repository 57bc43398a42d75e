"""Bringing rows in from files, and writing them out to files."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import BinaryIO, Final

import msgspec

from freehold.access import AccountAction, By, in_transaction, operation
from freehold.audit.operations import record
from freehold.context import Context
from freehold.db import Transaction
from freehold.transfer import queries
from freehold.transfer.exporting import SOURCES, Writer
from freehold.transfer.importing import Course, Entries, batches
from freehold.transfer.progress import Progress, Quiet
from freehold.transfer.reading import read
from freehold.transfer.refusals import Refusals
from freehold.transfer.types import Form, ImportPlan, ImportReport, KindName
from freehold.transfer.unpacking import PIECE, pieces

ROWS_AT_A_TIME: Final = 1000
"""How many rows an export writes at once."""


class _Undone(Exception):
    """Ends a transaction of which nothing is to be kept."""


@operation(AccountAction.DATA_IMPORT, by=By.ADMIN, own_transaction=True)
async def import_file(
    context: Context,
    kind: KindName,
    file: BinaryIO,
    *,
    form: Form = "ndjson",
    plan: ImportPlan | None = None,
    refusals: Refusals | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Store the rows of a file, however many they are: checked by every rule, ids and times as they stand there.

    Memory stays flat (below 200 MB), whatever the file's size and the length of its lines. All or nothing, unless the
    plan is partial: then the lines that are right are stored, some thousands in a transaction, and an import of the
    same file that was cut off goes on where it was.

    Args:
        context: of the operator or a platform administrator.
        kind: what the file holds.
        file: in UTF-8, as it is or packed by gzip or zstd; a pipe will do, and then a partial import cannot go on.
        form: how it is written.
        plan: what is done with what exists, and with lines that are wrong.
        refusals: gathers what is wrong with lines; the caller closes it.
        progress: is told how far it is.

    Raises:
        Forbidden: ``forbidden``: only platform administrators may.
        BadFile: ``bad_file``: it cannot be read to its end, or its columns are not those of ``kind``.
        ImportIsRunning: ``import_is_running``.
        Unavailable: ``unavailable``: the database has failed; nothing, or of a partial import a part, is stored.
    """
    plan, refusals, progress = plan or ImportPlan(), refusals or Refusals(), progress or Quiet()
    course = Course(kind, plan, refusals, progress)

    def entries_after(line: int) -> Entries:
        return batches(read(kind, form, pieces(file, progress.read), after=line))

    if plan.partial and not plan.dry_run:
        fingerprint = _fingerprint(file, kind, form, plan)
        report = await course.partial(context.db, entries_after, fingerprint)

        async def end(context: Context) -> None:
            if fingerprint:
                await queries.forget(context.db, fingerprint=fingerprint)
            await _record(context, report)

        await in_transaction(context, end)
        return report
    refusals.begin()
    (report,) = await _all_or_nothing(context, lambda db: _one(course.whole(db, entries_after(0))))
    return report


@operation(AccountAction.DATA_EXPORT, by=By.ADMIN, own_transaction=True)
async def export_file(
    context: Context,
    kind: KindName,
    write: Callable[[bytes], object],
    *,
    form: Form = "ndjson",
    with_password_hashes: bool = False,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> int:
    """Write every row as a line, of one moment and in order of id, so that the same rows always make the same bytes.

    Deleted organizations are left out, with their members and projects.

    Args:
        context: of the operator or a platform administrator.
        kind: what to write.
        write: takes some lines.
        form: how to write it.
        with_password_hashes: write those of users, too; keep such a file as you would keep passwords.
        on_progress: is told how many rows of (about) how many are written.

    Returns:
        How many rows were written.

    Raises:
        Forbidden: ``forbidden``: only platform administrators may.
        Unavailable: ``unavailable``: the database has failed.
    """
    source = SOURCES[kind]
    writer = Writer(source.row, form, secrets=with_password_hashes)
    lines = [writer.head]
    written = 0
    async with context.db.snapshot() as snapshot:
        total = await source.total(snapshot)
        async for row in source.rows(snapshot):
            lines.append(writer.line(row))
            written += 1
            if written % ROWS_AT_A_TIME == 0:
                write(b"".join(lines))
                lines.clear()
                on_progress(written, total)
    write(b"".join(lines))
    on_progress(written, written)

    async def note(context: Context) -> None:
        await record(
            context,
            AccountAction.DATA_EXPORT,
            None,
            kind=kind,
            rows=written,
            with_password_hashes=kind == "users" and with_password_hashes,
        )

    await in_transaction(context, note)
    return written


async def _all_or_nothing(
    context: Context, work: Callable[[Transaction], Awaitable[list[ImportReport]]]
) -> list[ImportReport]:
    """Run imports in one transaction, which is undone when any of them refuses a line or is a dry run."""
    reports: list[ImportReport] = []
    try:
        async with context.db.bulk() as transaction:
            reports = await work(transaction)
            _undo_unless_all_is_well(reports)
            for report in reports:
                await _record(msgspec.structs.replace(context, db=transaction), report)
    except _Undone:
        pass
    return reports


def _undo_unless_all_is_well(reports: list[ImportReport]) -> None:
    if any(report.refused or report.dry_run for report in reports):
        raise _Undone


async def _one(report: Awaitable[ImportReport]) -> list[ImportReport]:
    return [await report]


async def _record(context: Context, report: ImportReport) -> None:
    await record(
        context,
        AccountAction.DATA_IMPORT,
        None,
        kind=report.kind,
        stored=report.stored,
        updated=report.updated,
        skipped=report.skipped,
        refused=report.refused,
    )


def _fingerprint(file: BinaryIO, kind: KindName, form: Form, plan: ImportPlan) -> bytes | None:
    """Tell this import from all others by all of the file's bytes; None for a pipe, which cannot be read twice."""
    if not file.seekable():
        return None
    content = hashlib.sha256()
    while piece := file.read(PIECE):
        content.update(piece)
    file.seek(0)
    content.update(f"{kind} {form} {plan.on_conflict}".encode())
    return content.digest()
