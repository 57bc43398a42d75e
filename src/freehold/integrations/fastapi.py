"""Freehold in a FastAPI application: ``install`` it, and declare in your routes who may call them.

::

    app = FastAPI()
    install(app, Settings(database_url="postgresql:///app"))


    @app.get("/organizations/{organization}/invoices")
    async def invoices(scope: Annotated[Scope, Access("project.read")]) -> list[Invoice]: ...
"""

import re
from collections.abc import AsyncIterator
from inspect import signature
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI
from fastapi import __version__ as fastapi_version
from starlette.requests import HTTPConnection

from freehold.access import Action, Scope, readable_action
from freehold.actions.types import ActionDeclaration
from freehold.base.settings import Settings
from freehold.integrations import starlette
from freehold.platform import Platform
from freehold.users.types import User

__all__ = ["Access", "Acting", "CurrentUser", "Db", "OptionalUser", "install"]


def install(
    app: FastAPI,
    platform: Platform | Settings,
    *,
    path: str = "/freehold",
    jobs: bool = True,
    actions: ActionDeclaration | None = None,
) -> None:
    """Mount Freehold's API and pages, open the platform with your application, and answer Freehold's errors.

    As ``freehold.integrations.starlette.install`` does. Your application's OpenAPI document also gets the parameters
    of paths that ``Access`` and ``Db`` read.

    Args:
        app: yours, before it starts.
        platform: how to open one (with ``database_url``), or an open one, which you close.
        path: where the API and the pages are.
        jobs: whether to send mail and run other jobs in this process.
        actions: your application's own, such as ``invoice.read``, which are declared when the platform opens.

    Raises:
        RuntimeError: Freehold is installed in this application already.
    """
    starlette.install(app, platform, path=path, jobs=jobs, actions=actions)
    _document_parameters(app)


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


_ENDS_BEFORE_THE_ANSWER: Final[dict[str, Any]] = (
    {"scope": "function"} if "scope" in signature(Depends).parameters else {}
)
_TOO_EARLY: Final = (
    f"FastAPI {fastapi_version} sends the answer before what a dependency began is committed: use FastAPI 0.121 or "
    "later, or 'async with acting.in_organization(...)' in the route"
)


def _answers_first(version: str) -> bool:
    """Say whether a FastAPI ends every dependency after the answer: one that could not be committed would be sent."""
    return (0, 118) <= tuple(int(part) for part in version.split(".")[:2]) < (0, 121)


async def _database(connection: HTTPConnection) -> AsyncIterator[Any]:
    if _answers_first(fastapi_version):
        raise RuntimeError(_TOO_EARLY)
    async with starlette.database(connection) as own:
        yield own


Db = Annotated[Any, Depends(_database, **_ENDS_BEFORE_THE_ANSWER)]
"""A connection of asyncpg, in a transaction whose statements reach the rows of the path's organization alone.

It is the organization that ``Access`` let the caller into; without ``Access``, only its members come in. Tables are
protected by ``freehold tenants protect``. It is committed before the answer is sent, and rolled back when the route
raises anything.
"""


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


def _document_parameters(app: FastAPI) -> None:
    """Have the application's OpenAPI document name the parameters of paths that no route declares: those read here."""
    written = app.openapi

    def openapi() -> dict[str, Any]:
        document = written()
        for path, operations in document.get("paths", {}).items():
            for operation in operations.values():
                listed = operation.get("parameters", [])
                known = {each["name"] for each in listed if each.get("in") == "path"}
                if missing := [_parameter(name) for name in _NAMES.findall(path) if name not in known]:
                    operation["parameters"] = [*listed, *missing]
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation extends it


_NAMES: Final = re.compile(r"{(\w+)}")


def _parameter(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"Slug or id of the {name}",
        "schema": {"type": "string", "title": name.replace("_", " ").title()},
    }
