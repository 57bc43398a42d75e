"""What breaks when requests are counted twice at once: nothing, since the statement adds up."""

from typing import Self

from freehold.base.errors import TooManyRequests
from freehold.limits.policies import WINDOW_SECONDS, Policy


class LimitReached(TooManyRequests):
    """This caller has used up what this kind of request is limited to."""

    code = "limit_reached"
    title = "Too many requests: wait for the number of seconds in Retry-After"
    constraints = ("request_counts_pkey",)

    @classmethod
    def of(cls, policy: Policy, seconds: int) -> Self:
        """Say what the quota is, and how long to wait."""
        return cls(
            f"You may send {policy.quota} {policy.name} in {WINDOW_SECONDS} seconds: wait {seconds} s",
            retry_after_seconds=seconds,
        )
