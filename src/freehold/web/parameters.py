"""Parameters of the OpenAPI document: parts of the path, the query string, headers. Shared ones have names."""

from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from freehold.base.scalars import ActionText, RoleText, Slug
from freehold.web.references import alternatives, kinds_of, words_of
from freehold.web.routing import Endpoint
from freehold.web.schemas import Json, of_today, schema_of, sent

_UUID: Final = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_SPELT: Final = {
    UUID: (_UUID, "id", 36),
    Slug: ("[a-z0-9]([a-z0-9-]*[a-z0-9])?", "slug", 100),
    ActionText: (r"[a-z_]+\.[a-z_]+", "name", 64),
    RoleText: ("[a-z][a-z0-9_-]{0,49}", "name", 50),
}
"""What a part of a path may be: its pattern, what it is called, and how long it is at most."""
_EXAMPLES: Final = {
    UUID: "0190163d-8694-739b-aea5-966c26f8ad91",
    Slug: "acme",
    ActionText: "project.read",
    RoleText: "clerk",
}
"""One of each that fits its pattern; where several may stand, the first of these."""
_WORDS: Final = {"me": "`me` for yourself", "current": "`current` for the one that you are using"}

KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A unique key that you choose, such as a UUID. If you repeat the request with the same key within "
    "24 hours, you get the first answer again, and the request is not done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_TAG = r'(W/)?"[!#-~]*"'
IF_MATCH: Final[Json] = {
    "name": "If-Match",
    "in": "header",
    "description": "Only make the change if the version is one of these ETags (at most 10); `*` is any version.",
    "schema": {"type": "string", "pattern": rf"^(\*|{_TAG}( *, *{_TAG}){{0,9}})$"},
}
IF_NONE_MATCH: Final[Json] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "Answer 304 if the version is one of these ETags.",
    "schema": {"type": "string"},
}

QUERY: Final = {
    "action": "The action that you ask about, such as `project.create`.",
    "actor_id": "Only what this user did.",
    "admin": "Only platform administrators, or only others.",
    "all": "All there are, and not only yours. For platform administrators.",
    "cursor": "The `next_cursor` of the page before; leave it out for the first page.",
    "email": "Only the user with this e-mail address, in upper or lower case.",
    "feature": "Only projects with this feature.",
    "from": "Only what happened at this time or later.",
    "include": "What to add to the answer.",
    "limit": "How many entries a page has at most.",
    "permanently": "Remove for good what was deleted before, without waiting.",
    "q": "Only what begins with this text.",
    "role": "Only members with this role.",
    "sort": "The order of the list.",
    "state": "Only users in this state.",
    "status": "Only invitations with this status.",
    "to": "Only what happened before this time.",
    "user_id": "The user that you ask about.",
    "username": "Only the user with this username, in upper or lower case.",
    "visibility": "Only projects with this visibility.",
}
"""What each field of a query string does."""
_SHARED: Final = {"limit": "Limit", "cursor": "Cursor"}


class Parameters:
    """Collects the parameters of operations: refers to the shared ones, and keeps them as components."""

    def __init__(self) -> None:
        self.components: Final[dict[str, Json]] = {}

    def of(self, endpoint: Endpoint) -> list[Json]:
        """Describe the parameters of an operation."""
        return [*self._path(endpoint), *self._query(endpoint), *self._headers(endpoint)]

    def _refer(self, name: str, parameter: Json) -> Json:
        known = self.components.setdefault(name, parameter)
        return {"$ref": f"#/components/parameters/{name}"} if known == parameter else parameter

    def _path(self, endpoint: Endpoint) -> list[Json]:
        return [self._refer(*_reference(name, kind)) for name, kind in endpoint.references.items()]

    def _query(self, endpoint: Endpoint) -> list[Json]:
        found = []
        for field in msgspec.structs.fields(endpoint.query):
            (kind,) = (each for each in alternatives(field.type) if each is not type(None))
            name = field.encode_name
            schema = of_today(sent(schema_of(kind)))
            if field.default not in {None, msgspec.NODEFAULT, UNSET}:
                schema = {**schema, "default": field.default}
            described: Json = {"name": name, "in": "query", "description": QUERY.get(name, ""), "schema": schema}
            if field.required:
                described["required"] = True
            if name == "include" and schema.get("enum") == ["total"]:
                described["description"] = "`total` also counts all entries of the list."
                found.append(self._refer("IncludeTotal", described))
            else:
                found.append(self._refer(_SHARED[name], described) if name in _SHARED else described)
        return found

    def _headers(self, endpoint: Endpoint) -> list[Json]:
        found = []
        if endpoint.versioned:
            found.append(self._refer("IfMatch", IF_MATCH))
        if endpoint.method == "GET" and endpoint.entities:
            found.append(self._refer("IfNoneMatch", IF_NONE_MATCH))
        if endpoint.is_repeatable:
            found.append(self._refer("IdempotencyKey", KEY))
        return found


def _reference(name: str, reference: Any) -> tuple[str, Json]:
    kinds = kinds_of(reference)
    words = [word for kind in kinds for word in words_of(kind)]
    spelt = [_SPELT[kind] for kind in kinds if kind in _SPELT]
    noun = name.replace("_", " ")
    ways = [f"its {called}" for _, called, _ in spelt] + [_WORDS[word] for word in words]
    is_id = kinds == (UUID,)
    schema: Json = {"type": "string", "format": "uuid"}
    if not is_id:
        patterns = [*words, *(pattern for pattern, _, _ in spelt)]
        schema = {
            "type": "string",
            "minLength": 1,
            "maxLength": max(length for _, _, length in spelt),
            "pattern": f"^({'|'.join(patterns)})$",
        }
    camel = "".join(part.capitalize() for part in name.split("_"))
    return f"{camel}{'Id' if is_id else 'Ref'}", {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"The {noun}, by {' or '.join(ways)}.",
        "schema": schema,
        "example": words[0] if words else next(each for kind, each in _EXAMPLES.items() if kind in kinds),
    }
