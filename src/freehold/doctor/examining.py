"""Examines an installation."""

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
from freehold.migrate import MigrateError

_WORST_FIRST: Final[tuple[Severity, ...]] = ("error", "warning", "note")
CHECKS: Final[dict[str, Check]] = {
    each.__name__: each
    for each in (*server.CHECKS, *replicas.CHECKS, *contents.CHECKS, *hooks.CHECKS, *surroundings.CHECKS)
}
"""Every check by its name, in the order in which they are made."""
REACHABLE: Final = "reachable"
"""The check that comes before all others."""


async def examine(
    url: str, settings: Settings, *, heads: Sequence[AuditHead] = (), on_check: Callable[[str], object] = lambda _: None
) -> Diagnosis:
    """Make every check, and say what is wrong and what to do.

    A check that cannot be made stops no other: it is listed with the reason.

    Args:
        url: of the database.
        settings: of the server.
        heads: where audit chains ended when somebody last kept that elsewhere.
        on_check: is told the name of each check that begins.
    """
    on_check(REACHABLE)
    try:
        db = await connect(url, size=1, through_pgbouncer=settings.pgbouncer)
    except Unavailable as error:
        unreachable = Finding(
            check=REACHABLE,
            severity="error",
            says=error.detail,
            remedy="Check that PostgreSQL runs, and that FREEHOLD_DATABASE_URL names its host, port and database.",
        )
        return _diagnosis([REACHABLE], {}, [unreachable])
    try:
        return await _examine(db, url, settings, heads, on_check)
    finally:
        await db.close()


async def _examine(
    db: Database, url: str, settings: Settings, heads: Sequence[AuditHead], on_check: Callable[[str], object]
) -> Diagnosis:
    patient = Patient(settings=settings, url=url, db=db, server=await queries.server(db), heads=heads)
    made, skipped, findings = [REACHABLE], dict[str, str](), list[Finding]()
    for name, check in CHECKS.items():
        on_check(name)
        try:
            findings += [each async for each in check(patient)]
            made.append(name)
        except (FreeholdError, MigrateError, UnexpectedDatabaseError, OSError) as error:
            skipped[name] = error.detail if isinstance(error, FreeholdError) else str(error)
    return _diagnosis(made, skipped, findings)


def _diagnosis(made: list[str], skipped: dict[str, str], findings: list[Finding]) -> Diagnosis:
    ordered = sorted(findings, key=lambda each: _WORST_FIRST.index(each.severity))
    healthy = not skipped and all(each.severity != "error" for each in findings)
    return Diagnosis(healthy=healthy, checks=made, skipped=skipped, findings=ordered)
