"""Decorators of views: who may call them."""

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase

from freehold.access import Action, Scope, readable_action
from freehold.base.errors import Forbidden, FreeholdError
from freehold.data.context import Context
from freehold.integrations.django.acting import aacting, acting
from freehold.integrations.django.answers import answered, is_fault
from freehold.integrations.organizations import named, organization_of

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase | Awaitable[HttpResponseBase])
View = TypeVar("View", bound=Callable[..., HttpResponseBase | Awaitable[HttpResponseBase]])

_NO_USER = "This needs a user: send a user's session token or API key, not an organization's key"


def login_required(view: View) -> View:
    """Let a view be called by signed-in users alone: by a session, or by an API key of theirs.

    A person's browser that comes without is sent to ``LOGIN_URL``. A program gets 401, and 403 with an organization's
    API key. The view may be ``async``.
    """
    if iscoroutinefunction(view):

        @wraps(view)
        async def aguarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                _check_user((await aacting(request)).context)
            except FreeholdError as error:
                return await sync_to_async(_refused)(request, error)
            return cast("HttpResponseBase", await view(request, *args, **kwargs))

        return cast("View", aguarded)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            _check_user(acting(request).context)
        except FreeholdError as error:
            return _refused(request, error)
        return view(request, *args, **kwargs)

    return cast("View", guarded)


def access(
    action: Action | str, *, parameter: str = "organization"
) -> Callable[[Callable[Concatenate[HttpRequest, Scope, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """Let a view be called by those alone who may do something in the organization that its path names.

    The view gets the ``Scope`` in place of that parameter: with the organization's id, and the role and actions of the
    caller. It may be ``async``.

    Args:
        action: such as ``project.read``.
        parameter: the name of the path's parameter with the organization's slug or id.

    Raises:
        ValueError: there is no such action.
    """
    action = readable_action(action)

    def decorate(
        view: Callable[Concatenate[HttpRequest, Scope, P], R],
    ) -> Callable[Concatenate[HttpRequest, P], R]:
        if iscoroutinefunction(view):

            @wraps(view)
            async def aguarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                given = _taken(kwargs, parameter)
                try:
                    platform = await aacting(request)
                    platform.context.signed_in  # noqa: B018 - strangers learn that first
                    scope = await platform.access(organization_of(given, parameter), action)
                except FreeholdError as error:
                    return await sync_to_async(_refused)(request, error)
                return cast("HttpResponseBase", await view(request, scope, *args, **kwargs))

            return cast("Callable[Concatenate[HttpRequest, P], R]", aguarded)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            given = _taken(kwargs, parameter)
            try:
                platform = acting(request)
                platform.context.signed_in  # noqa: B018 - strangers learn that first
                scope = platform.access(organization_of(given, parameter), action)
            except FreeholdError as error:
                return _refused(request, error)
            return view(request, scope, *args, **kwargs)

        return cast("Callable[Concatenate[HttpRequest, P], R]", guarded)

    return decorate


def _taken(kwargs: dict[str, Any], parameter: str) -> Any:
    given = named(kwargs, parameter, f"<{parameter}>")
    del kwargs[parameter]
    return given


def _check_user(context: Context) -> None:
    if context.signed_in.user_id is None:
        raise Forbidden(_NO_USER)


def _refused(request: HttpRequest, error: FreeholdError) -> HttpResponseBase:
    if is_fault(error):
        raise error
    return answered(request, error)
