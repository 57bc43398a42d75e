"""Counts what a request turns out to do, beside what its path is counted as."""

from freehold.base.addresses import network_of
from freehold.data.context import Context
from freehold.limits import counter, queries
from freehold.limits.errors import LimitReached
from freehold.limits.policies import WINDOW_SECONDS, Limited, policies


async def charge_address(context: Context, kind: Limited) -> None:
    """Count a request against its address as one of another kind, in the same quota as that.

    Administrators are not counted, nor is a program that acts in process: these have no address.

    Raises:
        LimitReached: ``limit_reached``.
    """
    settings = context.tools.settings
    if context.ip is None or context.is_admin or settings.rate_limits == "off":
        return
    policy = policies(settings)[kind]
    total = await queries.add_one(
        context.db,
        bucket=counter.bucket_name(policy, counter.address_subject(network_of(context.ip))),
        window_seconds=WINDOW_SECONDS,
    )
    verdict = counter.verdict_of(policy, total.requests, total.ends_at - total.now)
    if not verdict.is_allowed:
        context.tools.observer.limited(kind)
        raise LimitReached.of(policy, verdict.reset_seconds)
