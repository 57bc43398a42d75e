"""What a network does to the connections between Freehold and its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from tests.faults.load import Load, until
from tests.faults.proxy import Fate, Proxy
from tests.faults.registry import fault
from tests.faults.site import Site

ANSWERS = 9
COMMITTED = b"COMMIT\0"


def proxy_of(site: Site) -> Proxy:
    assert site.proxy is not None
    return site.proxy


@contextmanager
def silent(site: Site, mode: Literal["hold", "drop"], *, one: bool = False) -> Iterator[None]:
    proxy = proxy_of(site)
    subject = proxy.links[-1] if one else proxy
    subject.mode = mode
    try:
        yield
    finally:
        subject.mode = "pass"


@fault("the network holds everything, and lets it go on", kind="proxied")
async def held(site: Site, load: Load) -> None:
    with silent(site, "hold"):
        await load.suffers(ANSWERS, failures=ANSWERS)


@fault("the network drops everything without a word", kind="proxied")
async def dropped(site: Site, load: Load) -> None:
    with silent(site, "drop"):
        await load.suffers(ANSWERS, failures=ANSWERS)


@fault("one connection of ten is dropped without a word", kind="proxied")
async def one_dropped(site: Site, load: Load) -> None:
    with silent(site, "drop", one=True):
        await load.suffers(3 * ANSWERS)


@fault("every connection is reset", kind="proxied")
async def reset(site: Site, load: Load) -> None:
    for link in proxy_of(site).links:
        link.reset()
    await load.suffers(ANSWERS)


@fault("the network is slow", kind="proxied")
async def delayed(site: Site, load: Load) -> None:
    proxy = proxy_of(site)
    proxy.delay_seconds = 0.1
    try:
        await load.suffers(2 * ANSWERS)
    finally:
        proxy.delay_seconds = 0


async def trapped(site: Site, load: Load, way: str, fate: Fate) -> None:
    proxy = proxy_of(site)
    trap = proxy.trap(**{way: COMMITTED}, then=fate)
    await until(trap.sprung.is_set, "a COMMIT")
    await load.recovers()
    for link in proxy.links:
        if link.mode != "pass":  # Freehold has given it up
            link.reset()


@fault("the connection is reset after COMMIT, before its answer", kind="proxied")
async def cut_after_commit(site: Site, load: Load) -> None:
    await trapped(site, load, "answer", "reset")


@fault("the answer to COMMIT is dropped without a word", kind="proxied")
async def answer_dropped(site: Site, load: Load) -> None:
    await trapped(site, load, "answer", "drop")


@fault("the connection is reset before COMMIT arrives", kind="proxied")
async def cut_before_commit(site: Site, load: Load) -> None:
    await trapped(site, load, "request", "reset")


@fault("COMMIT is dropped without a word", kind="proxied")
async def commit_dropped(site: Site, load: Load) -> None:
    await trapped(site, load, "request", "drop")
