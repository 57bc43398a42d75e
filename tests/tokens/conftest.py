"""Ada, who owns acme, and a service that verifies tokens with PyJWT: it knows nothing but the public keys."""

from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from tests.conftest import SignUp
from tests.web.conftest import client

from freehold import NewOrganization, Organization, Platform, User

__all__ = ["client"]

ISSUER = "http://127.0.0.1:8000"
"""The address that the settings have by default."""

Verify = Callable[..., dict[str, Any]]


@pytest.fixture
async def ada(sign_up: SignUp) -> User:
    return await sign_up("ada")


@pytest.fixture
async def acme(platform: Platform, ada: User) -> Organization:
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


async def keys_of(client: httpx.AsyncClient) -> jwt.PyJWKSet:
    """What a service fetches, and may keep for a while."""
    return jwt.PyJWKSet.from_json((await client.get("/.well-known/jwks.json")).text)


def verified(token: str, keys: jwt.PyJWKSet, **options: Any) -> dict[str, Any]:
    """Verify a token as a service does: signature, times, issuer; its claims come out."""
    key = keys[jwt.get_unverified_header(token)["kid"]]
    found: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=["EdDSA"],
        **{"issuer": ISSUER, "options": {"require": ["exp", "iat", "nbf", "iss", "sub", "jti"]}, **options},
    )
    return found
