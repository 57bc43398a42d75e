"""``freehold db distribute``."""

from pathlib import Path

import click

from freehold.migrate.citus.distribute import Distribution
from freehold.migrate.citus.distribute import distribute as spread
from freehold.migrate.report import Lines, emit
from freehold.migrate.target import Target, backups_option, errors_as_messages, json_option, target_options
from freehold.postgres.commands import db
from freehold.postgres.interrupting import run

__all__ = ["db", "distribute"]


@db.command()
@target_options
@backups_option
@click.option(
    "--shards",
    type=click.IntRange(1, 1024),
    default=32,
    show_default=True,
    help="Into how many parts tables are spread; at least as many as you will ever have servers.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be done, or why it cannot be.")
@json_option
def distribute(target: Target, *, backups: Path, shards: int, dry_run: bool, as_json: bool) -> None:
    """Spread the tables over the servers of a Citus cluster, after a backup.

    It is one transaction. Who writes meanwhile waits, so choose a quiet hour.
    """
    with errors_as_messages(), Lines() as progress:
        sets = target.sets()
        with target.url() as database_url:
            done = run(
                spread(database_url, sets=sets, backups=backups, shards=shards, dry_run=dry_run, progress=progress)
            )
    if as_json:
        emit(done)
    else:
        _show(done, is_dry=dry_run)


def _show(done: Distribution, *, is_dry: bool) -> None:
    if not done.placed:
        click.echo("All tables are where they belong.")
        return
    for each in done.placed:
        where = f"spread by {each.column} over {done.shards} shards" if each.column else "on every server"
        click.echo(f"{each.table}: {where}")
    if is_dry:
        click.echo("Nothing was done, since this was a dry run.")
    else:
        click.echo(f"Spread over {done.workers} workers. The backup of before: {done.backup}")
