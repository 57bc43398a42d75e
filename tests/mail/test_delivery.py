"""Mail leaves the outbox, over real SMTP connections."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.mail.conftest import OpenPlatform
from tests.mail.outbox import ADDRESS, write
from tests.mail.post_office import PostOffice

from freehold.access import in_transaction
from freehold.mail.jobs import deliver
from freehold.mail.operations import enqueue


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
    assert "https://acme.example/reset" in text.get_content()
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


async def test_two_workers_deliver_each_mail_once(office: PostOffice, open_platform: OpenPlatform):
    one, other = await open_platform(office.settings()), await open_platform(office.settings())
    written = [await write(one) for _ in range(20)]
    await asyncio.gather(deliver(one.context), deliver(other.context))
    delivered = sorted(letter["Message-ID"] for letter in office.letters)
    assert delivered == sorted(f"<{message.id}@acme.example>" for message in written)
    assert office.connections == 2


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
    (letter,) = office.letters
    assert (letter["Subject"], letter["Bcc"]) == ("Hello Bcc: eve@example.com", None)
