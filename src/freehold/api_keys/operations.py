"""What can be done with API keys: those of a user, and those of an organization."""

from uuid import UUID

from freehold.access import (
    GRANTS,
    ON_CHOSEN_PROJECTS,
    OWNERSHIP,
    AccountAction,
    Action,
    Role,
    Scope,
    Subject,
    Writes,
    held_anywhere,
    on_organization,
    on_user,
)
from freehold.api_keys import queries
from freehold.api_keys.issuing import (
    Holder,
    issue,
    read_key,
    read_keys,
    refuse_impossible,
    refuse_unknown,
    retire,
    revoke,
)
from freehold.api_keys.types import ApiKey, IssuedApiKey, KeyRotation, NewApiKey
from freehold.base.errors import Forbidden, Unauthenticated
from freehold.base.tokens import Kind, token_hash
from freehold.data.context import Actor, Context, Key
from freehold.data.paging import Page, PageRequest


async def authenticate(context: Context, token: str) -> Actor:
    """Tell for whom a key acts; asks the database every time, so that revoking it takes effect at once.

    Raises:
        Unauthenticated: ``unauthenticated``: the key was never valid, has expired, or was revoked.
    """
    hashed = token_hash(Kind.API_KEY, token)
    found = await queries.by_key_hash(context.db, key_hash=hashed) if hashed else None
    if found is None:
        raise Unauthenticated("This API key is not valid, has expired, or was revoked: create a new one")
    if found.is_stale:
        await queries.note_use(context.db, id=found.id)
    key = Key(
        id=found.id,
        organization_id=found.organization_id,
        actions=None if found.actions is None else frozenset(found.actions),
        project_ids=None if found.project_ids is None else frozenset(found.project_ids),
    )
    return Actor(user_id=found.user_id, is_admin=found.is_admin and not key.is_limited, key=key)


@on_user(AccountAction.API_KEY_CREATE, writes=Writes.TRANSACTION)
async def create_for_user(subject: Subject, new: NewApiKey) -> IssuedApiKey:
    """Make a key that acts as the user, who remains the bound of what it may do, today and later.

    Raises:
        BeyondKeys: ``beyond_api_keys``: no key has such actions.
        Forbidden: the user holds some of the actions in no organization.
        Invalid: a project is in none of the user's organizations.
        TooManyApiKeys: ``too_many_api_keys``: the user has 1,000 that work.
    """
    refuse_impossible(new)
    if new.actions is not None:
        lacking = sorted(frozenset(new.actions) - await held_anywhere(subject.context, subject.user_id))
        if lacking:
            raise Forbidden(
                f"You cannot give a key actions that you have in none of your organizations: {', '.join(lacking)}"
            )
    if new.project_ids is not None:
        known = await queries.projects_of_user(subject.db, user_id=subject.user_id, ids=new.project_ids)
        refuse_unknown(new.project_ids, known, "your organizations")
    return await issue(subject.context, Holder(user_id=subject.user_id), new, actions=new.actions)


@on_user(AccountAction.API_KEY_READ, private=True)
async def list_of_user(subject: Subject, request: PageRequest) -> Page[ApiKey]:
    """List a user's keys, newest first, expired ones for a while too.

    Raises:
        Invalid: the cursor is not of this list.
    """
    return await read_keys(subject.context, Holder(user_id=subject.user_id), request)


@on_user(AccountAction.API_KEY_READ, private=True)
async def get_of_user(subject: Subject, key_id: UUID) -> ApiKey:
    """Read what is known of a user's key.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    return await read_key(subject.context, Holder(user_id=subject.user_id), key_id)


@on_user(AccountAction.API_KEY_CREATE, writes=Writes.TRANSACTION)
async def rotate_of_user(subject: Subject, key_id: UUID, rotation: KeyRotation) -> IssuedApiKey:
    """Make a key with the limits and the expiry of another, which goes on for the overlap and no longer.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
        ApiKeyExpired: ``api_key_expired``.
        TooManyApiKeys: ``too_many_api_keys``: the old one counts, unless the overlap is 0.
    """
    holder = Holder(user_id=subject.user_id)
    old = await retire(subject.context, holder, key_id, rotation.overlap_seconds)
    return await issue(subject.context, holder, old, actions=old.actions, in_place_of=old.id)


@on_user(AccountAction.API_KEY_DELETE, writes=Writes.TRANSACTION)
async def delete_of_user(subject: Subject, key_id: UUID) -> None:
    """Revoke a user's key.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    await revoke(subject.context, Holder(user_id=subject.user_id), key_id)


@on_organization(Action.API_KEY_CREATE, writes=Writes.TRANSACTION)
async def create_for_organization(scope: Scope, new: NewApiKey) -> IssuedApiKey:
    """Make a key of the organization itself: it acts there alone, with exactly its actions, whoever made it and left.

    Without ``actions`` it gets those of a plain member, as far as the actor holds them.

    Raises:
        BeyondKeys: ``beyond_api_keys``: no key has such actions.
        Forbidden: the actor lacks some of the actions, or is not the owner and would give what only the owner gives.
        Invalid: a project is none of the organization's.
        TooManyApiKeys: ``too_many_api_keys``: the organization has 1,000 that work.
    """
    refuse_impossible(new)
    given = _of_a_member(scope, new) if new.actions is None else frozenset(new.actions)
    scope.require_all(given, "make such a key")
    if given & OWNERSHIP and scope.role != Role.OWNER and not scope.context.is_admin:
        raise Forbidden(f"Only the owner can create API keys that include {', '.join(sorted(given & OWNERSHIP))}")
    if new.project_ids is not None:
        known = await queries.projects_of_organization(
            scope.db, organization_id=scope.organization_id, ids=new.project_ids
        )
        refuse_unknown(new.project_ids, known, "this organization")
    actions = [action for action in Action if action in given]
    return await issue(scope.context, Holder(organization_id=scope.organization_id), new, actions=actions)


@on_organization(Action.API_KEY_READ)
async def list_of_organization(scope: Scope, request: PageRequest) -> Page[ApiKey]:
    """List an organization's own keys, newest first, expired ones for a while too.

    Raises:
        Invalid: the cursor is not of this list.
    """
    return await read_keys(scope.context, Holder(organization_id=scope.organization_id), request)


@on_organization(Action.API_KEY_READ)
async def get_of_organization(scope: Scope, key_id: UUID) -> ApiKey:
    """Read what is known of an organization's key.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    return await read_key(scope.context, Holder(organization_id=scope.organization_id), key_id)


@on_organization(Action.API_KEY_CREATE, writes=Writes.TRANSACTION)
async def rotate_of_organization(scope: Scope, key_id: UUID, rotation: KeyRotation) -> IssuedApiKey:
    """Make a key with the limits and the expiry of another, which goes on for the overlap and no longer.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
        ApiKeyExpired: ``api_key_expired``.
        TooManyApiKeys: ``too_many_api_keys``: the old one counts, unless the overlap is 0.
        Forbidden: the key has actions that the actor lacks, and whoever rotates a key gets to see it.
    """
    holder = Holder(organization_id=scope.organization_id)
    old = await retire(scope.context, holder, key_id, rotation.overlap_seconds)
    scope.require_all(old.actions or (), "rotate this key")
    return await issue(scope.context, holder, old, actions=old.actions, in_place_of=old.id)


@on_organization(Action.API_KEY_DELETE, writes=Writes.TRANSACTION)
async def delete_of_organization(scope: Scope, key_id: UUID) -> None:
    """Revoke an organization's key, whatever it may do.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    await revoke(scope.context, Holder(organization_id=scope.organization_id), key_id)


def _of_a_member(scope: Scope, new: NewApiKey) -> frozenset[Action]:
    given = GRANTS[Role.MEMBER] & scope.actions
    return given if new.project_ids is None else given & ON_CHOSEN_PROJECTS
