"""A delivery that fails: what is refused, stalls or is lost, and who tries it again."""

import asyncio
from typing import Any

import pytest
from tests.mail.conftest import OpenPlatform
from tests.mail.outbox import make_due, write
from tests.mail.post_office import PostOffice, open_post_office

from freehold.mail import queries
from freehold.mail.jobs import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, delay_seconds, deliver


@pytest.mark.parametrize(("command", "reply"), [("RCPT", "550 No such mailbox here"), ("DATA", "554 Looks like spam")])
async def test_refusal_for_good_is_recorded_at_once(
    command: str, reply: str, office: PostOffice, open_platform: OpenPlatform, connection: Any
):
    office.replies[command] = reply
    platform = await open_platform(office.settings())
    written = await write(platform)
    await deliver(platform.context)
    refused = await platform.mail.get(written.id)
    assert refused.failed_at is not None
    assert refused.last_error == reply
    assert refused.text == ""
    office.replies.clear()
    await make_due(connection)
    await deliver(platform.context)
    assert office.letters == []


@pytest.mark.parametrize(
    ("command", "reply"),
    [("RCPT", "451 Come back later"), ("DATA", "452 Disk full"), ("MAIL", "550 Sender unknown"), ("MAIL", "421 Busy")],
)
async def test_refusal_for_now_is_tried_again_later(
    command: str, reply: str, office: PostOffice, open_platform: OpenPlatform, connection: Any
):
    office.replies[command] = reply
    platform = await open_platform(office.settings())
    written = await write(platform)
    await deliver(platform.context)
    waiting = await platform.mail.get(written.id)
    assert waiting.failed_at is None
    assert waiting.last_error == reply
    office.replies.clear()
    await deliver(platform.context)  # not due yet
    assert office.letters == []
    await make_due(connection)
    await deliver(platform.context)
    sent = await platform.mail.get(written.id)
    assert sent.sent_at is not None
    assert (sent.attempts, sent.last_error) == (2, None)


async def test_one_refusal_does_not_keep_the_next_mail_waiting(office: PostOffice, open_platform: OpenPlatform):
    platform = await open_platform(office.settings())
    bad = await write(platform, "nobody@localhost")
    office.replies["RCPT"] = "550 No such mailbox here"
    await deliver(platform.context)
    del office.replies["RCPT"]
    good = await write(platform)
    await deliver(platform.context)
    assert (await platform.mail.get(bad.id)).failed_at is not None
    assert (await platform.mail.get(good.id)).sent_at is not None


async def test_server_that_stalls_is_left(office: PostOffice, open_platform: OpenPlatform, connection: Any):
    office.faults["DATA"] = "stalls"
    platform = await open_platform(office.settings(smtp_timeout_seconds=0.2))
    first = await write(platform)
    second = await write(platform)
    async with asyncio.timeout(5):
        await deliver(platform.context)
    stalled = await platform.mail.get(first.id)
    assert stalled.sent_at is None
    assert "too long" in str(stalled.last_error)
    assert (await platform.mail.get(second.id)).attempts == 0
    office.faults.clear()
    await make_due(connection)
    await deliver(platform.context)
    assert len(office.letters) == 2


async def test_connection_that_drops_costs_an_attempt(office: PostOffice, open_platform: OpenPlatform, connection: Any):
    office.faults["DATA"] = "drops"
    platform = await open_platform(office.settings())
    written = await write(platform)
    await deliver(platform.context)
    waiting = await platform.mail.get(written.id)
    assert waiting.sent_at is None
    assert "connection" in str(waiting.last_error)
    office.faults.clear()
    await make_due(connection)
    await deliver(platform.context)
    assert [letter["Message-ID"] for letter in office.letters] == [f"<{written.id}@acme.example>"]


async def test_mail_that_comes_twice_is_known_by_its_message_id(
    office: PostOffice, open_platform: OpenPlatform, connection: Any
):
    """The server took it and the answer was lost: it must be sent again, and looks the same."""
    office.faults["DATA"] = "drops after accepting"
    platform = await open_platform(office.settings())
    await write(platform)
    await deliver(platform.context)
    office.faults.clear()
    await make_due(connection)
    await deliver(platform.context)
    first, second = office.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


async def test_unreachable_server_is_not_tried_for_every_mail(open_platform: OpenPlatform):
    async with open_post_office() as office:
        settings = office.settings()
    platform = await open_platform(settings)
    first, second = await write(platform), await write(platform)
    await deliver(platform.context)
    assert (await platform.mail.get(first.id)).attempts == 1
    assert (await platform.mail.get(second.id)).attempts == 0


async def test_mail_of_a_worker_that_died_is_delivered_by_another(
    office: PostOffice, open_platform: OpenPlatform, connection: Any
):
    office.faults["DATA"] = "stalls"
    platform = await open_platform(office.settings())
    await write(platform)
    dying = asyncio.ensure_future(deliver(platform.context))
    async with asyncio.timeout(5):
        await office.stalled.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    office.faults.clear()
    await deliver(platform.context)  # the lease has not passed
    assert office.letters == []
    await make_due(connection)  # it has
    await deliver(platform.context)
    assert len(office.letters) == 1


async def test_late_failure_does_not_undo_what_another_worker_did(
    office: PostOffice, open_platform: OpenPlatform, connection: Any
):
    """A worker that was stopped beyond its lease wakes up and fails: the message has been sent meanwhile."""
    office.faults["DATA"] = "stalls"
    slow = await open_platform(office.settings(smtp_timeout_seconds=0.5))
    written = await write(slow)
    late = asyncio.ensure_future(deliver(slow.context))
    async with asyncio.timeout(5):
        await office.stalled.wait()
    async with open_post_office() as second:
        fast = await open_platform(second.settings())
        await make_due(connection)
        await deliver(fast.context)
        assert len(second.letters) == 1
    await late
    sent = await slow.mail.get(written.id)
    assert sent.sent_at is not None
    assert sent.last_error is None


async def test_late_failure_does_not_end_the_lease_of_another_worker(
    office: PostOffice, open_platform: OpenPlatform, connection: Any
):
    office.faults["DATA"] = "stalls"
    slow = await open_platform(office.settings(smtp_timeout_seconds=0.5))
    written = await write(slow)
    late = asyncio.ensure_future(deliver(slow.context))
    async with asyncio.timeout(5):
        await office.stalled.wait()
    await make_due(connection)
    await queries.claim(slow.context.db, lease_seconds=300)
    await late
    leased = await slow.mail.get(written.id)
    assert (leased.attempts, leased.last_error) == (2, None)


async def test_mail_is_given_up_after_days(office: PostOffice, open_platform: OpenPlatform, connection: Any):
    office.replies["RCPT"] = "451 Come back later"
    platform = await open_platform(office.settings(mail_retry_days=1))
    written = await write(platform)
    await connection.execute("UPDATE mail_messages SET created_at = now() - interval '25 hours'")
    await deliver(platform.context)
    given_up = await platform.mail.get(written.id)
    assert given_up.failed_at is not None
    assert given_up.text == ""


def test_delays_double_up_to_an_hour():
    for attempts, least in ((1, FIRST_DELAY_SECONDS), (2, 60), (4, 240), (50, LONGEST_DELAY_SECONDS)):
        delays = [delay_seconds(attempts) for _ in range(100)]
        assert least * 0.5 <= min(delays) < max(delays) <= least * 1.5
