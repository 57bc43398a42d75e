"""Webhook endpoints, of an organization and of the platform: made with a secret shown once, changed, and deleted."""

from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from freehold.access import Action
from freehold.base.errors import FreeholdError
from freehold.base.validation import parse
from freehold.console.frame import id_in, require_typed, show
from freehold.console.webhook_owners import OF_ORGANIZATION, OF_PLATFORM, Owner, owner_of, state_of
from freehold.data.paging import PageRequest
from freehold.pages.calls import Call, with_query
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer
from freehold.webhooks import operations
from freehold.webhooks.errors import UnknownEvent, WebhookUrlRefused
from freehold.webhooks.types import (
    IssuedWebhookEndpoint,
    NewWebhookEndpoint,
    SecretRotation,
    WebhookEndpoint,
    WebhookEndpointPatch,
)

webhooks = Pages(__package__)

DONE: Final = {
    "saved": "The endpoint is saved. It counts from the next event on.",
    "enabled": "The endpoint is enabled. What waited for it is sent now.",
    "disabled": "The endpoint is disabled. Nothing is sent to it, and nothing new waits for it.",
    "deleted": "The endpoint is deleted, with everything that waited for it.",
}
OVERLAPS: Final = MappingProxyType({3600: "for 1 hour", 86_400: "for 24 hours", 604_800: "for 7 days", 0: "not at all"})
EXAMPLE: Final = {"url": "https://hooks.acme.example/freehold", "events": ["project.*", "member.add"]}
_FIELDS: Final = MappingProxyType[type[FreeholdError], str]({UnknownEvent: "events", WebhookUrlRefused: "url"})
_SHOWN: Final = ("url", "description", "events", "typed_name", "overlap_seconds")
_PICKED: Final = "event:"


@webhooks.shows(OF_ORGANIZATION, for_user=True)
@webhooks.shows(OF_PLATFORM, for_user=True)
async def show_endpoints(visit: Visit) -> Answer:
    """List the endpoints, newest first, with how each does."""
    owner = await owner_of(visit)
    request = visit.filtered(PageRequest, "cursor")
    listed = await owner.ask(visit, operations.list_all, operations.list_of_organization, request)
    missing = owner.missing(Action.WEBHOOK_CREATE, Action.AUDIT_READ)
    creation = Call("Create one", "POST", owner.api, dict(EXAMPLE))
    return await show(
        visit,
        "webhooks.html",
        "Webhooks",
        current=owner.key,
        place=owner.place,
        owner=owner,
        listed=listed,
        state_of=state_of,
        missing=missing,
        done=DONE,
        calls=[Call("List them", "GET", owner.api), *([] if missing else [creation])],
    )


@webhooks.shows(f"{OF_ORGANIZATION}/new", for_user=True)
@webhooks.shows(f"{OF_PLATFORM}/new", for_user=True)
async def show_new_endpoint(visit: Visit) -> Answer:
    """Ask where to send what."""
    owner = await owner_of(visit)
    missing = owner.missing(Action.WEBHOOK_CREATE, Action.AUDIT_READ)
    return await show(
        visit,
        "webhook_new.html",
        "Create a webhook endpoint",
        current=owner.key,
        place=owner.place,
        owner=owner,
        missing=missing,
        chosen=set(_picked(visit)),
        fields=_SHOWN,
        calls=[_whether(owner, missing) if missing else Call("Create one", "POST", owner.api, dict(EXAMPLE))],
    )


def _whether(owner: Owner, action: str) -> Call:
    api = owner.place.api if owner.place else "/v1"
    return Call("Ask whether you may do this", "GET", with_query(f"{api}/access", action=action))


@webhooks.acts(f"{OF_ORGANIZATION}/new", fields=_FIELDS)
@webhooks.acts(f"{OF_PLATFORM}/new", fields=_FIELDS)
async def create_endpoint(visit: Visit) -> Answer:
    """Make it, and show its secret at once in the answer: it stands in no address, and never again on a page."""
    owner = await owner_of(visit)
    new = visit.read(NewWebhookEndpoint, "url", "description", events=_picked(visit))
    issued = await owner.ask(visit, operations.create, operations.create_for_organization, new)
    return await _issued(visit, owner, issued)


@webhooks.shows(OF_ORGANIZATION + "/{endpoint}", for_user=True)
@webhooks.shows(OF_PLATFORM + "/{endpoint}", for_user=True)
async def show_endpoint(visit: Visit) -> Answer:
    """Show an endpoint, to be changed by who may."""
    owner = await owner_of(visit)
    return await _show(visit, owner, await endpoint_of(visit, owner), None)


@webhooks.acts(OF_ORGANIZATION + "/{endpoint}", fields=_FIELDS)
@webhooks.acts(OF_PLATFORM + "/{endpoint}", fields=_FIELDS)
async def change_endpoint(visit: Visit) -> Answer:
    """Save an endpoint, rotate its secret, enable, disable or delete it."""
    owner, do = await owner_of(visit), visit.form.get("do")
    endpoint_id = id_in(owner.parts[0])
    if do == "rotate":
        rotation = parse(SecretRotation, {"overlap_seconds": visit.form.get("overlap_seconds", "")}, text=True)
        issued = await owner.ask(
            visit, operations.rotate_secret, operations.rotate_secret_of_organization, endpoint_id, rotation
        )
        return await _issued(visit, owner, issued)
    if do == "delete":
        require_typed(visit, host_of(await endpoint_of(visit, owner)))
        await owner.ask(visit, operations.delete, operations.delete_of_organization, endpoint_id)
        return visit.go(f"{owner.path}?done=deleted")
    if do in {"enable", "disable"}:
        patch = WebhookEndpointPatch(status="enabled" if do == "enable" else "disabled")
    else:
        patch = visit.read(
            WebhookEndpointPatch,
            url=visit.form.get("url", ""),
            description=visit.form.get("description", ""),
            events=_picked(visit),
        )
    await owner.ask(visit, operations.update, operations.update_of_organization, endpoint_id, patch)
    return visit.go(f"{owner.path}/{endpoint_id}?done={f'{do}d' if do in {'enable', 'disable'} else 'saved'}")


async def endpoint_of(visit: Visit, owner: Owner) -> WebhookEndpoint:
    """Read the endpoint that the path names.

    Raises:
        Missing: there is none.
    """
    return await owner.ask(visit, operations.get, operations.get_of_organization, id_in(owner.parts[0]))


def host_of(endpoint: WebhookEndpoint) -> str:
    """Name an endpoint by where it leads."""
    return urlsplit(endpoint.url).hostname or endpoint.url


def _picked(visit: Visit) -> list[str]:
    """List the events whose boxes are ticked, and those that were typed."""
    typed = visit.form.get("other_events", "").replace(",", " ").split()
    ticked = [name.removeprefix(_PICKED) for name in visit.form if name.startswith(_PICKED)]
    return list(dict.fromkeys([*ticked, *typed]))


async def _issued(visit: Visit, owner: Owner, issued: IssuedWebhookEndpoint) -> Answer:
    visit.form = {}
    return await _show(visit, owner, issued, issued.secret)


async def _show(visit: Visit, owner: Owner, endpoint: WebhookEndpoint, secret: str | None) -> Answer:
    path = f"{owner.api}/{endpoint.id}"
    missing = owner.missing(Action.WEBHOOK_UPDATE, Action.AUDIT_READ)
    not_deleting = owner.missing(Action.WEBHOOK_DELETE)
    change: dict[str, Any] = {"url": endpoint.url, "events": list(endpoint.events)}
    other = "disabled" if endpoint.status == "enabled" else "enabled"
    changes = [
        Call("Change it", "PATCH", path, change),
        Call("Enable it" if other == "enabled" else "Disable it", "PATCH", path, {"status": other}),
        Call("Rotate its secret", "POST", f"{path}/rotate-secret", {"overlap_seconds": 86_400}),
    ]
    return await show(
        visit,
        "webhook.html",
        host_of(endpoint),
        current=owner.key,
        place=owner.place,
        owner=owner,
        endpoint=endpoint,
        host=host_of(endpoint),
        state=state_of(endpoint),
        secret=secret,
        chosen=set(_picked(visit)) if _is_saving(visit) else set(endpoint.events),
        overlaps=OVERLAPS,
        missing=missing,
        not_deleting=not_deleting,
        done=DONE,
        fields=_SHOWN,
        calls=[
            Call("Read it", "GET", path),
            *([] if missing else changes),
            *([] if not_deleting else [Call("Delete it", "DELETE", path)]),
        ],
    )


def _is_saving(visit: Visit) -> bool:
    return bool(visit.form) and "do" not in visit.form
