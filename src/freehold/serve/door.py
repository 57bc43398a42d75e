"""Lets a request in: finds out who asks, and makes the context that its operation works in."""

from functools import partial
from typing import Final

import msgspec

from freehold.access import OrganizationRef
from freehold.base.errors import Unauthenticated, Unavailable
from freehold.base.settings import Settings
from freehold.credentials import authenticated
from freehold.data.context import Context, Mine
from freehold.data.positions import Mark
from freehold.pages.cookies import POSITION_COOKIE, position_kept, token_of
from freehold.sessions.operations import authenticate
from freehold.web.answers import Header
from freehold.web.dispatch import POSITION
from freehold.web.origins import check_origin
from freehold.web.requests import Request
from freehold.web.routing import Auth

NOT_STARTED: Final = (
    "Freehold has not been started: run its lifespan with that of your application, mount it with an open Platform, or "
    "use freehold.integrations, which need neither"
)


class Door:
    """Makes the context of a request: the platform's, with who asks instead of the operator."""

    def __init__(self, surroundings: Context | None) -> None:
        self.surroundings = surroundings

    async def __call__(self, request: Request, auth: Auth, reads: OrganizationRef | Mine | None = None) -> Context:
        """Make it for the API: who asks sends a token, or a browser sends the cookie that keeps one.

        Args:
            request: that has come.
            auth: whether somebody must be signed in.
            reads: what it reads, where that can be read together with who asks.
        """
        context = self._context(request, redirects=True)
        token = request.token if auth != "none" else None
        if token is None and auth != "none" and b"cookie" in request.headers:
            settings = context.tools.settings
            context = await self._by_cookie(context, request, reads)
            if context.actor is not None:
                check_origin(request, settings, others=settings.origins)
                return context
        if token is not None:
            return _marked(await authenticated(context, token, reads), request)
        if auth == "required":
            raise Unauthenticated
        return context

    async def visit(self, request: Request) -> Context:
        """Make it for a page: a session's cookie says who comes; one that has ended says nobody."""
        return await self._by_cookie(self._context(request), request)

    def _context(self, request: Request, *, redirects: bool = False) -> Context:
        if self.surroundings is None:
            raise Unavailable(NOT_STARTED)
        db = self.surroundings.db
        if db.replicas is not None:
            position = request.headers.get(POSITION)
            least = request.cookie(POSITION_COOKIE) if b"cookie" in request.headers else None
            db = db.since(position.decode("latin-1") if position else None, least=least)
            request.late_headers = partial(_position_headers, request, self.surroundings.tools.settings, db.mark)
        return msgspec.structs.replace(
            self.surroundings,
            db=db,
            actor=None,
            request_id=request.id,
            ip=request.ip,
            user_agent=request.user_agent,
            redirects=redirects,
            languages=request.languages,
        )

    async def _by_cookie(
        self, context: Context, request: Request, reads: OrganizationRef | Mine | None = None
    ) -> Context:
        token = token_of(request, context.tools.settings)
        if token is None:
            return context
        try:
            return _marked(await authenticate(context, token, reads), request)
        except Unauthenticated:
            return context


def _position_headers(request: Request, settings: Settings, mark: Mark | None) -> tuple[Header, ...]:
    """Tell who has written where that is, so that their later reads are not older; a browser keeps it."""
    if mark is None or not mark.has_moved:
        return ()
    told = ((POSITION, mark.text.encode("ascii")),)
    return (*told, position_kept(request, settings, mark.text)) if token_of(request, settings) else told


def _marked(context: Context, request: Request) -> Context:
    """Say in the answer for whom an administrator acts."""
    if context.signed_in.acting_admin_id is not None:
        request.answer_headers += ((b"x-acting-for", str(context.actor_id).encode()),)
    return context
