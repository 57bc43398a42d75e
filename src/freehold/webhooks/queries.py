"""Typed stubs of the webhooks' statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from freehold.audit.recording import recorded
from freehold.audit.types import NewEvent
from freehold.data.sql import Executor, statement
from freehold.webhooks.types import DeliveryState, NewWebhookEndpoint, WebhookEndpoint, WebhookEndpointPatch


class DeliveryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with its event."""

    id: UUID
    endpoint_id: UUID
    state: DeliveryState
    is_replay: bool
    attempts: int
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    ended_at: datetime | None
    url: str | None
    response_status: int | None
    response_body: str | None
    error: str | None
    duration_ms: int | None
    event_id: UUID
    chain_id: UUID
    sequence: int
    organization_id: UUID | None
    actor_id: UUID | None
    key_id: UUID | None
    action: str
    target_type: str
    target_id: UUID | None
    details: dict[str, Any]
    request_id: str | None
    happened_at: datetime


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A queue that this worker holds."""

    endpoint_id: UUID
    chain_id: UUID
    lease_id: UUID


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """For how long an endpoint has had failures alone, and whether the delivery that failed was given up."""

    failing_seconds: float
    is_given_up: bool


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """How many deliveries wait, and for how long the first has."""

    waiting: int
    oldest_seconds: float


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """What a queue goes on with. Without ``url`` its endpoint is gone, without ``delivery_id`` nothing waits."""

    additions: int
    failures: int
    url: str | None
    status: str | None
    sealed_secret: bytes | None
    sealed_previous_secret: bytes | None
    delivery_id: UUID | None
    event_id: UUID | None
    chain_id: UUID | None
    sequence: int | None
    organization_id: UUID | None
    actor_id: UUID | None
    key_id: UUID | None
    action: str | None
    target_type: str | None
    target_id: UUID | None
    details: dict[str, Any] | None
    request_id: str | None
    happened_at: datetime | None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt to deliver came to."""

    delivery_id: UUID
    attempted_at: datetime
    url: str
    response_status: int | None
    response_body: str | None
    duration_ms: int


class EndpointReader(msgspec.Struct, frozen=True, kw_only=True):
    """Who hears of an endpoint, and what its organization is called (None: it is the platform's)."""

    user_id: UUID
    username: str
    email: str
    locale: str | None
    organization: str | None


@statement
async def page(db: Executor, *, organization_id: UUID | None, before_id: UUID, limit: int) -> list[WebhookEndpoint]: ...


@statement
async def count_all(db: Executor, *, organization_id: UUID | None) -> int: ...


@statement
async def by_id(db: Executor, *, organization_id: UUID | None, id: UUID) -> WebhookEndpoint | None: ...


@statement
async def lock_organization(db: Executor, *, organization_id: UUID) -> UUID | None: ...


@recorded
async def insert(
    db: Executor,
    event: NewEvent,
    /,
    *,
    id: UUID,
    organization_id: UUID | None,
    new: NewWebhookEndpoint,
    sealed_secret: bytes,
    created_by: UUID | None,
) -> WebhookEndpoint: ...


@recorded
async def update(
    db: Executor,
    event: NewEvent,
    /,
    *,
    organization_id: UUID | None,
    id: UUID,
    patch: WebhookEndpointPatch,
    version: datetime | None,
) -> WebhookEndpoint | None: ...


@recorded
async def rotate(
    db: Executor,
    event: NewEvent,
    /,
    *,
    organization_id: UUID | None,
    id: UUID,
    sealed_secret: bytes,
    overlap_seconds: float,
) -> WebhookEndpoint | None: ...


@recorded
async def delete(
    db: Executor, event: NewEvent, /, *, organization_id: UUID | None, id: UUID, version: datetime | None
) -> UUID | None: ...


@statement
async def resume(db: Executor, *, endpoint_id: UUID) -> None: ...


@statement
async def page_of_deliveries(
    db: Executor, *, endpoint_id: UUID, before_time: datetime, before_id: UUID, limit: int
) -> list[DeliveryRow]: ...


@statement
async def page_of_deliveries_in_state(
    db: Executor, *, endpoint_id: UUID, state: DeliveryState, before_time: datetime, before_id: UUID, limit: int
) -> list[DeliveryRow]: ...


@statement
async def count_deliveries(db: Executor, *, endpoint_id: UUID, state: DeliveryState | None) -> int: ...


@statement
async def delivery_by_id(db: Executor, *, endpoint_id: UUID, id: UUID) -> DeliveryRow | None: ...


@statement
async def replay_one(db: Executor, *, endpoint_id: UUID, id: UUID) -> int: ...


@statement
async def replay_span_of_organization(
    db: Executor,
    *,
    endpoint_id: UUID,
    organization_id: UUID,
    events: Sequence[str],
    from_time: datetime,
    to_time: datetime,
    limit: int,
) -> int: ...


@statement
async def replay_span(
    db: Executor,
    *,
    endpoint_id: UUID,
    events: Sequence[str],
    first_id: UUID,
    last_id: UUID,
    from_time: datetime,
    to_time: datetime,
    limit: int,
) -> int: ...


@statement
async def claim(db: Executor, *, lease_id: UUID, lease_seconds: float, busy: Sequence[UUID]) -> Held | None: ...


@statement
async def next(db: Executor, *, held: Held) -> Next | None: ...  # noqa: A001 - what it is


@statement
async def note_delivered(db: Executor, *, held: Held, attempt: Attempt, lease_seconds: float) -> bool | None: ...


@statement
async def note_failure(
    db: Executor,
    *,
    held: Held,
    attempt: Attempt,
    error: str,
    delay_seconds: float,
    patience_seconds: float,
) -> Failed | None: ...


@statement
async def note_ill(db: Executor, *, endpoint_id: UUID) -> None: ...


@statement
async def ill_for(db: Executor, *, endpoint_id: UUID) -> float | None: ...


@statement
async def rest(db: Executor, *, endpoint_id: UUID, delay_seconds: float) -> None: ...


@statement
async def give_back(db: Executor, *, held: Held) -> None: ...


@statement
async def drop_queue(db: Executor, *, held: Held, additions: int) -> bool | None: ...


@statement
async def drop_queue_of_gone(db: Executor, *, held: Held) -> None: ...


@statement
async def park(db: Executor, *, held: Held) -> None: ...


@statement
async def switch_off(db: Executor, *, id: UUID, failing_seconds: float, is_gone: bool) -> WebhookEndpoint | None: ...


@statement
async def readers(db: Executor, *, organization_id: UUID | None, created_by: UUID | None) -> list[EndpointReader]: ...


@statement
async def backlog(db: Executor, *, limit: int) -> Backlog: ...


@statement
async def drop_old(db: Executor, *, keep_seconds: float, limit: int, kept: list[str]) -> list[UUID]: ...


@statement
async def drop_gone(db: Executor, *, limit: int, kept: list[str]) -> list[UUID]: ...


@statement
async def drop_queues_of_gone(db: Executor, *, kept: list[str]) -> None: ...
