"""What a request says, read strictly: headers, query string and body, whatever its sender tries."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import ip_address
from random import getrandbits
from typing import Any, Final
from urllib.parse import parse_qsl

from freehold.base.addresses import Proxies, network_of
from freehold.base.errors import FreeholdError
from freehold.base.tokens import bearer_token
from freehold.base.validation import parse_json
from freehold.web.arrivals import Arrival, Arrivals
from freehold.web.asgi import Receive, Scope
from freehold.web.problems import Malformed, TooLarge, UnsupportedMediaType

MOST_BODY_BYTES: Final = 1024 * 1024
MOST_DISCARDED_BYTES: Final = 64 * 1024 * 1024
"""How much of a body that nobody wants is read, so that its sender gets to read the answer."""
MOST_BODY_PARTS: Final = 16_384
"""In how many parts a body may come. Each costs time however short it is: a million of a byte took half a minute."""
MOST_QUERY_FIELDS: Final = 100
NO_PROXIES: Final = Proxies()
_LONGEST_USER_AGENT: Final = 500

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")
_JSON_TYPE = re.compile(rb'(application/[a-z+-]+)[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?;?', re.IGNORECASE)

JSON_TYPES: Final = frozenset({b"application/json"})
PATCH_TYPES: Final = JSON_TYPES | {b"application/merge-patch+json"}


class Query(dict[str, str]):
    """The fields of a query string, and which of them stand in it more than once."""

    repeated: frozenset[str]

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.repeated = frozenset() if len(self) == len(names) else frozenset(n for n in self if names.count(n) > 1)


class Request:
    """One HTTP request, whose parts are read when they are asked for."""

    __slots__ = (
        "_arrivals",
        "_is_done",
        "_proxies",
        "_receive",
        "answer_headers",
        "body",
        "headers",
        "id",
        "late_headers",
        "scope",
    )

    def __init__(
        self, scope: Scope, receive: Receive, proxies: Proxies = NO_PROXIES, arrivals: Arrivals | None = None
    ) -> None:
        self.scope = scope
        self.headers = read_headers(scope["headers"])
        self.id = _request_id(self.headers.get(b"x-request-id"))
        self.body = b""
        self.answer_headers: tuple[tuple[bytes, bytes], ...] = ()
        self.late_headers: Callable[[], tuple[tuple[bytes, bytes], ...]] | None = None
        self._proxies = proxies
        self._arrivals = arrivals or Arrivals()
        self._receive = receive
        self._is_done: bool | None = None  # with the body; None: nothing of it was asked for

    def check(self) -> None:
        """Refuse what a proxy may read otherwise than this server (RFC 9112, 3.2 and 6.1).

        Raises:
            Malformed: there is not just one well-formed Host, or a transfer coding other than chunked.
        """
        host = self.headers.get(b"host", b"")
        if not host:  # Granian gives an empty one where there is none
            if self.scope.get("http_version") == "1.1":
                raise Malformed("The header Host is missing: send one, as HTTP/1.1 requires")
        elif _HOST.fullmatch(host) is None:
            raise Malformed("The header Host must be one name or address, with a port or without")
        coding = self.headers.get(b"transfer-encoding")
        if coding is not None and coding.strip().lower() != b"chunked":
            raise Malformed("Transfer-Encoding must be chunked, once: send the body without other codings")

    @property
    def peer(self) -> tuple[str, int] | None:
        """The connection's other end, as the kernel names it. None on a Unix socket."""
        client = self.scope.get("client")
        return (client[0], int(client[1])) if client else None  # Granian says ports as text

    @property
    def ip(self) -> str | None:
        """The caller's address: of the connection's other end, or as trusted proxies say. None on a Unix socket."""
        client = self.scope.get("client")
        peer = _ip(client[0]) if client else None
        if self._proxies is NO_PROXIES:
            return peer
        return self._proxies.caller(peer, self.headers.get(b"x-forwarded-for", b"").decode("latin-1"))

    @property
    def user_agent(self) -> str | None:
        """What the caller's program calls itself, at most 500 characters."""
        value = self.headers.get(b"user-agent")
        return value.decode("utf-8", "replace").replace("\0", "")[:_LONGEST_USER_AGENT] if value else None

    def cookie(self, name: str) -> str | None:
        """The value of a cookie; None without one, and when there are two: one of them is somebody else's."""
        pairs = (part.partition(b"=") for part in self.headers.get(b"cookie", b"").split(b";"))
        values = [value.strip() for key, _, value in pairs if key.strip() == name.encode("ascii")]
        return values[0].decode("latin-1") if len(values) == 1 else None

    @property
    def languages(self) -> str | None:
        """What the caller's browser says of the languages that they read, at most 500 characters."""
        value = self.headers.get(b"accept-language")
        return value.decode("ascii", "replace")[:_LONGEST_USER_AGENT] if value else None

    @property
    def token(self) -> str | None:
        """The bearer token; None when the request has no credentials at all.

        Raises:
            Unauthenticated: there are credentials that are no bearer token.
        """
        value = self.headers.get(b"authorization")
        return None if value is None else bearer_token(value.decode("latin-1"))

    async def json(self, types: frozenset[bytes], *, optional: bool = False) -> Any:
        """Read the body as one JSON document; when it is ``optional``, no body is an empty object.

        Raises:
            UnsupportedMediaType: it is of another type, charset or coding.
            TooLarge: it is over 1 MiB; what is over was not read.
            Malformed, validation.Malformed: it is missing or cut short, not UTF-8 or not JSON.
            TooSlow: it did not arrive within 30 seconds, or nothing of it came for 10.
            Unavailable: the server stops, and waits no longer.
        """
        content_type = self.headers.get(b"content-type")
        if content_type is not None and content_type not in types:
            _check_type(content_type, types)
        if self.headers.get(b"content-encoding", b"identity") != b"identity":
            raise UnsupportedMediaType("The body must not be compressed: send it without Content-Encoding")
        body = self.body = await self._body()
        if not body and optional:
            return {}
        if not body:
            raise Malformed("The body is missing: send a JSON object")
        if content_type is None:
            raise UnsupportedMediaType
        return parse_json(body)

    async def form(self) -> Query:
        """Read the body as the fields of a form, in which lines end as people's texts do.

        Raises:
            UnsupportedMediaType: it is no form, or one with files.
            TooLarge, Malformed, TooSlow, Unavailable: as ``json`` does.
        """
        content_type = self.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if content_type != b"application/x-www-form-urlencoded":
            raise UnsupportedMediaType("The body must be a form: send it as application/x-www-form-urlencoded")
        self.body = await self._body()
        fields = read_query(self.body)
        for name, value in fields.items():
            fields[name] = value.replace("\r\n", "\n")
        return fields

    async def _body(self) -> bytes:
        length = self.headers.get(b"content-length", b"0")
        if len(length) > len(str(MOST_BODY_BYTES)) or (length.isdigit() and int(length) > MOST_BODY_BYTES):
            raise TooLarge
        body, parts = bytearray(), 0
        try:
            with self._arrival() as arrival:
                while not self._is_done and len(body) <= MOST_BODY_BYTES and parts < MOST_BODY_PARTS:
                    part = await self._next_part()
                    arrival.came(len(part))
                    body += part
                    parts += 1
        except FreeholdError:
            self._is_done = True  # what was given up is not waited for again
            self._give_up()
            raise
        if len(body) > MOST_BODY_BYTES:
            raise TooLarge
        if not self._is_done:
            raise Malformed(f"The body came in more than {MOST_BODY_PARTS:,} parts: send fewer, longer chunks")
        return bytes(body)

    @property
    def has_unread_body(self) -> bool:
        """Whether more of a body is on its way, or may be."""
        headers = self.headers
        return not self._is_done and (headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers)

    async def discard(self) -> None:
        """Read what is left of the body, within bounds: most programs read an answer only once they have sent all."""
        if self._is_done is None and b"expect" in self.headers:
            return  # it is sent only when we ask for it
        left = MOST_DISCARDED_BYTES
        try:
            with self._arrival(is_wanted=False) as arrival:
                while not self._is_done and left > 0:
                    left -= max(len(await self._next_part()), MOST_DISCARDED_BYTES // MOST_BODY_PARTS)
                    arrival.came(0)
        except FreeholdError:
            self._give_up()  # it ended, or takes too long

    def _give_up(self) -> None:
        if peer := self.peer:
            self._arrivals.given_up.add(peer)

    def _arrival(self, *, is_wanted: bool = True) -> Arrival:
        return Arrival(self._arrivals, self._network, is_wanted=is_wanted)

    def _network(self) -> str | None:
        ip = self.ip
        return network_of(ip) if ip else None

    async def _next_part(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise Malformed("The body was cut short")
        self._is_done = not message.get("more_body")
        part: bytes = message.get("body", b"")
        return part


def read_query(query_string: bytes) -> Query:
    """Read a query string.

    Raises:
        Malformed: it is not UTF-8, or has more than 100 fields.
    """
    try:
        text = query_string.decode("utf-8")
        return Query(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_QUERY_FIELDS))
    except UnicodeDecodeError:
        raise Malformed("The query string is not UTF-8") from None
    except ValueError:
        raise Malformed(f"The query string has more than {MOST_QUERY_FIELDS} fields") from None


def read_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Make a mapping; a header that is sent twice means a list (RFC 9110, 5.3), which suits no single-valued one.

    Cookies come in several headers by HTTP/2 (RFC 9113, 8.2.3), and are one all the same.
    """
    pairs = list(pairs)
    headers = dict(pairs)
    if len(headers) < len(pairs):
        for name in headers:
            between = b"; " if name == b"cookie" else b", "
            headers[name] = between.join(value for key, value in pairs if key == name)
    return headers


@lru_cache(maxsize=1024)
def _ip(host: str) -> str | None:
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        return None


def _request_id(given: bytes | None) -> str:
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given.decode("ascii")
    # Names a request and keeps no secret: several times faster than uuid4, which asks the system for randomness.
    digits = f"{getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def _check_type(content_type: bytes, types: frozenset[bytes]) -> None:
    match = _JSON_TYPE.fullmatch(content_type.strip())
    if match is None or match[1].lower() not in types:
        accepted = " or ".join(sorted(kind.decode() for kind in types))
        raise UnsupportedMediaType(f"The body must be JSON in UTF-8: send 'Content-Type: {accepted}'")
