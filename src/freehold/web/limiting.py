"""Rate limits over HTTP: who is counted as whom, and the headers that say how much is left.

The headers are those of the IETF's draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers).
"""

from collections.abc import Callable

import msgspec

from freehold.base.addresses import network_of
from freehold.data.context import Context
from freehold.limits.counter import Counter, address_subject
from freehold.limits.errors import LimitReached
from freehold.limits.policies import BY_ADDRESS, WINDOW_SECONDS, Limited, policies
from freehold.web.requests import Request


class Limiter:
    """Counts the requests of one application, whose ``surroundings`` it asks for when a request comes."""

    def __init__(self, surroundings: Callable[[], Context | None]) -> None:
        self._surroundings = surroundings
        self._counter: Counter | None = None

    async def count(self, request: Request, context: Context, kind: Limited | None) -> None:
        """Count a request, and have its answer say how many more may follow.

        Raises:
            LimitReached: ``limit_reached``.
        """
        settings = context.tools.settings
        subject = _subject(context, kind)
        if kind is None or subject is None or settings.rate_limits == "off":
            return
        policy = policies(settings)[kind]
        self._counter = self._counter or Counter(context.db)
        verdict = await self._counter.count(policy, subject)
        request.answer_headers += (
            (b"ratelimit-policy", b'"%s";q=%d;w=%d' % (kind.encode(), policy.quota, WINDOW_SECONDS)),
            (b"ratelimit", b'"%s";r=%d;t=%d' % (kind.encode(), verdict.remaining, verdict.reset_seconds)),
        )
        if not verdict.is_allowed:
            context.tools.observer.limited(kind)
            raise LimitReached.of(policy, verdict.reset_seconds)

    async def count_stranger(self, request: Request, kind: Limited | None) -> None:
        """Count a request whose credentials are not valid, against its address.

        Raises:
            LimitReached: ``limit_reached``.
        """
        if surroundings := self._surroundings():
            await self.count(request, msgspec.structs.replace(surroundings, actor=None, ip=request.ip), kind)


def _subject(context: Context, kind: Limited | None) -> str | None:
    """Tell whom a request counts against: the user, the organization whose key it is, else the address.

    A user has one quota over all sessions and keys: with one for each key, making keys would be making quotas. None on
    a Unix socket.
    """
    actor = context.actor
    if actor is not None and kind not in BY_ADDRESS:
        own = actor.key and actor.key.organization_id
        return f"organization {own}" if own else f"user {actor.user_id}"
    return address_subject(network_of(context.ip)) if context.ip else None
