"""The checks, each of one thing: what it finds, and what to do about it."""

import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import time
from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from freehold import migrate
from freehold.audit.heads import broken_heads
from freehold.audit.types import AuditHead
from freehold.base.settings import Settings
from freehold.data.db import Database
from freehold.doctor import queries
from freehold.doctor.privileges import tables
from freehold.doctor.types import Finding, Server, Severity
from freehold.migrate import backup as backups

SUPPORTED: Final = range(14, 19)
"""Majors of PostgreSQL."""
OLD_BACKUP, OLD_PROOF = timedelta(hours=26), timedelta(days=31)
"""A day and some slack for a nightly backup; a proof by restoring each month."""
CLOCK_SECONDS: Final = 2.0
"""More apart than this, and expiry differs visibly from node to node."""
FULL, NEARLY_FULL = 0.02, 0.10
"""The free part of a disk."""
_LOCAL = {"", "localhost", "127.0.0.1", "::1"}


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """An installation, as the checks see it.

    Attributes:
        settings: of this process; the server's are the same where it has the same environment.
        url: of the database.
        db: the database, open.
        server: what its server says of itself.
        heads: where audit chains ended when somebody last kept that elsewhere.
    """

    settings: Settings
    url: str
    db: Database
    server: Server
    heads: Sequence[AuditHead] = ()

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.settings.database_url is None


Check = Callable[[Patient], AsyncIterator[Finding]]
CHECKS: Final[dict[str, Check]] = {}
"""Every check by its name, in the order in which they are made."""


def check(function: Check) -> Check:
    """List a check under the name of its function."""
    CHECKS[function.__name__] = function
    return function


def finding(name: Check, severity: Severity, says: str, remedy: str) -> Finding:
    """Put what a check finds into words."""
    return Finding(check=name.__name__, severity=severity, says=says, remedy=remedy)


@check
async def version(patient: Patient) -> AsyncIterator[Finding]:
    """The server is one that Freehold is tested on."""
    major = patient.server.version // 10_000
    if major not in SUPPORTED:
        yield finding(
            version,
            "error",
            f"The server is PostgreSQL {major}; Freehold is tested on {SUPPORTED.start} to {SUPPORTED.stop - 1}",
            "Move to a supported major version, with pg_upgrade or with pg_dump and pg_restore.",
        )
    if patient.server.in_recovery:
        yield finding(
            version,
            "error",
            "The database is a replica and takes no writes",
            "Set FREEHOLD_DATABASE_URL to the primary.",
        )


@check
async def durability(patient: Patient) -> AsyncIterator[Finding]:
    """What was acknowledged survives a crash of the machine."""
    server = patient.server
    if server.fsync == "off":
        yield finding(
            durability,
            "error",
            "fsync is off: a crash of the machine can destroy the whole database",
            "Run ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();",
        )
    if server.full_page_writes == "off":
        yield finding(
            durability,
            "error",
            "full_page_writes is off: a crash can leave pages half-written, and the rows on them lost",
            "Run ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf();",
        )
    if server.synchronous_commit == "off":
        yield finding(
            durability,
            "error",
            "synchronous_commit is off: a crash loses the last writes that were answered with success",
            "Set synchronous_commit to on, for the server, the database and the role that Freehold uses.",
        )
    if server.checksums == "off":
        yield finding(
            durability,
            "note",
            "Data checksums are off: rot on the disk is not noticed",
            "Stop the server and run pg_checksums --enable.",
        )


@check
async def connections(patient: Patient) -> AsyncIterator[Finding]:
    """The server has room for the pools of all workers."""
    needed = patient.settings.workers * patient.settings.pool_size
    room = patient.server.max_connections - patient.server.reserved_connections
    if needed > room and not patient.settings.pgbouncer:
        yield finding(
            connections,
            "warning",
            f"{patient.settings.workers} workers open up to {needed} connections, and the server has room for {room}",
            "Lower FREEHOLD_POOL_SIZE or FREEHOLD_WORKERS, raise max_connections, or put a PgBouncer between.",
        )


@check
async def encryption(patient: Patient) -> AsyncIterator[Finding]:
    """Nobody between here and the database can read or change what passes."""
    parts = urlsplit(patient.url)
    query = parse_qs(parts.query)
    host = (query.get("host", [parts.hostname or ""]))[0]
    if host in _LOCAL or host.startswith("/"):
        return
    if not patient.server.encrypted:
        yield finding(
            encryption,
            "error",
            f"The connection to {host} is not encrypted: passwords' hashes and tokens' hashes pass in the clear",
            "Add sslmode=verify-full to FREEHOLD_DATABASE_URL, and switch ssl on at the server.",
        )
    elif query.get("sslmode", [""])[0] not in {"verify-full", "verify-ca"}:
        yield finding(
            encryption,
            "warning",
            f"The connection to {host} is encrypted, but nothing proves who answers",
            "Add sslmode=verify-full and sslrootcert=FILE to FREEHOLD_DATABASE_URL.",
        )


@check
async def schema(patient: Patient) -> AsyncIterator[Finding]:
    """The schema is what the migrations of this version make."""
    status = await migrate.status(patient.url, sets=[migrate.builtin()], closely=True)
    if status.pending:
        names = ", ".join(f"{each.version}_{each.name}" for each in status.pending)
        yield finding(
            schema,
            "error",
            f"Migrations of this version are not applied: {names}",
            "Run 'freehold migrate rehearse', then 'freehold migrate apply'.",
        )
    for trouble in status.troubles:
        yield finding(schema, "error", trouble.message, "Run 'freehold migrate status', and mend what it names.")
    for drifted in status.drift:
        yield finding(
            schema,
            "warning",
            f"Somebody changed the schema by hand: {drifted}",
            "Put it back, or write a migration for it; 'freehold migrate verify' shows when they agree.",
        )


@check
async def privileges(patient: Patient) -> AsyncIterator[Finding]:
    """The role can do what the application does, and no more."""
    role = await queries.role(patient.db, tables=tables())
    if role.lacks:
        yield finding(
            privileges,
            "error",
            f"The role {role.name} may not use {', '.join(role.lacks)} as Freehold does",
            f"Run the statements that 'freehold doctor --grants {role.name}' prints, as the owner of the tables.",
        )
    if patient.is_embedded:
        return  # its one role is reached through a socket that no other user of the machine can open
    if role.is_superuser:
        yield finding(
            privileges,
            "warning",
            f"The role {role.name} is a superuser: whoever takes over Freehold takes over the server",
            "Serve with a role of its own: 'freehold doctor --grants ROLE' prints what it needs.",
        )
    elif role.may_delete_audit or role.may_truncate_audit or role.may_rewrite_audit:
        yield finding(
            privileges,
            "warning",
            f"The role {role.name} may change and delete audit events: whoever takes over Freehold can hide it",
            f"Let another role own the tables, and run what 'freehold doctor --grants {role.name}' prints.",
        )


@check
async def integrity(patient: Patient) -> AsyncIterator[Finding]:
    """The schema's rules hold for every row, and every index is used."""
    for name in await queries.unproved_constraints(patient.db):
        table, _, constraint = name.rpartition(".")
        yield finding(
            integrity,
            "warning",
            f"The constraint {constraint} of {table} was never proved on the rows that were there",
            f"Run ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};",
        )
    for name in await queries.broken_indexes(patient.db):
        yield finding(
            integrity,
            "warning",
            f"The index {name} was never finished: it costs each write and answers nothing",
            f"Run REINDEX INDEX CONCURRENTLY {name};",
        )
    for name in await queries.idle_triggers(patient.db):
        yield finding(
            integrity,
            "error",
            f"Triggers of {name} are switched off, and with them its foreign keys or other rules",
            f"Run ALTER TABLE {name} ENABLE TRIGGER ALL; then look for rows that broke the rules meanwhile.",
        )
    for organization_id in await queries.organizations_without_owner(patient.db):
        yield finding(
            integrity,
            "error",
            f"The owner of the organization {organization_id} is none of its members",
            "Find out who changed rows behind the constraints, and add the owner to organization_members.",
        )


@check
async def audit(patient: Patient) -> AsyncIterator[Finding]:
    """Each audit chain still goes through the heads that were kept elsewhere."""
    if not patient.heads:
        yield finding(
            audit,
            "note",
            "Nothing shows whether the end of an audit log was cut off",
            "Keep heads elsewhere with 'freehold audit heads --to FILE' on a timer, and give them to "
            "'freehold doctor --heads FILE'.",
        )
        return
    for head in await broken_heads(patient.db, patient.heads):
        yield finding(
            audit,
            "error",
            f"The audit chain {head.chain_id} no longer has its event {head.sequence} as it was kept",
            "Somebody changed or cut the log: run 'freehold audit verify', and compare with a backup.",
        )


@check
async def clock(patient: Patient) -> AsyncIterator[Finding]:
    """This machine and the database's agree on the time."""
    apart = time() - patient.server.now_epoch
    if abs(apart) > CLOCK_SECONDS:
        yield finding(
            clock,
            "warning",
            f"The clocks of this machine and of the database are {abs(apart):.0f} seconds apart",
            "Let both follow a time server (chrony, systemd-timesyncd).",
        )


@check
async def stored_backups(patient: Patient) -> AsyncIterator[Finding]:
    """There is a fresh backup, and one that was proved by restoring it."""
    found = backups.backups_in(patient.settings.backups_dir)
    folder = patient.settings.backups_dir
    if not found:
        yield finding(
            stored_backups,
            "warning",
            f"There is no backup in {folder}",
            "Run 'freehold backup create' each night, and keep a copy on another machine; ignore this where another "
            "tool backs up the server.",
        )
        return
    now = datetime.now(UTC)
    age = now - found[-1].manifest.created_at
    if age > OLD_BACKUP:
        yield finding(
            stored_backups,
            "warning",
            f"The newest backup, {found[-1].folder.name}, is {_span(age)} old",
            "Run 'freehold backup create' each night.",
        )
    proved = max((at for each in found if (at := backups.proved_at(each)) is not None), default=None)
    if proved is None or now - proved > OLD_PROOF:
        since = "No backup was ever" if proved is None else f"For {_span(now - proved)} no backup was"
        yield finding(
            stored_backups,
            "warning",
            f"{since} proved by restoring it",
            f"Run 'freehold backup verify --restore {found[-1].folder.name}'.",
        )


@check
async def disk(patient: Patient) -> AsyncIterator[Finding]:
    """There is room on this machine's disks for what Freehold writes."""
    places = [patient.settings.backups_dir, *([patient.settings.data_dir] if patient.is_embedded else [])]
    for place in places:
        there = next(path for path in (place.absolute(), *place.absolute().parents) if path.exists())
        usage = shutil.disk_usage(there)
        free = usage.free / usage.total
        if free < NEARLY_FULL:
            yield finding(
                disk,
                "error" if free < FULL else "warning",
                f"The disk below {place} is nearly full: {usage.free >> 20} MiB are free",
                "Make room, or move the folder to a larger disk; 'freehold backup prune' removes old backups.",
            )


@check
async def mail(patient: Patient) -> AsyncIterator[Finding]:
    """Mails are delivered."""
    outbox = await queries.outbox(patient.db)
    if patient.settings.smtp_url is None:
        yield finding(
            mail,
            "warning",
            "No SMTP server is set: mails are kept here, and nobody gets them",
            "Set FREEHOLD_SMTP_URL and FREEHOLD_MAIL_FROM.",
        )
    if outbox.given_up:
        yield finding(
            mail,
            "warning",
            f"{outbox.given_up} mails were given up",
            "Run 'freehold mail list' for the reason of each; the people ask for a new mail themselves.",
        )
    if outbox.overdue:
        yield finding(
            mail,
            "error",
            f"{outbox.overdue} mails have been waiting for more than an hour",
            "See that 'freehold serve' runs and reaches the SMTP server: 'freehold mail list' shows the last error.",
        )


@check
async def proxies(patient: Patient) -> AsyncIterator[Finding]:
    """Addresses and links are those that people have."""
    settings = patient.settings
    public = urlsplit(settings.base_url)
    is_far = (public.hostname or "") not in _LOCAL
    if is_far and public.scheme != "https":
        yield finding(
            proxies,
            "error",
            f"People reach the platform by {settings.base_url}: passwords and tokens pass in the clear",
            "Put a proxy with TLS in front, and set FREEHOLD_PUBLIC_URL to its https:// address.",
        )
    if is_far and settings.host in _LOCAL and not settings.trusted_proxies:
        yield finding(
            proxies,
            "error",
            "A proxy is in front, but none is trusted: all people count as one address, and share its limits",
            "Set FREEHOLD_TRUSTED_PROXIES to the number of proxies in front (1), or to their addresses.",
        )
    if settings.trusted_proxies and settings.host not in _LOCAL and settings.trusted_proxies.strip().isdigit():
        yield finding(
            proxies,
            "warning",
            f"Anybody who reaches {settings.host}:{settings.port} past the proxy can claim any address",
            "Listen on 127.0.0.1, or name the proxies' addresses in FREEHOLD_TRUSTED_PROXIES.",
        )


@check
async def administrators(patient: Patient) -> AsyncIterator[Finding]:
    """Somebody can administer the platform."""
    if not await queries.any_admin(patient.db):
        yield finding(
            administrators,
            "note",
            "There is no platform administrator",
            "Run 'freehold users create NAME --email ADDRESS --admin'.",
        )


def _span(time: timedelta) -> str:
    return f"{time.days} days" if time.days > 1 else f"{int(time.total_seconds() // 3600)} hours"
