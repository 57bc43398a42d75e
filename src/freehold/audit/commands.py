"""`freehold audit`."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
import msgspec

from freehold.audit import operations
from freehold.audit.heads import COMMAND_SECONDS, broken_heads, hand_heads, read_heads, write_heads
from freehold.audit.operations import Progress
from freehold.audit.types import AccountAuditPageRequest, AuditEvent, AuditHead
from freehold.base.errors import Missing
from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.data.paging import PageRequest
from freehold.terminal.declare import Fetch, lists, shows
from freehold.terminal.failures import FAILED, Refused
from freehold.terminal.output import print_json
from freehold.terminal.references import organization_reference

_organization = click.option("--organization", metavar="ORG", help="Only this organization: a slug or an id.")


@click.group()
def audit() -> None:
    """List, verify and export the audit log."""


@audit.command("list")
@_organization
@click.option("--user", "user_id", metavar="ID", help="List only the events of this account; not with --organization.")
@click.option("--actor", "actor_id", metavar="ID", help="List only what this user did.")
@click.option("--action", help="List only this action, such as project.delete.")
@click.option(
    "--from", "from_", metavar="TIME", help="List only events from this time on, such as 2027-01-31T12:00:00Z."
)
@click.option("--to", metavar="TIME", help="List only events before this time.")
@lists("created_at", "action", "actor_id", "target_id", "sequence", "acting_admin_name")
def list_events(
    context: Context,
    *,
    organization: str | None,
    user_id: str | None,
    actor_id: str | None,
    action: str | None,
    from_: str | None,
    to: str | None,
) -> Fetch[AuditEvent]:
    """List the audit events of an organization, or of accounts, newest first."""
    given = {"user_id": user_id, "actor_id": actor_id, "action": action, "from": from_, "to": to}
    wanted = parse(AccountAuditPageRequest, {field: value for field, value in given.items() if value is not None})
    if organization is None:
        return lambda request: operations.list_of_accounts(context, _at(wanted, request))
    if user_id is not None:
        raise click.UsageError("Choose one: --organization or --user.")
    reference = organization_reference(organization)
    return lambda request: operations.list_of_organization(context, reference, _at(wanted, request))


def _at(wanted: AccountAuditPageRequest, request: PageRequest) -> AccountAuditPageRequest:
    return msgspec.structs.replace(wanted, limit=request.limit, cursor=request.cursor)


@audit.command()
@_organization
@click.option(
    "--expect",
    "expected",
    multiple=True,
    metavar="CHAIN:SEQ:HASH",
    help="A head that 'freehold audit heads' printed earlier, which the chain must still contain. Repeatable.",
)
@shows
async def verify(context: Context, *, organization: str | None, expected: tuple[str, ...], as_json: bool) -> int:
    """Check that no event was changed, moved, removed or inserted. Exit with 1 and name each one that was."""
    pins = [_read_head(text) for text in expected]
    chain_id = await _chain_of(context, organization)
    with _progress("Checking") as progress:
        report = await operations.verify(context, chain_id=chain_id, expected=pins, progress=progress)
    if as_json:
        print_json(report)
        return FAILED if report.found else 0
    for finding in report.findings:
        event = f" (event {finding.event_id})" if finding.event_id else ""
        click.echo(f"{finding.problem}: chain {finding.chain_id}, sequence {finding.sequence}{event}: {finding.detail}")
    if report.found > len(report.findings):
        click.echo(f"and {report.found - len(report.findings)} more")
    verdict = f"{report.found} problems found" if report.found else "no problems found"
    click.echo(f"{report.events} events in {report.chains} chains: {verdict}.", err=report.found > 0)
    return FAILED if report.found else 0


@audit.command()
@_organization
@click.option(
    "--to",
    "target",
    metavar="FILE|'| COMMAND'",
    help="Write the heads to this file, or pipe them to a shell command: '| ssh vault ...'.",
)
@shows
async def heads(context: Context, *, organization: str | None, target: str | None, as_json: bool) -> int:
    """Print the end of each chain as CHAIN:SEQ:HASH. Store it elsewhere, for 'freehold audit verify --expect'.

    A file is only replaced if every chain still contains the heads in it. If somebody rewrites the log, the next run
    fails, and the proof stays.
    """
    found = await operations.heads(context, chain_id=await _chain_of(context, organization))
    if target is not None:
        return await _keep(context, target, found)
    if as_json:
        print_json({"data": found})
        return 0
    for head in found:
        click.echo(str(head))
    return 0


async def _keep(context: Context, target: str, found: Sequence[AuditHead]) -> int:
    if target.lstrip().startswith("|"):
        try:
            status = hand_heads(target.lstrip()[1:], found)
        except subprocess.TimeoutExpired:
            raise Refused(f"the command took longer than {COMMAND_SECONDS:.0f} seconds") from None
        if status:
            raise Refused(f"the command exited with {status}")
        return 0
    try:
        broken = await broken_heads(context.db, read_heads(Path(target)))
        if not broken:
            write_heads(Path(target), found)
    except (ValueError, OSError) as error:
        raise Refused(str(error)) from None
    for head in broken:
        click.echo(f"{target} is not replaced: the chain no longer contains {head}", err=True)
    return FAILED if broken else 0


@audit.command()
@_organization
@shows
async def export(context: Context, *, organization: str | None) -> None:
    """Print every event as a line of JSON, with the hashes that let anybody check the chains."""
    out = sys.stdout.buffer
    with _progress("Exporting") as progress:
        await operations.export(context, out.write, chain_id=await _chain_of(context, organization), progress=progress)


async def _chain_of(context: Context, organization: str | None) -> UUID | None:
    if organization is None:
        return None
    reference = organization_reference(organization)
    if isinstance(reference, UUID):
        return reference  # of an organization that was removed, too: its events are still there
    try:
        return await operations.chain_of_organization(context, reference)
    except Missing:
        raise Refused(f"there is no organization '{organization}': name a removed one by its id") from None


def _read_head(text: str) -> AuditHead:
    try:
        return AuditHead.read(text)
    except ValueError:
        raise click.BadParameter(
            f"'{text}' is not CHAIN:SEQ:HASH, as 'freehold audit heads' prints it", param_hint="--expect"
        ) from None


@contextmanager
def _progress(label: str) -> Iterator[Progress]:
    """Show a bar while a person waits at a terminal."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show
