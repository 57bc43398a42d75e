"""What was sent to a webhook endpoint, what was answered, and sending it again."""

from typing import Any, Final, get_args

import msgspec

from freehold.access import Action
from freehold.base.validation import parse
from freehold.console.frame import id_in, show
from freehold.console.webhook_owners import OF_ORGANIZATION, OF_PLATFORM, Owner, owner_of, state_of
from freehold.console.webhooks import endpoint_of, host_of
from freehold.pages.calls import Call, with_query
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer
from freehold.webhooks import operations
from freehold.webhooks.types import DeliveriesPageRequest, DeliveryState, NewReplay, Replay, WebhookEndpoint

webhook_deliveries = Pages(__package__)

_FILTERS: Final = ("state",)
_TO_THE_MINUTE: Final = len("2026-01-31T09:30")
_TO_THE_SECOND: Final = len("2026-01-31T09:30:00")
_DIGITS: Final = 5


@webhook_deliveries.shows(OF_ORGANIZATION + "/{endpoint}/deliveries", for_user=True)
@webhook_deliveries.shows(OF_PLATFORM + "/{endpoint}/deliveries", for_user=True)
async def show_deliveries(visit: Visit) -> Answer:
    """List what was sent and what waits, newest first, or those in a state."""
    owner = await owner_of(visit)
    endpoint = await endpoint_of(visit, owner)
    request = visit.filtered(DeliveriesPageRequest, *_FILTERS, "cursor")
    listed = await owner.ask(
        visit, operations.list_deliveries, operations.list_deliveries_of_organization, endpoint.id, request
    )
    path, kept = f"{owner.api}/{endpoint.id}", visit.only(_FILTERS)
    why_not, missing = _why_not(owner, endpoint)
    span = {"from": "2026-11-28T00:00:00Z", "to": "2026-11-29T00:00:00Z"}
    return await show(
        visit,
        "webhook_deliveries.html",
        host_of(endpoint),
        current=owner.key,
        place=owner.place,
        owner=owner,
        endpoint=endpoint,
        state=state_of(endpoint),
        listed=listed,
        states=get_args(DeliveryState),
        kept=_FILTERS,
        is_narrowed=bool(kept),
        why_not=why_not,
        missing=missing,
        done=_done(visit),
        fields=("from", "to"),
        calls=[
            Call("List them", "GET", with_query(f"{path}/deliveries", **kept)),
            *([] if missing else [Call("Send a span of time again", "POST", f"{path}/replay", dict(span))]),
        ],
    )


@webhook_deliveries.acts(OF_ORGANIZATION + "/{endpoint}/deliveries")
@webhook_deliveries.acts(OF_PLATFORM + "/{endpoint}/deliveries")
async def replay_span(visit: Visit) -> Answer:
    """Send again what happened in a span of time."""
    owner = await owner_of(visit)
    endpoint_id = id_in(owner.parts[0])
    given = {name: moment for name in ("from", "to") if (moment := _moment(visit.form.get(name, "")))}
    new = parse(NewReplay, given)
    replayed = await owner.ask(visit, operations.replay, operations.replay_of_organization, endpoint_id, new)
    return _back(visit, f"{owner.path}/{endpoint_id}/deliveries", replayed)


@webhook_deliveries.shows(OF_ORGANIZATION + "/{endpoint}/deliveries/{delivery}", for_user=True)
@webhook_deliveries.shows(OF_PLATFORM + "/{endpoint}/deliveries/{delivery}", for_user=True)
async def show_delivery(visit: Visit) -> Answer:
    """Show a delivery: what was sent, and what was answered."""
    owner = await owner_of(visit)
    endpoint, delivery_id = await endpoint_of(visit, owner), id_in(owner.parts[1])
    delivery = await owner.ask(
        visit, operations.get_delivery, operations.get_delivery_of_organization, endpoint.id, delivery_id
    )
    path = f"{owner.api}/{endpoint.id}/deliveries/{delivery.id}"
    why_not, missing = _why_not(owner, endpoint)
    return await show(
        visit,
        "webhook_delivery.html",
        delivery.type,
        current=owner.key,
        place=owner.place,
        owner=owner,
        endpoint=endpoint,
        delivery=delivery,
        sent=_pretty(delivery.request.body) if delivery.request else None,
        why_not=why_not,
        missing=missing,
        done=_done(visit),
        calls=[
            Call("Read it", "GET", path),
            *([] if missing else [Call("Send it again", "POST", f"{path}/replay")]),
        ],
    )


@webhook_deliveries.acts(OF_ORGANIZATION + "/{endpoint}/deliveries/{delivery}")
@webhook_deliveries.acts(OF_PLATFORM + "/{endpoint}/deliveries/{delivery}")
async def replay_one(visit: Visit) -> Answer:
    """Send again what a delivery has sent."""
    owner = await owner_of(visit)
    endpoint_id, delivery_id = map(id_in, owner.parts)
    replayed = await owner.ask(
        visit, operations.replay_delivery, operations.replay_delivery_of_organization, endpoint_id, delivery_id
    )
    return _back(visit, f"{owner.path}/{endpoint_id}/deliveries", replayed)


def _why_not(owner: Owner, endpoint: WebhookEndpoint) -> tuple[str | None, str | None]:
    """Say why nothing can be sent again, and which action is missing, if one is."""
    missing = owner.missing(Action.WEBHOOK_REPLAY, Action.AUDIT_READ)
    if missing is not None and owner.place is not None:
        return owner.place.why(missing), missing
    return ("the endpoint is disabled. Enable it first" if endpoint.status == "disabled" else None), None


def _moment(typed: str) -> str:
    """Read what a field for a time holds as UTC, as the page says."""
    return f"{typed}:00Z" if len(typed) == _TO_THE_MINUTE else f"{typed}Z" if len(typed) == _TO_THE_SECOND else typed


def _back(visit: Visit, path: str, replayed: Replay) -> Answer:
    return visit.go(f"{path}?done=replayed&deliveries={replayed.deliveries}")


def _done(visit: Visit) -> dict[str, str]:
    count = visit.query.get("deliveries", "")
    if not (count.isascii() and count.isdigit() and len(count) <= _DIGITS):
        return {}
    events = "1 event is" if count == "1" else f"{int(count):,} events are"
    return {"replayed": f"{events} sent again. They come after what the receiver already has."}


def _pretty(message: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(message), indent=2).decode("utf-8")
