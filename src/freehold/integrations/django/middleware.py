"""The middleware: ``request.freehold``, and answers to Freehold's errors. It works with sync and async views."""

from collections.abc import Awaitable, Callable
from functools import partial
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import markcoroutinefunction, sync_to_async
from django.apps import apps
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from freehold.base.errors import FreeholdError
from freehold.integrations.django.acting import aacting, acting, is_asked, request_of
from freehold.integrations.django.answers import answered, is_fault

Answering = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class FreeholdMiddleware:
    """Gives each request ``freehold``, the platform acting as whoever sent it, or as nobody.

    Nothing is asked of the database before a view uses it. In an async view, write ``await request.afreehold()``.
    Every ``FreeholdError`` that a view raises is answered. It comes after ``AuthenticationMiddleware``, if you have
    that: whoever signed in by ``FreeholdBackend`` is ``request.user`` for as long as their session of Freehold goes on.

    Raises (when a view uses ``request.freehold``):
        Unauthenticated: ``unauthenticated``: the credentials are not (or no longer) valid.
        OriginRefused: ``origin_refused``: a page of another site sent a change with somebody's cookie.
        Unavailable, SchemaPending: the platform cannot be opened now.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Answering) -> None:
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        self._has_users = apps.is_installed("django.contrib.auth")
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer a request."""
        if self._is_async:
            return self._acall(request)
        self._prepare(request)
        response = self._get_response(request)
        assert isinstance(response, HttpResponseBase)  # noqa: S101 - it is not async
        if self._has_users:
            _signing().finish(request, response)
        return _marked(request, response)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        self._prepare(request)
        answering = self._get_response(request)
        assert not isinstance(answering, HttpResponseBase)  # noqa: S101 - it is async
        response = await answering
        if self._has_users:
            await sync_to_async(_signing().finish)(request, response)
        return _marked(request, response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer what a view raised, if it is Freehold's and no fault of the program."""
        if not isinstance(exception, FreeholdError) or is_fault(exception):
            return None
        return answered(request, exception)

    def _prepare(self, request: Any) -> None:
        request.freehold = SimpleLazyObject(lambda: acting(request))
        request.afreehold = partial(aacting, request)
        if not self._has_users:
            return
        request.freehold_unclaimed = set()
        if hasattr(request, "user"):
            signing, user, auser = _signing(), request.user, request.auser
            request.user = SimpleLazyObject(lambda: signing.still(request, user))

            async def still() -> Any:
                return await signing.astill(request, await auser())

            request.auser = still


def _signing() -> Any:
    from freehold.integrations.django import signing  # noqa: PLC0415 - it needs the models

    return signing


def _marked(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Say that a response depends on who asked, and for whom an administrator acts."""
    if is_asked(request):
        patch_vary_headers(response, ("Authorization", "Cookie"))
        for name, value in request_of(request).answer_headers:
            response.headers[name.decode("ascii").title()] = value.decode("ascii")
    return response
