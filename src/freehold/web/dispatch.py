"""The way of a request through an endpoint: sign-in, path, query and body, condition, handler, answer."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from freehold.access import OrganizationRef
from freehold.base.errors import FieldError, Invalid, Moved, Stale, Unauthenticated, refusal
from freehold.base.new_passwords import SEED, new_passwords_keep
from freehold.base.text_rules import Rule
from freehold.data.context import Context, Mine
from freehold.data.db import Database
from freehold.web.answers import Answer
from freehold.web.asgi import ASGIApp, Receive, Scope, Send
from freehold.web.conditions import versions_wanted
from freehold.web.idempotency import HEADER as KEY_HEADER
from freehold.web.idempotency import Repeatable
from freehold.web.limiting import Limiter
from freehold.web.presenting import path_with, present, route_path
from freehold.web.problems import MethodNotAllowed, NoSuchPath
from freehold.web.requests import JSON_TYPES, PATCH_TYPES, Request
from freehold.web.rooting import without_second_root
from freehold.web.routing import Auth, Endpoint
from freehold.web.tree import Tree

Door = Callable[[Request, Auth, OrganizationRef | Mine | None], Awaitable[Context]]
"""Makes the context of a request, with who asks; it is told what the request reads that can be read together with that.

Raises:
    Unauthenticated: nobody is signed in and somebody must be, or the credentials are not valid.
"""

POSITION: Final = b"freehold-position"
"""The header that brings the position of the caller's last write, and that answers it to one."""

REQUEST = "freehold.request"
"""Where the scope keeps the ``Request``, read once at the edge."""


class Resource:
    """The endpoints of one path, by method."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._endpoints: dict[str, Endpoint] = {}

    def add(self, endpoint: Endpoint) -> None:
        """Put an endpoint under its method; GET also answers HEAD.

        Raises:
            ValueError: another one is there already.
        """
        if endpoint.method in self._endpoints:
            raise ValueError(f"{endpoint.method} {endpoint.path} is declared twice")
        self._endpoints[endpoint.method] = endpoint
        if endpoint.method == "GET":
            self._endpoints["HEAD"] = endpoint

    def endpoint(self, method: str) -> Endpoint:
        """Return the endpoint of a method.

        Raises:
            MethodNotAllowed: naming those that there are.
        """
        found = self._endpoints.get(method)
        if found is None:
            raise MethodNotAllowed(", ".join(sorted(self._endpoints)))
        return found


class Dispatch:
    """The application inside the edge: finds what stands at a path, and has it answer.

    Args:
        endpoints: what ``Routes`` declared.
        door: makes the context of a request.
        limiter: counts the requests; without it nothing is limited.
        pages: other applications by their path, such as the documentation.
        elsewhere: answers a person's browser where nothing stands; without it they get the problem that programs get.
        root: the path of the public URL, which a proxy may have left in the path of a request.
        password_rule: what new passwords in a request must be.

    Raises:
        ValueError: two endpoints have the same method and path.
    """

    def __init__(
        self,
        endpoints: Iterable[Endpoint],
        door: Door,
        *,
        limiter: Limiter | None = None,
        pages: Mapping[str, ASGIApp] = MappingProxyType({}),
        elsewhere: ASGIApp | None = None,
        root: str = "",
        password_rule: Rule = SEED,
    ) -> None:
        self._password_rule = password_rule
        self._root = root
        self._elsewhere = elsewhere
        self._limiter = limiter
        self._door = door
        self._repeatable = Repeatable()
        self._resources: Tree[Resource] = Tree()
        self._pages: Tree[ASGIApp] = Tree()
        for path, page in pages.items():
            self._pages.at(path).value = page
        for endpoint in endpoints:
            place = self._resources.at(endpoint.path)
            place.value = place.value or Resource(endpoint.path)
            place.value.add(endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request.

        Raises:
            NoSuchPath: nothing stands at its path.
            FreeholdError: what is wrong with it, or what the operation raised.
        """
        path = route_path(scope)
        if self._root and not self._stands_at(path):
            path = without_second_root(scope) or path
        if found := self._resources.find(path):
            scope["endpoint"], values = found
            await self._respond(found[0].endpoint(scope["method"]), values, scope, send)
        elif page := self._pages.find(path):
            scope["path_params"] = page[1]
            await page[0](scope, receive, send)
        elif self._elsewhere is not None and _is_for_a_person(scope, path):
            scope["path_params"] = []
            await self._elsewhere(scope, receive, send)
        else:
            raise NoSuchPath

    def _stands_at(self, path: str) -> bool:
        return self._resources.find(path) is not None or self._pages.find(path) is not None

    async def _respond(self, endpoint: Endpoint, values: list[str], scope: Scope, send: Send) -> None:
        request: Request = scope[REQUEST]
        try:
            context = await self._door(request, endpoint.auth, endpoint.reads(values, scope["query_string"]))
        except Unauthenticated:
            if self._limiter:
                await self._limiter.count_stranger(request, endpoint.limit)
            raise
        if self._limiter:
            await self._limiter.count(request, context, endpoint.limit)
        with new_passwords_keep(self._password_rule):
            arguments = await _read(endpoint, request, values)
        try:
            answer = await self._answer(endpoint, request, context, arguments)
        except Moved as moved:
            moved.location = path_with(endpoint, request, values, moved.part, moved.name)
            raise
        finally:
            if request.late_headers is not None:  # there are replicas
                await _find_position(endpoint, context)
        if request.has_unread_body:
            await request.discard()
        await answer.send(send, head=scope["method"] == "HEAD")

    async def _answer(
        self, endpoint: Endpoint, request: Request, context: Context, arguments: dict[str, Any]
    ) -> Answer:
        if endpoint.is_repeatable and KEY_HEADER in request.headers:
            return await self._repeatable.answer(
                request, context, lambda inner: _answer(endpoint, request, inner, arguments)
            )
        return await _answer(endpoint, request, context, arguments)


async def _find_position(endpoint: Endpoint, context: Context) -> None:
    """Find the position of what turned out to change nothing: its answer may stand for a write from before."""
    db = context.db
    if not isinstance(db, Database) or db.replicas is None or db.mark is None:
        return
    if endpoint.method not in {"GET", "HEAD"} and not db.mark.has_moved:
        db.mark.move(await db.replicas.acknowledged())


def _is_for_a_person(scope: Scope, path: str) -> bool:
    """Say whether a browser asks for a page, as its address bar and its links do."""
    request: Request = scope[REQUEST]
    return (
        scope["method"] in {"GET", "HEAD"}
        and not path.startswith("/v1")
        and b"text/html" in request.headers.get(b"accept", b"")
    )


async def _answer(endpoint: Endpoint, request: Request, context: Context, arguments: dict[str, Any]) -> Answer:
    if not endpoint.changes:
        return present(endpoint, request, await endpoint.handler(context, **arguments))
    versions = versions_wanted(request.headers.get(b"if-match"))
    if not endpoint.versioned:
        if versions != (None,):
            raise Stale("This resource has no version: send the request without If-Match")
        return present(endpoint, request, await endpoint.handler(context, **arguments))
    # A change on a version that is not the current one does nothing, so several can be tried in turn.
    for version in versions[:-1]:
        try:
            return present(endpoint, request, await endpoint.handler(context, **arguments, version=version))
        except Stale:
            continue
    return present(endpoint, request, await endpoint.handler(context, **arguments, version=versions[-1]))


async def _read(endpoint: Endpoint, request: Request, values: list[str]) -> dict[str, Any]:
    """Read path, query and body, and say everything that is wrong with any of them at once."""
    problems: list[FieldError] = []
    arguments: dict[str, Any] = {}
    for (name, read), value in zip(endpoint.reference_readers, values, strict=True):
        arguments[name] = read(value, f"/{name}", problems)
    try:
        query = endpoint.read_query(request.scope["query_string"])
    except Invalid as error:
        problems += error.errors
    else:
        if endpoint.takes_query:
            arguments["query"] = query
    if endpoint.read_body is not None:
        types = PATCH_TYPES if endpoint.method == "PATCH" else JSON_TYPES
        document = await request.json(types, optional=endpoint.body_optional)
        arguments["body"] = endpoint.read_body(document, "", problems)
    if problems:
        raise refusal(problems)
    return arguments
