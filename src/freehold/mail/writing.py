"""Writes a mail as the bytes that leave, by itself.

The standard library's ``EmailMessage`` reads what it is given: it decodes ``=?utf-8?q?...?=`` in a subject, and some
versions of it then wrote the line break that came out of it into the header. Here every text is encoded and none is
read, so that nothing in it can become a header, a part or a line of its own, on any Python.
"""

import base64
import binascii
import re
from email.headerregistry import Address
from email.utils import format_datetime
from typing import Final

from freehold.mail.relay import mailbox
from freehold.mail.types import Claimed

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What ends a line somewhere, or nothing that a reader sees."""
_PLAIN: Final = re.compile(r"[ -~]*")
_WORDS: Final = re.compile(r"[A-Za-z0-9 ]+")
"""What a name before an address can be without quotes: a comma or a bracket would end it."""
_MOST_ASCII: Final = 60  # characters of a header that stays on one line
_MOST_BYTES: Final = 42  # of an encoded word, which is 75 characters with what is around it


def compose(message: Claimed, sender: Address) -> bytes:
    """Write a mail. The same message has the same Message-ID however often it is sent, so that repeats are dropped.

    Raises:
        ValueError: the recipient is no address.
    """
    boundary = f"=_{message.id.hex}"
    parts = (("plain", message.text_body), ("html", message.html_body))
    lines = [
        f"From: {_named(sender)}",
        f"To: {reachable(message.recipient)}",
        f"Subject: {encoded(_UNSEEN.sub(' ', message.subject))}",
        f"Date: {format_datetime(message.created_at)}",
        f"Message-ID: <{message.id}@{sender.domain}>",
        "Auto-Submitted: auto-generated",  # RFC 3834: no out-of-office answers, please
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        f' boundary="{boundary}"',
        "",
    ]
    for subtype, text in parts:
        lines += [
            f"--{boundary}",
            f'Content-Type: text/{subtype}; charset="utf-8"',
            "Content-Transfer-Encoding: quoted-printable",
            "",
            *_quoted(text),
        ]
    lines += [f"--{boundary}--", ""]
    return "\r\n".join(lines).encode()


def reachable(address: str) -> str:
    """Write the address of a recipient for the envelope and the header.

    Raises:
        ValueError: it is none, or reads as an encoded word: servers there are that decode it, and deliver the mail to
            another address.
    """
    if "=?" in address:
        raise ValueError("the address reads as an encoded word (=?): mail servers may take it for another address")
    return mailbox(address).addr_spec


def encoded(text: str, plain: re.Pattern[str] = _PLAIN) -> str:
    """Write a text as the value of a header: as it is when it is short and plain, else as encoded words (RFC 2047)."""
    if plain.fullmatch(text) and "=?" not in text and len(text) <= _MOST_ASCII:
        return text
    words, chunk = [], b""
    for character in text:
        more = character.encode("utf-8", "replace")
        if len(chunk) + len(more) > _MOST_BYTES:
            words.append(chunk)
            chunk = b""
        chunk += more
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _named(sender: Address) -> str:
    if not sender.display_name:
        return sender.addr_spec
    return f"{encoded(sender.display_name, _WORDS)} <{sender.addr_spec}>"


def _quoted(text: str) -> list[str]:
    """Encode a body, line by line: each is ASCII, of at most 76 characters, and holds no line end."""
    lines: list[str] = []
    for line in _LINE_END.split(text):
        lines += binascii.b2a_qp(line.encode("utf-8", "replace"), istext=False).decode("ascii").split("\n")
    return lines
