"""Declares the pages of a slice, as ``Routes`` declares its part of the API.

A page calls the same operation as the route, so it can do nothing that the API would refuse::

    pages = Pages(__package__)

    @pages.shows("/sign-in")
    async def show_sign_in(visit: Visit) -> Answer:
        return visit.show("sign_in.html", "Sign in")

    @pages.acts("/sign-in", limit="sign-ins")
    async def sign_in(visit: Visit) -> Answer:
        ...
        return visit.go("/")

What a form's handler raises is shown by the page of the same path, beside the field that it is about, with what was
typed still there.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from freehold.base.errors import FreeholdError
from freehold.limits.policies import Limited
from freehold.pages.visit import Visit
from freehold.web.answers import Answer

Handler = Callable[[Visit], Awaitable[Answer]]
LimitOf = Limited | Callable[[Mapping[str, str]], Limited]
Fields = Mapping[type[FreeholdError], str]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What is done with the form of a page.

    Attributes:
        limit: what sending it is counted as, by what it says if need be.
        fields: the field that an error is about where it does not say so itself.
    """

    handler: Handler
    limit: LimitOf
    fields: Fields


class Page(msgspec.Struct, kw_only=True):
    """One page, and its form if it has one."""

    path: str
    package: str
    show: Handler | None = None
    form: Form | None = None
    for_user: bool = False


class Pages:
    """The pages of one slice, whose templates are in its folder ``templates``."""

    def __init__(self, package: str) -> None:
        self.package: Final = package
        self.by_path: Final[dict[str, Page]] = {}

    def shows(self, path: str, *, for_user: bool = False) -> Callable[[Handler], Handler]:
        """Declare what a path shows.

        Args:
            path: with ``{names}`` for its parts, which are ``visit.parts``.
            for_user: whether somebody must be signed in; who is not is asked to, and comes back.
        """

        def declare(handler: Handler) -> Handler:
            page = self._page(path)
            page.show, page.for_user = handler, for_user
            return handler

        return declare

    def acts(
        self, path: str, *, limit: LimitOf = "writes", fields: Fields = MappingProxyType({})
    ) -> Callable[[Handler], Handler]:
        """Declare what sending the form of a page does; the arguments as for ``Form``."""

        def declare(handler: Handler) -> Handler:
            self._page(path).form = Form(handler=handler, limit=limit, fields=fields)
            return handler

        return declare

    def _page(self, path: str) -> Page:
        return self.by_path.setdefault(path, Page(path=path, package=self.package))
