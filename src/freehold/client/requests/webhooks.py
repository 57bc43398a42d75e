"""Operations on the webhook endpoints of the platform, for platform administrators, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from datetime import datetime
from uuid import UUID

from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest
from freehold.webhooks.types import (
    IssuedWebhookEndpoint,
    NewReplay,
    NewWebhookEndpoint,
    Replay,
    SecretRotation,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointPatch,
)


def webhooks_list(request: PageRequest) -> Request[Page[WebhookEndpoint]]:
    """List the endpoints of the platform, newest first.

    ``GET /v1/webhook-endpoints``.

    Raises:
        Invalid: the cursor belongs to another list.
    """
    return Request("GET", "/v1/webhook-endpoints", (Page[WebhookEndpoint],), query=request)


def webhooks_get(endpoint_id: UUID) -> Request[WebhookEndpoint]:
    """Read an endpoint of the platform, without its secret.

    ``GET /v1/webhook-endpoints/{endpoint}``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
    """
    return Request("GET", f"/v1/webhook-endpoints/{part(endpoint_id)}", (WebhookEndpoint,))


def webhooks_create(new: NewWebhookEndpoint) -> Request[IssuedWebhookEndpoint]:
    """Create an endpoint of the platform, which hears of what happens anywhere. Its secret is shown only this once.

    ``POST /v1/webhook-endpoints``.

    Raises:
        WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
        UnknownEvent: ``unknown_event``.
        TooManyWebhookEndpoints: ``too_many_webhook_endpoints``: the platform already has 50.
    """
    return Request("POST", "/v1/webhook-endpoints", (IssuedWebhookEndpoint,), body=new)


def webhooks_update(
    endpoint_id: UUID, patch: WebhookEndpointPatch, *, version: datetime | None = None
) -> Request[WebhookEndpoint]:
    """Update an endpoint of the platform. ``version`` is the ``updated_at`` that you read.

    ``PATCH /v1/webhook-endpoints/{endpoint}``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
        UnknownEvent: ``unknown_event``.
        Stale: ``stale``.
    """
    return Request(
        "PATCH", f"/v1/webhook-endpoints/{part(endpoint_id)}", (WebhookEndpoint,), body=patch, version=version
    )


def webhooks_rotate_secret(endpoint_id: UUID, rotation: SecretRotation) -> Request[IssuedWebhookEndpoint]:
    """Give an endpoint of the platform a new secret, shown only this once. Both sign until the overlap ends.

    ``POST /v1/webhook-endpoints/{endpoint}/rotate-secret``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
    """
    return Request(
        "POST", f"/v1/webhook-endpoints/{part(endpoint_id)}/rotate-secret", (IssuedWebhookEndpoint,), body=rotation
    )


def webhooks_delete(endpoint_id: UUID, *, version: datetime | None = None) -> Request[None]:
    """Delete an endpoint of the platform, with what waits for it.

    ``DELETE /v1/webhook-endpoints/{endpoint}``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Stale: ``stale``.
    """
    return Request("DELETE", f"/v1/webhook-endpoints/{part(endpoint_id)}", (type(None),), version=version)


def webhooks_list_deliveries(endpoint_id: UUID, request: PageRequest) -> Request[Page[WebhookDelivery]]:
    """List what was sent to an endpoint of the platform and what waits, newest first.

    ``GET /v1/webhook-endpoints/{endpoint}/deliveries``.

    A ``DeliveriesPageRequest`` has a ``state``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Invalid: the cursor belongs to another list.
    """
    return Request(
        "GET", f"/v1/webhook-endpoints/{part(endpoint_id)}/deliveries", (Page[WebhookDelivery],), query=request
    )


def webhooks_get_delivery(endpoint_id: UUID, delivery_id: UUID) -> Request[WebhookDelivery]:
    """Read a delivery to an endpoint of the platform: what was sent, and what was answered.

    ``GET /v1/webhook-endpoints/{endpoint}/deliveries/{delivery}``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
    """
    return Request(
        "GET", f"/v1/webhook-endpoints/{part(endpoint_id)}/deliveries/{part(delivery_id)}", (WebhookDelivery,)
    )


def webhooks_replay(endpoint_id: UUID, new: NewReplay) -> Request[Replay]:
    """Send all events of a span of time to an endpoint of the platform again: at most 10,000.

    ``POST /v1/webhook-endpoints/{endpoint}/replay``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
        ReplayTooLong: ``replay_too_long``.
    """
    return Request("POST", f"/v1/webhook-endpoints/{part(endpoint_id)}/replay", (Replay,), body=new)


def webhooks_replay_delivery(endpoint_id: UUID, delivery_id: UUID) -> Request[Replay]:
    """Send what one delivery has sent to an endpoint of the platform again.

    ``POST /v1/webhook-endpoints/{endpoint}/deliveries/{delivery}/replay``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
        WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
    """
    return Request(
        "POST", f"/v1/webhook-endpoints/{part(endpoint_id)}/deliveries/{part(delivery_id)}/replay", (Replay,)
    )
