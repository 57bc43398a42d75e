"""The audit log of an organization, narrowed by who, what and when."""

from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from freehold.access import AccountAction, Action
from freehold.audit import operations
from freehold.audit.types import AuditEvent, AuditPageRequest
from freehold.base.validation import parse
from freehold.console.frame import Place, place_of, show
from freehold.data.paging import PageRequest
from freehold.organizations.members import operations as members
from freehold.pages.calls import Call, with_query
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer

audit = Pages(__package__)

_FILTERS: Final = ("action", "actor_id", "from", "to")
_MOST_NAMES: Final = 100
_DAY: Final = len("2026-01-31")
ACTIONS: Final = sorted({*(action.value for action in Action), *(action.value for action in AccountAction)})
"""Every action, to pick from while one types."""


class Shown(msgspec.Struct, frozen=True):
    """An event, who it was as far as the visitor may know, and all of it as JSON."""

    event: AuditEvent
    who: str
    raw: str


@audit.shows("/organizations/{organization}/audit-log", for_user=True)
async def show_events(visit: Visit) -> Answer:
    """List the events, newest first."""
    place = await place_of(visit)
    listed = await operations.list_of_organization(visit.context, place.organization.id, _request(visit))
    names = await _names(visit, place)
    kept = visit.only(_FILTERS)
    return await show(
        visit,
        "audit.html",
        "Audit log",
        current="audit",
        place=place,
        events=[Shown(each, _who(each, names), _raw(each)) for each in listed.data],
        listed=listed,
        names=names,
        actions=ACTIONS,
        kept=_FILTERS,
        is_narrowed=bool(kept),
        calls=[Call("List events", "GET", with_query(f"{place.api}/audit-events", **_sent(visit)))],
    )


def _sent(visit: Visit) -> dict[str, str]:
    """Read the filters as the API takes them: a day begins at midnight UTC, and the last one counts whole."""
    given = visit.only(_FILTERS)
    for name, time in (("from", "T00:00:00Z"), ("to", "T23:59:59.999999Z")):
        if len(given.get(name, "")) == _DAY:
            given[name] += time
    return given


def _request(visit: Visit) -> AuditPageRequest:
    given: dict[str, Any] = {**_sent(visit), **visit.only(("cursor",))}
    return parse(AuditPageRequest, given, text=True)


async def _names(visit: Visit, place: Place) -> dict[UUID, str]:
    if not place.may(Action.MEMBER_READ):
        return {}
    listed = await members.list_all(visit.context, place.organization.id, PageRequest(limit=_MOST_NAMES))
    return {each.user.id: each.user.username for each in listed.data}


def _who(event: AuditEvent, names: dict[UUID, str]) -> str:
    if event.acting_admin_id is not UNSET:
        admin = event.acting_admin_name or str(event.acting_admin_id)
        return f"{admin}, acting for {event.actor_name or event.actor_id}"
    if event.actor_id is not None:
        return names.get(event.actor_id, str(event.actor_id))
    return "an API key" if event.key_id else "the operator"


def _raw(event: AuditEvent) -> str:
    return msgspec.json.format(msgspec.json.encode(event), indent=2).decode("utf-8")
