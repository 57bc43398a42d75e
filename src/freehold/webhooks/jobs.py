"""Sends what waits: each event at least once, and those of one organization or account in order.

A worker takes a queue for the time of a lease and sends what waits in it, one after the other. It notes each outcome
before it goes on, and thereby holds the queue for another lease. If it dies, another takes the queue when the lease is
over, and sends again what was not noted: receivers know it by its ``webhook-id``. A worker that slept beyond its lease
finds that its queue is another's, and stops.
"""

import asyncio
import logging
import random
from collections import Counter
from datetime import UTC, datetime
from time import monotonic
from typing import Final
from uuid import UUID, uuid4

import msgspec

from freehold.base.addresses import networks_of
from freehold.base.errors import FreeholdError
from freehold.base.settings import SettingError, Settings
from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.webhooks import queries
from freehold.webhooks.endpoints import vault_of
from freehold.webhooks.messages import encoded, message_of
from freehold.webhooks.posting import MESSAGE_SECONDS, Answer, Posts, Unreachable, elapsed_ms
from freehold.webhooks.queries import Attempt, Held, Next
from freehold.webhooks.signing import signed_headers
from freehold.webhooks.switching import SECONDS_A_DAY, switch_off

LEASE_SECONDS: Final = 3 * MESSAGE_SECONDS
"""For how long a queue is its worker's: well beyond one attempt, so that only a worker that died loses it."""

MOST_QUEUES: Final = 8
"""How many queues a process sends from at the same time."""
MOST_QUEUES_OF_ONE: Final = 4
"""How many of them to the same endpoint, so that a slow one does not keep the others waiting."""
MOST_AT_ONCE: Final = 100
"""How many messages of a queue are sent before others have their turn."""
_LOOK_AGAIN_SECONDS: Final = 1.0

FIRST_DELAY_SECONDS: Final = 5.0
LONGEST_DELAY_SECONDS: Final = 3600.0
_REST_SHARE: Final = 1 / 8
"""An endpoint that fails as a whole is left alone for this share of the time for which it has failed."""
_DROPPED_AT_ONCE: Final = 1000
_MOST_COUNTED: Final = 100_000
"""A backlog is not counted beyond this: it is far too many already, and counting shall not add to it."""

_OK: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)
_NOT_FOLLOWED: Final = "; redirects are not followed"
_GONE: Final = 410
_TOO_MANY: Final = 429
_SERVER_FAILS: Final = 500

_log = logging.getLogger(__name__)


def check_settings(settings: Settings) -> None:
    """Return when webhooks can be sent as the settings say.

    Raises:
        SettingError: naming the setting that is not right.
    """
    try:
        networks_of(settings.webhook_networks)
    except ValueError as error:
        raise SettingError(
            f"FREEHOLD_WEBHOOK_NETWORKS is '{settings.webhook_networks}': must be addresses or networks, separated by "
            f"commas, such as 10.0.0.0/8,127.0.0.1: {error}"
        ) from None


@job("webhooks.deliver", every_seconds=1)
async def deliver(context: Context) -> None:
    """Send from every queue that is due."""
    busy: Counter[UUID] = Counter()
    tasks: dict[asyncio.Task[None], Held] = {}
    try:
        while True:
            held = await _claim(context, busy) if len(tasks) < MOST_QUEUES else None
            if held is not None:
                busy[held.endpoint_id] += 1
                tasks[asyncio.create_task(_send_from(context, held))] = held
                continue
            if not tasks:
                return
            done, _ = await asyncio.wait(tasks, timeout=_LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                busy[tasks.pop(task).endpoint_id] -= 1
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@job("webhooks.count_waiting", every_seconds=15)
async def count_waiting(context: Context) -> None:
    """Tell whoever watches how many deliveries wait, and for how long the first has."""
    if context.tools.settings.counts:
        found = await queries.backlog(context.db, limit=_MOST_COUNTED)
        context.tools.observer.webhook_backlog(found.waiting, found.oldest_seconds)


@job("webhooks.drop_old", every_seconds=3600)
async def drop_old(context: Context) -> None:
    """Forget what was delivered or given up long ago, and what belongs to endpoints that are gone."""
    keep_seconds = context.tools.settings.webhook_keep_days * SECONDS_A_DAY
    db = context.db

    async def old(kept: list[str]) -> None:
        while await queries.drop_old(db, keep_seconds=keep_seconds, limit=_DROPPED_AT_ONCE, kept=kept):
            pass

    async def queues(kept: list[str]) -> None:
        await queries.drop_queues_of_gone(db, kept=kept)

    async def gone(kept: list[str]) -> None:
        while await queries.drop_gone(db, limit=_DROPPED_AT_ONCE, kept=kept):
            pass

    await forget(
        context,
        Over("webhook_deliveries", ("id",), old),
        Over("webhook_queues", ("endpoint_id", "chain_id"), queues),
        Over("webhook_deliveries", ("id",), gone),
    )


def delay_seconds(failures: int, answer: Answer | None = None) -> float:
    """Say how long to wait after so many failures: doubling from 5 seconds to an hour, give or take a quarter.

    A receiver may ask for longer, up to an hour. The jitter keeps queues that failed together from coming back so.
    """
    doubled = min(FIRST_DELAY_SECONDS * 2.0 ** min(failures - 1, 20), LONGEST_DELAY_SECONDS)
    asked = min(float(answer.retry_after_seconds or 0), LONGEST_DELAY_SECONDS) if answer else 0.0
    return max(doubled * random.uniform(0.75, 1.25), asked)  # noqa: S311 - jitter, not a secret


async def _claim(context: Context, busy: Counter[UUID]) -> Held | None:
    full = [endpoint for endpoint, count in busy.items() if count >= MOST_QUEUES_OF_ONE]
    return await queries.claim(context.db, lease_id=uuid4(), lease_seconds=LEASE_SECONDS, busy=full)


async def _send_from(context: Context, held: Held) -> None:
    """Send from a queue. What goes wrong with one, the others do not feel."""
    posts = Posts(networks_of(context.tools.settings.webhook_networks))
    try:
        for _ in range(MOST_AT_ONCE):
            if not await _go_on(context, held, posts):
                return
        await queries.give_back(context.db, held=held)
    except FreeholdError as error:
        _log.warning("webhooks of %s for %s wait: %s", held.chain_id, held.endpoint_id, error.detail)
    except Exception:  # noqa: BLE001 - a bug is logged, and the queue is tried again when the lease is over
        _log.exception("webhooks of %s for %s failed", held.chain_id, held.endpoint_id)
    finally:
        posts.close()


async def _go_on(context: Context, held: Held, posts: Posts) -> bool:
    """Send the next message of a queue, and tell whether to go on with it."""
    found = await queries.next(context.db, held=held)
    if found is None:
        return False
    if found.url is None:
        await queries.drop_queue_of_gone(context.db, held=held)
        return False
    if found.status == "disabled":
        await queries.park(context.db, held=held)
        return False
    if found.delivery_id is None:
        return not await queries.drop_queue(context.db, held=held, additions=found.additions)
    return await _attempt(context, held, posts, found)


async def _attempt(context: Context, held: Held, posts: Posts, found: Next) -> bool:
    body, vault = encoded(message_of(found)), vault_of(context)
    sealed = [each for each in (found.sealed_secret, found.sealed_previous_secret) if each is not None]
    secrets = [vault.open(each, held.endpoint_id) for each in sealed]
    moment, began, url = datetime.now(UTC), monotonic(), found.url or ""
    answer, error = None, ""
    if found.event_id is None or found.delivery_id is None:
        return False
    try:
        answer = await posts.send(url, signed_headers(found.event_id, int(moment.timestamp()), body, secrets), body)
        if answer.status not in _OK:
            error = f"answered {answer.status}{_NOT_FOLLOWED if answer.status in _REDIRECTS else ''}"
    except Unreachable as failure:
        error = str(failure)
    attempt = Attempt(
        delivery_id=found.delivery_id,
        attempted_at=moment,
        url=url,
        response_status=answer.status if answer else None,
        response_body=answer.body if answer else None,
        duration_ms=elapsed_ms(began),
    )
    if not error:
        context.tools.observer.webhook("delivered")
        return bool(await queries.note_delivered(context.db, held=held, attempt=attempt, lease_seconds=LEASE_SECONDS))
    await _note_failure(context, held, attempt, error, failures=found.failures + 1, answer=answer)
    return False


async def _note_failure(
    context: Context, held: Held, attempt: Attempt, error: str, *, failures: int, answer: Answer | None
) -> None:
    settings = context.tools.settings
    failed = await queries.note_failure(
        context.db,
        held=held,
        attempt=attempt,
        error=error[:500],
        delay_seconds=delay_seconds(failures, answer),
        patience_seconds=settings.webhook_retry_days * SECONDS_A_DAY,
    )
    _log.info("webhook %s to endpoint %s failed: %s", attempt.delivery_id, held.endpoint_id, error)
    context.tools.observer.webhook("given_up" if failed and failed.is_given_up else "failed")
    if failed is None:
        return
    if context.db.is_citus:
        await queries.note_ill(context.db, endpoint_id=held.endpoint_id)
        seconds = await queries.ill_for(context.db, endpoint_id=held.endpoint_id)
        failed = msgspec.structs.replace(failed, failing_seconds=seconds or 0)
    is_gone = answer is not None and answer.status == _GONE
    if is_gone or failed.failing_seconds > settings.webhook_failing_days * SECONDS_A_DAY:
        if await switch_off(context, held.endpoint_id, is_gone=is_gone):
            _log.warning("webhook endpoint %s is switched off: %s", held.endpoint_id, error)
    elif answer is None or answer.status == _TOO_MANY or answer.status >= _SERVER_FAILS:
        delay = min(max(FIRST_DELAY_SECONDS, failed.failing_seconds * _REST_SHARE), LONGEST_DELAY_SECONDS)
        await queries.rest(context.db, endpoint_id=held.endpoint_id, delay_seconds=delay)
