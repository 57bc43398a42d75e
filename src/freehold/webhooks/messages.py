"""What is said of an event to a receiver, and of a delivery to whoever looks after the endpoint."""

from typing import Any

import msgspec

from freehold.webhooks.queries import DeliveryRow
from freehold.webhooks.types import (
    WebhookDelivery,
    WebhookEvent,
    WebhookMessage,
    WebhookRequest,
    WebhookResponse,
)

_OF_EVENT = (
    "chain_id",
    "sequence",
    "organization_id",
    "actor_id",
    "key_id",
    "target_type",
    "target_id",
    "details",
    "request_id",
)
_OF_DELIVERY = (
    "id", "endpoint_id", "event_id", "state", "is_replay", "attempts", "created_at", "attempted_at", "next_attempt_at",
    "ended_at", "error", "duration_ms",
)  # fmt: skip


def message_of(row: Any) -> WebhookMessage:
    """Write the message about an event, from a row that holds it."""
    event = WebhookEvent(id=row.event_id, **{name: getattr(row, name) for name in _OF_EVENT})
    return WebhookMessage(type=row.action, timestamp=row.happened_at, data=event)


def encoded(message: WebhookMessage) -> bytes:
    """Write the body of a request: the same bytes in every attempt."""
    return msgspec.json.encode(message)


def delivery_of(row: DeliveryRow) -> WebhookDelivery:
    """Tell what came of a delivery."""
    request = WebhookRequest(url=row.url, webhook_id=row.event_id, body=message_of(row)) if row.url else None
    response = (
        WebhookResponse(status=row.response_status, body=row.response_body or "")
        if row.response_status is not None
        else None
    )
    return WebhookDelivery(
        type=row.action, request=request, response=response, **{name: getattr(row, name) for name in _OF_DELIVERY}
    )
