"""Whether a request that a browser sends with somebody's cookie was meant by them: it comes from a page of this server.

Without this, a page anywhere could have a visitor's browser send a form here, with their cookie. Browsers say where a
request comes from, and no page can change that; so no form needs a token of its own.
"""

from typing import Final
from urllib.parse import urlsplit

from freehold.base.addresses import origin_of
from freehold.base.errors import Forbidden
from freehold.base.settings import Settings
from freehold.web.requests import Request

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class OriginRefused(Forbidden):
    """A browser sent a change with a session's cookie, from a page of another origin."""

    code = "origin_refused"
    title = "This request came from a page of another site, so nothing was done: open the page here and try again"


def check_origin(request: Request, settings: Settings, *, others: frozenset[str] = frozenset()) -> None:
    """Return when a request changes nothing, or comes from a page of this server (or of one of the ``others``).

    Raises:
        OriginRefused: ``origin_refused``.
    """
    if request.scope["method"] in SAFE or request.headers.get(b"sec-fetch-site") == b"same-origin":
        return
    origin = request.headers.get(b"origin", b"").decode("latin-1")
    if origin in others:
        return
    # A browser that says where a request comes from has said: not from here. Others, and those that reach this server
    # by plain HTTP, send the Origin alone.
    if b"sec-fetch-site" not in request.headers and is_own(request, settings, origin):
        return
    raise OriginRefused


def is_own(request: Request, settings: Settings, origin: str) -> bool:
    """Say whether an origin is this server's, by the name that the request used or the public one."""
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"}:
        return False
    host = request.headers.get(b"host", b"").decode("latin-1")
    return origin_of(origin) in {origin_of(settings.base_url), origin_of(f"{parts.scheme}://{host}")}
