"""Whose credentials these are: the one way from a token to an actor, for the HTTP API and for your own program."""

from freehold.access import OrganizationRef
from freehold.api_keys.operations import authenticate as authenticate_key
from freehold.base.tokens import Kind
from freehold.data.context import Context, Mine
from freehold.sessions.operations import authenticate as authenticate_session


async def authenticated(context: Context, token: str, reads: OrganizationRef | Mine | None = None) -> Context:
    """Say who acts with a session token or an API key; asks the database every time, in shared queries.

    Args:
        context: of nobody.
        token: of a session, or an API key.
        reads: what is about to be read with a session is read in the same query: what its user is in an organization,
            or their own account.

    Raises:
        Unauthenticated: ``unauthenticated``: it was never valid, has expired, or was ended or revoked.
    """
    if token.startswith(Kind.API_KEY):
        return await authenticate_key(context, token)
    return await authenticate_session(context, token, reads)
