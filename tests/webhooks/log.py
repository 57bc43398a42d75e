"""What an endpoint's log of deliveries says."""

from typing import Any

from freehold import DeliveriesPageRequest, IssuedWebhookEndpoint, Platform, WebhookDelivery


async def log_of(platform: Platform, endpoint: IssuedWebhookEndpoint, **given: Any) -> list[WebhookDelivery]:
    assert endpoint.organization_id is not None
    page = await platform.organizations.webhooks.list_deliveries(
        endpoint.organization_id, endpoint.id, DeliveriesPageRequest(limit=100, **given)
    )
    return page.data
