"""`freehold audit`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import click
import msgspec

from freehold.audit import operations
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

_organization = click.option("--organization", metavar="ORG", help="Of this organization alone: a slug or an id.")
_HASH_DIGITS: Final = 64


@click.group()
def audit() -> None:
    """Read the audit log, check that nobody has changed it, and export it."""


@audit.command("list")
@_organization
@click.option("--user", "user_id", metavar="ID", help="Of this account alone; not with --organization.")
@click.option("--actor", "actor_id", metavar="ID", help="Done by this user alone.")
@click.option("--action", help="This action alone, such as project.delete.")
@click.option("--from", "from_", metavar="TIME", help="Not before this, such as 2027-01-31T12:00:00Z.")
@click.option("--to", metavar="TIME", help="Before this.")
@lists("created_at", "action", "actor_id", "target_id", "sequence")
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
    """List what was done in an organization, or else with accounts, newest first."""
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
    help="A head that 'freehold audit heads' printed earlier: the chain must still go through it. Repeatable.",
)
@shows
async def verify(context: Context, *, organization: str | None, expected: tuple[str, ...], as_json: bool) -> int:
    """Check every event, and name each that was changed, moved, removed or put in; exit 1 when there is one."""
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
    verdict = f"{report.found} things are wrong" if report.found else "nothing is wrong"
    click.echo(f"{report.events} events in {report.chains} chains: {verdict}.", err=report.found > 0)
    return FAILED if report.found else 0


@audit.command()
@_organization
@shows
async def heads(context: Context, *, organization: str | None, as_json: bool) -> int:
    """Print where each chain ends, as CHAIN:SEQ:HASH: keep it elsewhere, for 'freehold audit verify --expect'."""
    found = await operations.heads(context, chain_id=await _chain_of(context, organization))
    if as_json:
        print_json({"data": found})
        return 0
    for head in found:
        click.echo(str(head))
    return 0


@audit.command()
@_organization
@shows
async def export(context: Context, *, organization: str | None) -> None:
    """Print every event as a line of JSON, with the hashes by which anybody can check the chains."""
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
        raise Refused(f"there is no organization '{organization}'; one that was removed is named by its id") from None


def _read_head(text: str) -> AuditHead:
    try:
        chain_id, sequence, hexadecimal = text.split(":")
        head = AuditHead(UUID(chain_id), int(sequence), hexadecimal.lower())
        if len(bytes.fromhex(hexadecimal)) * 2 == _HASH_DIGITS and head.sequence > 0:
            return head
    except ValueError:
        pass
    raise click.BadParameter(
        f"'{text}' is not CHAIN:SEQ:HASH, as 'freehold audit heads' prints it", param_hint="--expect"
    )


@contextmanager
def _progress(label: str) -> Iterator[Progress]:
    """Show a bar while a person waits at a terminal."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show
