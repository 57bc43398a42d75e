"""Assembles the ASGI application; it runs by itself or mounts in another one."""

from collections.abc import Iterable, Sequence

from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from freehold.http.dispatch import Door, Resources
from freehold.http.edge import Edge
from freehold.http.problems import NoSuchPath
from freehold.http.routing import Endpoint


def assemble(
    endpoints: Iterable[Endpoint],
    door: Door,
    *,
    others: Sequence[BaseRoute] = (),
    lifespan: Lifespan[ASGIApp] | None = None,
) -> ASGIApp:
    """Make an ASGI application of declared endpoints and of other Starlette routes.

    Args:
        endpoints: what ``Routes`` declared.
        door: makes the context of a request.
        others: routes of another kind, tried after the endpoints.
        lifespan: what to open before the first request and to close after the last.

    Raises:
        ValueError: two endpoints have the same method and path.
    """
    routes = [Resources(endpoints, door), *others]
    return Edge(Router(routes, redirect_slashes=False, default=_no_such_path, lifespan=lifespan))


async def _no_such_path(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - an ASGI application
    raise NoSuchPath
