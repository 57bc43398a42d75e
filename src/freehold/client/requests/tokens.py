"""Tokens for other services, and the keys that sign them, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from freehold.client.request import Request
from freehold.tokens.types import NewServiceToken, PublicKeys, ServiceToken


def tokens_create(new: NewServiceToken) -> Request[ServiceToken]:
    """Create a token for another service, which verifies it by the public keys without asking Freehold.

    ``POST /v1/tokens``.

    It is valid for 5 minutes, or until the session or API key that asks ends, if that is sooner. Nothing ends it before
    that: see "What revocation means" in the how-to. An API key of an organization gets one for that organization.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        Renamed: ``renamed``: the organization has another slug now.
        Forbidden: ``forbidden``: the operator asks, who is no user.
        OrganizationNeeded: ``organization_needed``: the API key is limited, and no organization is named.
        NotWhileActing: ``not_while_acting``: an administrator acts for the user.
        TokenTooLarge: ``token_too_large``: name the ``actions`` that the service needs.
        Unauthenticated: ``unauthenticated``: the session or key has ended, or the user was suspended.
    """
    return Request("POST", "/v1/tokens", (ServiceToken,), body=new)


def tokens_public_keys() -> Request[PublicKeys]:
    """Read the public keys that verify tokens, as a JWK Set. Anybody can.

    ``GET /.well-known/jwks.json``.
    """
    return Request("GET", "/.well-known/jwks.json", (PublicKeys,))
