"""An answer as the bytes that leave: made once, sent without another look."""

from typing import Final

import msgspec

from freehold.web.asgi import Send

Header = tuple[bytes, bytes]

encode: Final = msgspec.json.Encoder().encode
"""The one JSON encoder of every answer: values straight to bytes."""

JSON: Final[Header] = (b"content-type", b"application/json")
PROBLEM: Final[Header] = (b"content-type", b"application/problem+json")
PRIVATE: Final[Header] = (b"cache-control", b"private, no-cache")
"""Each caller sees something else, and may keep it, but asks (If-None-Match) before using it again."""
NOT_STORED: Final[Header] = (b"cache-control", b"no-store")
BY_CALLER: Final[Header] = (b"vary", b"Authorization, Cookie")
CLOSE: Final[Header] = (b"connection", b"close")


class Answer(msgspec.Struct, frozen=True):
    """Status, headers and body; ``Content-Length`` is added when it is sent."""

    status: int
    headers: tuple[Header, ...] = ()
    body: bytes = b""

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it; the answer to HEAD says how long the body would be and leaves it out."""
        headers: list[Header] = list(self.headers)
        if self.status not in {204, 304}:
            headers.append((b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})
