"""A webhook endpoint, what is sent to it, and what is sent to make or change one."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.scalars import ActionText, Description, EventText, WebhookUrl
from freehold.base.validation import Input
from freehold.data.paging import PageRequest

MOST_EVENTS: Final = 100
Events = Annotated[
    tuple[EventText, ...],
    msgspec.Meta(
        min_length=1,
        max_length=MOST_EVENTS,
        description="1 to 100 different events",
        extra_json_schema={"uniqueItems": True},
    ),
]
EndpointStatus = Literal["enabled", "disabled"]
DeliveryState = Literal["waiting", "delivered", "failed"]
"""What became of a delivery so far."""

MOST_OVERLAP_SECONDS: Final = 7 * 86_400
SecretOverlap = Annotated[
    int,
    msgspec.Meta(
        ge=0, le=MOST_OVERLAP_SECONDS, description="how long messages are also signed with the old secret, up to 7 days"
    ),
]


class WebhookEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that events are sent to, without its secret. Times are UTC.

    ``organization_id`` is null for an endpoint of the platform. ``failing_since`` is the first failure after the last
    success. If ``status`` is ``disabled`` and ``failing_since`` is set, Freehold switched the endpoint off.
    ``previous_secret_expires_at`` is set while messages are signed with two secrets.
    """

    id: UUID
    organization_id: UUID | None
    url: WebhookUrl
    description: Description
    events: Events
    status: EndpointStatus
    failing_since: datetime | None
    previous_secret_expires_at: datetime | None
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime


class IssuedWebhookEndpoint(WebhookEndpoint, frozen=True, kw_only=True):
    """An endpoint with its new secret, which is shown only this once."""

    secret: str


class NewWebhookEndpoint(Input, frozen=True, kw_only=True):
    """A new endpoint. ``events`` are the actions that it hears of: ``project.create``, ``project.*`` or ``*``."""

    url: WebhookUrl
    events: Events
    description: Description = ""


class WebhookEndpointPatch(Input, frozen=True, kw_only=True):
    """Changes to an endpoint (RFC 7396). Fields that you leave out stay the same.

    With ``status`` ``disabled``, nothing is sent and nothing new waits. With ``enabled``, what waits is sent.
    """

    url: WebhookUrl | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    status: EndpointStatus | UnsetType = UNSET


class SecretRotation(Input, frozen=True, kw_only=True):
    """How long messages are also signed with the old secret: 24 hours by default."""

    overlap_seconds: SecretOverlap = 86_400


class WebhookEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What happened: an event of the audit log, without the address that it came from.

    ``chain_id`` is whose event it is, an organization or an account, and ``sequence`` counts those from 1.
    """

    id: UUID
    chain_id: UUID
    sequence: int
    organization_id: UUID | None
    actor_id: UUID | None
    key_id: UUID | None
    target_type: str
    target_id: UUID | None
    details: dict[str, Any]
    request_id: str | None


class WebhookMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a request to an endpoint: which action, when, and what happened."""

    type: ActionText
    timestamp: datetime
    data: WebhookEvent


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent: the header ``webhook-id`` is the same in every attempt."""

    url: str
    webhook_id: UUID
    body: WebhookMessage


class WebhookResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What the receiver answered: the first 4,096 characters of it."""

    status: int
    body: str


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event for one endpoint, and what came of it. Times are UTC.

    ``request`` is what the last attempt sent (null before the first), ``response`` what was answered, and ``error`` why
    it counts as failed. ``next_attempt_at`` is when its queue goes on, while it waits. ``duration_ms`` is how long the
    last attempt took, in milliseconds.
    """

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    type: ActionText
    state: DeliveryState
    is_replay: bool
    attempts: int
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    ended_at: datetime | None
    request: WebhookRequest | None
    response: WebhookResponse | None
    error: str | None
    duration_ms: int | None


class DeliveriesPageRequest(PageRequest, frozen=True, kw_only=True):
    """A list of the deliveries in this state; by default, of all."""

    state: DeliveryState | None = None


class NewReplay(Input, frozen=True, kw_only=True):
    """What to send again: the events from ``from`` on, before ``to`` (by default, now).

    They are all that the endpoint hears of, also those that happened while it was disabled.
    """

    from_: datetime = msgspec.field(name="from")
    to: datetime | None = None


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """How many events are sent again."""

    deliveries: int
