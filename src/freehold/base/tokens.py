"""Makes the secrets that are shown once: session tokens, API keys, and the tokens in mailed links.

A token is a prefix that tells people and secret scanners what it is, 256 random bits, and a checksum, so that a
mistyped or cut token is refused without asking the database. Only its SHA-256 is stored; with that much randomness a
slow hash would protect nothing.
"""

import base64
import hashlib
import re
import secrets
import zlib
from enum import StrEnum
from typing import Final, NamedTuple

from freehold.base.errors import Unauthenticated

_RANDOM_BYTES: Final = 32
_ANYWHERE = re.compile(r"(fh[a-z]?_)[A-Za-z0-9_-]{43}[0-9a-f]{8}")
_SHAPE = re.compile(r"(fh[a-z]?_)([A-Za-z0-9_-]{43})([0-9a-f]{8})(?![\s\S])")


class Kind(StrEnum):
    """What a token is for; the value is its prefix."""

    SESSION = "fh_"
    API_KEY = "fhk_"
    EMAIL_VERIFICATION = "fhv_"
    PASSWORD_RESET = "fhr_"  # noqa: S105 - a prefix
    EMAIL_UNDO = "fhu_"
    INVITATION = "fhi_"


class NewToken(NamedTuple):
    """A token, to be shown once, and the hash to be stored."""

    token: str
    hash: bytes


def new_token(kind: Kind) -> NewToken:
    """Make a token of 54 to 55 characters."""
    random = base64.urlsafe_b64encode(secrets.token_bytes(_RANDOM_BYTES)).rstrip(b"=").decode()
    token = f"{kind.value}{random}{_checksum(kind.value + random)}"
    return NewToken(token, hashlib.sha256(token.encode()).digest())


def token_hash(kind: Kind, token: str) -> bytes | None:
    """Return the hash to look a token up by; None when it is cut, mistyped or of another kind."""
    shape = _SHAPE.match(token)
    if shape is None or shape[1] != kind.value or _checksum(shape[1] + shape[2]) != shape[3]:
        return None
    return hashlib.sha256(token.encode()).digest()


def without_tokens(text: str) -> str:
    """Replace every token in a text by its prefix and ``[hidden]``."""
    return _ANYWHERE.sub(r"\1[hidden]", text)


def bearer_token(header: str) -> str:
    """Return the token in the value of an ``Authorization`` header.

    Raises:
        Unauthenticated: it has none: it is of another scheme, or empty.
    """
    scheme, _, token = header.partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token or not token.isascii():
        raise Unauthenticated("The Authorization header must be 'Bearer TOKEN'")
    return token


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"
