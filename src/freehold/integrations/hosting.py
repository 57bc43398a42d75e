"""Opens a platform for an application that mounts it, with a lifespan or without, and lets its requests in."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from freehold.access import OrganizationRef
from freehold.actions.types import ActionDeclaration
from freehold.base.addresses import Proxies
from freehold.base.errors import FreeholdError, Unavailable
from freehold.base.settings import Settings
from freehold.data.context import OPERATOR
from freehold.platform import Platform
from freehold.serve.application import create_application
from freehold.serve.door import Door
from freehold.web.asgi import ASGIApp, Receive, Scope, Send
from freehold.web.edge import Edge
from freehold.web.problems import answer_to
from freehold.web.requests import NO_PROXIES, Request

ACTING: Final = "freehold.acting"
"""Where the scope of a request keeps the platform that acts as whoever sent it: they are asked for once."""
KEEPER: Final = "freehold-open"
"""What the task is called that holds a platform open for an application without a lifespan."""
NOT_OPENED: Final = "Freehold could not start: the log of the server says why"
OTHER_LOOP: Final = (
    "This Platform was opened in another event loop: run the application's lifespan in the loop that opened it, or "
    "install Settings instead of a Platform"
)

_log = logging.getLogger(__name__)
_keepers: set[asyncio.Task[None]] = set()
"""Each holds a platform open. An event loop itself holds its tasks weakly, and one that is collected closes nothing."""


class Opened(msgspec.Struct, frozen=True):
    """The open platform, what serves it, and its event loop."""

    platform: Platform
    door: Door
    edge: Edge
    loop: asyncio.AbstractEventLoop


class Hosting:
    """A platform in somebody else's application.

    Args:
        given: an open platform, or how to open one.
        jobs: whether background jobs run here.
        actions: those of the application.
    """

    def __init__(
        self, given: Platform | Settings, *, jobs: bool = True, actions: ActionDeclaration | None = None
    ) -> None:
        self._given = given
        self._actions = actions
        self._jobs = jobs
        self._opened: Opened | None = None
        self._opening: asyncio.Future[Opened] | None = None

    @property
    def settings(self) -> Settings:
        """Those of the platform."""
        return self._given.context.tools.settings if isinstance(self._given, Platform) else self._given

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Platform]:
        """Open the platform, and close it at the end.

        Raises:
            FreeholdError: the database cannot be reached, or lacks migrations.
            SettingError: a setting is not valid.
        """
        if isinstance(self._given, Platform):
            if self._actions is not None and self._given.loop is asyncio.get_running_loop():
                await self._given.acting_as(OPERATOR).actions.declare(self._actions)
            async with self._serve(self._given) as opened:
                yield opened.platform
            return
        async with (
            Platform.open(self._given.database_url or "", settings=self._given, actions=self._actions) as platform,
            self._serve(platform) as opened,
        ):
            yield opened.platform

    @asynccontextmanager
    async def _serve(self, platform: Platform) -> AsyncIterator[Opened]:
        loop = asyncio.get_running_loop()
        if platform.loop is not loop:
            raise Unavailable(OTHER_LOOP)
        edge = create_application(platform, jobs=self._jobs)
        async with edge.lifespan():
            opened = self._opened = Opened(platform, Door(platform.context), edge, loop)
            try:
                yield opened
            finally:
                if self._opened is opened:
                    self._opened = None

    async def opened(self) -> Opened:
        """Return what is open; without a lifespan, open it now, for as long as the event loop runs.

        Raises:
            Unavailable, SchemaPending: it cannot be opened now.
        """
        loop = asyncio.get_running_loop()
        if self._opened is not None and self._opened.loop is loop:
            return self._opened
        opening = self._opening
        if opening is None or opening.get_loop() is not loop:
            opening = self._opening = loop.create_future()
            keeper = loop.create_task(self._keep(opening), name=KEEPER)
            _keepers.add(keeper)
            keeper.add_done_callback(_keepers.discard)
        # Shielded: whoever goes away must not take it from those who wait for it, too.
        return await asyncio.shield(opening)

    async def _keep(self, opening: "asyncio.Future[Opened]") -> None:
        """Hold the platform open until the event loop ends and cancels this, in the one task that opened it."""
        try:
            async with self.open():
                assert self._opened is not None  # noqa: S101 - `open` has set it
                opening.set_result(self._opened)
                await asyncio.get_running_loop().create_future()
        except Exception as error:  # noqa: BLE001 - whoever asked is told, and the next one tries again
            if not isinstance(error, FreeholdError):
                _log.error("cannot open Freehold", exc_info=error)
                error = Unavailable(NOT_OPENED)
            if not opening.done():
                opening.set_exception(error)
                opening.exception()  # all who asked may be gone
        finally:
            opening.cancel()
            if self._opening is opening:
                self._opening = None

    async def acting(self, scope: Scope, receive: Receive, organization: OrganizationRef | None = None) -> Platform:
        """Return the platform acting as whoever sent a request, or as nobody.

        Args:
            scope: of the request.
            receive: brings its body.
            organization: where access is asked for next; it is looked up in the same query.

        Raises:
            Unauthenticated: the credentials are not (or no longer) valid.
            OriginRefused: a page of another site sent a change with somebody's cookie, or opens a WebSocket with it.
            Unavailable, SchemaPending: the platform cannot be opened now.
        """
        found: Platform | None = scope.get(ACTING)
        if found is None:
            opened = await self.opened()
            if scope["type"] == "websocket":  # pages of other sites can open one, and then read what it says
                scheme = "https" if scope.get("scheme") == "wss" else "http"
                scope = {**scope, "method": "POST", "scheme": scheme}
            proxies = self.settings.trusted_proxies
            request = Request(scope, receive, Proxies(proxies) if proxies else NO_PROXIES)
            context = await opened.door(request, "optional", organization)
            found = scope[ACTING] = Platform(msgspec.structs.replace(context, redirects=False))
        return found

    @property
    def application(self) -> ASGIApp:
        """Freehold's own application: its API and its pages."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                opened = await self.opened()
            except FreeholdError as error:
                if scope["type"] != "http":
                    await send({"type": "websocket.close", "code": 1013})
                    return
                request = Request(scope, receive)
                await answer_to(error, request.id).send(send, head=scope["method"] == "HEAD")
                return
            await opened.edge(scope, receive, send)

        return answer
