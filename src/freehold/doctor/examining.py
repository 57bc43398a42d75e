"""Examines an installation."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from freehold.audit.types import AuditHead
from freehold.base.errors import FreeholdError, Unavailable
from freehold.base.settings import Settings
from freehold.data.db import Database, connect
from freehold.data.failures import UnexpectedDatabaseError
from freehold.doctor import contents, hooks, queries, replicas, server, surroundings
from freehold.doctor.examination import Check, Patient
from freehold.doctor.types import Diagnosis, Finding, Severity
from freehold.migrate import Memory, MigrateError

_WORST_FIRST: Final[tuple[Severity, ...]] = ("error", "warning", "note")
CHECKS: Final[dict[str, Check]] = {
    each.__name__: each
    for each in (*server.CHECKS, *replicas.CHECKS, *contents.CHECKS, *hooks.CHECKS, *surroundings.CHECKS)
}
"""Every check by its name, in the order in which they are made."""
REACHABLE: Final = "reachable"
AT_ONCE: Final = 4
"""How many checks are made at the same time: each finds a connection, and none waits for one that a slow check has."""
"""The check that comes before all others."""


async def examine(
    url: str,
    settings: Settings,
    *,
    heads: Sequence[AuditHead] = (),
    on_check: Callable[[str], object] = lambda _: None,
    db: Database | None = None,
    memory: Memory | None = None,
) -> Diagnosis:
    """Make every check, several at a time, and say what is wrong and what to do.

    A check that cannot be made stops no other: it is listed with the reason.

    Args:
        url: of the database.
        settings: of the server.
        heads: where audit chains ended when somebody last kept that elsewhere.
        on_check: is told the name of each check that begins.
        db: the database, where it is open already; otherwise it is opened for this.
        memory: of the database, for who examines often: the schema is read again when it has changed.
    """
    on_check(REACHABLE)
    opened = None
    try:
        if db is None:
            db = opened = await connect(url, size=AT_ONCE, through_pgbouncer=settings.pgbouncer)
        server = await queries.server(db)
        return await _examine(
            Patient(settings=settings, url=url, db=db, server=server, heads=heads, memory=memory), on_check
        )
    except Unavailable as error:
        unreachable = Finding(
            check=REACHABLE,
            severity="error",
            says=error.detail,
            remedy="Check that PostgreSQL runs, and that FREEHOLD_DATABASE_URL names its host, port and database.",
        )
        return _diagnosis([REACHABLE], {}, [unreachable])
    finally:
        if opened is not None:
            await opened.close()


async def _examine(patient: Patient, on_check: Callable[[str], object]) -> Diagnosis:
    made, skipped, findings = [REACHABLE], dict[str, str](), list[Finding]()
    places = asyncio.Semaphore(AT_ONCE)
    for name, result in zip(
        CHECKS, await asyncio.gather(*(_make(name, patient, on_check, places) for name in CHECKS)), strict=True
    ):
        if isinstance(result, str):
            skipped[name] = result
        else:
            made.append(name)
            findings += result
    return _diagnosis(made, skipped, findings)


async def _make(
    name: str, patient: Patient, on_check: Callable[[str], object], places: asyncio.Semaphore
) -> list[Finding] | str:
    """Make a check once there is a place; return what it finds, or why it cannot be made."""
    async with places:
        on_check(name)
        try:
            return [each async for each in CHECKS[name](patient)]
        except (FreeholdError, MigrateError, UnexpectedDatabaseError, OSError) as error:
            return error.detail if isinstance(error, FreeholdError) else str(error)


def _diagnosis(made: list[str], skipped: dict[str, str], findings: list[Finding]) -> Diagnosis:
    ordered = sorted(findings, key=lambda each: _WORST_FIRST.index(each.severity))
    healthy = not skipped and all(each.severity != "error" for each in findings)
    return Diagnosis(healthy=healthy, checks=made, skipped=skipped, findings=ordered)
