"""Starts an embedded server again when it has died, for a process that serves from it."""

import logging
import threading
import time
from types import TracebackType
from typing import Final, Self

from freehold.postgres.errors import PostgresError
from freehold.postgres.server import EmbeddedServer

LOOK_SECONDS: Final = 0.25
"""How often it is looked at."""
LONGEST_WAIT_SECONDS: Final = 10.0
"""How long the wait between two attempts grows at most, from a second on."""
JOIN_SECONDS: Final = 90.0
"""How long an attempt that has begun is waited for at the end: PostgreSQL may take a minute to come up."""

_log = logging.getLogger(__name__)


class Revival:
    """Looks after a server from a thread of its own, for a ``with`` block; whoever uses it needs only to try again."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="freehold-revival", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End; an attempt that has begun is finished."""
        self._ended.set()
        self._thread.join(JOIN_SECONDS)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            # Looked at twice, for PostgreSQL may be writing the file that says so.
            if not self._server.is_alive() and not self._ended.wait(LOOK_SECONDS) and not self._server.is_alive():
                self._revive()

    def _revive(self) -> None:
        folder, died, reason, wait = self._server.data_dir, time.monotonic(), "", 1.0
        _log.warning("PostgreSQL in %s has ended unasked, and is started again", folder)
        while True:
            try:
                self._server.revive()
            except (PostgresError, OSError) as error:
                if str(error) != reason:
                    reason = str(error)
                    _log.error("PostgreSQL in %s does not start; it is tried again and again: %s", folder, reason)
            else:
                _log.warning("PostgreSQL in %s runs again, after %.1f s", folder, time.monotonic() - died)
                return
            if self._ended.wait(wait):
                return
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
