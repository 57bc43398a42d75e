"""Checks of the database server, and of the way to it."""

from collections.abc import AsyncIterator
from time import time
from typing import Final
from urllib.parse import parse_qs, urlsplit

from freehold.doctor.examination import LOCAL, Check, Patient, finding
from freehold.doctor.types import Finding

SUPPORTED: Final = range(14, 19)
"""Majors of PostgreSQL."""
CLOCK_SECONDS: Final = 2.0
"""More apart than this, and expiry differs visibly from node to node."""


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
            "Set FREEHOLD_DATABASE_URL to the primary, or promote this one: see docs/how-to/fail-over.md.",
        )


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
            "Data checksums are off: corruption on disk goes unnoticed",
            "Stop the server and run pg_checksums --enable.",
        )


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


async def encryption(patient: Patient) -> AsyncIterator[Finding]:
    """Nobody between here and the database can read or change what passes."""
    parts = urlsplit(patient.url)
    query = parse_qs(parts.query)
    host = (query.get("host", [parts.hostname or ""]))[0]
    if host in LOCAL or host.startswith("/"):
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


CHECKS: Final[tuple[Check, ...]] = (version, durability, connections, encryption, clock)
