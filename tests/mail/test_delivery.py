"""Mail leaves the outbox, over real SMTP connections."""

import asyncio
import io
import logging
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.mail.conftest import Authority, OpenPlatform
from tests.mail.post_office import PostOffice, open_post_office

from freehold import Message, PageRequest, Platform
from freehold.access import in_transaction
from freehold.mail import queries
from freehold.mail.jobs import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, delay_seconds, deliver, drop_old
from freehold.mail.operations import enqueue

ADDRESS = "bob@example.com"
LOGIN = "ada:p%40ss%3Aword@"


async def write(platform: Platform, recipient: str = ADDRESS, username: str = "bob") -> Message:
    """Put a mail into the outbox."""
    await enqueue(platform.context, recipient, "password_changed", about=None, username=username)
    # Ids made within a millisecond are in no order.
    return max((await platform.mail.list(PageRequest())).data, key=lambda message: message.created_at)


async def make_due(connection: Any) -> None:
    await connection.execute("UPDATE mail_messages SET next_attempt_at = now()")


async def test_mail_is_delivered_as_text_and_html(office: PostOffice, open_platform: OpenPlatform):
    platform = await open_platform(office.settings(public_url="https://acme.example/"))
    written = await write(platform, username="b<o>b")
    await deliver(platform.context)
    (letter,) = office.letters
    assert letter["From"] == "Acme <hello@acme.example>"
    assert letter["To"] == ADDRESS
    assert letter["Subject"] == written.subject
    assert letter["Message-ID"] == f"<{written.id}@acme.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == written.created_at.replace(microsecond=0)
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert page is not None
    assert "Hello b<o>b," in text.get_content()
    assert "https://acme.example/reset-password" in text.get_content()
    assert "Hello b&lt;o&gt;b," in page.get_content()
    assert office.envelopes[0].mail_from == "hello@acme.example"
    assert office.envelopes[0].rcpt_tos == [ADDRESS]


async def test_delivered_mail_is_noted_and_its_text_forgotten(
    office: PostOffice, open_platform: OpenPlatform, connection: Any
):
    platform = await open_platform(office.settings())
    written = await write(platform)
    assert written.text
    await deliver(platform.context)
    sent = await platform.mail.get(written.id)
    assert sent.sent_at is not None
    assert (sent.text, sent.subject, sent.attempts) == ("", written.subject, 1)
    assert await connection.fetchval("SELECT html_body FROM mail_messages") == ""
    await deliver(platform.context)
    assert len(office.letters) == 1


async def test_mail_of_a_change_that_failed_is_not_sent(office: PostOffice, open_platform: OpenPlatform):
    platform = await open_platform(office.settings())

    async def change(context: Any) -> None:
        await enqueue(context, ADDRESS, "password_changed", about=None, username="bob")
        raise LookupError

    with pytest.raises(LookupError):
        await in_transaction(platform.context, change)
    await deliver(platform.context)
    assert office.letters == []


async def test_mail_is_sent_in_words_of_ones_own(office: PostOffice, open_platform: OpenPlatform, tmp_path: Path):
    (tmp_path / "password_changed.subject.txt").write_text("Neues Passwort für $username\n", "utf-8")
    (tmp_path / "password_changed.html").write_text("<h1>Hallo $username</h1>\n", "utf-8")
    platform = await open_platform(office.settings(mail_templates=tmp_path))
    await write(platform, username="b<o>b")
    await deliver(platform.context)
    (letter,) = office.letters
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert letter["Subject"] == "Neues Passwort für b<o>b"
    assert page is not None
    assert page.get_content().strip() == "<h1>Hallo b&lt;o&gt;b</h1>"
    assert text is not None
    assert "Hello b<o>b," in text.get_content()  # what is not replaced stays


async def test_connection_is_kept_for_the_next_mail(office: PostOffice, open_platform: OpenPlatform):
    platform = await open_platform(office.settings())
    for _ in range(3):
        await write(platform)
    await deliver(platform.context)
    assert len(office.letters) == 3
    assert office.connections == 1


async def test_starttls_is_used_where_the_server_offers_it(authority: Authority, open_platform: OpenPlatform):
    async with open_post_office(tls_context=authority.server) as office:
        platform = await open_platform(office.settings(smtp_ca_file=authority.file))
        await write(platform)
        await deliver(platform.context)
        assert office.sessions[0].ssl is not None


async def test_tls_from_the_start(authority: Authority, open_platform: OpenPlatform):
    async with open_post_office(implicit_tls=authority.server) as office:
        platform = await open_platform(office.settings(scheme="smtps", smtp_ca_file=authority.file))
        await write(platform)
        await deliver(platform.context)
        assert len(office.letters) == 1


async def test_certificate_that_nobody_vouches_for_is_refused(authority: Authority, open_platform: OpenPlatform):
    async with open_post_office(tls_context=authority.server) as office:
        platform = await open_platform(office.settings())
        written = await write(platform)
        await deliver(platform.context)
        assert office.letters == []
        waiting = await platform.mail.get(written.id)
        assert waiting.failed_at is None
        assert "certificate" in str(waiting.last_error).lower()


async def test_server_without_required_starttls_gets_nothing(office: PostOffice, open_platform: OpenPlatform):
    platform = await open_platform(office.settings(query="?starttls=required"))
    written = await write(platform)
    await deliver(platform.context)
    assert office.letters == []
    assert (await platform.mail.get(written.id)).last_error is not None


async def test_server_is_signed_in_to(authority: Authority, open_platform: OpenPlatform):
    async with open_post_office(tls_context=authority.server, auth_required=True) as office:
        platform = await open_platform(office.settings(login=LOGIN, smtp_ca_file=authority.file))
        await write(platform)
        await deliver(platform.context)
        assert office.sessions[0].authenticated


async def test_wrong_password_keeps_the_mail_and_is_not_told(
    authority: Authority, open_platform: OpenPlatform, caplog: pytest.LogCaptureFixture
):
    async with open_post_office(tls_context=authority.server, auth_required=True) as office:
        platform = await open_platform(office.settings(login="ada:S3cr3tWord@", smtp_ca_file=authority.file))
        written = await write(platform)
        await deliver(platform.context)
        waiting = await platform.mail.get(written.id)
        assert waiting.failed_at is None
        assert "535" in str(waiting.last_error)
        assert "S3cr3tWord" not in f"{waiting.last_error}{caplog.text}"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_password_is_never_sent_in_the_clear(open_platform: OpenPlatform):
    async with open_post_office(auth_required=True, auth_require_tls=False) as office:
        platform = await open_platform(office.settings(login=LOGIN))
        written = await write(platform)
        await deliver(platform.context)
        assert office.letters == []
        assert (await platform.mail.get(written.id)).last_error is not None
        allowed = await open_platform(office.settings(login=LOGIN, query="?starttls=off"))
        second = await write(allowed)
        await deliver(allowed.context)
        assert (await allowed.mail.get(second.id)).sent_at is not None


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


async def test_two_workers_deliver_each_mail_once(office: PostOffice, open_platform: OpenPlatform):
    one, other = await open_platform(office.settings()), await open_platform(office.settings())
    written = [await write(one) for _ in range(20)]
    await asyncio.gather(deliver(one.context), deliver(other.context))
    delivered = sorted(letter["Message-ID"] for letter in office.letters)
    assert delivered == sorted(f"<{message.id}@acme.example>" for message in written)
    assert office.connections == 2


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


@pytest.mark.parametrize(
    ("address", "sent_to", "needs_utf8"),
    [("jörg@example.com", "jörg@example.com", True), ("ada@bücher.example", "ada@xn--bcher-kva.example", False)],
)
async def test_address_beyond_ascii_is_reached(
    address: str,
    sent_to: str,
    needs_utf8: bool,  # noqa: FBT001 - a parameter of the test's table
    office: PostOffice,
    open_platform: OpenPlatform,
):
    platform = await open_platform(office.settings())
    await write(platform, address, username="Jörg")
    await deliver(platform.context)
    assert office.envelopes[0].rcpt_tos == [sent_to]
    assert office.envelopes[0].smtp_utf8 is needs_utf8
    text = office.letters[0].get_body(("plain",))
    assert text is not None
    assert "Hello Jörg," in text.get_content()


@pytest.mark.parametrize(
    "address", ["bob@example.com\r\nBcc: eve@example.com", "bob@example.com> SIZE=1\r\nRCPT TO:<eve@example.com", "bob"]
)
async def test_recipient_that_is_no_address_is_refused(address: str, office: PostOffice, open_platform: OpenPlatform):
    platform = await open_platform(office.settings())
    written = await write(platform, address)
    await deliver(platform.context)
    assert office.letters == []
    assert (await platform.mail.get(written.id)).failed_at is not None


async def test_subject_stays_on_one_line(office: PostOffice, open_platform: OpenPlatform, connection: Any):
    platform = await open_platform(office.settings())
    await write(platform)
    await connection.execute("UPDATE mail_messages SET subject = E'Hello\\r\\nBcc: eve@example.com'")
    await deliver(platform.context)
    assert office.letters == []


async def test_without_a_server_mail_is_printed_and_kept(
    platform: Platform, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    written = await write(platform)
    await deliver(platform.context)
    printed = capfd.readouterr().out
    assert written.text in printed
    assert f"Mail to {ADDRESS}: {written.subject}" in printed
    kept = await platform.mail.get(written.id)
    assert kept.sent_at is not None
    assert kept.text == written.text
    assert ADDRESS in caplog.text
    assert "reset-password" not in caplog.text
    await deliver(platform.context)
    assert capfd.readouterr().out == ""


async def test_output_that_nobody_reads_does_not_stop_the_server(platform: Platform, monkeypatch: pytest.MonkeyPatch):
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with open(writing, "wb", buffering=0) as pipe, open(reading, "rb"):  # noqa: ASYNC230, PTH123 - a pipe
        while pipe.write(b"x" * 4096):
            pass
        os.set_blocking(writing, True)
        monkeypatch.setattr(sys, "stdout", pipe)
        written = await write(platform)
        async with asyncio.timeout(5):
            await deliver(platform.context)
    kept = await platform.mail.get(written.id)
    assert kept.text == written.text
    assert kept.sent_at is not None


@pytest.mark.parametrize("output", [None, io.StringIO()])
async def test_no_output_at_all_is_no_failure(
    output: io.StringIO | None, platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    written = await write(platform)
    monkeypatch.setattr(sys, "stdout", output)
    await deliver(platform.context)
    assert (await platform.mail.get(written.id)).sent_at is not None


async def test_old_mail_is_dropped(platform: Platform, connection: Any):
    old, new = await write(platform), await write(platform)
    await deliver(platform.context)
    await connection.execute("UPDATE mail_messages SET sent_at = now() - interval '31 days' WHERE id = $1", old.id)
    waiting = await write(platform)
    await connection.execute(
        "UPDATE mail_messages SET created_at = now() - interval '99 days' WHERE id = $1", waiting.id
    )
    await drop_old(platform.context)
    assert {message.id for message in (await platform.mail.list(PageRequest())).data} == {new.id, waiting.id}


async def test_mail_is_listed_newest_first_in_pages(platform: Platform):
    written = sorted([(await write(platform)).id for _ in range(3)], reverse=True)
    first = await platform.mail.list(PageRequest(limit=2, include="total"))
    assert [message.id for message in first.data] == written[:2]
    assert first.total == 3
    rest = await platform.mail.list(PageRequest(limit=2, cursor=first.next_cursor))
    assert [message.id for message in rest.data] == written[2:]
