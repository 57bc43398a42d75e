"""A real SMTP server in this process, which can be told to misbehave."""

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any, Literal, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from freehold import Settings

Fault = Literal["stalls", "drops", "drops after accepting"]
ACCEPTED = "250 OK"


class PostOffice:
    """What came in, and how the server answers."""

    def __init__(self) -> None:
        self.port = 0
        self.letters: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.sessions: list[Session] = []
        self.replies: dict[str, str] = {}
        self.faults: dict[str, Fault] = {}
        self.connections = 0
        self.stalled = asyncio.Event()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.replies.get("MAIL"):
            return reply
        envelope.mail_from = address
        envelope.mail_options += options
        return ACCEPTED

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if reply := self.replies.get("RCPT"):
            return reply
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if reply := self.replies.get("DATA"):
            return reply
        fault = self.faults.get("DATA")
        if fault == "stalls":
            self.stalled.set()
            await asyncio.Event().wait()
        if fault != "drops":
            parsed = email.message_from_bytes(cast("bytes", envelope.content), policy=email.policy.default)
            self.letters.append(parsed)
            self.envelopes.append(envelope)
            self.sessions.append(session)
        if fault is not None:
            assert server.transport is not None
            cast("asyncio.Transport", server.transport).abort()
        return ACCEPTED

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        fits = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ada", b"p@ss:word")
        return AuthResult(success=fits, handled=False)

    def settings(
        self, *, login: str = "", scheme: str = "smtp", query: str = "?starttls=auto", **others: Any
    ) -> Settings:
        """Settings that deliver here."""
        url = f"{scheme}://{login}127.0.0.1:{self.port}{query}"
        return Settings(smtp_url=url, mail_from="Acme <hello@acme.example>", **others)


@asynccontextmanager
async def open_post_office(*, implicit_tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[PostOffice]:
    """Run a server on a free port; options are those of aiosmtpd's SMTP."""
    office = PostOffice()
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            office,
            hostname="post.example",
            enable_SMTPUTF8=True,
            loop=loop,
            authenticator=office.authenticate,
            **options,
        )

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=implicit_tls)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
