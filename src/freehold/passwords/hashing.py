"""Hashes passwords, a bounded number at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import argon2

from freehold.base.errors import FieldError, Invalid, Unavailable
from freehold.observe.observer import SILENT, Observer
from freehold.passwords.common import is_common
from freehold.passwords.formats import UNUSABLE, fits

P = ParamSpec("P")
R = TypeVar("R")


class CommonPassword(Invalid):
    """Many people have this password, so it is among the first that anybody guesses."""

    code = "common_password"
    title = "This password is one of the most common ones: choose another"

    def __init__(self, pointer: str) -> None:
        super().__init__([FieldError(pointer, self.code, "is one of the most common passwords: choose another")])


class Passwords:
    """Argon2id with OWASP's parameters: 19 MiB, two passes, one lane (Password Storage Cheat Sheet, 2025).

    Each hash holds a core for tens of milliseconds and 19 MiB, so they run in a few threads behind a short queue; the
    event loop stays free, and memory is bounded by ``threads * 19 MiB``.
    """

    def __init__(self, *, threads: int, queue: int, refuse_common: bool = True, observer: Observer = SILENT) -> None:
        self._observer = observer
        self._refuse_common = refuse_common
        self._hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._most_in_flight = threads + queue
        self._in_flight = 0
        self._decoy: str | None = None

    async def hash(self, password: str, *, pointer: str = "/password") -> str:
        """Return a PHC string (``$argon2id$...``, 97 characters) for a password that somebody chooses.

        Args:
            password: which keeps the rule of its type.
            pointer: where it was sent.

        Raises:
            CommonPassword: ``common_password`` (setting ``refuse_common_passwords``).
            Unavailable: too many passwords are waiting already.
        """
        return await self._run(self._hash_new, password, pointer)

    async def rehash(self, password: str) -> str:
        """Return a PHC string made with today's parameters for a password that is in use already.

        Raises:
            Unavailable: too many passwords are waiting already.
        """
        return await self._run(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Say whether the password fits; takes the same time when there is no hash to compare with.

        Raises:
            Unavailable: too many passwords are waiting already.
        """
        if self._decoy is None:
            self._decoy = await self._run(self._hasher.hash, "Nobody has this password 1")
        usable = stored if stored != UNUSABLE else None
        found = await self._run(fits, usable or self._decoy, password)
        return found and bool(usable)

    def outdated(self, stored: str) -> bool:
        """Say whether a hash was made in another way than today's, so that it should be made anew."""
        if not stored.startswith("$argon2"):  # another system's, or of nobody who has a password
            return stored != UNUSABLE
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads once their work is done."""
        self._threads.shutdown(wait=False)

    def _hash_new(self, password: str, pointer: str) -> str:
        if self._refuse_common and is_common(password):
            raise CommonPassword(pointer)
        return self._hasher.hash(password)

    async def _run(self, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        if self._in_flight >= self._most_in_flight:
            self._observer.password_refused()
            raise Unavailable("Too many people are signing in right now: try again in a second")
        self._in_flight += 1
        self._observer.passwords(1)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, partial(work, *arguments, **named))
        finally:
            self._in_flight -= 1
            self._observer.passwords(-1)
