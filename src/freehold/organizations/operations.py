"""What can be done with organizations."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from freehold.access import (
    AccountAction,
    Action,
    By,
    Scope,
    Subject,
    Writes,
    no_such_organization,
    on_organization,
    on_user,
    operation,
)
from freehold.audit.recording import event_of, record
from freehold.base.errors import FieldError, Forbidden, Missing, Refused, Stale
from freehold.base.ids import new_id
from freehold.base.metadata import given, merged_into
from freehold.base.scalars import SLUG
from freehold.data.context import Context
from freehold.data.paging import FIRST_ID, Page, PageRequest, page_by_id, read_page
from freehold.organizations import queries, slugs
from freehold.organizations.errors import SlugTaken, TooManyOldSlugs
from freehold.organizations.seeing import kept_as_seen, with_kept, without_members
from freehold.organizations.types import (
    NewOrganization,
    Organization,
    OrganizationPatch,
    OrganizationsPageRequest,
    SlugCheck,
)

_MOST_OLD_SLUGS = 10
"""The most old slugs that an organization keeps for 90 days. The limit keeps anybody from hoarding them."""
_SLUG_ROUNDS = 5
_ENTRIES_AN_ORGANIZATION = 2
"""So many texts of an organization are searched."""


@operation(AccountAction.ORGANIZATION_CREATE, by=By.SIGNED_IN, writes=Writes.TRANSACTION)
async def create(context: Context, new: NewOrganization, *, owner_id: UUID | None = None) -> Organization:
    """Create an organization that the actor owns, or (for platform administrators) the user ``owner_id``.

    Raises:
        SlugTaken: ``slug_taken``: only if you give a slug.
        Forbidden: ``owner_id`` is somebody else, and the actor is not a platform administrator.
    """
    owner = owner_id or context.actor_id
    if owner is None:
        raise Forbidden("The operator is not a user: name the owner")
    if owner != context.actor_id and not context.is_admin:
        raise Forbidden("Only a platform administrator can create an organization for somebody else")
    organization_id = new_id()
    for races_lost in range(_SLUG_ROUNDS):
        made = await queries.insert(
            context.db,
            id=organization_id,
            name=new.name,
            slugs=[new.slug] if new.slug else slugs.candidates(new.name, races_lost=races_lost),
            owner_id=owner,
            owner_consented=owner == context.actor_id,
            features=new.features,
            public_metadata=new.public_metadata,
            private_metadata=new.private_metadata,
        )
        if made is not None:
            await record(
                context,
                AccountAction.ORGANIZATION_CREATE,
                organization_id,
                organization_id=organization_id,
                name=made.organization.name,
                slug=made.organization.slug,
            )
            return with_kept(made)
        if new.slug:
            break
    raise SlugTaken


@operation(AccountAction.ORGANIZATION_CREATE, by=By.SIGNED_IN)
async def check_slug(context: Context, slug: str) -> SlugCheck:
    """Say whether an organization could have a slug, before you create or rename one: somebody else may be faster.

    Args:
        context: of somebody who is signed in.
        slug: of any text.
    """
    try:
        wanted = SLUG.check(slug)
    except ValueError as error:
        return SlugCheck(slug=slug, available=False, reason=str(error))
    if await queries.holds_slug(context.db, slug=wanted):
        return SlugCheck(slug=wanted, available=False, reason="is taken: choose another")
    return SlugCheck(slug=wanted, available=True, reason=None)


@on_organization(Action.ORGANIZATION_READ)
async def get(scope: Scope) -> Organization:
    """Read an organization.

    Raises:
        Missing: ``not_found``.
    """
    found = await queries.by_id(scope.db, id=scope.organization_id)
    if found is None:
        raise no_such_organization()
    return kept_as_seen(scope, found)


@on_user(AccountAction.ORGANIZATION_LIST, looks_up=True)
async def list_of_user(subject: Subject, request: PageRequest) -> Page[Organization]:
    """List the organizations of a user that the actor can see, newest first unless it is a request that says otherwise.

    Raises:
        Missing: ``not_found``: the user does not exist, or the actor cannot see them.
        InvalidCursor: the cursor belongs to another list.
    """
    seen: dict[str, Any] = {
        "user_id": subject.user_id,
        "viewer_id": subject.viewer_id,
        "organization_ids": subject.organization_ids,
        "q": request.q if isinstance(request, OrganizationsPageRequest) else None,
        "feature": request.feature if isinstance(request, OrganizationsPageRequest) else None,
    }
    reader_id = None if subject.context.is_admin else subject.context.actor_id

    async def page(read: Any = queries.page_of_user, **position: Any) -> list[Organization]:
        rows = await read(subject.db, **seen, reader_id=reader_id, **position)
        shows = subject.includes_by_key(Action.MEMBER_READ)
        return [row.organization if shows and row.reads_members else without_members(row.organization) for row in rows]

    return await page_by_id(
        subject.context.tools.cursors,
        request,
        listing=f"organizations:{subject.user_id}:{subject.viewer_id}:{seen['q']}:{seen['feature']}",
        page=page,
        oldest=partial(page, queries.page_of_user_oldest) if _sort(request) == "oldest" else None,
        count=partial(queries.count_of_user, subject.db, **seen),
    )


@operation(AccountAction.ORGANIZATION_LIST, by=By.ADMIN)
async def list_all(context: Context, request: PageRequest) -> Page[Organization]:
    """List all organizations, newest first; with a ``q``, in the order of what begins with it.

    Raises:
        InvalidCursor: the cursor belongs to another list.
        Refused: ``q`` and ``sort`` are both given, or a ``feature``.
    """
    if isinstance(request, OrganizationsPageRequest) and request.feature is not None:
        detail = "narrows the organizations of a user alone: no index leads to it among all organizations"
        raise Refused([FieldError("/feature", "invalid_feature", detail)])
    q = request.q if isinstance(request, OrganizationsPageRequest) else None
    if q is not None:
        if _sort(request) is not None:
            detail = "cannot be combined with q here: its results are in the order of what begins with it"
            raise Refused([FieldError("/sort", "invalid_sort", detail)])
        return await _search(context, request, q)
    return await page_by_id(
        context.tools.cursors,
        request,
        listing="organizations",
        page=partial(queries.page, context.db),
        oldest=partial(queries.page_oldest, context.db) if _sort(request) == "oldest" else None,
        count=partial(queries.count_all, context.db),
    )


def _sort(request: PageRequest) -> str | None:
    return request.sort if isinstance(request, OrganizationsPageRequest) else None


async def _search(context: Context, request: PageRequest, q: str) -> Page[Organization]:
    entries = _ENTRIES_AN_ORGANIZATION * (request.limit + 1)

    async def fetch(term: str, organization_id: UUID, limit: int) -> list[queries.FoundOrganization]:
        return await queries.search(
            context.db, q=q, after_term=term, after_id=organization_id, entries=entries, limit=limit
        )

    page = await read_page(
        context.tools.cursors,
        request,
        listing=f"organizations:q:{q}",
        start=("", FIRST_ID),
        fetch=fetch,
        position=lambda found: (found.term, found.organization.id),
        count=partial(queries.count_found, context.db, q=q),
        goes_on=lambda found: found.is_end,
    )
    shown = [found.organization for found in page.data if found.is_shown]
    return Page(data=shown, next_cursor=page.next_cursor, total=page.total)


@on_organization(Action.ORGANIZATION_UPDATE, writes=Writes.TRANSACTION)
async def update(scope: Scope, patch: OrganizationPatch, *, version: datetime | None = None) -> Organization:
    """Update an organization. ``version`` is the ``updated_at`` that you read.

    A slug that it had leads on to the new one for 90 days. Nobody else gets it in that time; the organization can take
    it back. Up to 10 old slugs are kept for it. Metadata is merged into what the organization keeps (RFC 7396).

    Raises:
        SlugTaken: ``slug_taken``.
        TooManyOldSlugs: ``too_many_old_slugs``: 10 old slugs are kept for it, and this is none of them.
        Stale: ``stale``.
        Invalid: with what it keeps already, the metadata is too large.
    """
    if all(getattr(patch, name) is UNSET for name in patch.__struct_fields__):
        current = await queries.by_id(scope.db, id=scope.organization_id)
        if current is None or version not in {None, current.organization.updated_at}:
            raise Stale
        return kept_as_seen(scope, current)
    if patch.slug:
        await _take_slug(scope, patch.slug)
    if kinds := given(patch):
        kept = await queries.lock_kept(scope.db, id=scope.organization_id)
        if kept is None:
            raise no_such_organization()
        patch = msgspec.structs.replace(patch, **merged_into(kept, patch))
    # Of metadata, an event says that it changed: it cannot be erased there, and not all who read events may read it.
    told = {name: value for name in ("name", "slug") if (value := getattr(patch, name)) is not UNSET}
    features = {} if patch.features is UNSET else {"features": list(patch.features)}
    return await _update(scope, version, patch, {**told, **features, **({"changed": kinds} if kinds else {})})


async def _take_slug(scope: Scope, slug: str) -> None:
    await queries.lock(scope.db, id=scope.organization_id)
    free_at = await queries.take_slug(scope.db, id=scope.organization_id, slug=slug, most=_MOST_OLD_SLUGS)
    if free_at is not None:
        raise TooManyOldSlugs(
            f"{_MOST_OLD_SLUGS} old slugs are kept for this organization: take one of them back, or wait until "
            f"{free_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, when the first of them is free"
        )


async def _update(
    scope: Scope, version: datetime | None, patch: OrganizationPatch, details: dict[str, Any]
) -> Organization:
    updated = await queries.update(
        scope.db,
        event_of(scope.context, scope.action, scope.organization_id, organization_id=scope.organization_id, **details),
        id=scope.organization_id,
        patch=patch,
        version=version,
    )
    if updated is None:
        raise _not_updated(version)
    return kept_as_seen(scope, updated)


def _not_updated(version: datetime | None) -> Missing | Stale:
    return no_such_organization() if version is None else Stale()
