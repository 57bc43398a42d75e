"""The clients remember the position of the newest write, and send it with each read."""

from collections.abc import Callable
from typing import Any, cast

import httpx
import pytest
from tests.clients.test_exchange import CALLS, MAKE, READ, Server, done, problem, talking, waits  # noqa: F401

from freehold import FreeholdError, OutcomeUnknown
from freehold.client import Platform, sync
from freehold.client.sync_groups import Groups


def answered(position: str | None, *, status: int = 200) -> httpx.Response:
    answer = done(status)
    if position is not None:
        answer.headers["freehold-position"] = position
    return answer


def sent(server: Server) -> list[str | None]:
    return [each.headers.get("freehold-position") for each in server.sent]


def test_a_read_brings_the_position_of_the_write_before_it():
    server = Server(answered(None), answered("1-2F"), answered(None), answered(None))
    with talking(server) as platform:
        READ(platform)
        MAKE(platform)
        assert platform.position == "1-2F"
        READ(platform)
        MAKE(platform)  # an answer without one takes nothing away
        assert platform.position == "1-2F"
    assert sent(server) == [None, None, "1-2F", None]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("1-2F", "1-30", "1-30"),
        ("1-30", "1-2F", "1-30"),
        ("1-9", "1-10", "1-10"),
        ("1-FF", "2-1", "2-1"),
        ("2-1", "1-FF", "2-1"),
        ("1-2F", "now", "now"),
        ("now", "1-2F", "1-2F"),
        ("1-2F", "of another form", "of another form"),
    ],
)
def test_the_newest_of_two_is_kept(first: str, second: str, kept: str):
    with talking(Server(answered(first), answered(second))) as platform:
        MAKE(platform)
        MAKE(platform)
        assert platform.position == kept


def test_who_is_made_from_a_platform_shares_its_position_and_since_has_another():
    with talking(Server(answered("1-1"), answered("1-2"), answered("1-3"))) as platform:
        later = platform.since("1-9")
        MAKE(platform.with_token("other"))
        assert (platform.position, later.position) == ("1-1", "1-9")
        MAKE(platform.with_idempotency_key("once"))
        assert platform.position == "1-2"
        MAKE(platform.since(None))
        assert platform.position == "1-2"


def test_a_refused_write_has_a_position_too():
    with talking(Server(problem(409, "slug_taken", **{"freehold-position": "1-5"}))) as platform:
        with pytest.raises(FreeholdError):
            MAKE(platform)
        assert platform.position == "1-5"


@pytest.mark.parametrize(
    "broken", [httpx.ReadError, httpx.Response(502, text="<html>"), problem(503, "outcome_unknown")]
)
def test_after_a_write_that_nobody_confirmed_reads_see_what_is_stored(broken: Any):
    server = Server(answered("1-5"), broken, answered(None))
    with talking(server, retries=0) as platform:
        MAKE(platform)
        with pytest.raises(OutcomeUnknown):
            CALLS["patch"](platform)
        assert platform.position is None
        READ(platform)
    assert sent(server)[-1] is None


@pytest.mark.usefixtures("waits")
def test_a_read_that_fails_forgets_nothing():
    with talking(Server(answered("1-5"), httpx.ReadError, answered(None))) as platform:
        MAKE(platform)
        READ(platform)
        assert platform.position == "1-5"


@pytest.mark.parametrize("position", ["", "1-2\r\nx: y", "1 2", "\u00e9"])
def test_what_cannot_be_a_position_is_refused(position: str):
    with talking(Server()) as platform, pytest.raises(ValueError, match="printable ASCII"):
        platform.since(position)


async def test_the_asynchronous_client_does_the_same():
    server = Server(answered("1-7"), answered(None))
    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(server)) as http,
        Platform.open("https://example.com", client=http) as platform,
    ):
        await platform.send(_request(MAKE))
        assert platform.position == "1-7"
        await platform.since("1-8").send(_request(READ))
    assert sent(server) == [None, "1-8"]


def _request(call: Callable[[sync.Platform], object]) -> Any:
    """Return the request that an operation makes."""
    made: list[Any] = []

    class Keeping:
        def send(self, request: Any) -> None:
            made.append(request)

    call(cast("sync.Platform", Groups(cast("Any", Keeping()))))
    return made[0]
