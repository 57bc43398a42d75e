"""Turns answers into the errors that the library raises, by their code."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Final

import httpx
import msgspec

from freehold.base.errors import (
    Conflict,
    FieldError,
    Forbidden,
    FreeholdError,
    Invalid,
    Missing,
    Stale,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from freehold.client.codes import BY_CODE

_KINDS: Final[dict[int, type[FreeholdError]]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: Missing,
    409: Conflict,
    412: Stale,
    422: Invalid,
    429: TooManyRequests,
    503: Unavailable,
}


class UnexpectedAnswer(FreeholdError):
    """What answered is not Freehold, or a Freehold that this client does not understand."""

    code = "unexpected_answer"
    title = "The answer is not one of Freehold that this client understands: check the address, and upgrade the client"


class Problem(msgspec.Struct, frozen=True):
    """A problem as it is sent (RFC 9457); what else a newer server says is not looked at."""

    code: str
    detail: str = ""
    request_id: str = ""
    errors: tuple[FieldError, ...] = ()


def problem_in(response: httpx.Response) -> Problem | None:
    """Read the problem that an answer holds; None where something else than Freehold answered, such as a proxy."""
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    try:
        return msgspec.json.decode(response.content, type=Problem)
    except msgspec.DecodeError:
        return None


def error_of(response: httpx.Response) -> FreeholdError:
    """Make the error that an answer stands for, of the class that the library raises.

    A code of a newer server gives the kind of its status, with that code.
    """
    problem = problem_in(response)
    if problem is None:
        return UnexpectedAnswer(
            f"{response.url.host} answered {response.status_code} without saying what is wrong, which Freehold always "
            "does: check the address, and what stands in between"
        )
    kind = BY_CODE.get(problem.code) or _KINDS.get(response.status_code, UnexpectedAnswer)
    error = _rebuilt(kind, problem.detail, problem.errors, seconds_of(response))
    if problem.code != error.code:
        vars(error)["code"] = problem.code
    if problem.request_id:
        error.add_note(f"request {problem.request_id}")
    return error


def seconds_of(response: httpx.Response) -> int | None:
    """Read Retry-After: seconds, or a date (RFC 9110)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return int(text[:9])
    try:
        ahead = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    return max(0, ceil(ahead))


def _rebuilt(
    kind: type[FreeholdError], detail: str, errors: Sequence[FieldError], seconds: int | None
) -> FreeholdError:
    """Make an error without its constructor, which may ask for what only the server knows."""
    error = kind.__new__(kind, detail)
    FreeholdError.__init__(error, detail)
    if isinstance(error, Invalid):
        error.errors = tuple(errors)
    if isinstance(error, Unavailable | TooManyRequests):
        error.retry_after_seconds = max(1, seconds or 1)
    return error
