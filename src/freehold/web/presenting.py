"""Turns what a handler returned into the answer: encoded body, ETag, Location, Link."""

from collections.abc import Sequence
from posixpath import normpath
from typing import Any
from urllib.parse import quote, urlencode

from freehold.data.paging import Page
from freehold.web.answers import BY_CALLER, JSON, NOT_STORED, PRIVATE, Answer, Header, encode
from freehold.web.asgi import Scope
from freehold.web.conditions import etag, is_known
from freehold.web.downloads import Download
from freehold.web.requests import Request, read_query
from freehold.web.rooting import below
from freehold.web.routing import Endpoint, is_entity

_KEPT = (JSON, PRIVATE, BY_CALLER)
_NOT_KEPT = (JSON, NOT_STORED, BY_CALLER)


def present(endpoint: Endpoint, request: Request, result: Any) -> Answer:
    """Make the answer. A GET of what the caller has already (If-None-Match) is 304 and costs no encoding."""
    headers: tuple[Header, ...] = _KEPT if endpoint.store else _NOT_KEPT
    if endpoint.public_seconds is not None:
        headers = (JSON, (b"cache-control", b"public, max-age=%d" % endpoint.public_seconds))
    if isinstance(result, Download):
        return result.answer(endpoint.status, headers)
    if result is None:
        return Answer(endpoint.status_of_nothing, headers[1:])
    kind: type = type(result)
    if endpoint.entities and is_entity(kind) and result.updated_at is not None:
        tag = etag(result.updated_at)
        headers = (*headers, (b"etag", tag))
        if endpoint.method == "GET" and is_known(request.headers.get(b"if-none-match"), tag):
            return Answer(304, headers[1:])
    elif isinstance(result, Page) and result.next_cursor is not None:
        headers = (*headers, _link_to_next(request, result.next_cursor))
    if endpoint.again is not None and type(result) is endpoint.again:
        return Answer(200, headers, encode(result))
    if endpoint.location is not None:
        made = normpath(f"{own_path(request.scope)}/{endpoint.location.format(result)}")
        headers = (*headers, (b"location", made.encode("ascii")))
    return Answer(endpoint.status, headers, encode(result))


def route_path(scope: Scope) -> str:
    """Return the path below the one where the application is mounted."""
    return below(scope["path"], scope.get("root_path", ""))


def own_path(scope: Scope) -> str:
    """Return the path of the request as a link, wherever the application is mounted."""
    return root_of(scope) + _quoted(route_path(scope))


def root_of(scope: Scope) -> str:
    """Return the path below which callers see the application, as a part of a link; "" for none."""
    return _quoted(scope.get("root_path", ""))


def path_with(endpoint: Endpoint, request: Request, values: Sequence[str], part: str, name: str) -> str:
    """Return the path of a request with another name in a part of it, as a link, its query string included."""
    given = dict(zip(endpoint.references, values, strict=True)) | {part: name}
    path = root_of(request.scope) + endpoint.path.format(
        **{part: quote(value, safe="") for part, value in given.items()}
    )
    query: bytes = request.scope["query_string"]
    return f"{path}?{query.decode('latin-1')}" if query else path


def _quoted(path: str) -> str:
    return quote(path, safe="/:@!$&'()*+,;=~")


def _link_to_next(request: Request, cursor: str) -> Header:
    fields = {**read_query(request.scope["query_string"]), "cursor": cursor}
    return (b"link", f'<{own_path(request.scope)}?{urlencode(fields)}>; rel="next"'.encode("ascii"))
