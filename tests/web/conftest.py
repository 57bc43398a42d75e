"""A slice of two resources without a database, to show the machinery by itself."""
# ruff: noqa: ARG001 - the signature of a handler is its declaration

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import httpx
import msgspec
import pytest
from starlette.types import ASGIApp

from freehold import Platform
from freehold.access import OrganizationRef
from freehold.base.errors import (
    FieldError,
    Forbidden,
    Invalid,
    Missing,
    SchemaPending,
    Stale,
    Unauthenticated,
    Unavailable,
)
from freehold.base.scalars import Name, Slug
from freehold.base.validation import Input
from freehold.data.context import Actor, Context, Mine
from freehold.data.paging import Page, PageRequest
from freehold.serve.application import assemble, create_application
from freehold.web.requests import Request
from freehold.web.routing import Auth, Routes

THING = UUID("0190163d-8694-739b-aea5-966c26f8ad91")
NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A thing."""

    id: UUID
    name: Name
    updated_at: datetime


class ThingWithOthers(Thing, frozen=True, kw_only=True):
    """A thing among others."""

    others: tuple[Thing, ...]


class NewThing(Input, frozen=True, kw_only=True):
    """A thing to make."""

    name: Name
    slug: Slug | None = None
    size: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1


class ThingQuery(Input, frozen=True, kw_only=True):
    """What to show with a thing."""

    include: Literal["others"] | None = None


routes = Routes("things", "Things of the test.")
A_THING = Thing(id=THING, name="One", updated_at=NOW)


@routes.get("/v1/things")
async def list_things(context: Context, query: PageRequest) -> Page[Thing]:
    """List things."""
    return Page(data=[A_THING], next_cursor=None if query.cursor else "a-b_c")


@routes.post("/v1/things", status=201, auth="optional")
async def create_thing(context: Context, body: NewThing) -> Thing:
    """Make a thing."""
    return Thing(id=THING, name=body.name, updated_at=NOW)


@routes.get("/v1/things/{thing}", errors=[Missing])
async def get_thing(context: Context, thing: UUID | str, query: ThingQuery) -> Thing | ThingWithOthers:
    """Read a thing."""
    if query.include:
        return ThingWithOthers(id=THING, name="One", updated_at=NOW, others=(A_THING,))
    return A_THING


@routes.patch("/v1/things/{thing}")
async def update_thing(context: Context, thing: UUID, body: NewThing, version: datetime | None) -> Thing:
    """Change a thing."""
    if version not in {None, NOW}:
        raise Stale
    return A_THING


@routes.delete("/v1/things/{thing}")
async def delete_thing(context: Context, thing: UUID) -> None:
    """Remove a thing, which has no version."""


@routes.get("/v1/failures/{kind}", auth="none")
async def fail(context: Context, kind: Literal["bug", "forbidden", "busy", "pending", "many"]) -> None:
    """Fail."""
    failures: dict[str, Exception] = {
        "bug": RuntimeError("the secret words of a driver"),
        "forbidden": Forbidden(),
        "busy": Unavailable(retry_after_seconds=7),
        "pending": SchemaPending(),
        "many": Invalid([FieldError(f"/{n}", "x", "y") for n in range(200)]),
    }
    raise failures[kind]


@routes.post("/v1/secrets", store=False, status=201, location="current", auth="optional")
async def reveal(context: Context, body: NewThing) -> Thing:
    """Show a secret."""
    return A_THING


async def door(request: Request, auth: Auth, _: OrganizationRef | Mine | None = None) -> Context:
    actor = None
    if auth != "none" and request.token is not None:
        if request.token != "good":
            raise Unauthenticated
        actor = Actor(user_id=THING)
    if auth == "required" and actor is None:
        raise Unauthenticated
    return Context(db=cast("Any", None), tools=cast("Any", None), actor=actor)


application: ASGIApp = assemble(routes.endpoints, door)


@pytest.fixture
def tiny_application() -> ASGIApp:
    return application


@pytest.fixture
async def tiny() -> AsyncIterator[httpx.AsyncClient]:
    """A signed-in caller of the tiny slice."""
    transport = httpx.ASGITransport(application)
    headers = {"Authorization": "Bearer good"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in, on the application with a database."""
    transport = httpx.ASGITransport(create_application(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened
