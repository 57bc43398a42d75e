"""Puts the pages of all slices together, where they are hosted here."""

from collections.abc import Callable
from typing import Final

from freehold.base.settings import Settings
from freehold.console.pages import CONSOLE
from freehold.pages.declaring import Page, Pages
from freehold.pages.rendering import Look
from freehold.pages.serving import Door, Elsewhere, serving
from freehold.slices import SLICES
from freehold.web.answers import NOT_STORED, Answer
from freehold.web.asgi import ASGIApp, Scope
from freehold.web.fixed import Fixed
from freehold.web.limiting import Limiter
from freehold.web.presenting import root_of

PAGES: Final[tuple[Page, ...]] = tuple(
    page
    for found in (*(found for each in SLICES for found in each.found("pages", Pages)), *CONSOLE)
    for page in found.by_path.values()
)
"""Every page: those of the slices, in their order, and the console's."""

_MOVED: Final = {"/reset-password": "/reset", "/accept-invitation": "/invitation"}
"""Where links of mails lead that were sent before there were pages."""


def hosted(settings: Settings, door: Door, limiter: Limiter) -> tuple[dict[str, ASGIApp], ASGIApp | None]:
    """Give what answers at the paths of pages, and what a browser is shown where nothing stands.

    Raises:
        SettingError: they are hosted here, and cannot be: the logo cannot be used, or a package is missing.
    """
    if settings.hosted_pages == "off":
        return {}, None
    look = Look(settings)
    moved = {path: Fixed(_moving(target)) for path, target in _MOVED.items()}
    return {**dict(serving(PAGES, door, limiter, look)), **moved}, Elsewhere(door, limiter, look)


def _moving(target: str) -> Callable[[Scope], Answer]:
    def answer(scope: Scope) -> Answer:
        query = scope["query_string"]
        location = f"{root_of(scope)}{target}".encode("ascii") + (b"?" + query if query else b"")
        return Answer(308, ((b"location", location), NOT_STORED))

    return answer
