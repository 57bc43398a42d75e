"""Hands messages to an SMTP server, and tells failures that may pass from those that will not."""

import asyncio
import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

import aiosmtplib

from freehold.mail.relay import Relay
from freehold.mail.types import Claimed
from freehold.mail.writing import compose, reachable

PERMANENT = 500
"""From this reply code on, the server says that trying again is of no use (RFC 5321, 4.2.1)."""

MESSAGE_SECONDS = 60.0
"""What one message may take altogether, however slowly the server answers."""


class Undelivered(Exception):
    """The message was not delivered, and may be later."""


class Refused(Undelivered):
    """The server will never take this message."""


class Unreachable(Undelivered):
    """The server cannot be talked to; nothing that this message could help."""


class Connection:
    """A connection to the server, opened for the first message and kept for the next."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._client = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password,
            use_tls=relay.implicit_tls,
            start_tls=relay.starts_tls,
            tls_context=relay.trust,
            timeout=relay.timeout_seconds,
            local_hostname=socket.gethostname() or "localhost",  # looking up its domain could take seconds
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if self._client.is_connected and error is None:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit()
        self._client.close()

    async def deliver(self, message: Claimed) -> None:
        """Hand one message over.

        Raises:
            Refused: for good.
            Unreachable: nothing can be delivered now.
            Undelivered: this message cannot be delivered now.
        """
        try:
            async with asyncio.timeout(MESSAGE_SECONDS):
                await self._connect()
                await self._send(message)
        except TimeoutError as error:  # aiosmtplib's own are such, too
            self._client.close()
            raise Unreachable(f"the SMTP server took too long: {_words(error)}") from error

    async def _connect(self) -> None:
        if self._client.is_connected:
            return
        try:
            await self._client.connect()
        except TimeoutError:
            raise
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            self._client.close()
            raise Unreachable(f"the SMTP server cannot be used: {_words(error)}") from error

    async def _send(self, message: Claimed) -> None:
        try:
            sender, recipient = self._relay.sender.addr_spec, reachable(message.recipient)
            options = [] if sender.isascii() and recipient.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
            mail = compose(message, self._relay.sender)
            await self._client.sendmail(sender, [recipient], mail, mail_options=options)
        except TimeoutError:
            raise
        except aiosmtplib.SMTPSenderRefused as error:  # whatever its code: mail_from is wrong, not the message
            raise Undelivered(_words(error)) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0]) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error) from error
        except (aiosmtplib.SMTPNotSupported, ValueError) as error:
            raise Refused(_words(error)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            self._client.close()
            raise Undelivered(f"the connection was lost: {_words(error)}") from error


def _refusal(error: aiosmtplib.SMTPResponseException) -> Undelivered:
    return (Refused if error.code >= PERMANENT else Undelivered)(_words(error))


def _words(error: BaseException) -> str:
    """Say in a line what went wrong, as the server said it; never what we sent."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        text = f"{error.code} {error.message}"
    else:
        text = getattr(error, "message", None) or str(error) or type(error).__name__
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[:400]
