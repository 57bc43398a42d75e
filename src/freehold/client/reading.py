"""Reads answers as the types of the library. What a newer server adds is not looked at."""

from typing import Any, Final, get_args, get_origin

import httpx
import msgspec

from freehold.client.problems import UnexpectedAnswer
from freehold.client.request import Request
from freehold.data.paging import Page
from freehold.organizations.roles.types import CustomRole, RoleEntry
from freehold.users.types import OwnUser, OwnUserWithOrganizations, User, UserWithOrganizations

_CLOSER: Final[dict[Any, tuple[type, ...]]] = {
    User: (OwnUserWithOrganizations, UserWithOrganizations, OwnUser),
    RoleEntry: (CustomRole,),
}
"""What an answer may be besides: the document has one schema where the library tells by type how much it shows."""


def read(request: Request[Any], response: httpx.Response) -> Any:
    """Read an answer that says that it was done.

    Raises:
        UnexpectedAnswer: it is none of the types that this can have.
    """
    if not response.content:
        if type(None) in request.answers:
            return None
        raise UnexpectedAnswer(f"{request.method} {request.path} was answered without a body")
    if request.again is not None and response.status_code == httpx.codes.OK:
        kinds: tuple[Any, ...] = (request.again,)
    else:
        kinds = tuple(kind for kind in request.answers if kind not in {type(None), request.again})
    try:
        document = msgspec.json.decode(response.content)
        return _convert(document, tuple(closer for kind in kinds for closer in (*_CLOSER.get(kind, ()), kind)))
    except msgspec.MsgspecError as error:
        raise UnexpectedAnswer(
            f"The answer to {request.method} {request.path} is not what this client expects ({error}): upgrade it if "
            "the server is newer"
        ) from None


def _convert(document: Any, kinds: tuple[Any, ...]) -> Any:
    """Read a document as the type that keeps the most of it; of several, the first."""
    *others, last = sorted(kinds, key=lambda kind: -_kept(document, kind))
    for kind in others:
        try:
            return msgspec.convert(document, kind)
        except msgspec.ValidationError:
            continue
    return msgspec.convert(document, last)


def _kept(document: Any, kind: Any) -> int:
    """Count the fields of a document that a type knows."""
    plain = get_origin(kind) or kind
    if not isinstance(document, dict) or not issubclass(plain, msgspec.Struct):
        return 0
    if plain is Page:
        return max((_kept(entry, get_args(kind)[0]) for entry in document.get("data", ())), default=0)
    return len({field.encode_name for field in msgspec.structs.fields(plain)} & document.keys())
