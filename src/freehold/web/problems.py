"""The one table from what can go wrong to what HTTP says about it (RFC 9457, ``application/problem+json``)."""

import logging
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base import errors, validation
from freehold.base.errors import FieldError
from freehold.idempotency.errors import IdempotencyKeyInFlight
from freehold.web.answers import BY_CALLER, CLOSE, NOT_STORED, PROBLEM, Answer, Header, encode

MOST_ERRORS: Final = 100
"""How many failing fields an answer names at most, so that a hostile body is not answered by a longer one."""

_MIGRATING_SECONDS = 30

_log = logging.getLogger(__name__)


class Malformed(errors.FreeholdError):
    """The request cannot be read: its body is not JSON in UTF-8, or a header or the query string is not well-formed."""

    code = "malformed"
    title = "The request cannot be read"


class NoSuchPath(errors.Missing):
    """No resource has this path, for anybody."""

    code = "no_such_path"
    title = "This path does not exist"
    explanation = "This path does not exist: see /docs for all paths, or /openapi.json"


class MethodNotAllowed(errors.FreeholdError):
    """The path exists and does not know this method; ``Allow`` names those that it knows."""

    code = "method_not_allowed"
    title = "This path does not support this method"

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(f"This path supports: {allowed}")


class TooSlow(errors.FreeholdError):
    """The body did not arrive in time."""

    code = "request_timeout"
    title = "The body did not arrive in time: send the request again"


class TooLarge(errors.FreeholdError):
    """The body is longer than any that is accepted."""

    code = "body_too_large"
    title = "The body is too large: at most 1 MiB (1,048,576 bytes)"


class UnsupportedMediaType(errors.FreeholdError):
    """The body is of a type that is not read here."""

    code = "unsupported_media_type"
    title = "The body must be JSON: send 'Content-Type: application/json'"


class Internal(errors.FreeholdError):
    """A fault of the server; the log has it under the request's id."""

    code = "internal"
    title = "Something went wrong on our side, and nothing was stored: report the request id"


STATUS: Final[Mapping[type[errors.FreeholdError], int]] = {
    errors.Moved: 308,
    Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.Missing: 404,
    MethodNotAllowed: 405,
    TooSlow: 408,
    errors.Conflict: 409,
    errors.Stale: 412,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    errors.Refused: 409,
    errors.Invalid: 422,
    errors.TooManyRequests: 429,
    Internal: 500,
    errors.Unavailable: 503,
    errors.OutcomeUnknown: 503,
    errors.SchemaPending: 503,
}
"""Kind of error -> status. A slice's error has the status of the kind that it subclasses."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong. ``code`` is stable; ``errors`` names every failing field (at most 100) by its JSON pointer."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: Annotated[list[FieldError], msgspec.Meta(max_length=MOST_ERRORS)] | UnsetType = UNSET


def status_of(kind: type[errors.FreeholdError]) -> int:
    """Return the status of a kind of error, or of the nearest kind that it subclasses."""
    return next((STATUS[base] for base in kind.__mro__ if base in STATUS), STATUS[Internal])


def answer_to(error: Exception, request_id: str) -> Answer:
    """Say what went wrong. What nobody raised on purpose is logged, and the caller learns only where to look."""
    if isinstance(error, validation.Malformed):
        known: errors.FreeholdError = Malformed(f"{str(error)[0].upper()}{str(error)[1:]}")
    elif isinstance(error, errors.FreeholdError) and status_of(type(error)) != STATUS[Internal]:
        known = error
    else:
        _log.error("request %s failed", request_id, exc_info=error)
        known = Internal()
    status = status_of(type(known))
    problem = Problem(
        type=f"urn:freehold:problem:{known.code}",
        title=known.title,
        status=status,
        detail=known.detail,
        code=known.code,
        request_id=request_id,
        errors=list(known.errors[:MOST_ERRORS]) if isinstance(known, errors.Invalid) else UNSET,
    )
    return Answer(status, (PROBLEM, NOT_STORED, BY_CALLER, *_headers(known)), encode(problem))


def _headers(error: errors.FreeholdError) -> tuple[Header, ...]:
    if (seconds := _retry_after_seconds(error)) is not None:
        return ((b"retry-after", b"%d" % max(1, seconds)),)
    match error:
        case errors.Unauthenticated():
            return ((b"www-authenticate", b'Bearer realm="freehold"'),)
        case errors.Moved():
            return ((b"location", error.location.encode("ascii")),) if error.location else ()
        case MethodNotAllowed():
            return ((b"allow", error.allowed.encode()),)
        case TooLarge() | TooSlow():
            # The rest of the body may still be on its way: nobody will read it as the next request.
            return (CLOSE,)
    return ()


def _retry_after_seconds(error: errors.FreeholdError) -> int | None:
    match error:
        case errors.Unavailable() | errors.TooManyRequests():
            return error.retry_after_seconds
        case IdempotencyKeyInFlight():
            return 1
        case errors.SchemaPending():
            return _MIGRATING_SECONDS
    return None
