"""Switches an endpoint off that has failed for days, and mails those who look after it."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from freehold.access import AccountAction, Action, in_transaction
from freehold.audit.recording import record
from freehold.data.context import Context
from freehold.mail.operations import Letter, enqueue_all
from freehold.webhooks import queries
from freehold.webhooks.types import WebhookEndpoint

SECONDS_A_DAY = 86_400


async def switch_off(context: Context, endpoint_id: UUID, *, is_gone: bool) -> bool:
    """Disable an endpoint if it has had failures alone for as long as the settings say; tells whether it was done.

    Args:
        context: the operator's.
        endpoint_id: which.
        is_gone: the receiver says that it will never take anything again (410), so there is nothing to wait for.
    """

    async def work(inner: Context) -> bool:
        failing_seconds = inner.tools.settings.webhook_failing_days * SECONDS_A_DAY
        endpoint = await queries.switch_off(inner.db, id=endpoint_id, failing_seconds=failing_seconds, is_gone=is_gone)
        if endpoint is None:
            return False
        await _mail(inner, endpoint)
        await record(
            inner,
            AccountAction.WEBHOOK_UPDATE if endpoint.organization_id is None else Action.WEBHOOK_UPDATE,
            endpoint.id,
            organization_id=endpoint.organization_id,
            changed=["status"],
            because="gone" if is_gone else "failing",
        )
        return True

    return await in_transaction(context, work)


async def _mail(context: Context, endpoint: WebhookEndpoint) -> None:
    readers = await queries.readers(
        context.db, organization_id=endpoint.organization_id, created_by=endpoint.created_by
    )
    letters = [
        Letter(
            recipient=reader.email,
            about=reader.user_id,
            locale=reader.locale,
            values={
                "username": reader.username,
                "organization": reader.organization or context.tools.settings.brand_name,
                "host": urlsplit(endpoint.url).hostname or "",
                "endpoint_id": str(endpoint.id),
                "since": _day(endpoint.failing_since),
            },
        )
        for reader in readers
    ]
    if letters:
        await enqueue_all(context, "webhook_disabled", letters)


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
