"""Answers visits: who comes, how often, from where, and what goes wrong, each as a page."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Final

import msgspec

from freehold.base.errors import FreeholdError, Unauthenticated
from freehold.data.context import Context
from freehold.pages.declaring import Form, Page
from freehold.pages.rendering import Look
from freehold.pages.visit import Trouble, Visit
from freehold.web.answers import Answer, Header
from freehold.web.asgi import ASGIApp, Receive, Scope, Send
from freehold.web.dispatch import REQUEST
from freehold.web.fixed import Fixed
from freehold.web.limiting import Limiter
from freehold.web.origins import check_origin
from freehold.web.presenting import own_path, root_of
from freehold.web.problems import MethodNotAllowed, NoSuchPath, answer_to, status_of
from freehold.web.requests import Request

Door = Callable[[Request], Awaitable[Context]]
"""Makes the context of a visit, with whom the cookie's session belongs to, or nobody."""

KIT: Final = "freehold.pages"
_RETRY: Final = b"retry-after"


def serving(pages: Iterable[Page], door: Door, limiter: Limiter, look: Look) -> Iterator[tuple[str, ASGIApp]]:
    """Give what answers at each path: the pages, and the files that they use."""
    for page in pages:
        yield page.path, Served(page, door, limiter, look)
    yield "/assets/{file}", Fixed(lambda scope: look.file(scope["path_params"][0]))


class Served:
    """One page as an ASGI application."""

    def __init__(self, page: Page, door: Door, limiter: Limiter, look: Look) -> None:
        self._page = page
        self._door = door
        self._limiter = limiter
        self._look = look

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Answer a visit, whatever happens."""
        request: Request = scope[REQUEST]
        scope["endpoint"] = self._page
        try:
            visit = Visit(request, await self._door(request), self._look, self._page.package, scope["path_params"])
        except FreeholdError as error:
            await answer_to(error, request.id).send(send)  # nothing is known of who comes, as without a database
            return
        try:
            answer = await self._answer(visit)
        except Exception as error:  # noqa: BLE001 - each becomes a page
            answer = self._failure(visit, error)
        if request.has_unread_body:
            await request.discard()
        await answer.send(send, head=scope["method"] == "HEAD")

    async def _answer(self, visit: Visit) -> Answer:
        method, form = visit.request.scope["method"], self._page.form
        if method in {"GET", "HEAD"} and self._page.show is not None:
            await self._limiter.count(visit.request, visit.context, "reads")
            return await self._show(visit)
        if method == "POST" and form is not None:
            return await self._act(visit, form)
        raise MethodNotAllowed("GET, HEAD" if form is None else "GET, HEAD, POST")

    async def _show(self, visit: Visit) -> Answer:
        if self._page.show is None:
            raise NoSuchPath
        if self._page.for_user and not visit.is_signed_in:
            scope = visit.request.scope
            query = scope["query_string"].decode("ascii", "replace")
            wanted = own_path(scope).removeprefix(root_of(scope)) + (f"?{query}" if query else "")
            return Answer(303, (*_moved(visit.at("/sign-in", return_to=wanted)),))
        return await self._page.show(visit)

    async def _act(self, visit: Visit, form: Form) -> Answer:
        check_origin(visit.request, visit.settings)
        visit.form = await visit.request.form()
        kind = form.limit if isinstance(form.limit, str) else form.limit(visit.form)
        try:
            await self._limiter.count(visit.request, visit.context, kind)
            return await form.handler(visit)
        except FreeholdError as error:
            if isinstance(error, Unauthenticated) and self._page.for_user:
                return await self._show(visit)
            status = status_of(type(error))
            if status >= _OURS and status != _BUSY:
                raise
            visit.note(error, status, form.fields)
            answer = await self._show(visit)
            waits = [header for header in answer_to(error, visit.request.id).headers if header[0] == _RETRY]
            return msgspec.structs.replace(answer, headers=(*answer.headers, *waits))

    def _failure(self, visit: Visit, error: Exception) -> Answer:
        problem = answer_to(error, visit.request.id)
        detail = error.detail if isinstance(error, FreeholdError) and problem.status != _OURS else None
        return failure_page(visit, self._look, problem, detail)


_OURS: Final = 500
_BUSY: Final = 503


def failure_page(visit: Visit, look: Look, problem: Answer, detail: str | None) -> Answer:
    """Say what went wrong, and what to do next, as a page with the problem's status and headers."""
    visit.trouble = Trouble(status=problem.status, code=str(problem.status))
    kept = [each for each in problem.headers if each[0] in {b"allow", _RETRY, b"connection"}]
    answer = Visit(visit.request, visit.context, look, KIT, visit.parts)
    answer.trouble = visit.trouble
    title = "This page does not exist" if problem.status == status_of(NoSuchPath) else "That did not work"
    shown = answer.show("failure.html", title, detail=detail, request_id=visit.request.id)
    return msgspec.structs.replace(shown, headers=(*shown.headers, *kept))


class Elsewhere(Served):
    """What a browser is shown where nothing stands."""

    def __init__(self, door: Door, limiter: Limiter, look: Look) -> None:
        async def nothing(_: Visit) -> Answer:
            raise NoSuchPath("There is nothing at this address. The link may be old, or cut off at its end")

        super().__init__(Page(path="", package=KIT, show=nothing), door, limiter, look)


def _moved(address: str) -> tuple[Header, ...]:
    return ((b"cache-control", b"no-store"), (b"location", address.encode("ascii")))
