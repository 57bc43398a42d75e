"""Freehold in a Starlette application: ``install`` it, then ask in your routes who sends a request and what they may.

::

    app = Starlette(routes=[Route("/organizations/{organization}/invoices", invoices)])
    install(app, Settings(database_url="postgresql:///app"))


    async def invoices(request: Request) -> JSONResponse:
        scope = await access(request, "project.read")
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.websockets import WebSocket

from freehold.access import Action, OrganizationRef, Scope, in_scope, readable_action
from freehold.actions.types import ActionDeclaration
from freehold.base.errors import FreeholdError
from freehold.base.settings import Settings
from freehold.integrations.hosting import Hosting
from freehold.integrations.organizations import named, organization_of, organization_or_none
from freehold.platform import Platform
from freehold.web.problems import answer_to
from freehold.web.requests import Request as OwnRequest

_POLICY_VIOLATION: Final = 1008
_SCOPES: Final = "freehold.scopes"
"""Where a request keeps the organizations that its sender was let into."""
_SEVERAL: Final = (
    "This request has access to several organizations: begin the transaction in one of them with "
    "'async with platform.in_organization(scope.organization_id) as connection'"
)


def install(
    app: Starlette,
    platform: Platform | Settings,
    *,
    path: str = "/freehold",
    jobs: bool = True,
    actions: ActionDeclaration | None = None,
) -> None:
    """Mount Freehold's API and pages, open the platform with your application, and answer Freehold's errors.

    Mail is sent and other jobs run while your lifespan does. Your own lifespan runs inside Freehold's. Where the server
    runs no lifespan, the platform is opened by the first request; while it cannot be, requests are answered 503. Every
    ``FreeholdError`` that a route raises becomes the problem answer that the API gives.

    Args:
        app: yours, before it starts.
        platform: how to open one (with ``database_url``), or an open one, which you close.
        path: where the API and the pages are.
        jobs: whether to send mail and run other jobs in this process.
        actions: your application's own, such as ``invoice.read``, which are declared when the platform opens.

    Raises:
        RuntimeError: Freehold is installed in this application already.
    """
    if hasattr(app.state, "freehold"):
        raise RuntimeError("Freehold is installed in this application already: call install once")
    hosting = app.state.freehold = Hosting(platform, jobs=jobs, actions=actions)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: Any) -> AsyncIterator[Any]:
        async with hosting.open(), inner(running) as state:
            yield state

    app.router.lifespan_context = lifespan
    app.mount(path, hosting.application)
    app.add_exception_handler(FreeholdError, _answer)  # type: ignore[arg-type]  # it is for WebSockets, too


async def acting(connection: HTTPConnection) -> Platform:
    """Return the platform acting as whoever sent a request, or as nobody: by bearer token, API key or the cookie.

    Raises:
        Unauthenticated: ``unauthenticated``: the credentials are not (or no longer) valid.
        OriginRefused: ``origin_refused``: a page of another site sent a change with somebody's cookie.
        Unavailable, SchemaPending: the platform cannot be opened now.
        RuntimeError: Freehold is not installed in this application.
    """
    return await _acting(connection)


async def _acting(connection: HTTPConnection, organization: OrganizationRef | None = None) -> Platform:
    hosting: Hosting | None = getattr(connection.app.state, "freehold", None)
    if hosting is None:
        raise RuntimeError("Freehold is not installed in this application: call install(app, ...) on the one you route")
    return await hosting.acting(connection.scope, connection._receive, organization)  # type: ignore[attr-defined]  # noqa: SLF001


async def access(connection: HTTPConnection, action: Action | str, *, parameter: str = "organization") -> Scope:
    """Return what the sender of a request is in the organization that its path names, if they may do something there.

    Args:
        connection: the request.
        action: such as ``project.read``, or one of your own such as ``invoice.read``.
        parameter: the name of the path's parameter with the organization's slug or id.

    Raises:
        ValueError: there is no such action.
        Unauthenticated, Missing, Forbidden, Renamed: as ``Platform.access`` does.
        Invalid: ``invalid``: the parameter is neither a slug nor a UUID.
        LookupError: the path has no such parameter.
    """
    action = readable_action(action)
    given = named(connection.path_params, parameter, f"{{{parameter}}}")
    platform = await _acting(connection, organization_or_none(given))
    platform.context.signed_in  # noqa: B018 - strangers learn that first
    scope = await platform.access(organization_of(given, parameter), action)
    connection.scope.setdefault(_SCOPES, {})[scope.organization_id] = scope
    return scope


@asynccontextmanager
async def database(connection: HTTPConnection) -> AsyncIterator[Any]:
    """Give the statements of a request a transaction, which reaches the rows of its organization alone.

    Use it as ``async with database(request) as connection``, a connection of asyncpg, with tables that
    ``freehold tenants protect`` protects. The organization is the one that ``access`` let the caller into, without
    another query. If nothing has called ``access`` yet, it is the one of the path's parameter ``organization``, whose
    members alone come in. The transaction is committed at the end, and rolled back when your code fails. See
    ``Platform.in_organization``, which takes any organization.

    Raises:
        Unauthenticated, Missing, Forbidden, Renamed, Invalid, LookupError: as ``access`` does.
        RuntimeError: ``access`` was called for several organizations: name one to ``Platform.in_organization``.
        TenantRoleUnusable, Unavailable, OutcomeUnknown: as ``Platform.in_organization`` does.
    """
    scopes = connection.scope.get(_SCOPES) or {}
    if len(scopes) > 1:
        raise RuntimeError(_SEVERAL)
    scope = next(iter(scopes.values()), None) or await access(connection, Action.ORGANIZATION_READ)
    async with in_scope(scope) as own:
        yield own


async def _answer(connection: HTTPConnection, error: Exception) -> Response | None:
    if isinstance(connection, WebSocket):
        await connection.close(_POLICY_VIOLATION)
        return None
    request = OwnRequest(connection.scope, connection._receive)  # type: ignore[attr-defined]  # noqa: SLF001
    answer = answer_to(error, request.id)
    response = Response(answer.body, answer.status)
    response.raw_headers += [*answer.headers, (b"x-request-id", request.id.encode("ascii"))]
    return response
