"""What can be done with API keys: those of a user, and those of an organization."""

from uuid import UUID

import msgspec

from freehold.access import (
    ON_CHOSEN_PROJECTS,
    OWNERSHIP,
    AccountAction,
    Action,
    Role,
    Scope,
    Subject,
    Writes,
    built_in,
    held_anywhere,
    in_transaction,
    known_actions,
    on_organization,
    on_user,
    ordered,
    require_known,
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
from freehold.data.failures import incidental
from freehold.data.paging import Page, PageRequest
from freehold.users.proving.proof import require_fresh


async def authenticate(context: Context, token: str) -> Context:
    """Say who asks with a key; asks the database every time, so that revoking it takes effect at once.

    Raises:
        Unauthenticated: ``unauthenticated``: the key was never valid, has expired, or was revoked.
    """
    hashed = token_hash(Kind.API_KEY, token)
    found = await queries.by_key_hash(context.db, key_hash=hashed) if hashed else None
    if found is None:
        raise Unauthenticated("This API key is not valid, has expired, or was revoked: create a new one")
    if found.is_stale:
        with incidental():
            await queries.note_use(context.db, id=found.id)
    key = Key(
        id=found.id,
        organization_id=found.organization_id,
        actions=None if found.actions is None else frozenset(found.actions),
        project_ids=None if found.project_ids is None else frozenset(found.project_ids),
        organization_ids=None if found.organization_ids is None else frozenset(found.organization_ids),
    )
    actor = Actor(user_id=found.user_id, is_admin=found.is_admin and not key.is_limited, key=key)
    return msgspec.structs.replace(context, actor=actor)


@on_user(AccountAction.API_KEY_CREATE, writes=Writes.OWN_TRANSACTION)
async def create_for_user(subject: Subject, new: NewApiKey) -> IssuedApiKey:
    """Create an API key that acts as the user. It can never do more than the user.

    Raises:
        BeyondKeys: ``beyond_api_keys``: an API key cannot have these actions.
        UnknownAction: ``unknown_action``.
        Forbidden: the user has some of the actions in no organization.
        Invalid: a project is not in the user's organizations.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        TooManyApiKeys: ``too_many_api_keys``: the user already has 1,000 active keys.
    """
    await require_fresh(subject.context, new.current_password)

    async def store(context: Context) -> IssuedApiKey:
        return await _create_for_user(msgspec.structs.replace(subject, context=context), new)

    return await in_transaction(subject.context, store)


async def _create_for_user(subject: Subject, new: NewApiKey) -> IssuedApiKey:
    refuse_impossible(new)
    await require_known(subject.db, new.actions or ())
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


@on_user(AccountAction.API_KEY_READ, private=True, looks_up=True)
async def list_of_user(subject: Subject, request: PageRequest) -> Page[ApiKey]:
    """List the API keys of a user, newest first, including recently expired ones.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    return await read_keys(subject.context, Holder(user_id=subject.user_id), request)


@on_user(AccountAction.API_KEY_READ, private=True)
async def get_of_user(subject: Subject, key_id: UUID) -> ApiKey:
    """Read an API key of a user, without the key itself.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    return await read_key(subject.context, Holder(user_id=subject.user_id), key_id)


@on_user(AccountAction.API_KEY_CREATE, writes=Writes.OWN_TRANSACTION)
async def rotate_of_user(subject: Subject, key_id: UUID, rotation: KeyRotation) -> IssuedApiKey:
    """Replace an API key with a new one that has the same limits and expiry. The old key works until the overlap ends.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
        ApiKeyExpired: ``api_key_expired``.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        TooManyApiKeys: ``too_many_api_keys``: the old key counts until its overlap ends.
    """
    await require_fresh(subject.context, rotation.current_password)

    async def store(context: Context) -> IssuedApiKey:
        return await _rotate_of_user(msgspec.structs.replace(subject, context=context), key_id, rotation)

    return await in_transaction(subject.context, store)


async def _rotate_of_user(subject: Subject, key_id: UUID, rotation: KeyRotation) -> IssuedApiKey:
    holder = Holder(user_id=subject.user_id)
    old = await retire(subject.context, holder, key_id, rotation.overlap_seconds)
    return await issue(subject.context, holder, old, actions=old.actions, in_place_of=old.id)


@on_user(AccountAction.API_KEY_DELETE, writes=Writes.TRANSACTION)
async def delete_of_user(subject: Subject, key_id: UUID) -> None:
    """Revoke an API key of a user.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    await revoke(subject.context, Holder(user_id=subject.user_id), key_id)


@on_organization(Action.API_KEY_CREATE, writes=Writes.OWN_TRANSACTION)
async def create_for_organization(scope: Scope, new: NewApiKey) -> IssuedApiKey:
    """Create an API key that belongs to the organization. It can only act there, with exactly its actions.

    Without ``actions``, it gets the actions of a plain member, as far as the actor has them.

    Raises:
        BeyondKeys: ``beyond_api_keys``: an API key cannot have these actions.
        UnknownAction: ``unknown_action``.
        Forbidden: the actor lacks some of the actions, or only the owner can give one of them.
        Invalid: a project is not in the organization.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        TooManyApiKeys: ``too_many_api_keys``: the organization already has 1,000 active keys.
    """
    await require_fresh(scope.context, new.current_password)

    async def store(context: Context) -> IssuedApiKey:
        return await _create_for_organization(msgspec.structs.replace(scope, context=context), new)

    return await in_transaction(scope.context, store)


async def _create_for_organization(scope: Scope, new: NewApiKey) -> IssuedApiKey:
    refuse_impossible(new)
    await require_known(scope.db, new.actions or ())
    given = _of_a_member(scope, new) if new.actions is None else frozenset(new.actions)
    scope.require_all(given, "make such a key")
    if given & OWNERSHIP and scope.role != Role.OWNER and not scope.context.is_admin:
        raise Forbidden(f"Only the owner can create API keys that include {', '.join(sorted(given & OWNERSHIP))}")
    if new.project_ids is not None:
        known = await queries.projects_of_organization(
            scope.db, organization_id=scope.organization_id, ids=new.project_ids
        )
        refuse_unknown(new.project_ids, known, "this organization")
    return await issue(scope.context, Holder(organization_id=scope.organization_id), new, actions=ordered(given))


@on_organization(Action.API_KEY_READ)
async def list_of_organization(scope: Scope, request: PageRequest) -> Page[ApiKey]:
    """List the API keys of an organization, newest first, including recently expired ones.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    return await read_keys(scope.context, Holder(organization_id=scope.organization_id), request)


@on_organization(Action.API_KEY_READ)
async def get_of_organization(scope: Scope, key_id: UUID) -> ApiKey:
    """Read an API key of an organization, without the key itself.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    return await read_key(scope.context, Holder(organization_id=scope.organization_id), key_id)


@on_organization(Action.API_KEY_CREATE, writes=Writes.OWN_TRANSACTION)
async def rotate_of_organization(scope: Scope, key_id: UUID, rotation: KeyRotation) -> IssuedApiKey:
    """Replace an API key with a new one that has the same limits and expiry. The old key works until the overlap ends.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
        ApiKeyExpired: ``api_key_expired``.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        TooManyApiKeys: ``too_many_api_keys``: the old key counts until its overlap ends.
        Forbidden: the key has actions that the actor lacks.
    """
    await require_fresh(scope.context, rotation.current_password)

    async def store(context: Context) -> IssuedApiKey:
        return await _rotate_of_organization(msgspec.structs.replace(scope, context=context), key_id, rotation)

    return await in_transaction(scope.context, store)


async def _rotate_of_organization(scope: Scope, key_id: UUID, rotation: KeyRotation) -> IssuedApiKey:
    holder = Holder(organization_id=scope.organization_id)
    old = await retire(scope.context, holder, key_id, rotation.overlap_seconds)
    scope.require_all(known_actions(tuple(old.actions or ()), scope.standing.own), "rotate this key")
    return await issue(scope.context, holder, old, actions=old.actions, in_place_of=old.id)


@on_organization(Action.API_KEY_DELETE, writes=Writes.TRANSACTION)
async def delete_of_organization(scope: Scope, key_id: UUID) -> None:
    """Revoke an API key of an organization, even one that can do more than the actor.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    await revoke(scope.context, Holder(organization_id=scope.organization_id), key_id)


def _of_a_member(scope: Scope, new: NewApiKey) -> frozenset[str]:
    given = built_in(Role.MEMBER, scope.standing.own) & scope.actions
    return given if new.project_ids is None else given & ON_CHOSEN_PROJECTS
