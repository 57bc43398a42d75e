"""Lets pages of other origins call the API from a browser (CORS): those that the operator named, and no others."""

from collections.abc import Iterable
from typing import Final

from freehold.web.answers import Answer, Header
from freehold.web.presenting import route_path
from freehold.web.requests import Request

METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE"
SENT: Final = (
    b"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Traceparent, X-Request-Id, "
    b"Freehold-Position"
)
EXPOSED: Final = (
    b"ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, X-Acting-For, "
    b"Idempotency-Replayed, Freehold-Position"
)
_REMEMBERED_SECONDS: Final = 7200  # Chromium remembers no preflight for longer

_VARY: Final[Header] = (b"vary", b"Origin")


class Cors:
    """What the answers say to browsers.

    Args:
        origins: exact ones, as browsers write them. A page of any other gets the answer of a server without CORS.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.encode("ascii") for origin in origins)

    def headers(self, request: Request) -> tuple[Header, ...]:
        """Say whether the page that asks may read the answer; only the API's paths have any such answer."""
        if not self._origins or not _is_api(request):
            return ()
        origin = request.headers.get(b"origin")
        if origin not in self._origins:
            return (_VARY,)
        return (
            _VARY,
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", EXPOSED),
        )

    def preflight(self, request: Request) -> Answer | None:
        """Answer the question that a browser asks before a request; None when it is another request."""
        if request.scope["method"] != "OPTIONS" or b"access-control-request-method" not in request.headers:
            return None
        if request.headers.get(b"origin") not in self._origins or not _is_api(request):
            return None
        return Answer(
            204,
            (
                (b"access-control-allow-methods", METHODS),
                (b"access-control-allow-headers", SENT),
                (b"access-control-max-age", b"%d" % _REMEMBERED_SECONDS),
            ),
        )


def _is_api(request: Request) -> bool:
    path = route_path(request.scope)
    return path.startswith("/v1/") or path == "/openapi.json"
