"""Delivers what is in the outbox: at least once, and known by its Message-ID when it comes twice."""

import logging
import random
from typing import Final

from freehold.base.settings import SettingError, Settings
from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.mail import queries
from freehold.mail.news import ALL_NEWS
from freehold.mail.relay import Relay, read_relay
from freehold.mail.smtp import MESSAGE_SECONDS, Connection, Refused, Undelivered, Unreachable
from freehold.mail.templates import load
from freehold.mail.terminal import show
from freehold.mail.types import Claimed

LEASE_SECONDS: Final = 5 * MESSAGE_SECONDS
"""For how long a message is its worker's: well beyond what delivering takes, so that only one who died loses it."""

FIRST_DELAY_SECONDS: Final = 30.0
LONGEST_DELAY_SECONDS: Final = 3600.0
_SECONDS_A_DAY: Final = 86_400
_DROPPED_AT_ONCE: Final = 1000

_log = logging.getLogger(__name__)


def check_settings(settings: Settings) -> None:
    """Return when mail can be written and sent as the settings say.

    Raises:
        SettingError: naming the setting, or the file of one's own, that is not right.
    """
    load(settings.mail_templates)
    read_relay(settings)
    if strange := sorted(settings.muted - {*ALL_NEWS}):
        raise SettingError(f"FREEHOLD_MUTED_NEWS names '{strange[0]}', which is none of: {', '.join(ALL_NEWS)}")


@job("mail.deliver", every_seconds=1)
async def deliver(context: Context) -> None:
    """Deliver every message that is due: over SMTP, or without it to the terminal."""
    relay = read_relay(context.tools.settings)
    if relay is None:
        await _print_due(context)
    else:
        await _send_due(context, relay)


@job("mail.count_waiting", every_seconds=15)
async def count_waiting(context: Context) -> None:
    """Tell whoever watches how many messages wait, for nobody notices by themselves that no mail comes."""
    if context.tools.settings.counts:
        context.tools.observer.outbox(await queries.count_waiting(context.db))


@job("mail.drop_old", every_seconds=3600)
async def drop_old(context: Context) -> None:
    """Forget messages that were delivered or given up long ago."""
    keep_seconds = context.tools.settings.mail_keep_days * _SECONDS_A_DAY

    async def drop(kept: list[str]) -> None:
        while await queries.drop_old(context.db, keep_seconds=keep_seconds, limit=_DROPPED_AT_ONCE, kept=kept):
            pass

    await forget(context, Over("mail_messages", ("id",), drop))


@job("mail.drop_ended_budgets", every_seconds=3600)
async def drop_ended_budgets(context: Context) -> None:
    """Forget how many mails an address got, once the hour is over."""
    await forget(
        context, Over("mail_budgets", ("subject",), lambda kept: queries.drop_ended_budgets(context.db, kept=kept))
    )


async def _print_due(context: Context) -> None:
    """Show messages to whoever runs the server. The log, which others keep, learns nothing of their text."""
    beside_stream = context.tools.settings.audit_stream == "stdout"
    while message := await queries.claim(context.db, lease_seconds=LEASE_SECONDS):
        outcome = "told of" if show(message, beside_stream=beside_stream) else "kept for 'freehold mail'"
        await queries.note_sent(context.db, id=message.id, forget=False)
        _log.info("mail %s to %s %s: %s", message.id, message.recipient, outcome, message.subject)


async def _send_due(context: Context, relay: Relay) -> None:
    async with Connection(relay) as connection:
        while message := await queries.claim(context.db, lease_seconds=LEASE_SECONDS):
            try:
                await connection.deliver(message)
            except Undelivered as error:
                await _note_failure(context, message, error)
                if isinstance(error, Unreachable):
                    return
            else:
                await queries.note_sent(context.db, id=message.id, forget=True)
                _log.info("mail %s to %s sent: %s", message.id, message.recipient, message.subject)


async def _note_failure(context: Context, message: Claimed, error: Undelivered) -> None:
    given_up = await queries.note_failure(
        context.db,
        id=message.id,
        attempts=message.attempts,
        error=str(error),
        delay_seconds=delay_seconds(message.attempts),
        refused=isinstance(error, Refused),
        patience_seconds=context.tools.settings.mail_retry_days * _SECONDS_A_DAY,
    )
    outcome = "given up" if given_up else "not delivered yet"
    _log.warning("mail %s to %s %s: %s", message.id, message.recipient, outcome, error)


def delay_seconds(attempts: int) -> float:
    """Say how long to wait after so many attempts: doubling from half a minute to an hour, give or take a half.

    The jitter keeps messages that failed together from coming back together.
    """
    doubled = FIRST_DELAY_SECONDS * 2.0 ** min(attempts - 1, 20)
    return min(doubled, LONGEST_DELAY_SECONDS) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
