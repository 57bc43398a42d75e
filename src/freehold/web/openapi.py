"""The OpenAPI 3.1 document, made from the declarations that route and validate: it cannot say anything else."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from types import NoneType
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET

from freehold.base import errors
from freehold.base.scalars import ASSIGNABLE_ROLE, PASSWORD, ROLE_NAME, SLUG, Slug
from freehold.base.text_rules import Rule
from freehold.base.validation import Input, ruled
from freehold.data.paging import InvalidCursor
from freehold.idempotency.errors import IdempotencyKeyInFlight, IdempotencyKeyReused, InvalidIdempotencyKey
from freehold.limits.errors import LimitReached
from freehold.web import problems
from freehold.web.codes import field_codes, problem_codes
from freehold.web.examples import example_of, example_of_problem, recorded
from freehold.web.parameters import Parameters
from freehold.web.references import alternatives, kinds_of
from freehold.web.routing import Endpoint, Routes
from freehold.web.schemas import REFERENCE, Json, components, open_choice, prose, schema_of, sent

Failures = tuple[type[errors.FreeholdError], ...]
"""What a response of one status can mean."""

_TITLE = "Freehold"
_CREDENTIALS = "The token of a session (`POST /v1/sessions`), or an API key."
_ABOUT = (
    "Users, organizations and projects on plain PostgreSQL.\n\n"
    "Sign up with `POST /v1/users`, sign in with `POST /v1/sessions`, and send the token as "
    "`Authorization: Bearer TOKEN`. Errors are `application/problem+json` (RFC 9457) with a stable `code`; lists are "
    "paged with `limit` and `cursor`; entities have an `ETag` for `If-None-Match` and `If-Match`."
)
_ALWAYS = (problems.Malformed, errors.Invalid, problems.Internal, errors.Unavailable)
_WITH_KEY = (InvalidIdempotencyKey, IdempotencyKeyReused, IdempotencyKeyInFlight)
_WITH_RESERVED = (SLUG, ROLE_NAME, ASSIGNABLE_ROLE)
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
        "schema": {"type": "boolean", "const": True},
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
    "Retry-After": {"description": "The number of seconds to wait.", "schema": {"type": "integer"}},
}


def with_password_rule(document: Json, rule: Rule) -> Json:
    """Have a document say what a server's own new passwords need: clients check what they send by its patterns."""
    if rule == PASSWORD:
        return document
    own = sent(schema_of(Annotated[str, rule.meta]))
    found: Json = msgspec.json.decode(msgspec.json.encode(document).replace(PASSWORD.says.encode(), rule.says.encode()))
    for schema in found["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            for kind in (field, *field.get("anyOf", ())):
                if kind.get("format") == PASSWORD.format:
                    kind.update({name: own[name] for name in ("minLength", "pattern")})
    return found


def document(slices: Sequence[Routes], *, version: str, server: str) -> Json:
    """Describe all routes.

    Args:
        slices: their order is that of the tags.
        version: of the program.
        server: the address of the API.
    """
    endpoints = [endpoint for routes in slices for endpoint in routes.endpoints]
    failures = {kind for endpoint in endpoints for kinds in failures_of(endpoint).values() for kind in kinds}
    schemas = _schemas(endpoints, failures)
    parameters = Parameters()
    paths: dict[str, Json] = defaultdict(dict)
    for endpoint in endpoints:
        paths[endpoint.path][endpoint.method.lower()] = _operation(endpoint, schemas, parameters)
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": _TITLE,
            "version": version,
            "description": _ABOUT,
            "contact": {"name": "Freehold"},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "security": [{"bearer": []}],
        "tags": [{"name": routes.tag, "description": routes.description} for routes in slices],
        "paths": dict(paths),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "parameters": dict(sorted(parameters.components.items())),
            "responses": {_name(f): _failure(f) for e in endpoints for f in failures_of(e).values()},
            "headers": HEADERS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": _CREDENTIALS}},
        },
    }
    # msgspec names the schema of Page[User] "Page_User_".
    readable = re.sub(rb"\bPage_(\w+?)_\b", rb"\1Page", msgspec.json.encode(_for_people(described)))
    found: Json = msgspec.json.decode(readable)
    return found


def _for_people(part: Any) -> Any:
    """Take the markup of docstrings out of every description."""
    if isinstance(part, list):
        return [_for_people(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: prose(value) if key == "description" and isinstance(value, str) else _for_people(value)
        for key, value in part.items()
    }


def _schemas(endpoints: Iterable[Endpoint], failures: Iterable[type[errors.FreeholdError]]) -> dict[str, Json]:
    kinds = [kind for e in endpoints for kind in (e.body, *alternatives(e.result)) if kind not in {None, NoneType}]
    schemas = {
        **components([*kinds, problems.Problem]),
        **open_choice("KnownProblemCode", problem_codes(failures), "What went wrong, for programs."),
        **open_choice("KnownFieldCode", field_codes(failures), "What is wrong with a field, for programs."),
    }
    for name, code in (("Problem", "ProblemCode"), ("InvitationRefusal", "ProblemCode"), ("FieldError", "FieldCode")):
        if name in schemas:
            schemas[name]["properties"]["code"] = {"$ref": REFERENCE.format(name=code)}
    return schemas


def _operation(endpoint: Endpoint, schemas: dict[str, Json], parameters: Parameters) -> Json:
    described: Json = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "security": {"required": [{"bearer": []}], "optional": [{"bearer": []}, {}], "none": []}[endpoint.auth],
        "parameters": parameters.of(endpoint),
        "responses": {**_success(endpoint), **{str(status): _refer(f) for status, f in failures_of(endpoint).items()}},
    }
    described["description"] = prose(endpoint.description) or f"{endpoint.summary}."
    if endpoint.body is not None:
        schema = schema_of(endpoint.body)
        made = recorded(endpoint.name).request
        content = {"schema": schema, "example": example_of(schema, schemas) if made is UNSET else made}
        types = ["application/json", *(["application/merge-patch+json"] if endpoint.method == "PATCH" else [])]
        described["requestBody"] = {"required": not endpoint.body_optional, "content": dict.fromkeys(types, content)}
    return described


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
        (kind,) = (kind for kind in alternatives(endpoint.result) if kind is not NoneType)
        answer["content"] = {"application/json": _content(schema_of(kind), endpoint, endpoint.status)}
    answers = {str(endpoint.status): answer}
    if endpoint.again is not None:
        again = _content(answer["content"]["application/json"]["schema"], endpoint, 200)
        answers["200"] = {
            **answer,
            "description": "Done before; nothing has changed.",
            "content": {"application/json": again},
        }
    if endpoint.status_of_nothing != endpoint.status:
        answers[str(endpoint.status_of_nothing)] = {"description": "No Content", "headers": answer["headers"]}
    if endpoint.method == "GET" and endpoint.entities:
        unchanged = "The caller already has this version (If-None-Match)."
        answers["304"] = {"description": unchanged, "headers": _headers(["X-Request-Id", "ETag"])}
    return answers


def _content(schema: Json, endpoint: Endpoint, status: int) -> Json:
    example = recorded(endpoint.name).answers.get(str(status), UNSET)
    return {"schema": schema} if example is UNSET else {"schema": schema, "example": example}


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
    if endpoint.is_page:
        kinds.append(InvalidCursor)
    if endpoint.body is not None:
        kinds += _of_body(endpoint.body)
    by_status: dict[int, Failures] = {}
    for kind in sorted(set(kinds), key=lambda kind: (problems.status_of(kind), kind.code)):
        status = problems.status_of(kind)
        by_status[status] = (*by_status.get(status, ()), kind)
    return by_status


def _of_body(body: type[Input]) -> list[type[errors.FreeholdError]]:
    has_words = any(rule in _WITH_RESERVED for _, _, rule in ruled(body))
    return [*_WITH_BODY, *([errors.Reserved] if has_words else [])]


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
    content = {"schema": schema_of(problems.Problem), "example": example_of_problem(failures[0])}
    return {
        "description": "\n".join(f"- `{kind.code}`: {kind.explanation or kind.title}." for kind in failures),
        "headers": _headers(names),
        "content": {"application/problem+json": content},
    }


def _headers(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
