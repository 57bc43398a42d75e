"""Assembles the ASGI application; it runs by itself or mounts in another one."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, nullcontext
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from freehold.base.addresses import Proxies
from freehold.base.scalars import PASSWORD
from freehold.base.settings import Settings
from freehold.base.text_rules import Rule
from freehold.base.version import VERSION
from freehold.observe.observer import Observer
from freehold.observe.shared_metrics import SharedMetrics
from freehold.platform import Platform, observing
from freehold.serve import docs, system
from freehold.serve.door import Door
from freehold.serve.hosted import hosted
from freehold.serve.metrics import metrics_page
from freehold.slices import SLICES
from freehold.web.answers import JSON, PRIVATE, Answer, encode
from freehold.web.asgi import ASGIApp, Scope
from freehold.web.cors import Cors
from freehold.web.dispatch import Dispatch
from freehold.web.dispatch import Door as Opener
from freehold.web.edge import Edge, Lifespan
from freehold.web.fixed import Fixed
from freehold.web.limiting import Limiter
from freehold.web.presenting import root_of
from freehold.web.recording import RequestMetrics, RequestRecorder, families, recorder_of
from freehold.web.requests import NO_PROXIES
from freehold.web.routing import Endpoint, Routes

ROUTES: Final = (*(routes for each in SLICES for routes in each.found("routes", Routes)), system.routes)
"""Everything that is served, in the order of the documentation."""

ENDPOINTS: Final = tuple(endpoint for routes in ROUTES for endpoint in routes.endpoints)


def create_application(
    platform: Platform | Settings,
    *,
    observer: Observer | None = None,
    recorder: RequestRecorder | None = None,
    on_ready: Callable[[], None] | None = None,
    jobs: bool = True,
) -> Edge:
    """Make the application.

    With ``Settings`` (which must have ``database_url``) it opens the platform when it starts and closes it when it
    stops. With a ``Platform`` it uses that one, which you open and close; so it mounts in an application of yours,
    under any prefix::

        async with Platform.open(database_url) as platform:
            app.mount("/freehold", create_application(platform))

    Args:
        platform: an open one, or how to open it.
        observer: of a platform that is opened here; by default as the settings say.
        recorder: of the requests; by default as the settings say.
        on_ready: called once a platform that is opened here is open.
        jobs: whether to send mail and run other jobs while the lifespan runs; never with the setting ``role=api``.

    Raises:
        SettingError: traces or pages are asked for, and their packages are not installed, or the logo cannot be used.
    """
    jobs = jobs and settings_of(platform).role != "api"
    door = Door(platform.context if isinstance(platform, Platform) else None)
    settings = settings_of(platform)
    observer = platform.context.tools.observer if isinstance(platform, Platform) else observer or observing(platform)
    metrics = RequestMetrics(SharedMetrics(families(ENDPOINTS))) if settings.counts else None
    recorder = recorder or recorder_of(settings, metrics)
    if recorder.metrics is not None:
        observer.requests = recorder.metrics.shared

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        try:
            if isinstance(platform, Platform):
                async with platform.working() if jobs else nullcontext():
                    yield
                return
            async with (
                Platform.open(settings.database_url or "", settings=settings, observer=observer) as opened,
                opened.working() if jobs else nullcontext(),
            ):
                door.surroundings = opened.context
                if on_ready:
                    on_ready()
                yield
        finally:
            recorder.close()

    limiter = Limiter(lambda: door.surroundings)
    watched = metrics_page(settings, observer, recorder)
    if settings.role == "jobs":  # whoever watches over it is answered, and nobody else
        return assemble(system.routes.endpoints, door, pages=watched, lifespan=lifespan, recorder=recorder)
    pages, elsewhere = hosted(settings, door.visit, limiter)
    return assemble(
        ENDPOINTS,
        door,
        pages={"/openapi.json": _openapi_page(settings), **docs.PAGES, **watched, **pages},
        elsewhere=elsewhere,
        lifespan=lifespan,
        limiter=limiter,
        cors=Cors(settings.origins) if settings.origins else None,
        proxies=Proxies(settings.trusted_proxies) if settings.trusted_proxies else NO_PROXIES,
        recorder=recorder,
        root=settings.public_path,
        password_rule=settings.password_rule,
    )


def settings_of(platform: Platform | Settings) -> Settings:
    """Return how a platform works, or is to."""
    return platform.context.tools.settings if isinstance(platform, Platform) else platform


def assemble(
    endpoints: Iterable[Endpoint],
    door: Opener,
    *,
    pages: Mapping[str, ASGIApp] = MappingProxyType({}),
    elsewhere: ASGIApp | None = None,
    lifespan: Lifespan = nullcontext,
    limiter: Limiter | None = None,
    proxies: Proxies = NO_PROXIES,
    recorder: RequestRecorder | None = None,
    cors: Cors | None = None,
    root: str = "",
    password_rule: Rule = PASSWORD,
) -> Edge:
    """Make an ASGI application of declared endpoints and of other pages.

    Args:
        endpoints: what ``Routes`` declared.
        door: makes the context of a request.
        pages: other ASGI applications by their path.
        elsewhere: answers a person's browser where nothing stands.
        lifespan: what to open before the first request and to close after the last.
        limiter: counts the requests; without it nothing is limited.
        proxies: those whose word about the caller's address is believed.
        recorder: notes the requests.
        cors: whose pages may call it from a browser.
        root: the path of the public URL, below which callers see it.
        password_rule: what new passwords in a request must be.

    Raises:
        ValueError: two endpoints have the same method and path.
    """
    inner = Dispatch(
        endpoints, door, limiter=limiter, pages=pages, elsewhere=elsewhere, root=root, password_rule=password_rule
    )
    return Edge(inner, lifespan, proxies, recorder, cors, root=root)


def openapi(server: str = "http://127.0.0.1:8000", password_rule: Rule = PASSWORD) -> dict[str, Any]:
    """Describe the application in OpenAPI 3.1, as it is served at this address."""
    # Only for those who read the documentation.
    from freehold.web.openapi import document, with_password_rule  # noqa: PLC0415

    return with_password_rule(document(ROUTES, version=VERSION, server=server), password_rule)


@lru_cache(maxsize=8)
def _openapi_answer(server: str, password_rule: Rule) -> Answer:
    return Answer(200, (JSON, PRIVATE), encode(openapi(server, password_rule)))


def _openapi_page(settings: Settings) -> Fixed:
    """Describe the API at its public address; without one, where it was asked for."""
    public = settings.base_url if settings.public_url else None
    return Fixed(lambda scope: _openapi_answer(public or _address(scope), settings.password_rule))


def _address(scope: Scope) -> str:
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    path = root_of(scope)
    return f"{scope.get('scheme', 'http')}://{host}{path}" if _HOST.fullmatch(host) else path or "/"


_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?")
