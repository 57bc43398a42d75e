"""The log of what was sent to an endpoint, and sending it again."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from freehold.audit.recording import record
from freehold.data.context import Context
from freehold.data.paging import LAST_ID, LAST_TIME, Page, PageRequest, read_page
from freehold.webhooks import queries
from freehold.webhooks.endpoints import read_endpoint
from freehold.webhooks.errors import NoSuchDelivery, ReplayTooLong, WebhookEndpointDisabled
from freehold.webhooks.messages import delivery_of
from freehold.webhooks.queries import DeliveryRow
from freehold.webhooks.types import DeliveriesPageRequest, NewReplay, Replay, WebhookDelivery, WebhookEndpoint

MOST_REPLAYED: Final = 10_000
"""How many events one replay sends again."""

LONGEST_TRANSACTION: Final = timedelta(hours=1)
"""How much older than its event's time an id can be: it is made before the change is stored."""
_MILLISECOND: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BITS: Final = 80  # below the time of a UUID of version 7


async def read_deliveries(
    context: Context, organization_id: UUID | None, endpoint_id: UUID, request: PageRequest
) -> Page[WebhookDelivery]:
    """Read one page of the deliveries to an endpoint, newest first, perhaps of those in a state.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
    """
    await read_endpoint(context, organization_id, endpoint_id)
    state = request.state if isinstance(request, DeliveriesPageRequest) else None
    read: Any = partial(queries.page_of_deliveries, context.db, endpoint_id=endpoint_id)
    if state is not None:
        read = partial(queries.page_of_deliveries_in_state, context.db, endpoint_id=endpoint_id, state=state)

    async def fetch(before_time: datetime, before_id: UUID, limit: int) -> list[DeliveryRow]:
        rows: list[DeliveryRow] = await read(before_time=before_time, before_id=before_id, limit=limit)
        return rows

    found = await read_page(
        context.tools.cursors,
        request,
        listing=f"webhook_deliveries:{endpoint_id}:{state}",
        start=(LAST_TIME, LAST_ID),
        fetch=fetch,
        position=lambda row: (row.created_at, row.id),
        count=lambda: queries.count_deliveries(context.db, endpoint_id=endpoint_id, state=state),
    )
    return Page(data=[delivery_of(row) for row in found.data], next_cursor=found.next_cursor, total=found.total)


async def read_delivery(
    context: Context, organization_id: UUID | None, endpoint_id: UUID, delivery_id: UUID
) -> WebhookDelivery:
    """Read one delivery.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
    """
    await read_endpoint(context, organization_id, endpoint_id)
    found = await queries.delivery_by_id(context.db, endpoint_id=endpoint_id, id=delivery_id)
    if found is None:
        raise NoSuchDelivery
    return delivery_of(found)


async def replay(
    context: Context,
    action: str,
    organization_id: UUID | None,
    endpoint_id: UUID,
    wanted: NewReplay | UUID,
) -> Replay:
    """Put events before an endpoint again, in a transaction: those of a span, or that of a delivery.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
        WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
        ReplayTooLong: ``replay_too_long``.
    """
    endpoint = await read_endpoint(context, organization_id, endpoint_id)
    if endpoint.status == "disabled":
        raise WebhookEndpointDisabled
    span, delivery_id = (wanted, None) if isinstance(wanted, NewReplay) else (None, wanted)
    # First, and not last as elsewhere: who writes to the same chain holds its head before its queue, and so must this.
    await record(
        context,
        action,
        endpoint_id,
        organization_id=organization_id,
        delivery_id=str(delivery_id) if delivery_id else None,
        from_time=span.from_.isoformat() if span else None,
        to_time=span.to.isoformat() if span and span.to else None,
    )
    if delivery_id is not None:
        count = await queries.replay_one(context.db, endpoint_id=endpoint_id, id=delivery_id)
        if not count:
            raise NoSuchDelivery
    if span is not None:
        count = await _replay_span(context, endpoint, span)
        if count > MOST_REPLAYED:
            raise ReplayTooLong
    return Replay(deliveries=count)


async def _replay_span(context: Context, endpoint: WebhookEndpoint, new: NewReplay) -> int:
    first, last = max(new.from_, _EPOCH), max(new.to or datetime.now(UTC), _EPOCH)
    span: dict[str, Any] = {
        "endpoint_id": endpoint.id,
        "events": endpoint.events,
        "from_time": first,
        "to_time": last,
        "limit": MOST_REPLAYED + 1,
    }
    if endpoint.organization_id is not None:
        return await queries.replay_span_of_organization(context.db, organization_id=endpoint.organization_id, **span)
    return await queries.replay_span(
        context.db,
        first_id=_first_id_of(first - min(LONGEST_TRANSACTION, first - _EPOCH)),
        last_id=_first_id_of(min(last, LAST_TIME) + LONGEST_TRANSACTION),
        **span,
    )


def _first_id_of(moment: datetime) -> UUID:
    """Give the least id that can be made at a moment (see ``freehold.base.ids``)."""
    return UUID(int=((moment - _EPOCH) // _MILLISECOND) << _TIME_BITS)
