"""Webhooks over HTTP: the platform's, and those of an organization."""

from datetime import datetime
from uuid import UUID

from freehold.access import OrganizationRef
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.web.routing import Routes
from freehold.webhooks import operations
from freehold.webhooks.errors import (
    NoSuchDelivery,
    NoSuchWebhookEndpoint,
    ReplayTooLong,
    TooManyWebhookEndpoints,
    UnknownEvent,
    WebhookEndpointDisabled,
    WebhookUrlRefused,
)
from freehold.webhooks.types import (
    DeliveriesPageRequest,
    IssuedWebhookEndpoint,
    NewReplay,
    NewWebhookEndpoint,
    Replay,
    SecretRotation,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointPatch,
)

REFUSED = (WebhookUrlRefused, UnknownEvent)

routes = Routes("webhooks", "Endpoints that receive what happens, signed as Standard Webhooks says.")


@routes.post("/v1/webhook-endpoints", status=201, store=False, errors=[Forbidden, TooManyWebhookEndpoints, *REFUSED])
async def create_webhook_endpoint(context: Context, body: NewWebhookEndpoint) -> IssuedWebhookEndpoint:
    """Create an endpoint of the platform, which hears of what happens anywhere.

    `events` are actions of the audit log: `project.create`, `project.*` or `*`. `secret` is shown only this once. For
    platform administrators.
    """
    return await operations.create(context, body)


@routes.get("/v1/webhook-endpoints", errors=[Forbidden])
async def list_webhook_endpoints(context: Context, query: PageRequest) -> Page[WebhookEndpoint]:
    """List the endpoints of the platform, newest first.

    For platform administrators.
    """
    return await operations.list_all(context, query)


@routes.get("/v1/webhook-endpoints/{endpoint}", errors=[Forbidden, NoSuchWebhookEndpoint])
async def get_webhook_endpoint(context: Context, endpoint: UUID) -> WebhookEndpoint:
    """Read an endpoint of the platform, without its secret.

    For platform administrators.
    """
    return await operations.get(context, endpoint)


@routes.patch("/v1/webhook-endpoints/{endpoint}", errors=[Forbidden, NoSuchWebhookEndpoint, *REFUSED])
async def update_webhook_endpoint(
    context: Context, endpoint: UUID, body: WebhookEndpointPatch, version: datetime | None
) -> WebhookEndpoint:
    """Update an endpoint of the platform, or enable it again after Freehold switched it off.

    This is a merge patch (RFC 7396): fields that you leave out stay the same. For platform administrators.
    """
    return await operations.update(context, endpoint, body, version=version)


@routes.delete("/v1/webhook-endpoints/{endpoint}", errors=[Forbidden, NoSuchWebhookEndpoint])
async def delete_webhook_endpoint(context: Context, endpoint: UUID, version: datetime | None) -> None:
    """Delete an endpoint of the platform, with what waits for it.

    For platform administrators.
    """
    await operations.delete(context, endpoint, version=version)


@routes.post(
    "/v1/webhook-endpoints/{endpoint}/rotate-secret",
    status=200,
    store=False,
    body_optional=True,
    errors=[Forbidden, NoSuchWebhookEndpoint],
)
async def rotate_webhook_secret(context: Context, endpoint: UUID, body: SecretRotation) -> IssuedWebhookEndpoint:
    """Give an endpoint of the platform a new secret, which is shown only this once.

    Messages are signed with both secrets for `overlap_seconds`, so that you can change the receiver meanwhile. For
    platform administrators.
    """
    return await operations.rotate_secret(context, endpoint, body)


@routes.get("/v1/webhook-endpoints/{endpoint}/deliveries", errors=[Forbidden, NoSuchWebhookEndpoint])
async def list_webhook_deliveries(
    context: Context, endpoint: UUID, query: DeliveriesPageRequest
) -> Page[WebhookDelivery]:
    """List what was sent to an endpoint of the platform and what waits, newest first.

    For platform administrators.
    """
    return await operations.list_deliveries(context, endpoint, query)


@routes.get(
    "/v1/webhook-endpoints/{endpoint}/deliveries/{delivery}",
    errors=[Forbidden, NoSuchWebhookEndpoint, NoSuchDelivery],
)
async def get_webhook_delivery(context: Context, endpoint: UUID, delivery: UUID) -> WebhookDelivery:
    """Read a delivery to an endpoint of the platform: what was sent, and what was answered.

    For platform administrators.
    """
    return await operations.get_delivery(context, endpoint, delivery)


@routes.post(
    "/v1/webhook-endpoints/{endpoint}/replay",
    status=200,
    errors=[Forbidden, NoSuchWebhookEndpoint, WebhookEndpointDisabled, ReplayTooLong],
)
async def replay_webhooks(context: Context, endpoint: UUID, body: NewReplay) -> Replay:
    """Send all events from `from` on, before `to`, again: at most 10,000.

    Receivers know by `webhook-id` what they have already. For platform administrators.
    """
    return await operations.replay(context, endpoint, body)


@routes.post(
    "/v1/webhook-endpoints/{endpoint}/deliveries/{delivery}/replay",
    status=200,
    errors=[Forbidden, NoSuchWebhookEndpoint, NoSuchDelivery, WebhookEndpointDisabled],
)
async def replay_webhook_delivery(context: Context, endpoint: UUID, delivery: UUID) -> Replay:
    """Send what one delivery has sent again.

    Receivers know by `webhook-id` what they have already. For platform administrators.
    """
    return await operations.replay_delivery(context, endpoint, delivery)


@routes.post(
    "/v1/organizations/{organization}/webhook-endpoints",
    status=201,
    store=False,
    errors=[Missing, Forbidden, TooManyWebhookEndpoints, *REFUSED],
)
async def create_organization_webhook_endpoint(
    context: Context, organization: OrganizationRef, body: NewWebhookEndpoint
) -> IssuedWebhookEndpoint:
    """Create an endpoint that hears of what happens in the organization.

    `events` are actions of the audit log: `project.create`, `project.*` or `*`. `secret` is shown only this once. You
    also need `audit.read`, since an endpoint receives what the audit log says.
    """
    return await operations.create_for_organization(context, organization, body)


@routes.get("/v1/organizations/{organization}/webhook-endpoints", errors=[Missing, Forbidden])
async def list_organization_webhook_endpoints(
    context: Context, organization: OrganizationRef, query: PageRequest
) -> Page[WebhookEndpoint]:
    """List the endpoints of an organization, newest first."""
    return await operations.list_of_organization(context, organization, query)


@routes.get(
    "/v1/organizations/{organization}/webhook-endpoints/{endpoint}", errors=[Missing, Forbidden, NoSuchWebhookEndpoint]
)
async def get_organization_webhook_endpoint(
    context: Context, organization: OrganizationRef, endpoint: UUID
) -> WebhookEndpoint:
    """Read an endpoint of an organization, without its secret."""
    return await operations.get_of_organization(context, organization, endpoint)


@routes.patch(
    "/v1/organizations/{organization}/webhook-endpoints/{endpoint}",
    errors=[Missing, Forbidden, NoSuchWebhookEndpoint, *REFUSED],
)
async def update_organization_webhook_endpoint(
    context: Context,
    organization: OrganizationRef,
    endpoint: UUID,
    body: WebhookEndpointPatch,
    version: datetime | None,
) -> WebhookEndpoint:
    """Update an endpoint of an organization, or enable it again after Freehold switched it off.

    This is a merge patch (RFC 7396): fields that you leave out stay the same.
    """
    return await operations.update_of_organization(context, organization, endpoint, body, version=version)


@routes.delete(
    "/v1/organizations/{organization}/webhook-endpoints/{endpoint}", errors=[Missing, Forbidden, NoSuchWebhookEndpoint]
)
async def delete_organization_webhook_endpoint(
    context: Context, organization: OrganizationRef, endpoint: UUID, version: datetime | None
) -> None:
    """Delete an endpoint of an organization, with what waits for it."""
    await operations.delete_of_organization(context, organization, endpoint, version=version)


@routes.post(
    "/v1/organizations/{organization}/webhook-endpoints/{endpoint}/rotate-secret",
    status=200,
    store=False,
    body_optional=True,
    errors=[Missing, Forbidden, NoSuchWebhookEndpoint],
)
async def rotate_organization_webhook_secret(
    context: Context, organization: OrganizationRef, endpoint: UUID, body: SecretRotation
) -> IssuedWebhookEndpoint:
    """Give an endpoint of an organization a new secret, which is shown only this once.

    Messages are signed with both secrets for `overlap_seconds`, so that you can change the receiver meanwhile.
    """
    return await operations.rotate_secret_of_organization(context, organization, endpoint, body)


@routes.get(
    "/v1/organizations/{organization}/webhook-endpoints/{endpoint}/deliveries",
    errors=[Missing, Forbidden, NoSuchWebhookEndpoint],
)
async def list_organization_webhook_deliveries(
    context: Context, organization: OrganizationRef, endpoint: UUID, query: DeliveriesPageRequest
) -> Page[WebhookDelivery]:
    """List what was sent to an endpoint of an organization and what waits, newest first."""
    return await operations.list_deliveries_of_organization(context, organization, endpoint, query)


@routes.get(
    "/v1/organizations/{organization}/webhook-endpoints/{endpoint}/deliveries/{delivery}",
    errors=[Missing, Forbidden, NoSuchWebhookEndpoint, NoSuchDelivery],
)
async def get_organization_webhook_delivery(
    context: Context, organization: OrganizationRef, endpoint: UUID, delivery: UUID
) -> WebhookDelivery:
    """Read a delivery to an endpoint of an organization: what was sent, and what was answered."""
    return await operations.get_delivery_of_organization(context, organization, endpoint, delivery)


@routes.post(
    "/v1/organizations/{organization}/webhook-endpoints/{endpoint}/replay",
    status=200,
    errors=[Missing, Forbidden, NoSuchWebhookEndpoint, WebhookEndpointDisabled, ReplayTooLong],
)
async def replay_organization_webhooks(
    context: Context, organization: OrganizationRef, endpoint: UUID, body: NewReplay
) -> Replay:
    """Send all events of the organization from `from` on, before `to`, again: at most 10,000.

    Receivers know by `webhook-id` what they have already.
    """
    return await operations.replay_of_organization(context, organization, endpoint, body)


@routes.post(
    "/v1/organizations/{organization}/webhook-endpoints/{endpoint}/deliveries/{delivery}/replay",
    status=200,
    errors=[Missing, Forbidden, NoSuchWebhookEndpoint, NoSuchDelivery, WebhookEndpointDisabled],
)
async def replay_organization_webhook_delivery(
    context: Context, organization: OrganizationRef, endpoint: UUID, delivery: UUID
) -> Replay:
    """Send what one delivery has sent again.

    Receivers know by `webhook-id` what they have already.
    """
    return await operations.replay_delivery_of_organization(context, organization, endpoint, delivery)
