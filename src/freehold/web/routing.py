"""Declares routes; routing, reading, validation, answers and the OpenAPI document all derive from the declaration.

A handler is a function whose signature says everything::

    routes = Routes("projects", "What belongs to an organization.")

    @routes.post("/v1/organizations/{organization}/projects", status=201, errors=[Missing, Forbidden])
    async def create_project(context: Context, organization: OrganizationRef, body: NewProject) -> Project:
        \"\"\"Create a project.\"\"\"
        return await operations.create(context, organization, body)

- The first parameter is the ``Context`` of the request.
- A parameter named in the path is a part of it: a UUID, a slug, or a word such as ``me`` (see ``references``).
- ``body`` is the JSON body and ``query`` the query string, each an ``Input``. Without ``query``, none is accepted.
- ``version`` (``datetime | None``) is the version that If-Match names; the operation raises ``Stale`` when it is not
  the current one. A handler without it changes nothing that has versions.
- What it returns is what is answered: ``None`` is 204 without a body (``X | None``: 200 with an X, or 204), a ``Page``
is a list with a Link to the next one,
  an entity (a Struct with ``updated_at`` that holds no other entity) has an ETag, a ``Download`` is sent as it is made.
- The docstring's first line is the summary in the documentation, the rest the description.

Everything is inspected once, when the module is imported.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType

from freehold.access import OrganizationRef
from freehold.base.errors import FreeholdError
from freehold.base.single_values import Reader
from freehold.base.validation import Input, parse, reader
from freehold.data.context import Context, Mine
from freehold.data.paging import Page
from freehold.limits.policies import Limited
from freehold.web.downloads import Download
from freehold.web.references import alternatives, reference_reader
from freehold.web.requests import read_query

Handler = Callable[..., Awaitable[Any]]
HandlerT = TypeVar("HandlerT", bound=Handler)
Auth = Literal["required", "optional", "none"]
"""Whether somebody must be signed in. With ``none`` credentials are not even looked at."""

_PART = re.compile(r"\{([a-z_]+)\}")


class NoQuery(Input, frozen=True, kw_only=True):
    """The query string of a route that takes none."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One method on one path, with all that is known about it.

    Attributes:
        location: the path of what a 201 made, relative to the request's, as a template of the answer (``{0.id}``).
        store: whether caches may keep the answer (and ask before they use it again).
        public_seconds: how long any cache may use the answer without asking, since it is the same for all; None: not.
        limit: what the request is counted as; None when it is not limited.
        organization_at: which part of the path is the organization in which it reads; None where it reads in none.
        mine: what is read of who asks where the path says ``me``, by the query string.
        body_optional: whether no body means one that says nothing.
        again: the type of an answer that says that it was done before, which is 200; None where there is none.
        entities: those of the types it answers that have a version.
    """

    method: str
    path: str
    handler: Handler
    tag: str
    summary: str
    description: str
    auth: Auth
    status: int
    errors: tuple[type[FreeholdError], ...]
    location: str | None
    store: bool
    public_seconds: int | None
    limit: Limited | None
    body_optional: bool
    again: type | None
    references: dict[str, Any]
    reference_readers: tuple[tuple[str, Reader], ...]
    organization_at: int | None
    mine: Mapping[bytes, Mine]
    body: type[Input] | None
    read_body: Reader | None
    query: type[Input]
    read_query: Callable[[bytes], Input]
    takes_query: bool
    versioned: bool
    result: Any
    entities: frozenset[type]

    @property
    def name(self) -> str:
        """The handler's name, which is the operation's id in the OpenAPI document."""
        return self.handler.__name__

    def reads(self, values: Sequence[str], query_string: bytes) -> OrganizationRef | Mine | None:
        """Say what is read that can be read together with who asks: in which organization, or what of themselves.

        Args:
            values: the parts of the path.
            query_string: as it was sent.
        """
        if self.organization_at is not None:
            _, read = self.reference_readers[self.organization_at]
            found = read(values[self.organization_at], "", [])
            return None if found is UNSET else found
        return self.mine.get(query_string) if self.mine and values == ["me"] else None

    @property
    def changes(self) -> bool:
        """Whether If-Match applies: the method changes what its path names."""
        return self.method in {"PATCH", "PUT", "DELETE"}

    @property
    def is_repeatable(self) -> bool:
        """Whether Idempotency-Key applies: sending the request again would do it again."""
        return self.method == "POST"

    @property
    def status_of_nothing(self) -> int:
        """The status of an answer without a body: 204 where there is sometimes something to say."""
        return 204 if type(None) in alternatives(self.result)[1:] else self.status

    @property
    def is_page(self) -> bool:
        """Whether the answer is a page of a list."""
        return any(get_origin(kind) is Page for kind in alternatives(self.result))


class Routes:
    """The routes of one slice, under one tag of the documentation."""

    def __init__(self, tag: str, description: str = "") -> None:
        self.tag: Final = tag
        self.description: Final = description
        self.endpoints: Final[list[Endpoint]] = []

    def get(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare what GET (and HEAD) on this path answers; options as for ``add``."""
        return self.add("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare what POST to this path does; options as for ``add``."""
        return self.add("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare what PUT to this path does; options as for ``add``."""
        return self.add("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare what PATCH of this path does; options as for ``add``."""
        return self.add("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare what DELETE of this path does; options as for ``add``."""
        return self.add("DELETE", path, **options)

    def add(
        self,
        method: str,
        path: str,
        *,
        auth: Auth = "required",
        status: int | None = None,
        errors: Sequence[type[FreeholdError]] = (),
        location: str | None = None,
        store: bool = True,
        public_seconds: int | None = None,
        limit: Limited | Literal["default", "none"] = "default",
        body_optional: bool = False,
        again: type | None = None,
        tag: str | None = None,
        mine: Mapping[bytes, Mine] = MappingProxyType({}),
    ) -> Callable[[HandlerT], HandlerT]:
        """Declare a route.

        Args:
            method: in capitals.
            path: with ``{names}`` of the handler's parameters.
            auth: whether somebody must be signed in; checked before anything else of the request is looked at.
            status: of the answer; by default 204 when there is nothing to say, else 200.
            errors: what can go wrong here, beside what can go wrong everywhere.
            location: where a 201 made something, relative to the path; by default below it by the answer's id.
            store: whether caches may keep the answer; not when it shows a secret.
            public_seconds: how long any cache may use an answer that is the same for all.
            limit: what the request is counted as; by default ``reads`` or ``writes``, according to the method.
            body_optional: whether no body means one that says nothing.
            again: the type of an answer that says that it was done before, which is 200 and no 201.
            tag: another part of the documentation than that of these routes.
            mine: what is read of who asks where the path says ``me``, by the query string: it is read together with who
                that is.

        Raises:
            TypeError: the handler's signature does not fit the path.
        """

        def declare(handler: HandlerT) -> HandlerT:
            hints = get_type_hints(handler, include_extras=True)
            result = hints.pop("return")
            if get_origin(result) is Download:
                (result,) = get_args(result)
            parameters = list(inspect.signature(handler).parameters)
            names = _PART.findall(path)
            if hints.get(parameters[0]) is not Context or {*names, *_SPECIAL} < {*parameters[1:]}:
                raise TypeError(f"{handler.__qualname__}({', '.join(parameters)}) does not fit {path}")
            if not set(names) <= set(parameters):
                raise TypeError(f"{handler.__qualname__} lacks a parameter of {path}")
            summary, _, description = inspect.cleandoc(handler.__doc__ or "").partition("\n")
            body, query = hints.get("body"), hints.get("query", NoQuery)
            answered = status or (204 if result is type(None) else 200)
            self.endpoints.append(
                Endpoint(
                    method=method,
                    path=path,
                    handler=handler,
                    tag=tag or self.tag,
                    summary=summary.removesuffix("."),
                    description=description.strip(),
                    auth=auth,
                    status=answered,
                    errors=tuple(errors),
                    location=location or ("{0.id}" if answered == _CREATED else None),
                    store=store,
                    public_seconds=public_seconds,
                    limit=_limit(limit, method),
                    body_optional=body_optional,
                    again=again,
                    references={name: hints[name] for name in names},
                    mine=mine,
                    organization_at=_place_of("organization", names) if method == "GET" else None,
                    reference_readers=tuple((name, reference_reader(hints[name])) for name in names),
                    body=body,
                    read_body=reader(body) if body else None,
                    query=query,
                    read_query=_query_reader(query),
                    takes_query="query" in parameters,
                    versioned="version" in parameters,
                    result=result,
                    entities=frozenset(kind for kind in alternatives(result) if is_entity(kind)),
                )
            )
            return handler

        return declare


def _query_reader(kind: type[Input]) -> Callable[[bytes], Input]:
    """Compile the reader of a query string. The same few are sent over and over, and what is read never changes."""

    @lru_cache(maxsize=256)
    def read(query_string: bytes) -> Input:
        return parse(kind, read_query(query_string), text=True)

    return read


_SPECIAL = frozenset({"body", "query", "version"})
_CREATED = 201


def _limit(declared: Limited | Literal["default", "none"], method: str) -> Limited | None:
    if declared == "default":
        return "reads" if method == "GET" else "writes"
    return None if declared == "none" else declared


@cache
def is_entity(kind: Any) -> bool:
    """Say whether answers of this type have a version: they have ``updated_at`` and hold no other such thing.

    What they may leave out, or hold only in a subclass (``OwnUserWithOrganizations``), is not looked at.
    """
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return False
    fields = [field for field in msgspec.structs.fields(kind) if UnsetType not in alternatives(field.type)]
    return any(field.name == "updated_at" and datetime in alternatives(field.type) for field in fields) and not any(
        is_entity(part) for field in fields for part in (field.type, *get_args(field.type))
    )


def _place_of(name: str, names: list[str]) -> int | None:
    return names.index(name) if name in names else None
