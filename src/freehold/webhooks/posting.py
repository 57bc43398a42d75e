"""Posts messages to a receiver: to a public address alone, in bounded time, and reading no more than is needed.

Where a message goes is decided when it is sent: the name is looked up, addresses that nobody may be led to are left
out, and the connection is made to one of the others, never to the name. So a name that leads elsewhere by then (DNS
rebinding) leads nowhere, however it is written. Redirects are not followed, and no proxy of the environment is used.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from functools import cache
from ipaddress import ip_address
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

import h11
import msgspec

from freehold.base.addresses import Address, Network, is_public
from freehold.base.version import VERSION

MESSAGE_SECONDS: Final = 15.0
"""How long a message may take: name, TCP, TLS, and the whole answer."""
CONNECT_SECONDS: Final = 5.0
"""How long one of the addresses may take to be connected to."""
MOST_ADDRESSES: Final = 4
MOST_BYTES: Final = 65_536
"""How much of an answer is read; of a longer one the rest is left."""
MOST_HEADER_BYTES: Final = 16_384
MOST_CHARACTERS: Final = 4096
"""How much of an answer is kept."""

_PORTS: Final = {"http": 80, "https": 443}
_RESERVED: Final = "/?:@!$&'()*+,;=%~-._[]|"
"""What stays as it is in the path and query of a URL."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver answered; ``retry_after_seconds`` is what it asks for."""

    status: int
    body: str
    retry_after_seconds: int | None


class Unreachable(Exception):
    """Nothing was answered. The message says why, to the one whose endpoint it is."""


class _Closed(Exception):
    """The connection was closed before anything was answered."""


class Posts:
    """A connection to a receiver, made for the first message and kept for the next.

    Args:
        networks: which are not public, and may be reached all the same.
        trust: what certificates are checked with; by default, as the system does.
    """

    def __init__(self, networks: Sequence[Network], *, trust: ssl.SSLContext | None = None) -> None:
        self._networks = networks
        self._trust = trust
        self._origin = ""
        self._line: _Line | None = None

    async def send(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Answer:
        """Post a message, and read what is answered.

        Raises:
            Unreachable: nothing was, or not in time.
        """
        try:
            async with asyncio.timeout(MESSAGE_SECONDS):
                return await self._send(urlsplit(url), headers, body)
        except TimeoutError:
            self.close()
            raise Unreachable(f"no complete answer within {MESSAGE_SECONDS:.0f} seconds") from None
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Unreachable(f"the certificate is not valid: {error.verify_message}") from None
        except ssl.SSLError as error:
            self.close()
            raise Unreachable(f"TLS failed: {error.reason or 'the connection was closed'}") from None
        except (h11.ProtocolError, _Closed):
            self.close()
            raise Unreachable("the connection was closed, or what came is not HTTP/1.1") from None
        except (OSError, ValueError) as error:  # a UnicodeError of a name is one, too
            self.close()
            raise Unreachable(f"the connection failed: {_words(error)}") from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Part with the connection."""
        if self._line is not None:
            self._line.close()
        self._line = None

    async def _send(self, url: SplitResult, headers: Sequence[tuple[str, str]], body: bytes) -> Answer:
        origin = f"{url.scheme}://{url.netloc}"
        request = _request(url, headers, body)
        if self._line is not None and self._origin == origin:
            try:
                return await self._exchange(self._line, request, body)
            except (_Closed, ConnectionError):  # since the last message; this one may have arrived, and comes again
                self.close()
        self.close()
        self._line, self._origin = await self._connect(url), origin
        return await self._exchange(self._line, request, body)

    async def _exchange(self, line: "_Line", request: h11.Request, body: bytes) -> Answer:
        answer = await line.exchange(request, body)
        if not line.is_reusable:
            self.close()
        return answer

    async def _connect(self, url: SplitResult) -> "_Line":
        host, port = url.hostname or "", url.port or _PORTS[url.scheme]
        addresses = [each for each in await _addresses(host, port) if self._may_reach(each, url.scheme)]
        if not addresses:
            raise Unreachable(refusal(url.scheme))
        trust = (self._trust or _system_trust()) if url.scheme == "https" else None
        failure: OSError = OSError("it has no address")
        for address in addresses[:MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    reader, writer = await asyncio.open_connection(
                        str(address), port, ssl=trust, server_hostname=host if trust else None, limit=MOST_BYTES
                    )
            except ssl.SSLError:
                raise
            except OSError as error:  # a TimeoutError is one, too
                failure = error
                continue
            return _Line(reader, writer)
        raise failure

    def _may_reach(self, address: Address, scheme: str) -> bool:
        return may_reach(address, scheme, self._networks)


def may_reach(address: Address, scheme: str, networks: Sequence[Network]) -> bool:
    """Say whether a message may go to an address: a public one if it is encrypted, or in a network that is named."""
    mapped = getattr(address, "ipv4_mapped", None)
    if any(
        each in network for each in (address, mapped) if each for network in networks if network.version == each.version
    ):
        return True
    return scheme == "https" and is_public(address)


def refusal(scheme: str) -> str:
    """Say why no address of a host may be reached, and not which it has: those may be the names of another network."""
    encrypted = " over http://" if scheme == "http" else ""
    return (
        f"the host has no address that webhooks can reach{encrypted}: it must be public, with https://, or in a "
        "network that FREEHOLD_WEBHOOK_NETWORKS names"
    )


class _Line:
    """An open connection, on which one message follows the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADER_BYTES)
        self._read = 0

    @property
    def is_reusable(self) -> bool:
        """Whether another message can follow."""
        return self._http.our_state is h11.IDLE

    def close(self) -> None:
        """Part with it at once."""
        self._writer.transport.abort()

    async def exchange(self, request: h11.Request, body: bytes) -> Answer:
        """Send a message, and read what is answered.

        Raises:
            _Closed: nothing was.
        """
        self._read = 0
        parts = [self._http.send(event) for event in (request, h11.Data(data=body), h11.EndOfMessage())]
        self._writer.write(b"".join(part for part in parts if part))
        await self._writer.drain()
        response: h11.Response | None = None
        answered = bytearray()
        while True:
            event = await self._next_event()
            if event is h11.PAUSED or isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
                break
            if isinstance(event, h11.Response):
                response = event
            elif isinstance(event, h11.Data):
                answered += event.data
            if response is not None and self._read > MOST_BYTES:
                break
        if response is None:
            raise _Closed
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        return Answer(
            status=response.status_code, body=_text(bytes(answered)), retry_after_seconds=_retry_after(response)
        )

    async def _next_event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            data = await self._reader.read(MOST_HEADER_BYTES)
            if not data and not self._read:
                raise _Closed
            self._read += len(data)
            self._http.receive_data(data)
        return event


async def _addresses(host: str, port: int) -> list[Address]:
    """Look a name up, however an address is written in its place."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(place[0])) for *_, place in found))


def _request(url: SplitResult, headers: Sequence[tuple[str, str]], body: bytes) -> h11.Request:
    host = (url.hostname or "").encode("idna").decode() if ":" not in (url.hostname or "") else f"[{url.hostname}]"
    port = f":{url.port}" if url.port not in {None, _PORTS[url.scheme]} else ""
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    return h11.Request(
        method="POST",
        target=quote(target, safe=_RESERVED),
        headers=[
            ("host", f"{host}{port}"),
            ("user-agent", f"Freehold/{VERSION}"),
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            ("accept", "*/*"),
            *headers,
        ],
    )


def _retry_after(response: h11.Response) -> int | None:
    text: bytes = dict(response.headers).get(b"retry-after", b"")
    return int(text) if text.isdigit() and len(text) <= len(b"86400") else None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\x00", "\ufffd")[:MOST_CHARACTERS]


def _words(error: Exception) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return " ".join(text.split())[:300]


@cache
def _system_trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def elapsed_ms(began: float) -> int:
    """Say how many milliseconds passed since a moment of the monotonic clock."""
    return int((monotonic() - began) * 1000)
