"""The OpenAPI 3.1 document, made from the declarations that route and validate: it cannot say anything else."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from inspect import cleandoc
from types import NoneType
from typing import Any, Final

import msgspec
from msgspec import UNSET

from freehold.base import errors
from freehold.base.scalars import Slug
from freehold.idempotency.errors import IdempotencyKeyInFlight, IdempotencyKeyReused, InvalidIdempotencyKey
from freehold.limits.errors import LimitReached
from freehold.web import problems
from freehold.web.examples import example_of
from freehold.web.references import alternatives, kinds_of
from freehold.web.routing import Endpoint, Routes

Json = dict[str, Any]
Failures = tuple[type[errors.FreeholdError], ...]
"""What a response of one status can mean."""

REFERENCE: Final = "#/components/schemas/{name}"
_TITLE = "Freehold"
_ABOUT = (
    "Users, organizations and projects on plain PostgreSQL.\n\n"
    "Sign up with `POST /v1/users`, sign in with `POST /v1/sessions`, and send the token as "
    "`Authorization: Bearer TOKEN`. Errors are `application/problem+json` (RFC 9457) with a stable `code`; lists are "
    "paged with `limit` and `cursor`; entities have an `ETag` for `If-None-Match` and `If-Match`."
)
_ALWAYS = (problems.Malformed, errors.Invalid, problems.Internal, errors.Unavailable)
_WITH_KEY = (InvalidIdempotencyKey, IdempotencyKeyReused, IdempotencyKeyInFlight)
_WITH_BODY = (problems.TooSlow, problems.TooLarge, problems.UnsupportedMediaType)

HEADERS: Final[dict[str, Json]] = {
    "ETag": {"description": "The version of the entity, for If-None-Match and If-Match.", "schema": {"type": "string"}},
    "Location": {
        "description": "The path of the new resource.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {
        "description": 'The next page, as `<...>; rel="next"`; absent on the last page.',
        "schema": {"type": "string"},
    },
    "X-Request-Id": {
        "description": "The id of the request, as in the log: the caller's, if it is well-formed.",
        "schema": {"type": "string"},
    },
    "X-Acting-For": {
        "description": "The id of the user for whom a platform administrator acts, with the token of such a session.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "WWW-Authenticate": {"description": "How to sign in: Bearer.", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "`true` if this is the stored answer to an earlier request with the same Idempotency-Key.",
        "schema": {"type": "string", "const": "true"},
    },
    "RateLimit-Policy": {
        "description": "The kind of request, how many you can send (q), and in how many seconds (w): "
        '`"reads";q=3000;w=60`.',
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "How many more requests you can send (r), and in how many seconds the count restarts (t): "
        '`"reads";r=2999;t=42`.',
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "The number of seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
}
KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A unique key that you choose, such as a UUID. If you repeat the request with the same key within "
    "24 hours, you get the first answer again, and the request is not done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_TAG = r'(W/)?"[!#-~]*"'
CONDITIONS: Final[dict[str, Json]] = {
    "If-Match": {
        "description": "Only make the change if the version is one of these ETags (at most 10); `*` is any version.",
        "schema": {"type": "string", "pattern": rf"^(\*|{_TAG}( *, *{_TAG}){{0,9}})$"},
    },
    "If-None-Match": {
        "description": "Answer 304 if the version is one of these ETags.",
        "schema": {"type": "string"},
    },
}


def document(slices: Sequence[Routes], *, version: str) -> Json:
    """Describe all routes.

    Args:
        slices: their order is that of the tags.
        version: of the program.
    """
    endpoints = [endpoint for routes in slices for endpoint in routes.endpoints]
    schemas = _schemas(endpoints)
    paths: dict[str, Json] = defaultdict(dict)
    for endpoint in endpoints:
        paths[endpoint.path][endpoint.method.lower()] = _operation(endpoint, schemas)
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": _TITLE,
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": routes.tag, "description": routes.description} for routes in slices],
        "paths": dict(paths),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {_name(f): _failure(f) for e in endpoints for f in failures_of(e).values()},
            "headers": HEADERS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }
    # msgspec names the schema of Page[User] "Page_User_".
    readable = re.sub(rb"\bPage_(\w+?)_\b", rb"\1Page", msgspec.json.encode(described))
    found: Json = msgspec.json.decode(readable)
    return found


def _schemas(endpoints: Iterable[Endpoint]) -> dict[str, Json]:
    kinds = [kind for e in endpoints for kind in (e.body, *alternatives(e.result)) if kind not in {None, NoneType}]
    _, schemas = msgspec.json.schema_components([*kinds, problems.Problem], ref_template=REFERENCE)
    fields = [field for schema in schemas.values() for field in schema.get("properties", {}).values()]
    for field in [*fields, *(choice for each in fields for choice in each.get("anyOf", []))]:
        if r"\p{" in field.get("pattern", ""):
            # Right in ECMA's regular expressions, an error in those of many tools; the description says it in words.
            del field["pattern"]
    for schema in schemas.values():
        if "description" in schema:  # a docstring; only from Python 3.13 on it comes without its indentation
            schema["description"] = cleandoc(schema["description"])
    return schemas


def _operation(endpoint: Endpoint, schemas: dict[str, Json]) -> Json:
    described: Json = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "security": {"required": [{"bearer": []}], "optional": [{"bearer": []}, {}], "none": []}[endpoint.auth],
        "parameters": [*_references(endpoint), *_query(endpoint), *_headers_read(endpoint)],
        "responses": {**_success(endpoint), **{str(status): _refer(f) for status, f in failures_of(endpoint).items()}},
    }
    if endpoint.description:
        described["description"] = endpoint.description
    if endpoint.body is not None:
        content = {"schema": _schema(endpoint.body), "example": example_of(_schema(endpoint.body), schemas)}
        types = ["application/json", *(["application/merge-patch+json"] if endpoint.method == "PATCH" else [])]
        described["requestBody"] = {"required": not endpoint.body_optional, "content": dict.fromkeys(types, content)}
    return described


def _schema(kind: Any) -> Json:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REFERENCE)
    return schema


def _any_of(kinds: Sequence[Any]) -> Json:
    schemas = [_schema(kind) for kind in kinds]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _references(endpoint: Endpoint) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _any_of(kinds_of(kind))}
        for name, kind in endpoint.references.items()
    ]


def _query(endpoint: Endpoint) -> list[Json]:
    parameters = []
    for field in msgspec.structs.fields(endpoint.query):
        kinds = [kind for kind in alternatives(field.type) if kind is not NoneType]
        schema = _any_of(kinds)
        if kinds == [datetime]:  # msgspec names the format only of those that are annotated as aware; all here are
            schema = {**schema, "format": "date-time"}
        if field.default not in {None, msgspec.NODEFAULT, UNSET}:
            schema = {**schema, "default": field.default}
        parameters.append({"name": field.encode_name, "in": "query", "required": field.required, "schema": schema})
    return parameters


def _headers_read(endpoint: Endpoint) -> list[Json]:
    names = ["If-Match"] if endpoint.versioned else []
    if endpoint.method == "GET" and endpoint.entities:
        names.append("If-None-Match")
    conditions: list[Json] = [{"name": name, "in": "header", **CONDITIONS[name]} for name in names]
    return [*conditions, KEY] if endpoint.is_repeatable else conditions


def _success(endpoint: Endpoint) -> dict[str, Json]:
    acting = ["X-Acting-For"] if endpoint.auth != "none" else []
    names = ["X-Request-Id", *acting, *(["RateLimit-Policy", "RateLimit"] if endpoint.limit else [])]
    if endpoint.entities:
        names.append("ETag")
    if endpoint.location:
        names.append("Location")
    if endpoint.is_page:
        names.append("Link")
    if endpoint.is_repeatable:
        names.append("Idempotency-Replayed")
    answer: Json = {"description": HTTPStatus(endpoint.status).phrase, "headers": _headers(names)}
    if endpoint.result is not NoneType:
        kinds = [kind for kind in alternatives(endpoint.result) if kind is not NoneType]
        answer["content"] = {"application/json": {"schema": _any_of(kinds)}}
    answers = {str(endpoint.status): answer}
    if endpoint.again is not None:
        answers["200"] = {**answer, "description": "Done before; nothing has changed."}
    if endpoint.status_of_nothing != endpoint.status:
        answers[str(endpoint.status_of_nothing)] = {"description": "No Content", "headers": answer["headers"]}
    if endpoint.method == "GET" and endpoint.entities:
        unchanged = "The caller already has this version (If-None-Match)."
        answers["304"] = {"description": unchanged, "headers": _headers(["X-Request-Id", "ETag"])}
    return answers


def failures_of(endpoint: Endpoint) -> dict[int, Failures]:
    """List what can go wrong with a request to this endpoint, by status."""
    kinds: list[type[errors.FreeholdError]] = [*_ALWAYS, *endpoint.errors]
    if endpoint.auth != "none":
        kinds.append(errors.Unauthenticated)
    if endpoint.changes:
        kinds.append(errors.Stale)
    if any(Slug in kinds_of(kind) for kind in endpoint.references.values()):
        kinds.append(errors.Moved if endpoint.method == "GET" else errors.Renamed)
    if endpoint.limit:
        kinds.append(LimitReached)
    if endpoint.changes or endpoint.is_repeatable:
        kinds.append(errors.OutcomeUnknown)
    if endpoint.is_repeatable:
        kinds += _WITH_KEY
    if endpoint.body is not None:
        kinds += _WITH_BODY
    by_status: dict[int, Failures] = {}
    for kind in sorted(set(kinds), key=lambda kind: (problems.status_of(kind), kind.code)):
        status = problems.status_of(kind)
        by_status[status] = (*by_status.get(status, ()), kind)
    return by_status


def _refer(failures: Failures) -> Json:
    return {"$ref": f"#/components/responses/{_name(failures)}"}


def _name(failures: Failures) -> str:
    return ".".join([str(problems.status_of(failures[0])), *(kind.code for kind in failures)])


def _failure(failures: Failures) -> Json:
    status = problems.status_of(failures[0])
    names = [
        "X-Request-Id",
        *{308: ["Location"], 401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}.get(status, []),
    ]
    return {
        "description": "\n".join(f"- `{kind.code}`: {kind.explanation or kind.title}." for kind in failures),
        "headers": _headers(names),
        "content": {"application/problem+json": {"schema": _schema(problems.Problem)}},
    }


def _headers(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
