"""A document that is sent while it is made, for the caller to keep as a file; memory holds a part of it at a time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, Generic, TypeVar

from freehold.web.answers import Answer, Header
from freehold.web.asgi import Send

PART_SECONDS: Final = 30.0
"""How long the caller may take to read a part, which is all that is made ahead."""

T = TypeVar("T")


class Download(Generic[T]):
    """What a handler returns instead of ``T``: the parts of its JSON."""

    def __init__(self, filename: str, parts: AsyncIterator[bytes]) -> None:
        self.filename: Final = filename
        self.parts: Final = parts

    def answer(self, status: int, headers: tuple[Header, ...]) -> Answer:
        """Make the answer that sends the parts as they come."""
        disposition = f'attachment; filename="{self.filename}"'.encode("ascii")
        return _Streamed(status, (*headers, (b"content-disposition", disposition)), parts=self.parts)


class _Streamed(Answer, frozen=True, kw_only=True):
    """An answer whose length is not known. When it cannot be made to the end, the connection breaks off."""

    parts: AsyncIterator[bytes]

    async def send(self, send: Send, *, head: bool = False) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        if not head:
            async for part in self.parts:
                async with asyncio.timeout(PART_SECONDS):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
