"""The platform over HTTP, for programs without an event loop."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any, TypeVar

import httpx

from freehold.client.asking import Asking
from freehold.client.exchange import Exchange, Wait, broken_off, exchange_with
from freehold.client.request import READY, Download, Request
from freehold.client.sync_groups import Groups

R = TypeVar("R")


class Platform(Asking[httpx.Client], Groups):
    """Users, organizations and projects of a Freehold that runs elsewhere, without ``await``.

    Otherwise it is as ``freehold.client.Platform``::

        with Platform.open("https://example.com", token=token) as platform:
            acme = platform.organizations.create(NewOrganization(name="Acme"))
    """

    def __init__(self, exchange: Exchange, client: httpx.Client) -> None:
        Asking.__init__(self, exchange, client)
        Groups.__init__(self, self)

    @classmethod
    @contextmanager
    def open(
        cls,
        base_url: str,
        *,
        token: str | None = None,
        timeout_seconds: float = 30.0,
        retries: int = 3,
        longest_wait_seconds: float = 30.0,
        client: httpx.Client | None = None,
    ) -> Iterator["Platform"]:
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
        with httpx.Client() as own:
            yield cls(exchange, own)

    def ready(self) -> None:
        """Return if the server and its database answer, and every migration is applied.

        Raises:
            Unavailable: ``unavailable``.
            SchemaPending: ``schema_pending``.
        """
        self.send(READY)

    def send(self, request: Request[R]) -> R:
        """Send a request, and return what it answers. The operations call this."""
        answer: R = self._done(request)
        return answer

    def download(self, request: Request[Download]) -> Iterator[bytes]:
        """Send a request, and return the parts of its answer. The operations call this."""
        return _parts(self._done(request))

    def _done(self, request: Request[Any]) -> Any:
        steps = self._exchange.steps(request)
        came: httpx.Response | httpx.RequestError | None = None
        try:
            while True:
                step = steps.send(came)
                if isinstance(step, Wait):
                    sleep(step.seconds)
                    came = None
                else:
                    came = self._try(step, keep_open=request.answers == (Download,))
        except StopIteration as end:
            return end.value

    def _try(self, request: httpx.Request, *, keep_open: bool) -> httpx.Response | httpx.RequestError:
        try:
            answer = self._client.send(request, stream=True, follow_redirects=False)
            if not (keep_open and answer.is_success):
                try:
                    answer.read()
                finally:
                    answer.close()
        except httpx.RequestError as error:
            return error
        return answer


def _parts(answer: httpx.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_bytes()
    except httpx.RequestError as error:
        raise broken_off(answer, error) from None
    finally:
        answer.close()
