"""What breaks when requests are counted twice at once: nothing, since the statement adds up."""

from freehold.base.errors import TooManyRequests


class LimitReached(TooManyRequests):
    """This caller has used up what this kind of request is limited to."""

    code = "limit_reached"
    title = "Too many requests: wait for the number of seconds in Retry-After"
    constraints = ("request_counts_pkey",)
