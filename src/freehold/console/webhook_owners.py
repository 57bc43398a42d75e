"""Whose webhook endpoints a page is about: those of an organization, or of the platform; and what they can hear of."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Concatenate, Final, ParamSpec, TypeVar

import msgspec

from freehold.access import AccountAction, Action, OrganizationRef
from freehold.console.frame import Place, place_of, require_admin
from freehold.data.context import Context
from freehold.pages.visit import Visit
from freehold.webhooks.types import WebhookEndpoint

P = ParamSpec("P")
R = TypeVar("R")

OF_ORGANIZATION: Final = "/organizations/{organization}/webhook-endpoints"
OF_PLATFORM: Final = "/platform/webhook-endpoints"

_ONLY_READS: Final = frozenset({"read", "list", "preview"})
"""What writes no event, so that nobody can hear of it."""
_IN_AN_ORGANIZATION: Final = frozenset(
    {
        *(each.value for each in Action),
        AccountAction.INVITATION_ACCEPT.value,
        AccountAction.INVITATION_DECLINE.value,
        *(each.value for each in AccountAction if each.startswith("ownership.")),
    }
)


class Kind(msgspec.Struct, frozen=True):
    """The events of one thing, which can be chosen one by one or all together."""

    noun: str
    events: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the thing is called."""
        words = self.noun.replace("_", " ").replace("api", "API")
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def all_of_it(self) -> str:
        """What chooses all of them, also those of later versions."""
        return f"{self.noun}.*"


def _kinds(actions: Iterable[str]) -> tuple[Kind, ...]:
    found: dict[str, list[str]] = {}
    for action in sorted(actions):
        noun, _, verb = action.partition(".")
        if verb not in _ONLY_READS:
            found.setdefault(noun, []).append(action)
    return tuple(Kind(noun, tuple(events)) for noun, events in found.items())


KINDS_IN_AN_ORGANIZATION: Final = _kinds(_IN_AN_ORGANIZATION)
KINDS: Final = _kinds({*_IN_AN_ORGANIZATION, *(each.value for each in AccountAction)})


class Owner(msgspec.Struct, frozen=True):
    """Whose endpoints these are: an organization's, as the visitor stands in it, or the platform's (None)."""

    place: Place | None
    parts: tuple[str, ...]
    """What the path names after the owner: an endpoint, and a delivery to it."""

    @property
    def key(self) -> str:
        """The page in the side navigation."""
        return "webhooks" if self.place else "platform-webhooks"

    @property
    def path(self) -> str:
        """The path of the pages."""
        return f"{self.place.path}/webhook-endpoints" if self.place else OF_PLATFORM

    @property
    def api(self) -> str:
        """The path of this part of the API."""
        return f"{self.place.api if self.place else '/v1'}/webhook-endpoints"

    @property
    def command(self) -> str:
        """What the command line needs besides."""
        return f" --organization {self.place.organization.slug}" if self.place else ""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The events to choose from."""
        return KINDS_IN_AN_ORGANIZATION if self.place else KINDS

    def missing(self, *actions: str) -> str | None:
        """Name the first of these actions that the visitor does not have; an administrator has all."""
        if self.place is None:
            return None
        return next((action for action in actions if not self.place.may(action)), None)

    async def ask(
        self,
        visit: Visit,
        of_platform: Callable[Concatenate[Context, P], Awaitable[R]],
        of_organization: Callable[Concatenate[Context, OrganizationRef, P], Awaitable[R]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Call the one of two operations that is about this owner."""
        if self.place is None:
            return await of_platform(visit.context, *args, **kwargs)
        return await of_organization(visit.context, self.place.organization.id, *args, **kwargs)


async def owner_of(visit: Visit) -> Owner:
    """Say whose endpoints the path is about.

    Raises:
        Missing: there is no such organization, or the visitor cannot see it.
        Forbidden: the platform's are for its administrators.
    """
    if visit.path.startswith(f"{OF_PLATFORM}/") or visit.path == OF_PLATFORM:
        require_admin(visit)
        return Owner(None, tuple(visit.parts))
    return Owner(await place_of(visit), tuple(visit.parts[1:]))


def state_of(endpoint: WebhookEndpoint) -> str:
    """Say how an endpoint does: enabled, failing, disabled by somebody, or switched off for its failures."""
    if endpoint.status == "disabled":
        return "switched off" if endpoint.failing_since else "disabled"
    return "failing" if endpoint.failing_since else "enabled"
