"""Finds out who sends a request of Django's, by the rules of Freehold's own API."""

import asyncio
from typing import Any, Final

import msgspec
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.utils.asyncio import async_unsafe

from freehold.base.addresses import Proxies
from freehold.integrations.django.opening import platform, settings_of_project
from freehold.platform import Platform as AsyncPlatform
from freehold.serve.door import Door
from freehold.sync import Platform
from freehold.sync.bridge import bridged
from freehold.web.requests import NO_PROXIES, Request
from freehold.web.routing import Auth

_ACTING: Final = "_freehold_acting"
_REQUEST: Final = "_freehold_request"
_IN_ASYNC: Final = "This waits, and an event loop runs here: in an async view, write 'await request.afreehold()'"


@async_unsafe(_IN_ASYNC)
def acting(request: HttpRequest) -> Platform:
    """Return the platform acting as whoever sent a request, or as nobody: by bearer token, API key or the cookie.

    The answer is kept with the request. ``request.freehold`` is the same.

    Raises:
        Unauthenticated: ``unauthenticated``: the credentials are not (or no longer) valid.
        OriginRefused: ``origin_refused``: a page of another site sent a change with somebody's cookie.
        Unavailable, SchemaPending: the platform cannot be opened now.
        SynchronousOnlyOperation: an event loop runs in this thread.
    """
    found: Platform | None = getattr(request, _ACTING, None)
    if found is None:
        opened = platform()
        own = request_of(request)
        found = opened.like(opened.run(lambda there: _let_in(there, own, "optional")))
        setattr(request, _ACTING, found)
    return found


async def aacting(request: HttpRequest) -> AsyncPlatform:
    """Return the asynchronous platform acting as whoever sent a request, for an async view.

    Its operations are awaited in any event loop. ``await request.afreehold()`` is the same.

    Raises:
        Unauthenticated, OriginRefused, Unavailable, SchemaPending: as ``acting`` does.
    """
    found: Platform | None = getattr(request, _ACTING, None)
    if found is None:
        opened = await _aplatform()
        own = request_of(request)
        found = opened.like(await opened.arun(lambda there: _let_in(there, own, "optional")))
        setattr(request, _ACTING, found)
    return bridged(found)


def stranger(request: HttpRequest | None) -> Platform:
    """Return the platform acting as nobody, who sends this request: their address is in the audit log."""
    opened = platform()
    if request is None:
        return opened.acting_as(None)
    own = request_of(request)
    return opened.like(opened.run(lambda there: _let_in(there, own, "none")))


def is_asked(request: HttpRequest) -> bool:
    """Say whether the answer to a request depends on who sent it."""
    return hasattr(request, _ACTING)


def forget(request: HttpRequest) -> None:
    """Ask anew who sends a request, as after signing in."""
    if is_asked(request):
        delattr(request, _ACTING)


def request_of(request: HttpRequest) -> Request:
    """Return the request as Freehold reads it: its headers, who sends it, and its id."""
    own: Request | None = getattr(request, _REQUEST, None)
    if own is None:
        proxies = settings_of_project().trusted_proxies
        own = Request(_scope_of(request), _no_body, Proxies(proxies) if proxies else NO_PROXIES)
        setattr(request, _REQUEST, own)
    return own


async def _let_in(there: AsyncPlatform, request: Request, auth: Auth) -> AsyncPlatform:
    context = await Door(there.context)(request, auth)
    return AsyncPlatform(msgspec.structs.replace(context, redirects=False))


async def _aplatform() -> Platform:
    return await asyncio.to_thread(platform)


def _scope_of(request: HttpRequest) -> dict[str, Any]:
    # The project says which of its proxies' words about host and scheme are believed.
    host = (b"host", request.get_host().encode("latin-1", "replace"))
    seen = {"type": "http", "method": request.method or "GET", "scheme": request.scheme or "http"}
    if isinstance(request, ASGIRequest):
        headers = [each for each in request.scope["headers"] if each[0] != b"host"]
        return {**request.scope, **seen, "headers": [host, *headers]}
    meta = request.META
    headers = [
        (name[5:].replace("_", "-").lower().encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in meta.items()
        if name.startswith("HTTP_") and name != "HTTP_HOST"
    ]
    address, port = meta.get("REMOTE_ADDR"), str(meta.get("REMOTE_PORT") or 0)
    client = (address, int(port) if port.isdigit() else 0) if address else None
    return {**seen, "path": request.path, "query_string": b"", "headers": [host, *headers], "client": client}


async def _no_body() -> Any:
    raise AssertionError("nobody here reads the body of a request")
