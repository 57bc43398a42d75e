"""What making, listing, rotating and revoking keys has in common, whoever the keys are for."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from freehold.access import NEVER_BY_KEY, ON_CHOSEN_PROJECTS, AccountAction
from freehold.api_keys import queries
from freehold.api_keys.errors import ApiKeyExpired, BeyondKeys, NoSuchApiKey, NoSuchProject, TooManyApiKeys
from freehold.api_keys.types import ApiKey, IssuedApiKey, NewApiKey
from freehold.audit.recording import record
from freehold.base.errors import FieldError
from freehold.base.ids import new_id
from freehold.base.tokens import Kind, new_token
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest, page_by_id
from freehold.mail.news import tell
from freehold.users.closing.doors import hold_open

MOST_KEYS: Final = 1000
"""How many keys that work a user can have, and an organization."""

_HINT_LENGTH = 4


class Holder(NamedTuple):
    """Whose keys: a user's, or an organization's own. One of the two is None."""

    user_id: UUID | None = None
    organization_id: UUID | None = None


async def read_keys(context: Context, holder: Holder, request: PageRequest) -> Page[ApiKey]:
    """Read one page of a holder's keys, newest first."""
    return await page_by_id(
        context.tools.cursors,
        request,
        listing=f"api_keys:{holder.user_id}:{holder.organization_id}",
        page=partial(queries.page, context.db, **holder._asdict()),
        count=partial(queries.count_all, context.db, **holder._asdict()),
    )


async def read_key(context: Context, holder: Holder, key_id: UUID) -> ApiKey:
    """Read a key.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    found = await queries.by_id(context.db, **holder._asdict(), id=key_id)
    if found is None:
        raise NoSuchApiKey
    return found


def refuse_impossible(new: NewApiKey) -> None:
    """Refuse actions that no key has, or none that is limited to projects.

    Raises:
        BeyondKeys: ``beyond_api_keys``, with an entry for every such action.
    """
    problems = []
    for index, action in enumerate(new.actions or ()):
        if action in NEVER_BY_KEY:
            detail = f"{action} requires a signed-in person: an API key cannot create or revoke API keys"
        elif new.project_ids is not None and action not in ON_CHOSEN_PROJECTS:
            detail = (
                f"a key that is limited to projects can only have {', '.join(sorted(ON_CHOSEN_PROJECTS))}, not {action}"
            )
        else:
            continue
        problems.append(FieldError(f"/actions/{index}", BeyondKeys.code, detail))
    if problems:
        raise BeyondKeys(problems)


def refuse_unknown(project_ids: Sequence[UUID], known: Iterable[UUID], where: str) -> None:
    """Refuse projects that the key could not reach.

    Raises:
        NoSuchProject: with an entry for each.
    """
    found = frozenset(known)
    problems = [
        FieldError(f"/project_ids/{index}", NoSuchProject.code, f"there is no project with this id in {where}")
        for index, project_id in enumerate(project_ids)
        if project_id not in found
    ]
    if problems:
        raise NoSuchProject(problems)


async def issue(
    context: Context,
    holder: Holder,
    new: NewApiKey | ApiKey,
    *,
    actions: Sequence[str] | None,
    in_place_of: UUID | None = None,
) -> IssuedApiKey:
    """Make a key and write it down; what it may do was checked before.

    Whoever made it hears of it by mail, and of a user's key its user.

    Raises:
        TooManyApiKeys: ``too_many_api_keys``.
        Unauthenticated: the session that asks was ended meanwhile.
    """
    await hold_open(context)
    await queries.lock_holder(context.db, **holder._asdict())
    if await queries.count_working(context.db, **holder._asdict()) >= MOST_KEYS:
        raise TooManyApiKeys
    token = new_token(Kind.API_KEY)
    made = await queries.insert(
        context.db,
        **holder._asdict(),
        id=new_id(),
        name=new.name,
        hint=token.token[-_HINT_LENGTH:],
        key_hash=token.hash,
        actions=actions,
        project_ids=new.project_ids,
        created_by=context.actor_id,
        expires_at=new.expires_at,
    )
    if in_place_of is not None and holder.organization_id is not None:
        await queries.pass_on_invitations(
            context.db, organization_id=holder.organization_id, id=made.id, earlier_id=in_place_of
        )
    await tell(context, holder.user_id or context.actor_id, "api_key_created", key=made.name, hint=made.hint)
    await record(
        context,
        AccountAction.API_KEY_CREATE,
        made.id,
        **holder._asdict(),
        actions=None if actions is None else [str(action) for action in actions],
        in_place_of=str(in_place_of) if in_place_of else None,
    )
    return IssuedApiKey(**{name: getattr(made, name) for name in made.__struct_fields__}, key=token.token)


async def retire(context: Context, holder: Holder, key_id: UUID, overlap_seconds: int) -> ApiKey:
    """Let a key work for a while and no longer; return it as it was.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
        ApiKeyExpired: ``api_key_expired``.
    """
    found = await queries.retire(context.db, **holder._asdict(), id=key_id, overlap_seconds=overlap_seconds)
    if found is None:
        await read_key(context, holder, key_id)
        raise ApiKeyExpired
    return found


async def revoke(context: Context, holder: Holder, key_id: UUID) -> None:
    """End a key at once.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    if await queries.delete(context.db.deleting("api_keys", id=key_id), **holder._asdict(), id=key_id) is None:
        raise NoSuchApiKey
    await record(context, AccountAction.API_KEY_DELETE, key_id, **holder._asdict())
