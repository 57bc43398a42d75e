"""The proof that an actor may do something: of an action in an organization, or on the account of a user."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal
from uuid import UUID

import msgspec

from freehold.access import queries
from freehold.access.actions import OPEN_TO_ALL, AccountAction, Action, Role
from freehold.access.standing import Standing, built_in, key_includes, key_may, standing
from freehold.base.errors import Forbidden, Missing, Moved, Renamed, Unauthenticated
from freehold.data.context import Actor, Context, Presence
from freehold.data.db import Database, Transaction
from freehold.data.handing import Tenant

OrganizationRef = UUID | str
"""An organization by its id or its slug; the two never look alike."""
UserRef = UUID | Literal["me"]
"""A user by id, or ``me`` for the one who asks."""


class NotDeleted(Missing):
    """The organization is not deleted, and the actor could restore it if it were; answered like any that is missing."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Proof that the actor may do ``action`` in an organization; only ``scope_of`` makes one."""

    context: Context
    action: Action | str
    organization_id: UUID
    standing: Standing

    @property
    def db(self) -> Database | Transaction:
        """Where statements run: in an operation that writes, its transaction."""
        return self.context.db

    @property
    def role(self) -> str | None:
        """What the actor is here: owner, admin, member or a role that the organization made; None for no member."""
        return self.standing.role

    @property
    def actions(self) -> frozenset[str]:
        """All that the actor may do here."""
        return self.standing.actions

    @property
    def project_ids(self) -> frozenset[UUID] | None:
        """The projects that the actor's key is limited to; None for all."""
        return self.standing.key.project_ids if self.standing.key else None

    def may(self, action: Action | str) -> bool:
        """Say whether the actor may also do another action here."""
        return action in self.standing.actions

    def require_all(self, actions: Iterable[str], purpose: str) -> None:
        """Return when the actor holds all of these: nobody gives, changes or takes away more than they have.

        Args:
            actions: what somebody else has, or is to have.
            purpose: what the actor would do with it, such as ``give this role``.

        Raises:
            Forbidden: naming the actions that the actor lacks.
        """
        lacking = sorted(frozenset(actions) - self.standing.actions)
        if lacking:
            raise Forbidden(
                f"You cannot {purpose}: it includes actions that you do not have here: {', '.join(lacking)}"
            )


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Proof that the actor may do something with the account of a user; only ``subject_of`` makes one."""

    context: Context
    user_id: UUID

    @property
    def db(self) -> Database | Transaction:
        """Where statements run: in an operation that writes, its transaction."""
        return self.context.db

    @property
    def viewer_id(self) -> UUID | None:
        """Whose view narrows what is shown; None for a user themselves and for administrators, who see all."""
        actor_id = self.context.actor_id
        return None if self.context.is_admin or actor_id == self.user_id else actor_id

    @property
    def session_id(self) -> UUID | None:
        """The session that asks, if it is one of the user's own."""
        actor = self.context.actor
        return actor.session_id if actor and actor.user_id == self.user_id else None

    @property
    def organization_ids(self) -> list[UUID] | None:
        """The organizations that the actor's key is for, when it is limited to projects; None for all."""
        key = self.context.actor.key if self.context.actor else None
        return None if key is None or key.organization_ids is None else sorted(key.organization_ids)

    def require_by_key(self, action: Action) -> None:
        """Return unless an API key asks that is not for an action, for what shows things of organizations.

        Raises:
            Forbidden: it is not.
        """
        if not self.includes_by_key(action):
            raise Forbidden(f"This API key is limited, and does not include {action}")

    def includes_by_key(self, action: Action) -> bool:
        """Say whether the API key that asks is for an action; whoever uses none is not held back."""
        return self.context.actor is None or key_includes(self.context.actor.key, action)

    @property
    def by_key(self) -> bool:
        """Whether an API key asks, in the place of a person."""
        return self.context.actor is not None and self.context.actor.key is not None


async def subject_of(
    context: Context, user: UserRef, *, action: AccountAction, closed: bool, looks_up: bool = False
) -> Subject:
    """Let the actor do something with the account of a user.

    Args:
        context: of the actor.
        user: whose account.
        action: what is done.
        closed: whether nobody may but the user themselves and platform administrators.
        looks_up: whether to ask if the user exists, where an administrator names one.

    Raises:
        Unauthenticated: nobody is signed in.
        Missing: there is no such user, or the actor may not see them.
        Forbidden: the actor sees the user and may not do this.
    """
    actor = context.signed_in
    check_key(actor, action)
    user_id = actor.user_id if user == "me" else user
    if user_id is None:
        raise Unauthenticated("The operator is not a user: name a user by id")
    if actor.key and actor.key.is_limited and user_id != actor.user_id:
        raise Forbidden("This API key is limited: outside an organization it can only read its owner's account")
    if user_id != actor.user_id and not actor.is_admin:
        visible = actor.user_id is not None and await queries.shares_organization(
            context.db, viewer_id=actor.user_id, user_id=user_id
        )
        if not visible:
            raise _no_such_user()
        if closed:
            raise Forbidden("Only the user or a platform administrator can do this")
    elif looks_up and user_id != actor.user_id and not await queries.user_exists(context.db, user_id=user_id):
        raise _no_such_user()
    return Subject(context=context, user_id=user_id)


def _no_such_user() -> Missing:
    return Missing("This user does not exist, or you cannot view them")


async def scope_of(
    context: Context, organization: OrganizationRef, *, action: Action | str, outsiders: bool, changes: bool
) -> Scope:
    """Let the actor do something in an organization.

    Args:
        context: of the actor.
        organization: where. A slug that it had lately leads to it.
        action: what is done.
        outsiders: whether to let in also who is nothing there.
        changes: whether what is done changes anything.

    Raises:
        Unauthenticated: nobody is signed in (unless ``outsiders``).
        Missing: there is no such organization, or the actor may not see it.
        Forbidden: the actor sees the organization and may not do this.
        Moved, Renamed: the organization has another slug now (see ``on_organization``).
    """
    actor = context.actor if outsiders else context.signed_in
    ahead = None if changes or context.ahead is None else context.ahead.take((organization, context.actor_id))
    found: Presence | None = ahead or await _presence(context, organization)
    is_former = found is None and isinstance(organization, str)
    if is_former:
        found = await queries.role_by_former_slug(context.db, slug=str(organization), user_id=context.actor_id)
    if found is None:
        raise no_such_organization()
    own = await context.tools.own_actions.at(context.db, found.own_version)
    held = standing(actor, found.id, role=found.role, role_actions=found.actions, own=own)
    if action not in held.actions and not (outsiders and (held.is_outside or action in OPEN_TO_ALL)):
        raise no_such_organization() if held.is_outside else _forbidden(held, action)
    if is_former:
        await _lead_on(context, found, held, changes=changes)
    return Scope(context=context, action=action, organization_id=found.id, standing=held)


async def _presence(context: Context, organization: OrganizationRef) -> Presence | None:
    if isinstance(organization, UUID):
        return await queries.role_by_id(context.db, id=organization, user_id=context.actor_id)
    return await queries.role_by_slug(context.db, slug=organization, user_id=context.actor_id)


async def scope_of_anyone_inside(context: Context, organization: OrganizationRef) -> Scope:
    """Let in whoever is anything in an organization, whatever they may do there: to say what that is.

    Raises:
        Unauthenticated: nobody is signed in.
        Missing: there is no such organization, or the actor is nothing in it.
        Renamed: the organization has another slug now.
    """
    context.signed_in  # noqa: B018 - strangers learn that first
    scope = await scope_of(context, organization, action=Action.PROJECT_READ, outsiders=True, changes=True)
    if scope.standing.is_outside:
        raise no_such_organization()
    return scope


async def standing_in(context: Context, organization: OrganizationRef) -> Standing:
    """Say what the actor may do in an organization that they see: what menus and buttons are made from.

    Raises:
        Unauthenticated, Missing, Forbidden: as for reading the organization.
    """
    scope = await scope_of(context, organization, action=Action.ORGANIZATION_READ, outsiders=False, changes=False)
    return scope.standing


async def _lead_on(context: Context, found: Presence, held: Standing, *, changes: bool) -> None:
    """Return where a read by a slug from before is answered as it stands.

    Changes are not done: in 90 days the slug may be somebody else's, and a program that goes on by itself would then
    write there.
    """
    if held.is_outside and not await queries.has_public_project(context.db, organization_id=found.id):
        raise no_such_organization()
    if changes:
        raise Renamed("organization", found.slug)
    if context.redirects:
        raise Moved("organization", found.slug)


async def scope_in_deleted(context: Context, organization: OrganizationRef, *, action: Action) -> Scope:
    """Let the actor do something with a deleted organization.

    Raises:
        Unauthenticated: nobody is signed in.
        Missing: there is no such deleted organization, or the actor may not do this with it.
    """
    actor = context.signed_in
    if isinstance(organization, UUID):
        found = await queries.role_in_deleted_by_id(context.db, id=organization, user_id=context.actor_id)
    else:
        found = await queries.role_in_deleted_by_slug(context.db, slug=organization, user_id=context.actor_id)
    if found is not None:
        own = await context.tools.own_actions.at(context.db, found.own_version)
        held = standing(actor, found.id, role=found.role, role_actions=found.actions, own=own)
        if action in held.actions:
            return Scope(context=context, action=action, organization_id=found.id, standing=held)
        raise no_such_organization()
    try:
        await scope_of(context, organization, action=action, outsiders=False, changes=True)
    except (Missing, Forbidden):
        raise no_such_organization() from None
    raise NotDeleted(no_such_organization().detail)


def _forbidden(held: Standing, action: str) -> Forbidden:
    if action in held.granted or held.role is None:
        return Forbidden(f"You are not allowed to do this here: {held.because(action)}")
    needed = ", ".join(role for role in (Role.MEMBER, Role.ADMIN, Role.OWNER) if action in built_in(role, held.own))
    return Forbidden(
        f"Your role here is {held.role}, but '{action}' needs one of: {needed}, or a custom role that includes it"
    )


async def checked_again(scope: Scope) -> Scope:
    """Look again at what the actor may do, once the organization's row is locked, and so nobody else changes that.

    An operation that changes who may do what reads, decides and writes. Without a second look, somebody who is being
    demoted could decide before and write after, and give themselves back what they were.

    Raises:
        Missing, Forbidden: the actor may not do the scope's action any more.
    """
    return await scope_of(scope.context, scope.organization_id, action=scope.action, outsiders=False, changes=True)


def in_scope(scope: Scope) -> AbstractAsyncContextManager[Any]:
    """Begin a transaction that reaches the rows of the scope's organization alone; see ``Platform.in_organization``."""
    context = scope.context
    tenant = Tenant(
        organization_id=str(scope.organization_id),
        user_id=str(context.actor_id or ""),
        role=context.tools.settings.tenant_role,
    )
    return context.db.handed(tenant=tenant)


def check_key(actor: Actor, action: AccountAction) -> None:
    """Refuse what an API key cannot do outside of organizations."""
    if actor.key is None or key_may(actor.key, action):
        return
    if actor.key.organization_id is not None:
        raise Forbidden("This API key belongs to an organization: it can only act in that organization")
    raise Forbidden(
        f"This API key cannot be used for {action}: sign in, or use a key without limits if the action allows it"
    )


def no_such_organization() -> Missing:
    """Make the error for an organization that does not exist or that the actor may not see."""
    return Missing("This organization does not exist, or you cannot view it")
