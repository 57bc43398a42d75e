"""Operations on the webhook endpoints of an organization, as requests."""

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


def webhooks_list(organization: UUID | str, /, request: PageRequest) -> Request[Page[WebhookEndpoint]]:
    """List the endpoints of an organization, newest first.

    ``GET /v1/organizations/{organization}/webhook-endpoints``.

    Raises:
        Invalid: the cursor belongs to another list.
    """
    return Request(
        "GET", f"/v1/organizations/{part(organization)}/webhook-endpoints", (Page[WebhookEndpoint],), query=request
    )


def webhooks_get(organization: UUID | str, /, endpoint_id: UUID) -> Request[WebhookEndpoint]:
    """Read an endpoint of an organization, without its secret.

    ``GET /v1/organizations/{organization}/webhook-endpoints/{endpoint}``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
    """
    return Request(
        "GET", f"/v1/organizations/{part(organization)}/webhook-endpoints/{part(endpoint_id)}", (WebhookEndpoint,)
    )


def webhooks_create(organization: UUID | str, /, new: NewWebhookEndpoint) -> Request[IssuedWebhookEndpoint]:
    """Create an endpoint that hears of what happens in the organization. Its secret is shown only this once.

    ``POST /v1/organizations/{organization}/webhook-endpoints``.

    Raises:
        WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
        UnknownEvent: ``unknown_event``.
        TooManyWebhookEndpoints: ``too_many_webhook_endpoints``: the organization already has 50.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    return Request(
        "POST", f"/v1/organizations/{part(organization)}/webhook-endpoints", (IssuedWebhookEndpoint,), body=new
    )


def webhooks_update(
    organization: UUID | str, /, endpoint_id: UUID, patch: WebhookEndpointPatch, *, version: datetime | None = None
) -> Request[WebhookEndpoint]:
    """Update an endpoint of an organization. ``version`` is the ``updated_at`` that you read.

    ``PATCH /v1/organizations/{organization}/webhook-endpoints/{endpoint}``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
        UnknownEvent: ``unknown_event``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
        Stale: ``stale``.
    """
    return Request(
        "PATCH",
        f"/v1/organizations/{part(organization)}/webhook-endpoints/{part(endpoint_id)}",
        (WebhookEndpoint,),
        body=patch,
        version=version,
    )


def webhooks_rotate_secret(
    organization: UUID | str, /, endpoint_id: UUID, rotation: SecretRotation
) -> Request[IssuedWebhookEndpoint]:
    """Give an endpoint of an organization a new secret, shown only this once. Both sign until the overlap ends.

    ``POST /v1/organizations/{organization}/webhook-endpoints/{endpoint}/rotate-secret``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    return Request(
        "POST",
        f"/v1/organizations/{part(organization)}/webhook-endpoints/{part(endpoint_id)}/rotate-secret",
        (IssuedWebhookEndpoint,),
        body=rotation,
    )


def webhooks_delete(
    organization: UUID | str, /, endpoint_id: UUID, *, version: datetime | None = None
) -> Request[None]:
    """Delete an endpoint of an organization, with what waits for it.

    ``DELETE /v1/organizations/{organization}/webhook-endpoints/{endpoint}``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Stale: ``stale``.
    """
    return Request(
        "DELETE",
        f"/v1/organizations/{part(organization)}/webhook-endpoints/{part(endpoint_id)}",
        (type(None),),
        version=version,
    )


def webhooks_list_deliveries(
    organization: UUID | str, /, endpoint_id: UUID, request: PageRequest
) -> Request[Page[WebhookDelivery]]:
    """List what was sent to an endpoint of an organization and what waits, newest first.

    ``GET /v1/organizations/{organization}/webhook-endpoints/{endpoint}/deliveries``.

    A ``DeliveriesPageRequest`` has a ``state``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
        Invalid: the cursor belongs to another list.
    """
    return Request(
        "GET",
        f"/v1/organizations/{part(organization)}/webhook-endpoints/{part(endpoint_id)}/deliveries",
        (Page[WebhookDelivery],),
        query=request,
    )


def webhooks_get_delivery(
    organization: UUID | str, /, endpoint_id: UUID, delivery_id: UUID
) -> Request[WebhookDelivery]:
    """Read a delivery to an endpoint of an organization: what was sent, and what was answered.

    ``GET /v1/organizations/{organization}/webhook-endpoints/{endpoint}/deliveries/{delivery}``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    return Request(
        "GET",
        f"/v1/organizations/{part(organization)}/webhook-endpoints/{part(endpoint_id)}/deliveries/{part(delivery_id)}",
        (WebhookDelivery,),
    )


def webhooks_replay(organization: UUID | str, /, endpoint_id: UUID, new: NewReplay) -> Request[Replay]:
    """Send all events of the organization in a span of time to an endpoint again: at most 10,000.

    ``POST /v1/organizations/{organization}/webhook-endpoints/{endpoint}/replay``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
        ReplayTooLong: ``replay_too_long``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    return Request(
        "POST",
        f"/v1/organizations/{part(organization)}/webhook-endpoints/{part(endpoint_id)}/replay",
        (Replay,),
        body=new,
    )


def webhooks_replay_delivery(organization: UUID | str, /, endpoint_id: UUID, delivery_id: UUID) -> Request[Replay]:
    """Send what one delivery has sent to an endpoint of an organization again.

    ``POST /v1/organizations/{organization}/webhook-endpoints/{endpoint}/deliveries/{delivery}/replay``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
        WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    return Request(
        "POST",
        f"/v1/organizations/{part(organization)}/webhook-endpoints/{part(endpoint_id)}/deliveries/{part(delivery_id)}/replay",
        (Replay,),
    )
