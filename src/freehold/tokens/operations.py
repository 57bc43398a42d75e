"""Making tokens for other services, and rotating the keys that sign them."""

import re
from typing import Any, Final
from uuid import UUID

from freehold.access import AccountAction, By, Writes, in_transaction, operation, scope_of_anyone_inside
from freehold.audit.recording import record
from freehold.base.errors import Conflict, Forbidden, Unauthenticated, Unavailable
from freehold.base.ids import new_id
from freehold.base.single_values import UUID_PATTERN
from freehold.data.context import Actor, Context
from freehold.tokens import queries
from freehold.tokens.errors import OrganizationNeeded, TokenTooLarge
from freehold.tokens.rotating import OVERLAP_SECONDS, make_next
from freehold.tokens.signing import as_jwk, encode_claims, sign
from freehold.tokens.types import (
    TOKEN_SECONDS,
    NewServiceToken,
    PublicKeys,
    ServiceToken,
    SigningKey,
    SigningKeys,
)
from freehold.users.proving.proof import refuse_acting

MOST_BYTES: Final = 5_500
"""How long the claims may be: as a token they are a third longer, and most servers take 8 KiB for a header."""


@operation(AccountAction.TOKEN_CREATE, by=By.SIGNED_IN)
async def create(context: Context, new: NewServiceToken) -> ServiceToken:
    """Create a token for another service, which verifies it by the public keys without asking Freehold.

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
    actor = context.signed_in
    refuse_acting(context)
    if actor.user_id is None and actor.key is None:
        raise Forbidden("The operator is not a user: act as a user to create a token")
    about = await _in_organization(context, actor, new)
    key_id = actor.key.id if actor.key else None
    span = await queries.end_of_caller(
        context.db, seconds=TOKEN_SECONDS, user_id=actor.user_id, session_id=actor.session_id, key_id=key_id
    )
    if span is None:
        raise Unauthenticated("The session or API key has ended, or the user was suspended: sign in again")
    token_id = new_id()
    claims = encode_claims(
        {
            "iss": context.tools.settings.base_url,
            "sub": str(actor.user_id) if actor.user_id else f"api_key:{key_id}",
            "aud": new.audience,
            "iat": int(span.begins_at.timestamp()),
            "nbf": int(span.begins_at.timestamp()),
            "exp": int(span.ends_at.timestamp()),
            "jti": str(token_id),
            "sid": actor.session_id,
            "key_id": key_id,
            **about,
        }
    )
    if len(claims) > MOST_BYTES:
        raise TokenTooLarge
    signer = await _signer(context)
    if actor.session_id is None and key_id is None:
        # Somebody vouched for the user, such as the command line: nothing else would tell that this was done.
        await in_transaction(context, lambda inner: record(inner, AccountAction.TOKEN_CREATE, token_id))
    return ServiceToken(
        token=sign(signer.id, signer.private_key, claims), expires_at=span.ends_at.replace(microsecond=0)
    )


@operation(AccountAction.SIGNING_KEY_READ, by=By.ANYONE)
async def public_keys(context: Context) -> PublicKeys:
    """Read the public keys that verify tokens, as a JWK Set. Anybody can."""
    found = await queries.published(context.db, overlap_seconds=OVERLAP_SECONDS)
    return PublicKeys(keys=[as_jwk(key.id, key.public_key) for key in found])


@operation(AccountAction.SIGNING_KEY_READ, by=By.ADMIN)
async def list_keys(context: Context) -> SigningKeys:
    """List the signing keys that others verify with now, the newest first, without their private halves.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
    """
    found = await queries.published(context.db, overlap_seconds=OVERLAP_SECONDS)
    return SigningKeys(
        data=[
            SigningKey(id=key.id, created_at=key.created_at, signs_from=key.signs_from, ended_at=key.ended_at)
            for key in found
        ]
    )


@operation(AccountAction.SIGNING_KEY_ROTATE, by=By.ADMIN, writes=Writes.TRANSACTION)
async def rotate_key(context: Context, *, at_once: bool = False) -> SigningKeys:
    """Make a new signing key, and return all. It signs in 10 minutes, once others know it; tokens stay valid.

    Freehold does so by itself every 30 days (``FREEHOLD_SIGNING_KEY_DAYS``). If a new key waits already, nothing is
    made.

    Args:
        context: of the operator or a platform administrator.
        at_once: for a key that leaked: sign with the new key from now on, and withdraw all others. Services refuse
            the tokens of before as soon as they read the public keys again, within 5 minutes.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        Conflict: ``conflict``: somebody else rotates at this moment, and ``at_once`` was not done.
    """
    made = await make_next(context, min_age_days=None if at_once else 0, at_once=at_once)
    if at_once and not made:
        raise Conflict("Somebody else is making a key at this moment, so nothing was withdrawn: try again")
    return await list_keys(context)


async def _in_organization(context: Context, actor: Actor, new: NewServiceToken) -> dict[str, Any]:
    """Say in claims what the actor may do in the organization that is named."""
    organization: UUID | str | None = actor.key.organization_id if actor.key and not new.organization else None
    if new.organization:
        organization = UUID(new.organization) if re.match(UUID_PATTERN, new.organization) else new.organization
    if organization is None:
        if actor.key and actor.key.is_limited:
            raise OrganizationNeeded
        return {}
    scope = await scope_of_anyone_inside(context, organization)
    actions = scope.actions if new.actions is None else scope.actions & frozenset(new.actions)
    return {
        "org": str(scope.organization_id),
        "actions": sorted(actions),
        "project_ids": None if scope.project_ids is None else sorted(map(str, scope.project_ids)),
    }


async def _signer(context: Context) -> queries.Signer:
    """Give the key that signs; before the first rotation, make one."""
    found = await queries.signer(context.db)
    if found is None:
        await in_transaction(context, lambda inner: make_next(inner, min_age_days=0))
        found = await queries.signer(context.db)
    if found is None:
        raise Unavailable("No key signs tokens yet: the clock of the database was set back; try again in a moment")
    return found
