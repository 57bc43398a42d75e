"""What can be done with webhook endpoints: those of the platform, and those of an organization.

An endpoint receives what the audit log says. So whoever makes or changes one, or reads what it was sent, must also be
allowed to read the log.
"""

from datetime import datetime
from uuid import UUID

from freehold.access import AccountAction, Action, By, Scope, Writes, on_organization, operation
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.webhooks import endpoints, log
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


@operation(AccountAction.WEBHOOK_CREATE, by=By.ADMIN, writes=Writes.TRANSACTION)
async def create(context: Context, new: NewWebhookEndpoint) -> IssuedWebhookEndpoint:
    """Create an endpoint of the platform, which hears of what happens anywhere. Its secret is shown only this once.

    Raises:
        WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
        UnknownEvent: ``unknown_event``.
        TooManyWebhookEndpoints: ``too_many_webhook_endpoints``: the platform already has 50.
    """
    return await endpoints.create(context, AccountAction.WEBHOOK_CREATE, None, new)


@operation(AccountAction.WEBHOOK_READ, by=By.ADMIN)
async def list_all(context: Context, request: PageRequest) -> Page[WebhookEndpoint]:
    """List the endpoints of the platform, newest first.

    Raises:
        Invalid: the cursor belongs to another list.
    """
    return await endpoints.read_endpoints(context, None, request)


@operation(AccountAction.WEBHOOK_READ, by=By.ADMIN)
async def get(context: Context, endpoint_id: UUID) -> WebhookEndpoint:
    """Read an endpoint of the platform, without its secret.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
    """
    return await endpoints.read_endpoint(context, None, endpoint_id)


@operation(AccountAction.WEBHOOK_UPDATE, by=By.ADMIN, writes=Writes.TRANSACTION)
async def update(
    context: Context, endpoint_id: UUID, patch: WebhookEndpointPatch, *, version: datetime | None = None
) -> WebhookEndpoint:
    """Update an endpoint of the platform. ``version`` is the ``updated_at`` that you read.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
        UnknownEvent: ``unknown_event``.
        Stale: ``stale``.
    """
    return await endpoints.update(context, AccountAction.WEBHOOK_UPDATE, None, endpoint_id, patch, version=version)


@operation(AccountAction.WEBHOOK_UPDATE, by=By.ADMIN, writes=Writes.ONE_STATEMENT)
async def rotate_secret(context: Context, endpoint_id: UUID, rotation: SecretRotation) -> IssuedWebhookEndpoint:
    """Give an endpoint of the platform a new secret, shown only this once. Both sign until the overlap ends.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
    """
    return await endpoints.rotate(context, AccountAction.WEBHOOK_UPDATE, None, endpoint_id, rotation)


@operation(AccountAction.WEBHOOK_DELETE, by=By.ADMIN, writes=Writes.ONE_STATEMENT)
async def delete(context: Context, endpoint_id: UUID, *, version: datetime | None = None) -> None:
    """Delete an endpoint of the platform, with what waits for it.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Stale: ``stale``.
    """
    await endpoints.delete(context, AccountAction.WEBHOOK_DELETE, None, endpoint_id, version=version)


@operation(AccountAction.WEBHOOK_READ, by=By.ADMIN)
async def list_deliveries(context: Context, endpoint_id: UUID, request: PageRequest) -> Page[WebhookDelivery]:
    """List what was sent to an endpoint of the platform and what waits, newest first.

    A ``DeliveriesPageRequest`` has a ``state``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Invalid: the cursor belongs to another list.
    """
    return await log.read_deliveries(context, None, endpoint_id, request)


@operation(AccountAction.WEBHOOK_READ, by=By.ADMIN)
async def get_delivery(context: Context, endpoint_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """Read a delivery to an endpoint of the platform: what was sent, and what was answered.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
    """
    return await log.read_delivery(context, None, endpoint_id, delivery_id)


@operation(AccountAction.WEBHOOK_REPLAY, by=By.ADMIN, writes=Writes.TRANSACTION)
async def replay(context: Context, endpoint_id: UUID, new: NewReplay) -> Replay:
    """Send all events of a span of time to an endpoint of the platform again: at most 10,000.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
        ReplayTooLong: ``replay_too_long``.
    """
    return await log.replay(context, AccountAction.WEBHOOK_REPLAY, None, endpoint_id, new)


@operation(AccountAction.WEBHOOK_REPLAY, by=By.ADMIN, writes=Writes.TRANSACTION)
async def replay_delivery(context: Context, endpoint_id: UUID, delivery_id: UUID) -> Replay:
    """Send what one delivery has sent to an endpoint of the platform again.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
        WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
    """
    return await log.replay(context, AccountAction.WEBHOOK_REPLAY, None, endpoint_id, delivery_id)


@on_organization(Action.WEBHOOK_CREATE, writes=Writes.TRANSACTION)
async def create_for_organization(scope: Scope, new: NewWebhookEndpoint) -> IssuedWebhookEndpoint:
    """Create an endpoint that hears of what happens in the organization. Its secret is shown only this once.

    Raises:
        WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
        UnknownEvent: ``unknown_event``.
        TooManyWebhookEndpoints: ``too_many_webhook_endpoints``: the organization already has 50.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    _require_log(scope)
    return await endpoints.create(scope.context, scope.action, scope.organization_id, new)


@on_organization(Action.WEBHOOK_READ)
async def list_of_organization(scope: Scope, request: PageRequest) -> Page[WebhookEndpoint]:
    """List the endpoints of an organization, newest first.

    Raises:
        Invalid: the cursor belongs to another list.
    """
    return await endpoints.read_endpoints(scope.context, scope.organization_id, request)


@on_organization(Action.WEBHOOK_READ)
async def get_of_organization(scope: Scope, endpoint_id: UUID) -> WebhookEndpoint:
    """Read an endpoint of an organization, without its secret.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
    """
    return await endpoints.read_endpoint(scope.context, scope.organization_id, endpoint_id)


@on_organization(Action.WEBHOOK_UPDATE, writes=Writes.TRANSACTION)
async def update_of_organization(
    scope: Scope, endpoint_id: UUID, patch: WebhookEndpointPatch, *, version: datetime | None = None
) -> WebhookEndpoint:
    """Update an endpoint of an organization. ``version`` is the ``updated_at`` that you read.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        WebhookUrlRefused: ``webhook_url_refused``: it could never be reached.
        UnknownEvent: ``unknown_event``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
        Stale: ``stale``.
    """
    _require_log(scope)
    return await endpoints.update(
        scope.context, scope.action, scope.organization_id, endpoint_id, patch, version=version
    )


@on_organization(Action.WEBHOOK_UPDATE, writes=Writes.ONE_STATEMENT)
async def rotate_secret_of_organization(
    scope: Scope, endpoint_id: UUID, rotation: SecretRotation
) -> IssuedWebhookEndpoint:
    """Give an endpoint of an organization a new secret, shown only this once. Both sign until the overlap ends.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    _require_log(scope)
    return await endpoints.rotate(scope.context, scope.action, scope.organization_id, endpoint_id, rotation)


@on_organization(Action.WEBHOOK_DELETE, writes=Writes.ONE_STATEMENT)
async def delete_of_organization(scope: Scope, endpoint_id: UUID, *, version: datetime | None = None) -> None:
    """Delete an endpoint of an organization, with what waits for it.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Stale: ``stale``.
    """
    await endpoints.delete(scope.context, scope.action, scope.organization_id, endpoint_id, version=version)


@on_organization(Action.WEBHOOK_READ)
async def list_deliveries_of_organization(
    scope: Scope, endpoint_id: UUID, request: PageRequest
) -> Page[WebhookDelivery]:
    """List what was sent to an endpoint of an organization and what waits, newest first.

    A ``DeliveriesPageRequest`` has a ``state``.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
        Invalid: the cursor belongs to another list.
    """
    _require_log(scope)
    return await log.read_deliveries(scope.context, scope.organization_id, endpoint_id, request)


@on_organization(Action.WEBHOOK_READ)
async def get_delivery_of_organization(scope: Scope, endpoint_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """Read a delivery to an endpoint of an organization: what was sent, and what was answered.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    _require_log(scope)
    return await log.read_delivery(scope.context, scope.organization_id, endpoint_id, delivery_id)


@on_organization(Action.WEBHOOK_REPLAY, writes=Writes.TRANSACTION)
async def replay_of_organization(scope: Scope, endpoint_id: UUID, new: NewReplay) -> Replay:
    """Send all events of the organization in a span of time to an endpoint again: at most 10,000.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
        ReplayTooLong: ``replay_too_long``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    _require_log(scope)
    return await log.replay(scope.context, scope.action, scope.organization_id, endpoint_id, new)


@on_organization(Action.WEBHOOK_REPLAY, writes=Writes.TRANSACTION)
async def replay_delivery_of_organization(scope: Scope, endpoint_id: UUID, delivery_id: UUID) -> Replay:
    """Send what one delivery has sent to an endpoint of an organization again.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        NoSuchDelivery: ``no_such_delivery``.
        WebhookEndpointDisabled: ``webhook_endpoint_disabled``.
        Forbidden: the actor may not read the audit log, which is what an endpoint receives.
    """
    _require_log(scope)
    return await log.replay(scope.context, scope.action, scope.organization_id, endpoint_id, delivery_id)


def _require_log(scope: Scope) -> None:
    scope.require_all([Action.AUDIT_READ], "see or choose what an endpoint receives")
