"""Waits for what other processes do, no longer than it takes."""

import time
from collections.abc import Callable
from typing import Any

DEADLINE_SECONDS = 60.0


def eventually(condition: Callable[[], Any]) -> Any:
    """Wait until the condition gives something true, and give that; fail when it does not in time."""
    end = time.monotonic() + DEADLINE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)
    return found
