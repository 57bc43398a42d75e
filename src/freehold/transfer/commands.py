"""`freehold import` and `freehold export`."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, get_args

import click

from freehold.data.context import Context
from freehold.terminal.declare import shows
from freehold.terminal.failures import FAILED
from freehold.terminal.output import print_json
from freehold.transfer import operations
from freehold.transfer.bars import bars
from freehold.transfer.files import STANDARD, form_of, reading, writing
from freehold.transfer.refusals import Refusals
from freehold.transfer.systems.rows import SYSTEMS, SystemName
from freehold.transfer.types import Form, ImportPlan, ImportReport, KindName, OnConflict

_TOLD = 5
"""How many refusals to print at most; the file has all of them."""

_form = click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Form)),
    help="Format of FILE; by default, from its name, or else ndjson.",
)


@click.group("import")
def import_() -> None:
    """Import users, organizations, members and projects from files or from another system."""


@click.group()
def export() -> None:
    """Export users, organizations, members and projects to files."""


def plan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give an import the options that say how it goes about its lines."""
    for add in (
        click.option(
            "--errors",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="File for the errors, one JSON object per line; by default FILE.errors.ndjson.",
        ),
        click.option("--dry-run", is_flag=True, help="Show what would happen, and store nothing."),
        click.option(
            "--on-conflict",
            type=click.Choice(get_args(OnConflict)),
            default="fail",
            show_default=True,
            help="What to do with a line whose id, username, e-mail address, slug or membership already exists: refuse "
            "it (fail), leave it out (skip), or update what has its id (update).",
        ),
    ):
        command = add(command)
    return command


def _declare(kind: KindName) -> None:
    @import_.command(
        kind,
        help=f"Import {kind} from FILE (- for standard input), which can be compressed with gzip or zstd.",
        short_help=f"Import {kind} from a file.",
    )
    @click.argument("file", metavar="FILE")
    @_form
    @plan_options
    @click.option(
        "--partial",
        is_flag=True,
        help="Store the valid lines, some thousands at a time. If interrupted, run the same command to continue.",
    )
    @shows
    async def bring_in(
        context: Context,
        *,
        file: str,
        form: Form | None,
        errors: Path | None,
        dry_run: bool,
        on_conflict: OnConflict,
        partial: bool,
        as_json: bool,
    ) -> int:
        plan = ImportPlan(on_conflict=on_conflict, partial=partial, dry_run=dry_run)
        errors = errors or Path(f"{kind if file == STANDARD else file}.errors.ndjson")
        refusals, status = Refusals(errors), FAILED
        name = "standard input" if file == STANDARD else file

        def told(report: ImportReport) -> None:
            nonlocal status
            shown.close()
            refusals.close()
            status = tell([report], refusals, errors, name=name, partial=partial, as_json=as_json)

        try:
            label = "Storing" if partial and not dry_run else "Checking"
            with reading(file) as (opened, size), ExitStack() as shown:
                await operations.import_file(
                    context,
                    kind,
                    opened,
                    form=form or form_of(file) or "ndjson",
                    plan=plan,
                    refusals=refusals,
                    progress=shown.enter_context(bars(label, size)),
                    on_report=told,
                )
        finally:
            refusals.close()
        return status

    @export.command(
        kind, help=f"Export {kind} to FILE, compressed if it ends in .gz or .zst; by default, to standard output."
    )
    @click.argument("file", default=STANDARD)
    @_form
    @click.option(
        "--with-password-hashes",
        is_flag=True,
        help="Include the password hashes of users. Protect such a file like passwords.",
    )
    @shows
    async def write_out(
        context: Context,
        *,
        file: str,
        form: Form | None,
        with_password_hashes: bool,
        as_json: bool,
    ) -> int:
        on_screen = file == STANDARD and sys.stdout.isatty()  # where a bar would stand between the rows
        with writing(file) as write, bars("Writing", hidden=on_screen) as progress:
            rows = await operations.export_file(
                context,
                kind,
                write,
                form=form or form_of(file) or "ndjson",
                with_password_hashes=with_password_hashes,
                on_progress=progress.wrote,
            )
        if as_json and file != STANDARD:
            print_json({"kind": kind, "rows": rows})
        elif file != STANDARD:
            click.echo(f"Wrote {rows:,} {kind} to {file}")
        return 0


def _declare_system(system: SystemName) -> None:
    known = SYSTEMS[system]
    kinds = ", ".join(known.statements)

    @import_.command(
        system,
        help=f"Import {kinds} from a PostgreSQL database of {system}. Rows that Freehold cannot store are refused, and "
        "the rest are stored.",
        short_help=f"Import {kinds} from a database of {system}.",
    )
    @click.option(
        "--from",
        "source_url",
        required=True,
        envvar="FREEHOLD_IMPORT_FROM",
        show_envvar=True,
        metavar="URL",
        help="URL of the database, postgresql://user:password@host/name. It is only read. Prefer the environment "
        "variable: every user of this machine can see arguments.",
    )
    @click.option("--table", default=known.table, show_default=True, help="Table of its users.")
    @plan_options
    @shows
    async def bring_over(
        context: Context,
        *,
        source_url: str,
        table: str,
        errors: Path | None,
        dry_run: bool,
        on_conflict: OnConflict,
        as_json: bool,
    ) -> int:
        errors = errors or Path(f"{system}.errors.ndjson")
        refusals = Refusals(errors)
        try:
            with bars("Reading") as progress:
                reports = await operations.import_system(
                    context,
                    system,
                    source_url,
                    table=table,
                    on_conflict=on_conflict,
                    dry_run=dry_run,
                    refusals=refusals,
                    progress=progress,
                )
        finally:
            refusals.close()
        return tell(reports, refusals, errors, name=system, partial=True, as_json=as_json)


for _kind in get_args(KindName):
    _declare(_kind)
for _system in get_args(SystemName):
    _declare_system(_system)


def tell(
    reports: list[ImportReport], refusals: Refusals, errors: Path, *, name: str, partial: bool, as_json: bool
) -> int:
    """Print the result of an import from the file of this name, and return the exit status."""
    for refusal in refusals.first[:_TOLD]:
        field = f", {refusal.field}" if refusal.field else ""
        where = refusal.source or f"{name}, line {refusal.line}"
        click.echo(f"{where}{field}: {refusal.reason}", err=True)
    if as_json:
        print_json(reports[0] if len(reports) == 1 else {"data": reports})
    else:
        for report in reports:
            click.echo(_summary(report))
            if report.unusable_passwords:
                click.echo(
                    f"{report.unusable_passwords:,} of them have a password hash that Freehold cannot check: they get "
                    "a mail that sets a new password when they try to sign in, or ask for it",
                    err=True,
                )
    if refusals.lines:
        others = "would be" if any(report.dry_run for report in reports) else "are"
        outcome = f"the others {others} stored" if partial else "nothing is stored"
        click.echo(f"{refusals.lines:,} refused; {outcome}. See {errors} for the reasons.", err=True)
    return FAILED if refusals.lines else 0


def _summary(report: ImportReport) -> str:
    counts = {"stored": report.stored, "updated": report.updated, "skipped": report.skipped, "refused": report.refused}
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count or what == "stored")
    resumed = f", continued after line {report.resumed_after:,}" if report.resumed_after else ""
    return f"{'Would be: ' if report.dry_run else ''}{report.kind}: {told}{resumed}"
