"""Signs tokens: JSON Web Tokens (RFC 7519) with Ed25519 (RFC 8037)."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from freehold.tokens.types import PublicKey


class Pair(NamedTuple):
    """The two halves of a key, 32 bytes each."""

    public_key: bytes
    private_key: bytes

    def __repr__(self) -> str:
        """Keep the private half out of texts."""
        return "Pair(...)"


def new_pair() -> Pair:
    """Make a key."""
    private = Ed25519PrivateKey.generate()
    return Pair(private.public_key().public_bytes_raw(), private.private_bytes_raw())


def sign(key_id: UUID, private_key: bytes, claims: bytes) -> str:
    """Make a token of claims, which are a JSON object."""
    header = msgspec.json.encode({"alg": "EdDSA", "kid": str(key_id), "typ": "JWT"})
    signed = f"{_base64url(header)}.{_base64url(claims)}"
    return f"{signed}.{_base64url(Ed25519PrivateKey.from_private_bytes(private_key).sign(signed.encode()))}"


def encode_claims(claims: Mapping[str, Any]) -> bytes:
    """Write claims as JSON, without those that are None."""
    return msgspec.json.encode({name: value for name, value in claims.items() if value is not None})


def as_jwk(key_id: UUID, public_key: bytes) -> PublicKey:
    """Write a public key as others read it."""
    return PublicKey(kid=str(key_id), x=_base64url(public_key))


def _base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
