"""Makes identifiers that sort by the time of their making."""

import os
import time
from datetime import datetime
from uuid import UUID


def new_id() -> UUID:
    """Make a UUID of version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits.

    New rows then lie side by side in an index instead of all over it.
    """
    value = _at(time.time_ns() // 1_000_000) | int.from_bytes(os.urandom(10), "big")
    value &= ~(0xF000 << 64) & ~(0xC000 << 48)
    return UUID(int=value | 0x7000 << 64 | 0x8000 << 48)


def first_id(moment: datetime) -> UUID:
    """Return the smallest id that can be made at a moment or later."""
    return UUID(int=_at(int(moment.timestamp() * 1000)))


def _at(milliseconds: int) -> int:
    return milliseconds << 80
