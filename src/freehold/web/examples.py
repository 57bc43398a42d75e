"""Examples for the OpenAPI document: true ones, recorded by running, and for what is new, some put together from rules.

``tests/contract/test_examples.py`` runs a journey through all operations and writes what was sent and answered to
``examples.json`` (``make renew``).
"""

from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base import errors
from freehold.web import problems

Json = dict[str, Any]
RECORDED: Final = "examples.json"
_REQUEST_ID: Final = "4f0c9d6e-2a53-4b17-9d5e-7c1b8a3e6f20"

BY_FIELD: Final = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "login": "ada_lovelace",
    "password": "Lovelace1",
    "current_password": "Lovelace1",
    "new_password": "Analytical2",
    "invitation_token": None,
    "expires_at": None,
    "overlap_seconds": 3600,
    "minutes": 30,
    "end_api_keys": True,
    "from": "2027-01-31T12:00:00Z",
    "to": None,
}
"""Fields whose rules have no example of their own, or one of something else."""


def example_of(schema: Json, schemas: dict[str, Json], *, field: str = "") -> Any:
    """Make a value that fits a schema of what is sent, with every field of an object in it.

    Raises:
        LookupError: a rule without an example, and none here for its field.
    """
    found: Any
    match schema:
        case _ if field in BY_FIELD:
            found = BY_FIELD[field]
        case {"$ref": reference}:
            found = example_of(schemas[reference.rpartition("/")[2]], schemas)
        case {"anyOf": members}:
            found = example_of(next(s for s in members if s.get("type") != "null"), schemas, field=field)
        case {"examples": [found, *_]} | {"enum": [found, *_]}:
            pass
        case {"properties": fields}:
            found = {name: example_of(inner, schemas, field=name) for name, inner in fields.items()}
        case {"type": "array", "items": items}:
            found = [example_of(items, schemas)]
        case {"format": "uuid"}:
            found = "0190163d-8694-739b-aea5-966c26f8ad91"
        case _:
            raise LookupError(f"no example for '{field}': add one to freehold.web.examples")
    return found


class Exchange(msgspec.Struct, frozen=True):
    """What was sent to an operation, and what it answered by status."""

    request: Any | UnsetType = UNSET
    answers: dict[str, Any] = {}


def recorded(operation: str) -> Exchange:
    """Give what was recorded of an operation; nothing of one that was never run."""
    return _recorded().get(operation, Exchange())


@cache
def _recorded() -> dict[str, Exchange]:
    text = (files("freehold.web") / RECORDED).read_bytes()
    return msgspec.json.decode(text, type=dict[str, Exchange])


def example_of_problem(kind: type[errors.FreeholdError]) -> Json:
    """Make the problem that an error is answered with."""
    return {
        "type": f"urn:freehold:problem:{kind.code}",
        "title": kind.title,
        "status": problems.status_of(kind),
        "detail": kind.explanation or kind.title,
        "code": kind.code,
        "request_id": _REQUEST_ID,
    }
