"""``freehold migrate``, ``freehold backup`` and ``freehold restore``: the command line of the engine."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from freehold.migrate import backup as stored
from freehold.migrate import check as checks
from freehold.migrate import gate, leftovers, new, prune, reverse, runner, swap
from freehold.migrate import rehearse as rehearsals
from freehold.migrate.drift import UNKNOWN
from freehold.migrate.errors import ConnectError, DeclinedError
from freehold.migrate.findings import judged_offline
from freehold.migrate.frameworks.commands import adopt, import_
from freehold.migrate.leftovers import Leftover
from freehold.migrate.lock import runner_lock
from freehold.migrate.report import (
    Lines,
    emit,
    show_backups,
    show_exchange,
    show_findings,
    show_leftovers,
    show_not_compared,
    show_outcome,
    show_prospect,
    show_rehearsal,
    show_status,
)
from freehold.migrate.restore import load_into
from freehold.migrate.reverse import Prospect
from freehold.migrate.staging import staging_database
from freehold.migrate.swap import Exchange
from freehold.migrate.target import (
    Target,
    backups_option,
    database_options,
    errors_as_messages,
    files_options,
    json_option,
    offline_option,
    out_of_order_option,
    staging_option,
    target_options,
)
from freehold.postgres.interrupting import run


@click.group()
def migrate() -> None:
    """Change the database schema safely: rehearsed, backed up and reversible."""


@migrate.command("new", short_help="Create an empty migration file.")
@click.argument("name")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of your own migrations.  [default: ./migrations, or the current folder if it contains migrations]",
)
def new_(name: str, folder: Path | None) -> None:
    """Create an empty migration file called NAME, numbered like the other files in the folder."""
    with errors_as_messages():
        click.echo(new.create(folder or new.usual_folder(), name))


migrate.add_command(import_)
migrate.add_command(adopt)


@migrate.command()
@target_options
@backups_option
@staging_option
@json_option
def status(target: Target, *, backups: Path, staging_url: str | None, as_json: bool) -> None:
    """Show applied and pending migrations, drift, evidence, and leftovers of interrupted runs."""
    with errors_as_messages():
        sets = target.sets()
        with target.url() as database_url:
            answer = run(runner.status(database_url, sets=sets, closely=True))
            try:
                left = run(leftovers.leftovers(database_url, backups=backups, staging_url=staging_url))
            except ConnectError as error:  # the staging server's
                left = run(leftovers.leftovers(database_url, backups=backups))
                click.echo(f"Copies on the staging server are not shown: {error}", err=True)
    answer = msgspec.structs.replace(answer, leftovers=left)
    if as_json:
        emit(answer)
    else:
        show_status(answer)


@migrate.command(short_help="Remove leftovers of interrupted runs and restores.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@database_options
@backups_option
@staging_option
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@json_option
def clean(
    target: Target, *, names: tuple[str, ...], backups: Path, staging_url: str | None, yes: bool, as_json: bool
) -> None:
    """Remove leftovers of interrupted runs and restores of this database, which `freehold migrate status` lists.

    NAME is a database or an unfinished backup. Without NAME, everything that nobody needs is removed. A database that
    a restore replaced is only removed if you name it. Anything in use, or of uncertain origin, is never removed.
    """
    with errors_as_messages():

        async def confirm(chosen: Sequence[Leftover]) -> bool:
            if not as_json:
                show_leftovers(chosen)
            return yes or click.confirm(f"Remove {'this' if len(chosen) == 1 else f'these {len(chosen)}'}?", err=True)

        with target.url() as database_url:
            gone = run(leftovers.clean(database_url, names, backups=backups, confirm=confirm, staging_url=staging_url))
    if as_json:
        emit({"removed": gone})
    else:
        click.echo(f"{len(gone)} removed.")


@migrate.command(short_help="Fail unless files, journal and schema match, for scripts.")
@target_options
@json_option
def verify(target: Target, *, as_json: bool) -> None:
    """Fail unless the files, the journal and the live schema match, for scripts and scheduled jobs."""
    with errors_as_messages():
        sets = target.sets()
        with target.url() as database_url:
            answer = run(runner.status(database_url, sets=sets, closely=True))
    if as_json:
        emit(answer)
    wrong = [trouble.message for trouble in answer.troubles] + [f"drift: {each}" for each in answer.drift]
    if wrong:
        raise click.ClickException("\n".join(wrong))
    if not as_json:
        what = "files and journal" if UNKNOWN in answer.not_compared else "files, journal and schema"
        click.echo(f"{len(answer.applied)} applied, {len(answer.pending)} pending; {what} match.")
        show_not_compared(answer.not_compared)


@migrate.command()
@files_options
@offline_option
@click.option("--imported", is_flag=True, help="Check imported files too; by default, they are only read.")
@json_option
def check(target: Target, *, offline: bool, imported: bool, as_json: bool) -> None:
    """Check the text of every migration file. Needs no database."""
    with errors_as_messages():
        files = [migration for each in target.sets() for migration in each.migrations]
        judged = [migration for migration in files if imported or not migration.imported]
        findings = checks.check(judged)
    findings = judged_offline(findings) if offline else findings
    if as_json:
        emit(findings)
    else:
        show_findings(findings, only_read=len(files) - len(judged))
    if any(each.severity == "error" for each in findings):
        sys.exit(1)


@migrate.command()
@target_options
@backups_option
@staging_option
@offline_option
@out_of_order_option
@json_option
def rehearse(
    target: Target, *, backups: Path, staging_url: str | None, offline: bool, out_of_order: bool, as_json: bool
) -> None:
    """Prove all pending migrations on a copy that is restored from a fresh backup."""
    with errors_as_messages(), Lines() as progress:
        sets = target.sets()
        with target.url() as database_url:
            answer = run(
                rehearsals.rehearse(
                    database_url,
                    sets=sets,
                    backups=backups,
                    staging_url=staging_url,
                    offline=offline,
                    out_of_order=out_of_order,
                    progress=progress,
                )
            )
    if as_json:
        emit(answer)
    else:
        show_rehearsal(answer)
    if not answer.passed:
        sys.exit(1)


@migrate.command()
@target_options
@click.option("--unsafe", default="", metavar="WHY", help="Apply without evidence, and record this reason.")
@offline_option
@out_of_order_option
@json_option
def apply(target: Target, *, unsafe: str, offline: bool, out_of_order: bool, as_json: bool) -> None:
    """Apply all pending migrations, which must have been rehearsed."""
    with errors_as_messages(), Lines() as progress:
        sets = target.sets()
        with target.url() as database_url:
            answer = run(
                gate.apply_proved(
                    database_url,
                    sets=sets,
                    unsafe=unsafe,
                    offline=offline,
                    out_of_order=out_of_order,
                    progress=progress,
                )
            )
    if as_json:
        emit(answer)
    else:
        show_outcome(answer)
    if answer.surprises:
        sys.exit(1)


@migrate.command(short_help="Revert migrations, back to a version.")
@target_options
@backups_option
@staging_option
@click.option("--to", required=True, metavar="VERSION", help="Revert every migration after this one; 0 reverts all.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@json_option
def down(target: Target, *, backups: Path, staging_url: str | None, to: str, yes: bool, as_json: bool) -> None:
    """Revert every migration that came after VERSION."""
    with errors_as_messages(), Lines() as progress:
        sets = target.sets()

        async def confirm(prospect: Prospect) -> bool:
            progress.pause()
            if not as_json:
                show_prospect(prospect)
            return yes or click.confirm("Go back?", err=True)

        with target.url() as database_url:
            answer = run(
                reverse.down(
                    database_url,
                    sets=sets,
                    to=to,
                    backups=backups,
                    confirm=confirm,
                    staging_url=staging_url,
                    progress=progress,
                )
            )
    if as_json:
        emit(answer)
        return
    click.echo(f"{len(answer.reverted)} reverted." if answer.reverted else "Nothing to revert.")


@click.group()
def backup() -> None:
    """Create, list, verify and remove backups."""


@backup.command("create")
@database_options
@backups_option
@json_option
def backup_create(target: Target, *, backups: Path, as_json: bool) -> None:
    """Back up the whole database, as of one moment."""
    with errors_as_messages(), Lines() as progress, target.url() as database_url:
        taken = run(stored.create(database_url, backups, progress))
    if as_json:
        emit({"folder": str(taken.folder), "seal": taken.seal, "rows": taken.manifest.digests.rows})
    else:
        click.echo(f"{taken.folder}: {taken.manifest.digests.rows} rows, {taken.size_bytes} bytes")


@backup.command("list")
@backups_option
@json_option
def backup_list(*, backups: Path, as_json: bool) -> None:
    """List all complete backups in a folder."""
    found = stored.backups_in(backups)
    if as_json:
        emit([{"folder": str(each.folder), "created_at": each.manifest.created_at} for each in found])
    else:
        show_backups(found)


@backup.command("prune")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Number of backups of each database to keep.",
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@backups_option
@json_option
def backup_prune(*, keep: int, yes: bool, backups: Path, as_json: bool) -> None:
    """Remove old backups, except those that valid evidence depends on."""
    with errors_as_messages():
        folders = prune.dispensable(backups, keep)
        if folders and not as_json:
            click.echo("\n".join(map(str, folders)), err=True)
        if folders and not yes and not click.confirm(f"Remove these {len(folders)}?", err=True):
            raise DeclinedError("Nothing was removed")
        for folder in folders:
            prune.remove(folder)
    if as_json:
        emit({"removed": [str(folder) for folder in folders]})
    else:
        click.echo(f"{len(folders)} removed.")


@backup.command("verify")
@click.argument("name")
@click.option("--restore", "restores", is_flag=True, help="Also restore the backup into a copy, and compare every row.")
@database_options
@backups_option
@staging_option
@json_option
def backup_verify(
    target: Target, *, name: str, restores: bool, backups: Path, staging_url: str | None, as_json: bool
) -> None:
    """Check every byte of the backup NAME (a name from `freehold backup list`, or a folder)."""
    with errors_as_messages(), Lines() as progress:
        progress.step("Reading")
        found = stored.verify(_folder(backups, name))
        if restores:
            with target.url() as database_url:
                run(_prove(found, database_url, staging_url, progress))
            stored.note_proof(found)
    if as_json:
        emit({"folder": str(found.folder), "good": True, "restored": restores})
        return
    how = "restores to the same rows" if restores else "every byte is as it was written"
    if restores and not found.manifest.is_comparable:
        how += " (its schema was not compared: another version of Freehold took it)"
    click.echo(f"{found.folder} is good: {how}.")


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@database_options
@backups_option
@json_option
def restore(target: Target, *, name: str, yes: bool, backups: Path, as_json: bool) -> None:
    """Replace the database with the backup NAME, and keep the old database under another name."""
    with errors_as_messages(), Lines() as progress, target.url() as database_url:
        progress.step("Reading")
        found = stored.verify(_folder(backups, name))

        async def confirm(exchange: Exchange) -> bool:
            progress.pause()
            if not as_json:
                show_exchange(exchange)
            return yes or click.confirm("Exchange them?", err=True)

        answer = run(swap.restore(database_url, found, confirm=confirm, progress=progress))
    if as_json:
        emit(answer)
    else:
        click.echo(f"{answer.database} is the backup now; what was there is kept as {answer.kept_as}.")


async def _prove(found: stored.Backup, database_url: str, staging_url: str | None, progress: Lines) -> None:
    async with runner_lock(database_url), staging_database(database_url, staging_url) as copy:
        await load_into(found, copy, progress)


def _folder(backups: Path, name: str) -> Path:
    return Path(name) if Path(name).is_dir() else backups / name
