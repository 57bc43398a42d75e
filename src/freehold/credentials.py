"""Whose credentials these are: the one way from a token to an actor, for the HTTP API and for your own program."""

from freehold.api_keys.operations import authenticate as authenticate_key
from freehold.base.tokens import Kind
from freehold.data.context import Actor, Context
from freehold.sessions.operations import authenticate as authenticate_session


async def actor_of(context: Context, token: str) -> Actor:
    """Tell who acts with a session token or an API key; asks the database every time, in shared queries.

    Raises:
        Unauthenticated: ``unauthenticated``: it was never valid, has expired, or was ended or revoked.
    """
    is_key = token.startswith(Kind.API_KEY)
    return await (authenticate_key if is_key else authenticate_session)(context, token)
