"""What making, changing and removing endpoints has in common, whoever the endpoints are of."""

from datetime import datetime
from functools import partial
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from freehold.access import AccountAction, Action
from freehold.audit.recording import event_of
from freehold.base.addresses import networks_of
from freehold.base.errors import Stale
from freehold.base.ids import new_id
from freehold.base.validation import given_fields
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest, page_by_id
from freehold.webhooks import queries
from freehold.webhooks.errors import (
    NoSuchWebhookEndpoint,
    TooManyWebhookEndpoints,
    UnknownEvent,
    WebhookUrlRefused,
)
from freehold.webhooks.posting import may_reach
from freehold.webhooks.signing import Vault, new_secret
from freehold.webhooks.types import (
    IssuedWebhookEndpoint,
    NewWebhookEndpoint,
    SecretRotation,
    WebhookEndpoint,
    WebhookEndpointPatch,
)

MOST_ENDPOINTS: Final = 50
"""How many endpoints an organization can have, and the platform."""

_PURPOSE: Final = "webhook secrets"
_EVENTS: Final = frozenset(action.value for kind in (Action, AccountAction) for action in kind)
_NOUNS: Final = frozenset(event.partition(".")[0] for event in _EVENTS)


def vault_of(context: Context) -> Vault:
    """Give what seals and opens the secrets of this installation."""
    return Vault(context.tools.cursors.secret(_PURPOSE))


async def read_endpoints(context: Context, organization_id: UUID | None, request: PageRequest) -> Page[WebhookEndpoint]:
    """Read one page of the endpoints of an organization, or of the platform (None), newest first."""
    return await page_by_id(
        context.tools.cursors,
        request,
        listing=f"webhook_endpoints:{organization_id}",
        page=partial(queries.page, context.db, organization_id=organization_id),
        count=partial(queries.count_all, context.db, organization_id=organization_id),
    )


async def read_endpoint(context: Context, organization_id: UUID | None, endpoint_id: UUID) -> WebhookEndpoint:
    """Read an endpoint.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
    """
    found = await queries.by_id(context.db, organization_id=organization_id, id=endpoint_id)
    if found is None:
        raise NoSuchWebhookEndpoint
    return found


def refuse_impossible(context: Context, wanted: NewWebhookEndpoint | WebhookEndpointPatch) -> None:
    """Refuse what can never be sent: to an address that nobody may be led to, or of an action that there is not.

    A name is looked up when something is sent, and not here: what it leads to may be another address by then. An action
    of a thing that Freehold does not know is one of your application's own.

    Raises:
        WebhookUrlRefused: ``webhook_url_refused``.
        UnknownEvent: ``unknown_event``, naming those that there are.
    """
    if isinstance(wanted.url, str) and not _may_be_reached(context, wanted.url):
        raise WebhookUrlRefused
    for event in wanted.events or ():
        noun, _, verb = event.partition(".")
        if noun in _NOUNS and verb != "*" and event not in _EVENTS:
            known = ", ".join(sorted(each for each in _EVENTS if each.startswith(f"{noun}.")))
            raise UnknownEvent(f"There is no event '{event}': use one of {known}, or {noun}.*")


def _may_be_reached(context: Context, url: str) -> bool:
    networks = networks_of(context.tools.settings.webhook_networks)
    parts = urlsplit(url)
    try:
        address = ip_address(parts.hostname or "")
    except ValueError:
        return parts.scheme == "https" or bool(networks)
    return may_reach(address, parts.scheme, networks)


async def create(
    context: Context, action: str, organization_id: UUID | None, new: NewWebhookEndpoint
) -> IssuedWebhookEndpoint:
    """Make an endpoint, in a transaction.

    Raises:
        WebhookUrlRefused: ``webhook_url_refused``.
        UnknownEvent: ``unknown_event``.
        TooManyWebhookEndpoints: ``too_many_webhook_endpoints``.
    """
    refuse_impossible(context, new)
    if organization_id is not None:
        await queries.lock_organization(context.db, organization_id=organization_id)
    if await queries.count_all(context.db, organization_id=organization_id) >= MOST_ENDPOINTS:
        raise TooManyWebhookEndpoints
    endpoint_id, secret = new_id(), new_secret()
    made = await queries.insert(
        context.db,
        event_of(context, action, endpoint_id, organization_id=organization_id, events=list(new.events)),
        id=endpoint_id,
        organization_id=organization_id,
        new=new,
        sealed_secret=vault_of(context).seal(secret, endpoint_id),
        created_by=context.actor_id,
    )
    return _issued(made, secret)


async def update(
    context: Context,
    action: str,
    organization_id: UUID | None,
    endpoint_id: UUID,
    patch: WebhookEndpointPatch,
    *,
    version: datetime | None,
) -> WebhookEndpoint:
    """Change an endpoint, in a transaction.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        WebhookUrlRefused: ``webhook_url_refused``.
        UnknownEvent: ``unknown_event``.
        Stale: ``stale``.
    """
    refuse_impossible(context, patch)
    changed = given_fields(patch)
    if not changed:
        found = await read_endpoint(context, organization_id, endpoint_id)
        if version not in {None, found.updated_at}:
            raise Stale
        return found
    updated = await queries.update(
        context.db,
        event_of(context, action, endpoint_id, organization_id=organization_id, changed=changed),
        organization_id=organization_id,
        id=endpoint_id,
        patch=patch,
        version=version,
    )
    if updated is None:
        await read_endpoint(context, organization_id, endpoint_id)
        raise Stale
    if patch.status == "enabled":
        await queries.resume(context.db, endpoint_id=endpoint_id)
    return updated


async def rotate(
    context: Context,
    action: str,
    organization_id: UUID | None,
    endpoint_id: UUID,
    rotation: SecretRotation,
) -> IssuedWebhookEndpoint:
    """Give an endpoint another secret, with one statement. At most two sign: the one before the last does no longer.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
    """
    secret = new_secret()
    rotated = await queries.rotate(
        context.db,
        event_of(context, action, endpoint_id, organization_id=organization_id, changed=["secret"]),
        organization_id=organization_id,
        id=endpoint_id,
        sealed_secret=vault_of(context).seal(secret, endpoint_id),
        overlap_seconds=float(rotation.overlap_seconds),
    )
    if rotated is None:
        raise NoSuchWebhookEndpoint
    return _issued(rotated, secret)


async def delete(
    context: Context,
    action: str,
    organization_id: UUID | None,
    endpoint_id: UUID,
    *,
    version: datetime | None,
) -> None:
    """Remove an endpoint, with one statement.

    Raises:
        NoSuchWebhookEndpoint: ``no_such_webhook_endpoint``.
        Stale: ``stale``.
    """
    removed = await queries.delete(
        context.db.deleting("webhook_endpoints", id=endpoint_id),
        event_of(context, action, endpoint_id, organization_id=organization_id),
        organization_id=organization_id,
        id=endpoint_id,
        version=version,
    )
    if removed is None:
        await read_endpoint(context, organization_id, endpoint_id)
        raise Stale


def _issued(endpoint: WebhookEndpoint, secret: str) -> IssuedWebhookEndpoint:
    return IssuedWebhookEndpoint(**msgspec.structs.asdict(endpoint), secret=secret)
