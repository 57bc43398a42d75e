"""The platform over HTTP, for programs with an event loop."""

from asyncio import sleep
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

from freehold.client.asking import Asking
from freehold.client.exchange import Exchange, Wait, broken_off, exchange_with
from freehold.client.groups import AsyncGroups
from freehold.client.request import READY, Download, Request

R = TypeVar("R")


class Platform(Asking[httpx.AsyncClient], AsyncGroups):
    """Users, organizations and projects of a Freehold that runs elsewhere.

    It has the operations of the library's ``Platform`` that HTTP offers, with the same names, types and errors, and
    acts as whoever's token it has::

        async with Platform.open("https://example.com", token=token) as platform:
            acme = await platform.organizations.create(NewOrganization(name="Acme"))

    Requests are sent again when that does nothing twice: each POST has an Idempotency-Key.
    """

    def __init__(self, exchange: Exchange, client: httpx.AsyncClient) -> None:
        Asking.__init__(self, exchange, client)
        AsyncGroups.__init__(self, self)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        base_url: str,
        *,
        token: str | None = None,
        timeout_seconds: float = 30.0,
        retries: int = 3,
        longest_wait_seconds: float = 30.0,
        client: httpx.AsyncClient | None = None,
    ) -> AsyncIterator["Platform"]:
        """Open connections to a platform when they are needed, and close them at the end.

        Args:
            base_url: where it is, such as ``https://example.com``, with the path in front of ``/v1`` if there is one.
            token: a session token or an API key; None for somebody who is signed out.
            timeout_seconds: how long connecting, sending, and each wait for the server may take.
            retries: how often a request is sent again at most.
            longest_wait_seconds: how long it waits before that at most. An answer that asks for more is raised.
            client: your own, for certificates, proxies or a limit of connections. You close it.

        Raises:
            ValueError: the address or the token cannot be one.
        """
        exchange = exchange_with(
            base_url,
            token,
            retries=retries,
            longest_wait_seconds=longest_wait_seconds,
            timeout_seconds=timeout_seconds,
        )
        if client is not None:
            yield cls(exchange, client)
            return
        async with httpx.AsyncClient() as own:
            yield cls(exchange, own)

    async def ready(self) -> None:
        """Return if the server and its database answer, and every migration is applied.

        Raises:
            Unavailable: ``unavailable``.
            SchemaPending: ``schema_pending``.
        """
        await self.send(READY)

    async def send(self, request: Request[R]) -> R:
        """Send a request, and return what it answers. The operations call this."""
        answer: R = await self._done(request)
        return answer

    async def download(self, request: Request[Download]) -> AsyncIterator[bytes]:
        """Send a request, and return the parts of its answer. The operations call this."""
        return _parts(await self._done(request))

    async def _done(self, request: Request[Any]) -> Any:
        steps = self._exchange.steps(request)
        came: httpx.Response | httpx.RequestError | None = None
        try:
            while True:
                step = steps.send(came)
                if isinstance(step, Wait):
                    await sleep(step.seconds)
                    came = None
                else:
                    came = await self._try(step, keep_open=request.answers == (Download,))
        except StopIteration as end:
            return end.value

    async def _try(self, request: httpx.Request, *, keep_open: bool) -> httpx.Response | httpx.RequestError:
        try:
            answer = await self._client.send(request, stream=True, follow_redirects=False)
            if not (keep_open and answer.is_success):
                try:
                    await answer.aread()
                finally:
                    await answer.aclose()
        except httpx.RequestError as error:
            return error
        return answer


async def _parts(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for each in answer.aiter_bytes():
            yield each
    except httpx.RequestError as error:
        raise broken_off(answer, error) from None
    finally:
        await answer.aclose()
