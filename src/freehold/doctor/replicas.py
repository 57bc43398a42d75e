"""Checks of the standbys that answer reads."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from freehold.base.errors import FreeholdError, Unavailable
from freehold.data.db import connect
from freehold.data.leading import hosts_of
from freehold.doctor import queries
from freehold.doctor.examination import Check, Patient, finding
from freehold.doctor.types import Finding

FAR_BEHIND: Final = 16 << 20
"""So many bytes behind, a standby answers few reads, and a promotion loses much: a whole file of the log."""


async def replicas(patient: Patient) -> AsyncIterator[Finding]:
    """Each replica is a standby of this database, not far behind, and answers reads."""
    if not patient.settings.replicas:
        return
    primary = await queries.standing(patient.db)
    found = await asyncio.gather(*(_standing(url, patient) for url in patient.settings.replicas))
    for index, standing in enumerate(found, start=1):
        if isinstance(standing, str):
            yield finding(
                replicas,
                "warning",
                f"Replica {index} cannot be reached: {standing}",
                "Start it, or take it out of FREEHOLD_REPLICA_URLS. Its reads go to the primary meanwhile.",
            )
            continue
        for says, remedy in _troubles(standing, primary):
            yield finding(replicas, "warning", f"Replica {index} {says}", remedy)
    if any(len(hosts_of(url)) > 1 for url in patient.settings.replicas):
        yield finding(
            replicas,
            "error",
            "A URL in FREEHOLD_REPLICA_URLS names several hosts: how far one of them is says nothing about the others",
            "Name each standby with a URL of its own.",
        )


async def _standing(url: str, patient: Patient) -> queries.Standing | str:
    try:
        db = await connect(url, size=1, through_pgbouncer=patient.settings.pgbouncer)
    except Unavailable as error:
        return error.detail
    try:
        return await queries.standing(db)
    except FreeholdError as error:
        return error.detail
    finally:
        await db.close()


def _troubles(standing: queries.Standing, primary: queries.Standing) -> list[tuple[str, str]]:
    """Say what is wrong with a server that answers, and what to do."""
    if standing.system != primary.system:
        return [("belongs to another cluster, and is never read", "Name a standby of FREEHOLD_DATABASE_URL.")]
    if not standing.in_recovery and not primary.in_recovery:
        return [
            (
                "takes writes itself: it was promoted, or is the primary, and is never read",
                "Name a standby. If two servers take writes, see docs/how-to/fail-over.md at once.",
            )
        ]
    found = []
    if standing.timeline < primary.timeline:
        found.append(
            (
                f"follows timeline {standing.timeline}, and the primary is on {primary.timeline}: it is never read",
                "Let it follow the new primary: pg_rewind it, or copy it again with pg_basebackup.",
            )
        )
    elif standing.is_paused:
        found.append(("does not replay: it is paused", "Run SELECT pg_wal_replay_resume() on it."))
    elif (behind := primary.lsn - standing.lsn) > FAR_BEHIND:
        found.append(
            (
                f"is {behind >> 20} MiB behind: its reads go to the primary",
                "Look at its log, disk and network, and at pg_stat_replication on the primary.",
            )
        )
    if standing.feedback == "off":
        found.append(
            (
                "has hot_standby_feedback off: long reads, such as exports, are cancelled when the primary cleans up",
                "Run ALTER SYSTEM SET hot_standby_feedback = on; SELECT pg_reload_conf(); on it.",
            )
        )
    return found


CHECKS: Final[tuple[Check, ...]] = (replicas,)
