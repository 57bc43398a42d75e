"""What leaves over SMTP: no text of a mail becomes a header, a part or a line, whoever has typed it, on any Python."""

import email
import email.policy
import re
from base64 import b64encode
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.headerregistry import Address
from string import Template
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mail.conftest import OpenPlatform
from tests.mail.outbox import ADDRESS
from tests.mail.post_office import PostOffice

from freehold.mail.jobs import deliver
from freehold.mail.operations import enqueue
from freehold.mail.saying import ADDRESSES, OURS, safely
from freehold.mail.templates import load
from freehold.mail.types import Claimed
from freehold.mail.writing import compose, encoded

HEADERS: Final = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
INJECTED: Final = "Bcc: victim@example.com"
ENCODED_BREAK: Final = b64encode(f"\r\n{INJECTED}".encode()).decode()
NASTY: Final = {
    "encoded word, q": f"=?utf-8?q?=0d=0a{INJECTED.replace(' ', '_')}?=",
    "encoded word, b": f"=?utf-8?b?{ENCODED_BREAK}?=",
    "encoded words in a row": f"=?utf-8?b?{ENCODED_BREAK}?= =?iso-8859-1?q?=0a?=",
    "CRLF": f"x\r\n{INJECTED}\r\n\r\nbody",
    "CR": f"x\r{INJECTED}",
    "LF": f"x\n{INJECTED}",
    "NUL": f"x\x00{INJECTED}",
    "U+2028": f"x\u2028{INJECTED}",
    "U+2029": f"x\u2029{INJECTED}",
    "U+0085": f"x\x85{INJECTED}",
    "VT and FF": f"x\x0b{INJECTED}\x0cy",
    "8-bit": "Zoë 組織 \xff\x80",
    "lone surrogate": "x\udcff\ud800",
    "boundary": "--=_boundary--\r\n--=_0",
    "dot": ".\r\nMAIL FROM:<x@example.com>",
    "long": "x" * 2000,
    "long words": "組織 " * 400,
}
VALUES: Final = sorted(
    {
        (mail, value)
        for mail in load(None).names
        for part in load(None).mail(mail)
        for value in part.get_identifiers()
        if value not in OURS
    }
)


def raw_of(office: PostOffice) -> bytes:
    content = office.envelopes[-1].content
    assert isinstance(content, bytes)
    return content


def check(raw: bytes) -> None:
    """Nothing but what ``compose`` says stands in a mail."""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw), "a line ends otherwise than with CRLF"
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert raw.isascii()
    head, _, body = raw.partition(b"\r\n\r\n")
    assert [line.split(b":")[0].decode() for line in re.split(rb"\r\n(?! )", head)] == HEADERS
    boundary = re.search(rb'boundary="([^"]+)"', head)
    assert boundary is not None
    assert body.count(b"--" + boundary[1]) == 3
    assert b"victim@example.com" not in head
    letter = email.message_from_bytes(raw, policy=email.policy.compat32)
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    subject = str(make_header(decode_header(letter["Subject"])))
    assert subject.isprintable(), subject
    assert "=?" not in subject


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("kind", NASTY)
async def test_no_value_of_any_mail_becomes_more_than_a_value(
    kind: str, locale: str, office: PostOffice, open_platform: OpenPlatform, subtests: pytest.Subtests
):
    """As if no rule of a name had kept it out: for every mail, each of its values in turn."""
    platform = await open_platform(office.settings())
    for mail, nasty in VALUES:
        names = {name for part in load(None).mail(mail) for name in part.get_identifiers()} - {"public_url"}
        values: dict[str, Any] = {name: NASTY[kind] if name == nasty else "plain" for name in names}
        await enqueue(platform.context, ADDRESS, mail, about=None, locale=locale, **values)
    await deliver(platform.context)
    assert len(office.envelopes) == len(VALUES)
    for envelope in office.envelopes:
        assert envelope.rcpt_tos == [ADDRESS]
        with subtests.test(subject=email.message_from_bytes(envelope.content)["Subject"]):  # type: ignore[arg-type]
            check(envelope.content)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", NASTY)
async def test_nothing_of_the_outbox_becomes_more_than_it_is(
    kind: str, office: PostOffice, open_platform: OpenPlatform, connection: Any
):
    """As if somebody had written into the table itself, past every program."""
    platform = await open_platform(office.settings())
    await enqueue(platform.context, ADDRESS, "password_changed", about=None, username="bob")
    nasty = NASTY[kind].replace("\x00", "").encode("utf-8", "replace").decode()
    sql = "UPDATE mail_messages SET subject = left($1, 255), text_body = $1, html_body = $1"
    await connection.execute(sql, nasty)
    await deliver(platform.context)
    raw = raw_of(office)
    head = raw.partition(b"\r\n\r\n")[0]
    assert [line.split(b":")[0].decode() for line in re.split(rb"\r\n(?! )", head)] == HEADERS
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert raw.isascii()


@pytest.mark.parametrize("local", ["=?utf-8?q?=0d=0a?=", "=?x?q?victim?=", "a+b", "www.x", "o'hara", "a=b"])
async def test_address_that_reads_as_an_encoded_word_is_not_mailed(
    local: str, office: PostOffice, open_platform: OpenPlatform, connection: Any
):
    """Servers there are that decode it (the one of this test does), and deliver to another address."""
    platform = await open_platform(office.settings())
    address = f"{local}@example.com"
    await enqueue(platform.context, address, "password_changed", about=None, username="bob")
    await deliver(platform.context)
    if "=?" in address:
        assert office.envelopes == []
        assert "encoded word" in await connection.fetchval("SELECT last_error FROM mail_messages")
    else:
        assert office.envelopes[-1].rcpt_tos == [address]
        check(raw_of(office))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Acme", "Acme"),
        ("Zoë & Söhne GmbH", "Zoë & Söhne GmbH"),
        ("A.B. Smith, Inc.", "A.B. Smith, Inc."),
        ("Booking.com", "Booking com"),
        ("pay-now.example/login", "pay-now example/login"),
        ("evil\u3002com", "evil com"),
        ("two\r\nlines", "two lines"),
        ("https://evil.example", None),
        ("Locked! See HTTP://evil", None),
        ("www.evil", None),
        ("WWW.evil", None),
        ("\uff57\uff57\uff57.evil", None),
        ("w\u200bww.evil", None),
        ("https:\u2060//evil", None),
        ("=?utf-8?q?x?=", None),
        ("=\u200b?utf-8", None),
        ("\u2028", None),
        ("", None),
    ],
)
def test_names_cannot_look_like_links(typed: str, said: str | None):
    assert safely("organization", typed) == said


@given(st.text(max_size=120))
def test_what_is_said_is_one_line_that_is_no_link_and_stays_as_it_is(typed: str):
    said = safely("organization", typed)
    if said is not None:
        assert said.isprintable() or all(each == " " or each.isprintable() or ord(each) > 0x7F for each in said)
        assert "://" not in said
        assert "=?" not in said
        assert not re.search(r"www\.", said, re.IGNORECASE)
        assert safely("organization", said) == said


def test_what_is_left_out_is_said_otherwise_in_the_language_of_the_mail():
    values = dict.fromkeys(("token", "link", "days", "email", "role", "public_url"), "x")
    wrong = {**values, "inviter": "www.evil", "organization": "https://evil"}
    english, german = (load(None).render("invitation", wrong, locale) for locale in ("en", "de"))
    assert english.subject == "An administrator invites you to an organization"
    assert german.subject == "Jemand aus der Verwaltung lädt dich zu einer Organisation ein"
    assert not [text for text in (*english, *german) if "evil" in text]


def test_addresses_are_said_with_their_dots():
    assert {safely(name, "ada.l@sub.example.com") for name in ADDRESSES} == {"ada.l@sub.example.com"}
    assert {safely(name, "www.evil.com@x.example") for name in ADDRESSES} == {None}


@given(st.text(max_size=300))
def test_header_can_be_read_back(text: str):
    text = text.encode("utf-8", "replace").decode()
    value = encoded(text)
    assert value.isascii()
    assert str(make_header(decode_header(value.replace("\r\n ", " ")))) == text or text != text.strip() or not text
    assert all(len(line) <= 76 for line in value.split("\r\n "))


def test_mail_is_written_without_the_parsers_of_the_library(monkeypatch: pytest.MonkeyPatch):
    """Older releases of Python write what an encoded word decodes to into the header (CVE-2024-6923)."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the library reads what a mail says")

    for name in ("get_unstructured", "get_address_list", "get_mailbox", "get_encoded_word"):
        monkeypatch.setattr(f"email._header_value_parser.{name}", refuse)
    for name in ("Generator", "BytesGenerator"):
        monkeypatch.setattr(f"email.generator.{name}.flatten", refuse)
    message = Claimed(
        id=UUID(int=1),
        recipient=ADDRESS,
        subject=NASTY["encoded word, q"],
        text_body=NASTY["CRLF"],
        html_body="<p>x</p>",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        attempts=1,
    )
    raw = compose(message, Address("Acme, Inc. =?x?q?y?=", username="hello", domain="acme.example"))
    assert b"Bcc" not in raw.partition(b"\r\n\r\n")[0]
    assert raw.startswith(b"From: =?utf-8?b?")


def test_repeated_mail_is_the_same_to_the_byte():
    message = Claimed(
        id=uuid4(),
        recipient=ADDRESS,
        subject="Über uns",
        text_body=Template("Hallo $x").substitute(x="ä" * 100),
        html_body="<p>ä</p>",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        attempts=1,
    )
    sender = Address("", username="hello", domain="acme.example")
    assert compose(message, sender) == compose(message, sender)
