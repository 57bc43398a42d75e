"""``freehold migrate``: the command line of the engine."""

import click

from freehold.migrate import runner
from freehold.migrate.report import Lines, emit, show_status
from freehold.migrate.target import Target, errors_as_messages, run, target_options

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")


@click.group()
def migrate() -> None:
    """Change the database's schema, guarded: rehearsed, backed up, reversible."""


@migrate.command()
@target_options
@_json
def status(target: Target, *, as_json: bool) -> None:
    """Show what is applied, what is pending and what contradicts."""
    with errors_as_messages():
        sets = target.sets()
        with target.url() as database_url:
            answer = run(runner.status(database_url, sets=sets))
    if as_json:
        emit(answer)
    else:
        show_status(answer)


@migrate.command()
@target_options
@_json
def apply(target: Target, *, as_json: bool) -> None:
    """Apply every pending migration."""
    with errors_as_messages(), Lines() as progress:
        sets = target.sets()
        with target.url() as database_url:
            answer = run(runner.apply(database_url, sets=sets, progress=progress))
    if as_json:
        emit(answer)
        return
    for row in answer:
        click.echo(f"applied {row.label} in {row.duration_seconds or 0:.2f} s")
    click.echo(f"{len(answer)} applied; everything is up to date." if answer else "Nothing to apply.")


@migrate.command()
@target_options
@click.option("--to", required=True, metavar="VERSION", help="Revert what came after it; 0 reverts everything.")
@_json
def down(target: Target, *, to: str, as_json: bool) -> None:
    """Go back to the schema as it was right after VERSION had been applied."""
    with errors_as_messages(), Lines() as progress:
        sets = target.sets()
        with target.url() as database_url:
            answer = run(runner.down(database_url, sets=sets, to=to, progress=progress))
    if as_json:
        emit(answer)
        return
    for row in answer:
        click.echo(f"reverted {row.label}")
    click.echo(f"{len(answer)} reverted." if answer else "Nothing to revert.")
