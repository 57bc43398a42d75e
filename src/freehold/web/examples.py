"""Examples for the OpenAPI document, put together from those of the rules."""

from typing import Any, Final

Json = dict[str, Any]

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
