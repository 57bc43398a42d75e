"""Bringing rows in from files, and writing them out to files."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import BinaryIO, Final

import msgspec

from freehold.access import AccountAction, By, Writes, in_transaction, operation
from freehold.audit.recording import record
from freehold.base.errors import Unavailable
from freehold.data.context import Context
from freehold.data.db import Transaction, connect
from freehold.transfer import queries
from freehold.transfer.exporting import SOURCES, Writer
from freehold.transfer.importing import Course, Entries, batches
from freehold.transfer.progress import Progress, Quiet
from freehold.transfer.reading import read
from freehold.transfer.refusals import Refusals
from freehold.transfer.systems.rows import SYSTEMS, Rows, SystemName, kinds_in
from freehold.transfer.types import Form, ImportPlan, ImportReport, KindName, OnConflict
from freehold.transfer.unpacking import PIECE, pieces

ROWS_AT_A_TIME: Final = 1000
"""How many rows an export writes at once."""


class _Undone(Exception):
    """Ends a transaction of which nothing is to be kept."""


@operation(AccountAction.DATA_IMPORT, by=By.ADMIN, writes=Writes.OWN_TRANSACTION)
async def import_file(
    context: Context,
    kind: KindName,
    file: BinaryIO,
    *,
    form: Form = "ndjson",
    plan: ImportPlan | None = None,
    refusals: Refusals | None = None,
    progress: Progress | None = None,
    on_report: Callable[[ImportReport], object] = lambda _: None,
) -> ImportReport:
    """Import the rows of a file of any size. Every rule is checked; ids and times are kept.

    Memory stays below 200 MB, for any size of the file and its lines. Either all lines are stored or none, unless the
    plan is partial: then the valid lines are stored, some thousands in each transaction, and an interrupted import of
    the same file continues where it stopped. If it was interrupted after its last line, the report is repeated.

    Args:
        context: of the operator or a platform administrator.
        kind: what the file holds.
        file: in UTF-8, plain or compressed with gzip or zstd. From a pipe, a partial import cannot be continued.
        form: the format of the file.
        plan: what to do with existing rows and wrong lines.
        refusals: collects the refused lines; you close it.
        progress: called with the progress.
        on_report: called with the report when everything is stored. A partial import that is interrupted before this
            returns calls it again when it is repeated.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        BadFile: ``bad_file``: the file cannot be read to its end, or has columns that ``kind`` does not have.
        ImportIsRunning: ``import_is_running``.
        Unavailable: ``unavailable``: the database failed. Nothing is stored, or (of a partial import) a part. Also
            where Citus spreads the tables.
    """
    await _require_one_server(context)
    plan, refusals, progress = plan or ImportPlan(), refusals or Refusals(), progress or Quiet()
    course = Course(kind, plan, refusals, progress)

    def entries_after(line: int) -> Entries:
        return batches(read(kind, form, pieces(file, progress.read), after=line))

    if plan.partial and not plan.dry_run:
        fingerprint = _fingerprint(file, kind, form, plan)
        report = await course.partial(context.db, entries_after, fingerprint)

        async def end(context: Context) -> None:
            if not fingerprint or await queries.finish(context.db, fingerprint=fingerprint) is not None:
                await _record(context, report)

        await in_transaction(context, end)
        on_report(report)
        if fingerprint:
            await queries.forget(context.db, fingerprint=fingerprint)
        return report
    refusals.begin()

    async def whole(db: Transaction) -> list[ImportReport]:
        return [await course.whole(db, entries_after(0))]

    (report,) = await _in_one(context, whole, lambda report: report.refused or report.dry_run)
    on_report(report)
    return report


@operation(AccountAction.DATA_EXPORT, by=By.ADMIN, writes=Writes.OWN_TRANSACTION)
async def export_file(
    context: Context,
    kind: KindName,
    write: Callable[[bytes], object],
    *,
    form: Form = "ndjson",
    with_password_hashes: bool = False,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> int:
    """Export every row as a line, as of one moment and in order of id. The same rows always make the same bytes.

    Deleted organizations are left out, with their members and projects.

    Args:
        context: of the operator or a platform administrator.
        kind: what to write.
        write: called with some lines at a time.
        form: the format to write.
        with_password_hashes: include the password hashes of users. Protect such a file like passwords.
        on_progress: called with the number of rows written and the (estimated) total.

    Returns:
        How many rows were written.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        Unavailable: ``unavailable``: the database has failed.
    """
    source = SOURCES[kind]
    writer = Writer(source.row, form, secrets=with_password_hashes)
    lines = [writer.head]
    written = 0
    async with context.db.snapshot(anywhere=True) as snapshot:
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


@operation(AccountAction.DATA_IMPORT, by=By.ADMIN, writes=Writes.OWN_TRANSACTION)
async def import_system(
    context: Context,
    system: SystemName,
    source_url: str,
    *,
    table: str | None = None,
    on_conflict: OnConflict = "fail",
    dry_run: bool = False,
    refusals: Refusals | None = None,
    progress: Progress | None = None,
) -> list[ImportReport]:
    """Import the users of another system with their passwords, and (from better-auth) organizations and members.

    better-auth has organizations if its organization plugin is in use. Everything is stored in one transaction. Rows
    that Freehold cannot store are refused, and the rest are stored.

    Args:
        context: of the operator or a platform administrator.
        system: the system that the database belongs to.
        source_url: URL of that database. It is only read, as of one moment.
        table: its table of users, if not the usual one.
        on_conflict: what to do with existing rows.
        dry_run: store everything, then undo it.
        refusals: collects the refused rows; you close it.
        progress: called with the progress.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        NotThatSystem: ``not_that_system``: the database does not have the tables of the system.
        Unavailable: ``unavailable``: one of the databases cannot be reached, or has failed; nothing is stored.
    """
    await _require_one_server(context)
    refusals, progress = refusals or Refusals(), progress or Quiet()
    plan = ImportPlan(on_conflict=on_conflict, partial=True)
    refusals.begin()

    async def work(db: Transaction, source: Transaction) -> list[ImportReport]:
        reports = []
        for kind in await kinds_in(source, system):
            rows = Rows(source, system, kind, table or SYSTEMS[system].table)
            refused_before, refusals.sources = refusals.lines, rows.sources
            report = await Course(kind, plan, refusals, progress).whole(db, rows.entries())
            reports.append(msgspec.structs.replace(report, refused=refusals.lines - refused_before, dry_run=dry_run))
        return reports

    source = await connect(source_url, size=1)
    try:
        async with source.snapshot() as snapshot:
            return await _in_one(context, lambda db: work(db, snapshot), lambda report: report.dry_run)
    finally:
        await source.close()


async def _require_one_server(context: Context) -> None:
    """Refuse to import where Citus spreads the tables: what an import joins is not on one server there."""
    if context.db.is_citus and await queries.is_spread(context.db):
        raise Unavailable(
            "The tables of this database are spread over several servers, where nothing can be imported: import before "
            "'freehold db distribute'"
        )


async def _in_one(
    context: Context,
    work: Callable[[Transaction], Awaitable[list[ImportReport]]],
    is_undone: Callable[[ImportReport], object],
) -> list[ImportReport]:
    """Run imports in one transaction, which is undone when one of their reports asks for it."""
    reports: list[ImportReport] = []
    try:
        async with context.db.bulk() as transaction:
            reports = await work(transaction)
            if any(map(is_undone, reports)):
                raise _Undone  # noqa: TRY301 - it is how a transaction is left without a commit
            for report in reports:
                await _record(msgspec.structs.replace(context, db=transaction), report)
    except _Undone:
        pass
    return reports


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
        unusable_passwords=report.unusable_passwords,
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
