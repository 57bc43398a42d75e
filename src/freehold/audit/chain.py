"""Checks a chain of events: recomputes each hash from the stored row, and names the rows that do not fit.

This is the second telling of what the statement ``audit.insert`` computes, on purpose: the check must not trust
functions of the database that it checks. ``docs/reference/audit-log.md`` describes both for outsiders.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from freehold.audit.types import AuditHead, ExportedEvent, Finding

FIRST_HASH: Final = "00" * 32
"""What the first event of a chain is chained to."""
MOST_PLACES_TRIED: Final = 10_000
"""How many places of a chain an event that does not fit is tried at, to tell a moved one from an altered one."""

_UNVOUCHED: Final = "the event after it holds another hash"
_NOT_FIRST: Final = "it does not begin a chain: what it follows is not there"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def content_digest(event: ExportedEvent) -> bytes:
    """Return the SHA-256 of an event's content: its parts as netstrings (``length:text``), absent ones as ``-``."""
    parts = (
        event.chain_id,
        event.id,
        event.organization_id,
        event.actor_id,
        event.key_id,
        event.action,
        event.target_type,
        event.target_id,
        event.details_text,
        event.request_id,
        event.ip_digest,
        (event.created_at - _EPOCH) // timedelta(microseconds=1),
    )
    return hashlib.sha256(b",".join(_netstring(part) for part in parts)).digest()


def chained_hash(previous_hash: str, sequence: int, content: bytes) -> str:
    """Return the hash of the event at a place: of the hash before it, its place (8 bytes) and its content's digest."""
    return hashlib.sha256(bytes.fromhex(previous_hash) + sequence.to_bytes(8, "big") + content).hexdigest()


async def findings(
    events: AsyncIterator[ExportedEvent], heads: AsyncIterator[AuditHead], expected: Iterable[AuditHead] = ()
) -> AsyncIterator[Finding]:
    """Tell everything that is wrong with some chains.

    Args:
        events: all of these chains, by chain and sequence.
        heads: where these chains end, by chain.
        expected: places of chains with the hashes that they are known to have had.
    """
    ends = _Heads(heads)
    pins = _Pins(expected)
    chain: Chain | None = None
    async for event in events:
        if chain is None or chain.id != event.chain_id:
            async for finding in _between(chain, ends, event.chain_id):
                yield finding
            chain = Chain(event.chain_id)
        for finding in (*chain.add(event), *pins.add(event)):
            yield finding
    async for finding in _between(chain, ends, None):
        yield finding
    for finding in pins.end():
        yield finding


async def _between(chain: "Chain | None", ends: "_Heads", next_id: UUID | None) -> AsyncIterator[Finding]:
    """Check the end of a chain, and that no chain was between it and the next (None: to the end)."""
    if chain:
        for finding in chain.end(await ends.of(chain.id)):
            yield finding
    async for finding in ends.empty_before(next_id):
        yield finding


class _Pins:
    """Places of chains with the hashes that they are known to have had."""

    def __init__(self, expected: Iterable[AuditHead]) -> None:
        self._left = {(pin.chain_id, pin.sequence): pin for pin in expected}

    def add(self, event: ExportedEvent) -> Iterator[Finding]:
        """Compare the event with what is known of its place."""
        pin = self._left.pop((event.chain_id, event.sequence), None)
        if pin and pin.hash != event.hash:
            yield _finding(event, "replaced", f"it is expected to have the hash {pin.hash}")

    def end(self) -> Iterator[Finding]:
        """Report the places that did not come by."""
        for chain_id, sequence in self._left:
            yield _gap(chain_id, sequence, sequence)


class _Heads:
    """Walks along the heads beside the events; both are in order of their chains."""

    def __init__(self, heads: AsyncIterator[AuditHead]) -> None:
        self._heads = heads
        self._next: AuditHead | None = None
        self._is_begun = False

    async def of(self, chain_id: UUID) -> AuditHead | None:
        """Return the head of a chain, if it has one."""
        await self._peek()
        if self._next is None or self._next.chain_id != chain_id:
            return None
        found = self._next
        await self._step()
        return found

    async def empty_before(self, chain_id: UUID | None) -> AsyncIterator[Finding]:
        """Report the heads before a chain (None: to the end): their chains have lost every event."""
        await self._peek()
        while self._next and (chain_id is None or self._next.chain_id < chain_id):
            yield _gap(self._next.chain_id, 1, self._next.sequence)
            await self._step()

    async def _peek(self) -> None:
        if not self._is_begun:
            self._is_begun = True
            await self._step()

    async def _step(self) -> None:
        self._next = await anext(self._heads, None)


class Chain:
    """Takes one chain's events in order of sequence and tells what is wrong with them.

    An event vouches for itself (its hash fits its content, its place and the previous hash that it holds) and for the
    one before it (whose hash it holds). So a finding names the row that was touched and not those that follow it.
    """

    def __init__(self, chain_id: UUID) -> None:
        self.id: Final = chain_id
        self._last: ExportedEvent | None = None
        self._is_sound = True

    def add(self, event: ExportedEvent) -> Iterator[Finding]:
        """Check the next event."""
        last, place = self._last, self._last.sequence if self._last else 0
        if event.sequence <= place:
            yield _finding(event, "inserted", "another event has this place in the chain")
            return
        fault = _fault(event)
        if event.sequence > place + 1:
            yield _gap(self.id, place + 1, event.sequence - 1)
        elif fault is None and self._is_sound and event.previous_hash != (last.hash if last else FIRST_HASH):
            yield _finding(last or event, "replaced", _UNVOUCHED if last else _NOT_FIRST)
        if fault:
            yield fault
        self._last, self._is_sound = event, fault is None

    def end(self, head: AuditHead | None) -> Iterator[Finding]:
        """Check that the chain, which has events, ends where its head says."""
        last = self._last
        if last is None:
            return
        if head is None:
            yield _finding(last, "inserted", "the chain has no head, so Freehold has written none of its events")
        elif last.sequence < head.sequence:
            yield _gap(self.id, last.sequence + 1, head.sequence)
        elif last.sequence > head.sequence:
            yield _finding(last, "inserted", f"the chain ends with event {head.sequence}")
        elif self._is_sound and last.hash != head.hash:
            yield _finding(last, "replaced", "the head of the chain holds another hash")


def _fault(event: ExportedEvent) -> Finding | None:
    content = content_digest(event)
    if chained_hash(event.previous_hash, event.sequence, content) == event.hash:
        return _address_fault(event)
    for place in range(1, MOST_PLACES_TRIED):
        if chained_hash(event.previous_hash, place, content) == event.hash:
            return _finding(event, "moved", f"it was written as event {place}")
    return _finding(event, "altered", "its content is not what its hash was made of")


def _address_fault(event: ExportedEvent) -> Finding | None:
    """The hash holds the address's salted digest, so that an address can be erased; one that is there must fit."""
    if event.ip is None:
        return None
    digest = hashlib.sha256(bytes.fromhex(event.ip_salt or "") + event.ip.encode()).hexdigest()
    return None if digest == event.ip_digest else _finding(event, "altered", "its ip is not the one that was recorded")


def _gap(chain_id: UUID, first: int, last: int) -> Finding:
    lost = "it is" if first == last else f"events {first} to {last} are"
    return Finding(
        chain_id=chain_id, sequence=first, event_id=None, problem="removed", detail=f"{lost} not there any more"
    )


def _finding(event: ExportedEvent, problem: str, detail: str) -> Finding:
    return Finding(chain_id=event.chain_id, sequence=event.sequence, event_id=event.id, problem=problem, detail=detail)


def _netstring(part: object) -> bytes:
    if part is None:
        return b"-"
    text = str(part).encode()
    return b"%d:%s" % (len(text), text)
