"""`freehold webhooks`."""

from typing import Any, get_args
from uuid import UUID

import click
from msgspec.structs import asdict

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.terminal.declare import Fetch, changes, lists, shows
from freehold.terminal.references import organization_reference, read_id
from freehold.webhooks import operations
from freehold.webhooks.types import (
    MOST_OVERLAP_SECONDS,
    DeliveriesPageRequest,
    DeliveryState,
    EndpointStatus,
    IssuedWebhookEndpoint,
    NewReplay,
    NewWebhookEndpoint,
    Replay,
    SecretRotation,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointPatch,
)

_organization = click.option(
    "--organization", metavar="ORG", help="An endpoint of this organization (a slug or an id), not of the platform."
)
_endpoint = click.argument("endpoint", metavar="ID")


@click.group()
def webhooks() -> None:
    """Create webhook endpoints, and see what they were sent."""


@webhooks.command()
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    required=True,
    metavar="EVENT",
    help="An action to tell of: project.create, project.* or '*'. Repeatable.",
)
@click.option("--description", default="", help="What the endpoint is for.")
@_organization
@shows
async def create(
    context: Context, *, url: str, events: tuple[str, ...], description: str, organization: str | None
) -> IssuedWebhookEndpoint:
    """Create an endpoint and print it with its secret, which is shown only this once."""
    new = parse(NewWebhookEndpoint, {"url": url, "events": list(events), "description": description})
    if organization is None:
        return await operations.create(context, new)
    return await operations.create_for_organization(context, organization_reference(organization), new)


@webhooks.command("list")
@_organization
@lists("id", "url", "status", "events", "failing_since", "created_at")
def list_all(context: Context, *, organization: str | None) -> Fetch[WebhookEndpoint]:
    """List the endpoints of the platform, or of an organization, newest first."""
    if organization is None:
        return lambda request: operations.list_all(context, request)
    reference = organization_reference(organization)
    return lambda request: operations.list_of_organization(context, reference, request)


@webhooks.command()
@_endpoint
@_organization
@shows
async def show(context: Context, *, endpoint: str, organization: str | None) -> WebhookEndpoint:
    """Show an endpoint (an id), without its secret."""
    endpoint_id = read_id(endpoint, "/endpoint")
    if organization is None:
        return await operations.get(context, endpoint_id)
    return await operations.get_of_organization(context, organization_reference(organization), endpoint_id)


@webhooks.command()
@_endpoint
@click.option("--url", help="New address.")
@click.option("--event", "events", multiple=True, metavar="EVENT", help="An action to tell of. Repeatable.")
@click.option("--description", help="What the endpoint is for.")
@click.option("--status", type=click.Choice(get_args(EndpointStatus)), help="Send to it, or not.")
@_organization
@shows
async def update(
    context: Context,
    *,
    endpoint: str,
    url: str | None,
    events: tuple[str, ...],
    description: str | None,
    status: str | None,
    organization: str | None,
) -> WebhookEndpoint:
    """Update an endpoint (an id). The given events replace all previous ones."""
    given: dict[str, Any] = changes(url=url, events=list(events) or None, description=description, status=status)
    patch, endpoint_id = parse(WebhookEndpointPatch, given), read_id(endpoint, "/endpoint")
    if organization is None:
        return await operations.update(context, endpoint_id, patch)
    return await operations.update_of_organization(context, organization_reference(organization), endpoint_id, patch)


@webhooks.command("rotate-secret")
@_endpoint
@click.option(
    "--overlap-seconds",
    type=click.IntRange(0, MOST_OVERLAP_SECONDS),
    default=86_400,
    show_default=True,
    help="Seconds for which messages are also signed with the old secret.",
)
@_organization
@shows
async def rotate_secret(
    context: Context, *, endpoint: str, overlap_seconds: int, organization: str | None
) -> IssuedWebhookEndpoint:
    """Give an endpoint (an id) a new secret, and print it. It is shown only this once."""
    rotation, endpoint_id = SecretRotation(overlap_seconds=overlap_seconds), read_id(endpoint, "/endpoint")
    if organization is None:
        return await operations.rotate_secret(context, endpoint_id, rotation)
    reference = organization_reference(organization)
    return await operations.rotate_secret_of_organization(context, reference, endpoint_id, rotation)


@webhooks.command()
@_endpoint
@_organization
@shows
async def delete(context: Context, *, endpoint: str, organization: str | None) -> None:
    """Delete an endpoint (an id), with what waits for it."""
    endpoint_id = read_id(endpoint, "/endpoint")
    if organization is None:
        await operations.delete(context, endpoint_id)
    else:
        await operations.delete_of_organization(context, organization_reference(organization), endpoint_id)


@webhooks.command()
@_endpoint
@click.option("--state", type=click.Choice(get_args(DeliveryState)), help="Only what waits, was delivered, or failed.")
@_organization
@lists("id", "type", "state", "attempts", "created_at", "error")
def deliveries(
    context: Context, *, endpoint: str, state: str | None, organization: str | None
) -> Fetch[WebhookDelivery]:
    """List what was sent to an endpoint (an id) and what waits, newest first."""
    endpoint_id = read_id(endpoint, "/endpoint")

    async def fetch(request: PageRequest) -> Page[WebhookDelivery]:
        wanted = parse(DeliveriesPageRequest, {**asdict(request), "state": state})
        if organization is None:
            return await operations.list_deliveries(context, endpoint_id, wanted)
        reference = organization_reference(organization)
        return await operations.list_deliveries_of_organization(context, reference, endpoint_id, wanted)

    return fetch


@webhooks.command("show-delivery")
@_endpoint
@click.argument("delivery", metavar="DELIVERY")
@_organization
@shows
async def show_delivery(context: Context, *, endpoint: str, delivery: str, organization: str | None) -> WebhookDelivery:
    """Show what a delivery (an id) to an endpoint (an id) has sent, and what was answered."""
    endpoint_id, delivery_id = read_id(endpoint, "/endpoint"), read_id(delivery, "/delivery")
    if organization is None:
        return await operations.get_delivery(context, endpoint_id, delivery_id)
    reference = organization_reference(organization)
    return await operations.get_delivery_of_organization(context, reference, endpoint_id, delivery_id)


@webhooks.command()
@_endpoint
@click.option("--delivery", "delivery_id", metavar="ID", help="Send this delivery again.")
@click.option("--from", "from_", metavar="TIME", help="Send events from this time on, such as 2027-01-31T12:00:00Z.")
@click.option("--to", metavar="TIME", help="Send only events before this time; by default, now.")
@_organization
@shows
async def replay(
    context: Context,
    *,
    endpoint: str,
    delivery_id: str | None,
    from_: str | None,
    to: str | None,
    organization: str | None,
) -> Replay:
    """Send a delivery to an endpoint (an id) again, or all events of a span of time."""
    if (delivery_id is None) == (from_ is None) or (delivery_id and to):
        raise click.UsageError("Say what to send again: add --delivery ID, or --from TIME with or without --to TIME.")
    endpoint_id = read_id(endpoint, "/endpoint")
    reference = None if organization is None else organization_reference(organization)
    if delivery_id is not None:
        return await _replay_one(context, reference, endpoint_id, read_id(delivery_id, "/delivery"))
    new = parse(NewReplay, {"from": from_, "to": to})
    if reference is None:
        return await operations.replay(context, endpoint_id, new)
    return await operations.replay_of_organization(context, reference, endpoint_id, new)


async def _replay_one(
    context: Context, organization: UUID | str | None, endpoint_id: UUID, delivery_id: UUID
) -> Replay:
    if organization is None:
        return await operations.replay_delivery(context, endpoint_id, delivery_id)
    return await operations.replay_delivery_of_organization(context, organization, endpoint_id, delivery_id)
