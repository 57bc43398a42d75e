"""Keeps Freehold's session and Django's together: they begin and end at once."""

import logging
from typing import Any, Final

from django.contrib.auth import BACKEND_SESSION_KEY, load_backend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponseBase

from freehold.base.errors import FreeholdError, Unauthenticated
from freehold.data.context import Actor
from freehold.integrations.django.acting import aacting, acting, forget, request_of
from freehold.integrations.django.backends import TOKEN, UNCLAIMED, FreeholdBackend, end_session
from freehold.integrations.django.opening import settings_of_project
from freehold.pages.cookies import dropped, kept

_COOKIE: Final = "_freehold_cookie"
"""Where a request that has signed in or out has the token for the cookie of its response; empty to drop it."""

_log = logging.getLogger(__name__)

AnyUser = AbstractBaseUser | AnonymousUser


def watch() -> None:
    """Hear of people who sign in and out."""
    user_logged_in.connect(_signed_in, dispatch_uid="freehold")
    user_logged_out.connect(_signing_out, dispatch_uid="freehold")


def finish(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give a response the cookie of who signed in, or take it away, and end what a check of a password has begun."""
    for token in getattr(request, UNCLAIMED, ()):
        try:
            end_session(token)
        except FreeholdError as error:  # the session ends by itself in time; the response goes out
            _log.warning("cannot end the session of a password that was checked alone: %s", error.detail)
    token = getattr(request, _COOKIE, None)
    if token is not None:
        own, settings = request_of(request), settings_of_project()
        _, cookie = kept(own, settings, token) if token else dropped(own, settings)
        response.cookies.load(cookie.decode("ascii"))


def still(request: HttpRequest, user: AnyUser) -> AnyUser:
    """Return who is signed in to Django, or nobody when their session of Freehold has ended."""
    backend = _backend_of(request) if user.is_authenticated else None
    if backend is None or getattr(request, _COOKIE, None):
        return user
    try:
        actor = acting(request).context.actor
    except Unauthenticated:
        actor = None
    return _same(backend, user, actor)


async def astill(request: HttpRequest, user: AnyUser) -> AnyUser:
    """Do the same in an async view."""
    backend = _backend_of(request) if user.is_authenticated else None
    if backend is None or getattr(request, _COOKIE, None):
        return user
    try:
        actor = (await aacting(request)).context.actor
    except Unauthenticated:
        actor = None
    return _same(backend, user, actor)


def _same(backend: FreeholdBackend, user: AnyUser, actor: Actor | None) -> AnyUser:
    if actor is None or isinstance(user, AnonymousUser):
        return AnonymousUser()
    return user if backend.freehold_id_of(user) == str(actor.user_id) else AnonymousUser()


def _signed_in(*, request: HttpRequest, user: Any, **_: Any) -> None:
    token: str | None = getattr(user, TOKEN, None)
    if token is not None:
        getattr(request, UNCLAIMED).discard(token)
        setattr(request, _COOKIE, token)
        forget(request)


def _signing_out(*, request: HttpRequest, **_: Any) -> None:
    if _backend_of(request) is None or "Authorization" in request.headers:
        return
    token: str | None = getattr(request, _COOKIE, None)
    try:
        if token:
            end_session(token)
        else:
            platform = acting(request)
            if platform.context.actor is not None and platform.context.actor.session_id is not None:
                platform.sessions.end("current")
    except Unauthenticated:
        pass  # it had ended before
    setattr(request, _COOKIE, "")
    forget(request)


def _backend_of(request: HttpRequest) -> FreeholdBackend | None:
    """Return the backend by which a request's session is signed in, if it is Freehold's."""
    path = request.session.get(BACKEND_SESSION_KEY) if hasattr(request, "session") else None
    try:
        backend = load_backend(path) if path else None
    except ImportError:  # it was there once
        return None
    return backend if isinstance(backend, FreeholdBackend) else None
