"""``freehold tenants``."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from freehold.base.settings import Settings
from freehold.data.db import Database, connect
from freehold.doctor.types import Finding
from freehold.migrate.new import usual_folder
from freehold.postgres import connect_or_start
from freehold.postgres.cluster import ROLE as EMBEDDED_ROLE
from freehold.postgres.interrupting import run
from freehold.tenants import checking, protecting, role
from freehold.terminal.declare import failures_told
from freehold.terminal.failures import FAILED
from freehold.terminal.options import read_settings, setting_options
from freehold.terminal.output import print_json

R = TypeVar("R")
COLUMN = click.option(
    "--column", default="organization_id", show_default=True, help="Column that has the id of the organization."
)
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.group()
def tenants() -> None:
    """Keep organizations apart in your own tables, with row-level security."""


@tenants.command()
@click.argument("table")
@COLUMN
@click.option(
    "--on-delete",
    type=click.Choice(["cascade", "restrict"]),
    default="cascade",
    show_default=True,
    help="What happens to the rows when their organization is removed, if no foreign key says so yet.",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of your own migrations.  [default: ./migrations, or the current folder if it contains migrations]",
)
@setting_options("database_url", "data_dir", "tenant_role")
def protect(
    *,
    table: str,
    column: str,
    on_delete: protecting.OnDelete,
    folder: Path | None,
    database_url: str | None,
    data_dir: Path | None,
    tenant_role: str | None,
) -> None:
    """Write a migration file that protects TABLE: policies, foreign keys, an index and rights, up and down.

    It makes the role for tenants if that is missing, and changes nothing else in the database. Review the file, then
    run 'freehold migrate rehearse' and 'freehold migrate apply' with the same --dir. A table with rows gets up to three
    files.
    """
    with failures_told():
        settings = read_settings(database_url=database_url, data_dir=data_dir, tenant_role=tenant_role)

        async def write(db: Database) -> protecting.Written:
            return await protecting.protect(
                db,
                table,
                column=column,
                role=settings.tenant_role,
                on_delete=on_delete,
                folder=folder or usual_folder(),
            )

        for statement in _made_role(settings):
            click.echo(f"Ran: {statement}", err=True)
        written = _on_database(settings, write)
    for note in written.notes:
        click.echo(f"Note: {note}.", err=True)
    for path in written.files:
        click.echo(path)
    if not written.files:
        click.echo(f"{table} is protected: nothing to write.", err=True)


@tenants.command()
@COLUMN
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@setting_options("database_url", "data_dir", "tenant_role")
def check(
    *,
    column: str,
    strict: bool,
    as_json: bool,
    database_url: str | None,
    data_dir: Path | None,
    tenant_role: str | None,
) -> int:
    """Name what lets one organization reach the rows of another, and keys that keep rows from being removed.

    It looks at every table with the column, at policies, views, functions and foreign keys, and at the plans of the
    policies. It changes nothing. The exit status is 1 if there is an error.
    """
    with failures_told():
        settings = read_settings(database_url=database_url, data_dir=data_dir, tenant_role=tenant_role)
        findings = _on_database(settings, lambda db: checking.check(db, column=column, role=settings.tenant_role))
    if as_json:
        print_json(findings)
    else:
        _show(findings)
    failing = {"error", "warning"} if strict else {"error"}
    return FAILED if any(each.severity in failing for each in findings) else 0


@tenants.command("role")
@click.option("--grant-to", "takers", multiple=True, metavar="ROLE", help="Role that may take it. Repeat for several.")
@click.option("--print", "prints", is_flag=True, help="Print the statements, and run nothing.")
@setting_options("database_url", "data_dir", "tenant_role")
def role_(
    *,
    takers: tuple[str, ...],
    prints: bool,
    database_url: str | None,
    data_dir: Path | None,
    tenant_role: str | None,
) -> None:
    """Make the role for statements in an organization, which can do what is granted to it and nothing else.

    Roles are shared by all databases of a server, so no migration makes it. If your server has a role of its own, name
    it with --grant-to. Without the right to create roles, the command shows what somebody else must run.
    """
    with failures_told():
        settings = read_settings(database_url=database_url, data_dir=data_dir, tenant_role=tenant_role)
        if prints:
            names = [*map(role.quoted, takers)] or ["CURRENT_USER"]
            lines = role.statements(settings.tenant_role, is_there=False, takers=names)
        else:
            lines = _made_role(settings, takers)
    for line in lines:
        click.echo(line)


def _made_role(settings: Settings, takers: Sequence[str] = ()) -> list[str]:
    """Make the role for tenants. On the embedded server its superuser does so, since Freehold's own role may not."""

    async def make(db: Database, takers: Sequence[str] = takers) -> list[str]:
        return await role.make_role(db, settings.tenant_role, takers=takers)

    try:
        return _on_database(settings, make)
    except role.RoleNeeded:
        if settings.database_url is not None:
            raise
        with connect_or_start(settings.data_dir) as server:
            return run(_working(settings, server.admin_url, lambda db: make(db, [EMBEDDED_ROLE, *takers])))


def _on_database(settings: Settings, work: Callable[[Database], Awaitable[R]]) -> R:
    if settings.database_url is not None:
        return run(_working(settings, settings.database_url, work))
    with connect_or_start(settings.data_dir) as server:
        return run(_working(settings, server.url, work))


async def _working(settings: Settings, url: str, work: Callable[[Database], Awaitable[R]]) -> R:
    db = await connect(url, size=1, through_pgbouncer=settings.pgbouncer)
    try:
        return await work(db)
    finally:
        await db.close()


def _show(findings: list[Finding]) -> None:
    for found in findings:
        click.echo(f"{click.style(found.severity, fg=_COLOURS[found.severity])} ({found.check}): {found.says}.")
        click.echo(f"    {found.remedy}")
    errors = sum(found.severity == "error" for found in findings)
    warnings = sum(found.severity == "warning" for found in findings)
    click.echo(f"{errors} errors, {warnings} warnings.", err=bool(errors))
