"""Who asks, and since when: what a platform over HTTP has with an event loop and without one."""

from dataclasses import replace
from typing import Generic, Self, TypeVar

from freehold.client.exchange import Exchange, Newest, Token

ClientT = TypeVar("ClientT")


class Asking(Generic[ClientT]):
    """A platform over HTTP that asks as somebody; others are made from it, on the same connections."""

    def __init__(self, exchange: Exchange, client: ClientT) -> None:
        self._exchange = exchange
        self._client = client

    def with_token(self, token: str | None) -> Self:
        """Return the same platform, on the same connections, acting as whoever has this token; None for nobody.

        Raises:
            ValueError: it cannot be a token.
        """
        asks = Token(token) if token is not None else None
        return type(self)(replace(self._exchange, token=asks), self._client)

    def with_idempotency_key(self, key: str) -> Self:
        """Return the same platform with your own key for the next POST, which is done once, also if your program ends.

        Use it for one operation: another one with the same key is refused (``idempotency_key_reused``).
        """
        return type(self)(replace(self._exchange, idempotency_key=key), self._client)

    @property
    def position(self) -> str | None:
        """The position of the newest write of this platform, or of those made from it; None without replicas.

        Reads here are never older than it. Give it to another process to continue there with ``since``.
        """
        return self._exchange.newest.text

    def since(self, position: str | None) -> Self:
        """Return the same platform, on the same connections, for somebody whose last write has this position.

        Its reads are never older than that write, whichever node and replica answers.

        Args:
            position: from ``Platform.position``, the library's too, or the header ``Freehold-Position``. With None,
                reads see what is stored when they ask.

        Raises:
            ValueError: it cannot be a position.
        """
        return type(self)(replace(self._exchange, newest=Newest(position)), self._client)

    def __repr__(self) -> str:
        return f"Platform({str(self._exchange.base_url)!r})"
