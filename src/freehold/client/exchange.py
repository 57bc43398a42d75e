"""How a request is sent, judged and sent again. The clients with and without ``await`` do the sending itself."""

import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from uuid import uuid4

import httpx

from freehold.base.errors import FreeholdError, OutcomeUnknown, SchemaPending, TooManyRequests, Unavailable
from freehold.base.version import VERSION
from freehold.client.problems import error_of, problem_in, seconds_of
from freehold.client.reading import read
from freehold.client.request import Download, Request
from freehold.data.positions import Position
from freehold.idempotency.errors import IdempotencyKeyInFlight
from freehold.web.conditions import etag
from freehold.web.problems import TooSlow

MOST_REDIRECTS: Final = 3
POSITION: Final = "Freehold-Position"
_FIRST_WAIT_SECONDS: Final = 0.25
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NOT_DONE = (TooManyRequests, Unavailable, SchemaPending, TooSlow)
_BETWEEN = frozenset({502, 503, 504})
"""What a proxy says that could not ask Freehold, or did not get its answer."""
_REDIRECTS = frozenset({307, 308})


@dataclass(frozen=True)
class Wait:
    """What to do next: nothing, for so long."""

    seconds: float


Steps = Generator[httpx.Request | Wait, httpx.Response | httpx.RequestError | None, Any]
"""Gives what to do next, takes what came of it, and returns what the request answers in the end."""


class Token:
    """A session token or an API key, which is shown nowhere.

    Raises:
        ValueError: it cannot be one.
    """

    def __init__(self, text: str) -> None:
        if not (text and text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("A token is printable ASCII without spaces: pass the token alone, without 'Bearer'")
        self._text = text

    def __repr__(self) -> str:
        return "Token(...)"

    def header(self) -> str:
        """Return the value of the Authorization header."""
        return f"Bearer {self._text}"


class Newest:
    """The position of the newest write that was answered, which all who were made from one another share.

    Attributes:
        text: as the header ``Freehold-Position`` has it. Without one, reads see what is stored when they ask.

    Raises:
        ValueError: it cannot be one.
    """

    __slots__ = ("text",)

    def __init__(self, text: str | None = None) -> None:
        if text is not None and not (text and text.isascii() and text.isprintable() and " " not in text):
            raise ValueError("A position is printable ASCII without spaces: pass what Platform.position gave")
        self.text = text

    def take(self, answered: str | None) -> None:
        """Note the position in an answer, if it has one; of two writes at once, that of the later one counts."""
        if answered is None:
            return
        old, new = Position.read(self.text), Position.read(answered)
        if old is None or new is None or new > old:
            self.text = answered

    def forget(self) -> None:
        """Note a write that was not answered, so that nobody knows its position."""
        self.text = None


@dataclass(frozen=True)
class Exchange:
    """The address of a platform, who asks, and how patiently.

    Attributes:
        base_url: where ``/v1`` is.
        token: who asks; None for somebody who is signed out.
        retries: how often a request is sent again.
        longest_wait_seconds: how long it waits before it does so at most; an answer that asks for more is raised.
        timeout_seconds: how long each part of a request may take: to connect, to send, to be answered.
        idempotency_key: the caller's own; by default each POST has a new one.
        newest: the position of the newest write, which goes with each read.
    """

    base_url: httpx.URL
    token: Token | None
    retries: int
    longest_wait_seconds: float
    timeout_seconds: float
    idempotency_key: str | None = None
    newest: Newest = field(default_factory=Newest)

    def steps(self, request: Request[Any]) -> Steps:
        """Send a request until it is answered, as often as may be.

        What was surely not done is repeated in any case. What may have been done is repeated where that does it no
        second time: GET, PUT and DELETE without a version, and POST, which has an Idempotency-Key.

        Raises:
            FreeholdError: what the library raises; ``OutcomeUnknown`` too where a change was not answered.
        """
        sent = self._built(request)
        keyed = request.method == "POST"
        repeatable = keyed or (request.method != "PATCH" and request.version is None)
        redirects = 0
        attempt = 0
        while True:
            outcome = yield sent
            if isinstance(outcome, httpx.Response):
                self.newest.take(outcome.headers.get(POSITION))
                if outcome.is_success:
                    return outcome if request.answers == (Download,) else read(request, outcome)
                if (elsewhere := self._moved(request, outcome)) and redirects < MOST_REDIRECTS:
                    redirects += 1
                    sent.url = elsewhere
                    continue
                error, not_done = _judge(outcome)
                again = not_done or (error is not None and repeatable and _may_be_done(error))
                if error is None:
                    error = self._unanswered(request, f"answered {outcome.status_code}")
                    again = repeatable
                asked = seconds_of(outcome) or 0
            else:
                not_sent = isinstance(outcome, _NOT_SENT)
                error = self._unanswered(request, f"did not answer ({type(outcome).__name__})", not_sent=not_sent)
                again = not_sent or repeatable
                asked = 0
            if isinstance(error, OutcomeUnknown):
                self.newest.forget()
            if not again or attempt >= self.retries or asked > self.longest_wait_seconds:
                _raise(error)
            yield Wait(max(asked, self._pause(attempt)))
            attempt += 1

    def _built(self, request: Request[Any]) -> httpx.Request:
        content = request.content()
        headers = {"Accept": "application/json", "User-Agent": f"freehold-python/{VERSION}"}
        if self.token is not None:
            headers["Authorization"] = self.token.header()
        if content is not None:
            kind = "merge-patch+json" if request.method == "PATCH" else "json"
            headers["Content-Type"] = f"application/{kind}"
        if self.newest.text is not None and request.reads:
            headers[POSITION] = self.newest.text
        if request.version is not None:
            headers["If-Match"] = etag(request.version).decode()
        if request.method == "POST":
            headers["Idempotency-Key"] = self.idempotency_key or str(uuid4())
        return httpx.Request(
            request.method,
            f"{str(self.base_url).rstrip('/')}{request.path}",
            params=request.parameters() or None,
            headers=headers,
            content=content,
            extensions={"timeout": httpx.Timeout(self.timeout_seconds).as_dict()},
        )

    def _moved(self, request: Request[Any], answer: httpx.Response) -> httpx.URL | None:
        """Return where to read instead, on the same server alone: the token is for nobody else."""
        if answer.status_code not in _REDIRECTS or not request.reads or "location" not in answer.headers:
            return None
        url = answer.request.url.join(answer.headers["location"])
        same = (url.scheme, url.host, url.port) == (self.base_url.scheme, self.base_url.host, self.base_url.port)
        return url if same else None

    def _pause(self, attempt: int) -> float:
        longest: float = min(_FIRST_WAIT_SECONDS * 2.0**attempt, self.longest_wait_seconds)
        return longest * random.uniform(0.5, 1)  # noqa: S311 - so that clients do not all come back at once

    def _unanswered(self, request: Request[Any], what: str, *, not_sent: bool = False) -> FreeholdError:
        if request.reads or not_sent:
            return Unavailable(f"{self.base_url.host} {what}, and nothing was done: try again in a moment")
        return OutcomeUnknown(
            f"{self.base_url.host} {what}, so this may be stored, and may not be: look before you repeat it, or repeat "
            "it with the same Idempotency-Key"
        )


def _judge(answer: httpx.Response) -> tuple[FreeholdError | None, bool]:
    """Say what an answer means, and whether surely nothing was done; no error where nobody knows."""
    if problem_in(answer) is None and answer.status_code in _BETWEEN:
        return None, False
    error = error_of(answer)
    return error, isinstance(error, _NOT_DONE)


def _may_be_done(error: FreeholdError) -> bool:
    return isinstance(error, OutcomeUnknown | IdempotencyKeyInFlight)


def broken_off(answer: httpx.Response, error: httpx.RequestError) -> Unavailable:
    """Make the error of a download that ends before its end."""
    return Unavailable(f"{answer.url.host} broke off the download ({type(error).__name__}): begin it again")


def _raise(error: FreeholdError) -> NoReturn:
    raise error


def exchange_with(
    base_url: str, token: str | None, *, retries: int, longest_wait_seconds: float, timeout_seconds: float
) -> Exchange:
    """Make the exchange with a platform.

    Raises:
        ValueError: the address or the token cannot be one.
    """
    return Exchange(
        base_url=_address(base_url),
        token=Token(token) if token is not None else None,
        retries=retries,
        longest_wait_seconds=longest_wait_seconds,
        timeout_seconds=timeout_seconds,
    )


def _address(base_url: str) -> httpx.URL:
    """Read the address of a platform.

    Raises:
        ValueError: it is none.
    """
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        raise ValueError("The address of the platform is not a URL: use one such as https://example.com") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("The address of the platform must begin with http:// or https:// and name a host")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("The address of the platform must have no user, query string or fragment")
    return url
