"""Tokens for other services, over HTTP."""

from freehold.base.errors import Forbidden, Missing, Renamed
from freehold.data.context import Context
from freehold.tokens import operations
from freehold.tokens.errors import OrganizationNeeded, TokenTooLarge
from freehold.tokens.types import CACHE_SECONDS, NewServiceToken, PublicKeys, ServiceToken
from freehold.users.proving.errors import NotWhileActing
from freehold.web.routing import Routes

routes = Routes("tokens", "Short-lived tokens for other services, and the public keys that verify them.")


@routes.post(
    "/v1/tokens",
    store=False,
    errors=[Missing, Renamed, Forbidden, OrganizationNeeded, NotWhileActing, TokenTooLarge],
)
async def create_token(context: Context, body: NewServiceToken) -> ServiceToken:
    """Create a token for another service.

    The token is a JWT that names you, and with `organization` what you may do there. It is valid for 5 minutes, and
    cannot be revoked. The service verifies it by the keys at `/.well-known/jwks.json`.
    """
    return await operations.create(context, body)


@routes.get("/.well-known/jwks.json", auth="none", public_seconds=CACHE_SECONDS)
async def get_public_keys(context: Context) -> PublicKeys:
    """Read the public keys that verify tokens, as a JWK Set (RFC 7517)."""
    return await operations.public_keys(context)
