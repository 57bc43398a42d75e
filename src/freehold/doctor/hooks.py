"""Checks of webhooks: whether they are sent, and arrive."""

from collections.abc import AsyncIterator
from typing import Final

from freehold.doctor import queries
from freehold.doctor.examination import Check, Patient, finding
from freehold.doctor.types import Finding

IDLE_SECONDS: Final = 600.0
"""What is due is taken within seconds; so much later, nobody does."""
_UNITS: Final = (("days", 86_400), ("hours", 3600), ("minutes", 60))


async def webhooks(patient: Patient) -> AsyncIterator[Finding]:
    """Webhooks are sent, and their receivers answer."""
    idle_seconds = await queries.idle_queues(patient.db)
    if idle_seconds > IDLE_SECONDS:
        yield finding(
            webhooks,
            "error",
            f"Webhooks have been due for {_span(idle_seconds)}, and nobody sends them",
            "Check that 'freehold serve' runs with --role all or --role jobs, and what it logs.",
        )
    for each in await queries.failing_endpoints(patient.db):
        whose = "of the platform" if each.slug is None else f"of {each.slug}"
        at = "" if each.slug is None else f" --organization {each.slug}"
        if each.is_off:
            yield finding(
                webhooks,
                "warning",
                f"The webhook endpoint {each.id} {whose} is switched off: it answered nothing but failures",
                f"Put the receiver right, and run 'freehold webhooks update {each.id} --status enabled{at}'.",
            )
        else:
            yield finding(
                webhooks,
                "warning",
                f"The webhook endpoint {each.id} {whose} has failed for {_span(each.failing_seconds)}",
                f"Run 'freehold webhooks deliveries {each.id} --state waiting{at}' for the reason.",
            )


def _span(seconds: float) -> str:
    for unit, size in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return "a minute"


CHECKS: Final[tuple[Check, ...]] = (webhooks,)
