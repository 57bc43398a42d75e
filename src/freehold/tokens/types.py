"""A token for another service, what is sent to make one, and the keys that sign."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from freehold.base.scalars import Audience, OrganizationText
from freehold.base.validation import Input
from freehold.organizations.roles.types import Actions

TOKEN_SECONDS: Final = 300
"""How long a token is valid; shorter where the session or the API key ends before."""
CACHE_SECONDS: Final = 300
"""How long others may keep the public keys before they ask again."""


class NewServiceToken(Input, frozen=True, kw_only=True):
    """What a token for another service is about. Each field can be left out.

    With ``organization`` (a slug or an id), the token says what you may do there. ``actions`` narrows that to those of
    them that you have. ``audience`` names the service that is to accept the token (``aud``).
    """

    organization: OrganizationText | None = None
    actions: Actions | None = None
    audience: Audience | None = None


class ServiceToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token for another service: a JWT that is signed with EdDSA (Ed25519). Times are UTC."""

    token: str
    expires_at: datetime


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key, as a JSON Web Key (RFC 8037). ``kid`` is what the header of a token names; ``x`` is the key."""

    kid: str
    x: str
    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["EdDSA"] = "EdDSA"
    use: Literal["sig"] = "sig"


class PublicKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The public keys that verify tokens (a JWK Set, RFC 7517), the newest first."""

    keys: list[PublicKey]


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """A signing key, without its private half. Times are UTC.

    It signs from ``signs_from`` until ``ended_at``, when the next key begins; null while none waits. Others can verify
    with it until 15 minutes after that.
    """

    id: UUID
    created_at: datetime
    signs_from: datetime
    ended_at: datetime | None


class SigningKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys that others verify with now, the newest first."""

    data: list[SigningKey]
