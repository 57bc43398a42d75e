"""Freehold in a FastAPI application: ``install`` it, and declare in your routes who may call them.

::

    app = FastAPI()
    install(app, Settings(database_url="postgresql:///app"))


    @app.get("/organizations/{organization}/invoices")
    async def invoices(scope: Annotated[Scope, Access("project.read")]) -> list[Invoice]: ...
"""

from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import HTTPConnection

from freehold.access import Action, Scope, readable_action
from freehold.integrations import starlette
from freehold.integrations.starlette import install
from freehold.platform import Platform
from freehold.users.types import User

__all__ = ["Access", "Acting", "CurrentUser", "OptionalUser", "install"]


async def _acting(connection: HTTPConnection) -> Platform:
    return await starlette.acting(connection)


Acting = Annotated[Platform, Depends(_acting)]
"""The platform acting as whoever sent the request, or as nobody."""


async def _current_user(platform: Acting) -> User:
    return await platform.users.get("me")


async def _optional_user(platform: Acting) -> User | None:
    return None if platform.context.actor is None else await platform.users.get("me")


CurrentUser = Annotated[User, Depends(_current_user)]
"""The user who sent the request. 401 for nobody, 403 for an organization's API key."""
OptionalUser = Annotated[User | None, Depends(_optional_user)]
"""The user who sent the request; None for nobody."""


def Access(action: Action | str, *, parameter: str = "organization") -> Any:  # noqa: N802 - reads as a dependency
    """Let a route be called by those alone who may do something in the organization that its path names.

    Args:
        action: such as ``project.read``, or one of your own such as ``invoice.read``.
        parameter: the name of the path's parameter with the organization's slug or id.

    Returns:
        A dependency, which gives the ``Scope``: with the organization's id, and the role and actions of the caller.

    Raises:
        ValueError: there can be no such action. One that no application declared is refused when it is asked for.
    """
    action = readable_action(action)

    async def check(connection: HTTPConnection) -> Scope:
        return await starlette.access(connection, action, parameter=parameter)

    return Depends(check)
