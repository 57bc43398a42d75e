"""What stands around each page of the console: where you are, where you can go, and the page as a request."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec

from freehold.access import Action, OrganizationRef, Standing, all_actions, ordered, readable_action, standing_in
from freehold.base.errors import FieldError, Forbidden, Invalid, Missing
from freehold.base.scalars import Slug
from freehold.base.validation import parse_value
from freehold.data.paging import PageRequest
from freehold.organizations import operations as organizations
from freehold.organizations.types import Organization
from freehold.pages.calls import Call
from freehold.pages.visit import Visit
from freehold.users import operations as users
from freehold.web.answers import Answer

_IN_SWITCHER: Final = 8
_NOTHING: Final = MappingProxyType[str, str]({})


class Entry(msgspec.Struct, frozen=True):
    """A link of the side navigation; ``key`` names the page that it leads to."""

    key: str
    title: str
    path: str


class Group(msgspec.Struct, frozen=True):
    """Links of one kind, under a title."""

    title: str
    entries: tuple[Entry, ...]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An organization as the visitor stands in it."""

    organization: Organization
    standing: Standing

    def may(self, action: str) -> bool:
        """Say whether the visitor may do an action here, by its name."""
        return readable_action(action) in self.standing.actions

    def why(self, action: str) -> str:
        """Say through what they may, or why not."""
        return self.standing.because(readable_action(action))

    @property
    def actions(self) -> tuple[str, ...]:
        """All actions that there are, in the order in which people read them."""
        return ordered(all_actions(self.standing.own))

    @property
    def path(self) -> str:
        """The path of its pages."""
        return f"/organizations/{self.organization.slug}"

    @property
    def api(self) -> str:
        """The path of its part of the API."""
        return f"/v1/organizations/{self.organization.slug}"


ACCOUNT: Final = (
    Group(
        "Your account",
        (
            Entry("account", "Profile", "/account"),
            Entry("security", "Password and sessions", "/account/security"),
            Entry("account-keys", "API keys", "/account/api-keys"),
            Entry("organizations", "Organizations", "/account/organizations"),
            Entry("data", "Your data", "/account/data"),
        ),
    ),
)

PLATFORM: Final = Group(
    "Platform",
    (
        Entry("platform-users", "All users", "/platform/users"),
        Entry("platform-organizations", "All organizations", "/platform/organizations"),
        Entry("platform-webhooks", "Webhooks", "/platform/webhook-endpoints"),
        Entry("platform-mail", "Mail", "/platform/mail"),
        Entry("platform-growth", "Growth", "/platform/growth"),
        Entry("platform-health", "Health", "/platform/health"),
        Entry("platform-migrations", "Migrations", "/platform/migrations"),
        Entry("platform-data-model", "Data model", "/platform/data-model"),
    ),
)
"""For administrators of the platform, beside their account."""

_IN_AN_ORGANIZATION: Final = (
    ("Work", (("projects", "Projects", "", Action.PROJECT_READ),)),
    (
        "People",
        (
            ("members", "Members", "/members", Action.MEMBER_READ),
            ("roles", "Roles", "/roles", Action.ROLE_READ),
        ),
    ),
    (
        "Organization",
        (
            ("keys", "API keys", "/api-keys", Action.API_KEY_READ),
            ("webhooks", "Webhooks", "/webhook-endpoints", Action.WEBHOOK_READ),
            ("audit", "Audit log", "/audit-log", Action.AUDIT_READ),
            ("settings", "Settings", "/settings", Action.ORGANIZATION_READ),
        ),
    ),
)


def groups_of(visit: Visit, place: Place | None) -> tuple[Group, ...]:
    """List where the visitor can go: what they may read here, or else their account and what they administer."""
    if place is None:
        return (*ACCOUNT, PLATFORM) if visit.context.is_admin else ACCOUNT
    found = []
    for title, entries in _IN_AN_ORGANIZATION:
        open_to = tuple(
            Entry(key, name, f"{place.path}{path}")
            for key, name, path, action in entries
            if action in place.standing.actions
        )
        if open_to:
            found.append(Group(title, open_to))
    return tuple(found)


def organization_in(visit: Visit) -> OrganizationRef:
    """Read the organization that the path names.

    Raises:
        Missing: it names none.
    """
    text = visit.parts[0]
    with suppress(Missing):
        return id_in(text)
    slug: str = _read(Slug, text)
    return slug


def id_in(text: str) -> UUID:
    """Read an id of a path or of a form.

    Raises:
        Missing: it is none.
    """
    found: UUID = _read(UUID, text)
    return found


def _read(kind: Any, text: str) -> Any:
    try:
        return parse_value(kind, text, "")
    except Invalid:
        raise Missing("There is nothing at this address, or you cannot view it") from None


def require_admin(visit: Visit) -> None:
    """Return when the visitor administers the platform.

    Raises:
        Forbidden: they do not.
    """
    if not visit.context.is_admin:
        raise Forbidden("Only platform administrators can view this page")


def require_typed(visit: Visit, name: str) -> None:
    """Return when the name of what is to go was typed.

    Raises:
        Invalid: it was not.
    """
    if visit.form.get("typed_name", "").strip() != name:
        raise Invalid([FieldError("/typed_name", "mismatch", f"type '{name}' exactly as it is written here")])


def typed_words(visit: Visit, field: str) -> list[str]:
    """Read features as people type them: words between commas, each once."""
    words = (word.strip() for word in visit.form.get(field, "").split(","))
    return list(dict.fromkeys(word for word in words if word))


async def place_of(visit: Visit) -> Place:
    """Say where the visitor is.

    Raises:
        Missing: there is no such organization, or they cannot see it.
    """
    found = await organizations.get(visit.context, organization_in(visit))
    return Place(organization=found, standing=await standing_in(visit.context, found.id))


async def show(
    visit: Visit,
    template: str,
    title: str,
    *,
    current: str,
    place: Place | None = None,
    calls: Sequence[Call] = (),
    command: str | None = None,
    done: Mapping[str, str] = _NOTHING,
    fields: Iterable[str] = (),
    **values: Any,
) -> Answer:
    """Show a page in its frame.

    Args:
        visit: of the page.
        template: what is inside of the frame.
        title: of the page.
        current: its key in the side navigation.
        place: the organization that it belongs to; None for the account.
        calls: the API calls that do the same.
        command: the command that does the same, where the API has nothing for it.
        done: what to say of what was done before, by ``?done=``.
        fields: those that the page shows, beside which stands what is wrong with them.
        values: of the template.
    """
    user = values.pop("user", None) or await users.get(visit.context, "me")
    switcher = await organizations.list_of_user(visit.context, "me", PageRequest(limit=_IN_SWITCHER))
    return visit.show(
        template,
        title,
        user=user,
        switcher=switcher,
        place=place,
        groups=groups_of(visit, place),
        current=current,
        calls=calls,
        command=command,
        done=done,
        shown_fields=tuple(fields),
        **values,
    )
