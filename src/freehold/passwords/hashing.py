"""Hashes passwords, a bounded number at a time."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from functools import partial
from typing import ParamSpec, TypeVar

import argon2

from freehold.base import text
from freehold.base.errors import FieldError, Invalid, Refused, Unavailable
from freehold.base.new_passwords import SEED
from freehold.base.text_rules import Rule
from freehold.observe.observer import SILENT, Observer
from freehold.passwords.breached import Breached
from freehold.passwords.common import is_common
from freehold.passwords.formats import UNUSABLE, fits, work_of
from freehold.passwords.work import Work, charge, dearest, rest

P = ParamSpec("P")
R = TypeVar("R")


class CommonPassword(Refused):
    """Many people have this password, or a data breach made it known: it is among the first that anybody guesses."""

    code = "common_password"
    title = "This password is among the first that anybody guesses: choose another"

    def __init__(self, pointer: str, reason: str = "is one of the most common passwords") -> None:
        super().__init__([FieldError(pointer, self.code, f"{reason}: choose another")])


class Fit(Enum):
    """Whether a password is the one that was hashed. True unless it is not."""

    NOT = auto()
    YES = auto()
    AS_TYPED = auto()
    """The hash is of what was typed, from before passwords were hashed in one normal form, so it is to be made anew."""

    def __bool__(self) -> bool:
        """Say whether it fits at all."""
        return self is not Fit.NOT


class Passwords:
    """Argon2id with OWASP's parameters: 19 MiB, two passes, one lane (Password Storage Cheat Sheet, 2025).

    Each hash holds a core for tens of milliseconds and 19 MiB, so they run in a few threads behind a short queue; the
    event loop stays free, and memory is bounded by ``threads * 19 MiB``.
    """

    def __init__(
        self,
        *,
        threads: int,
        queue: int,
        rule: Rule = SEED,
        refuse_common: bool = True,
        breached: Breached | None = None,
        observer: Observer = SILENT,
    ) -> None:
        self._observer = observer
        self._rule = rule
        self._refuse_common = refuse_common
        self._breached = breached
        self._hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._most_in_flight = threads + queue
        self._in_flight = 0
        self._own: str | None = None

    async def hash(self, password: str, *, pointer: str = "/password") -> str:
        """Return a PHC string (``$argon2id$...``, 97 characters) for a password that somebody chooses.

        Args:
            password: as it was typed.
            pointer: where it was sent.

        Raises:
            Invalid: ``invalid``: it breaks the rule of new passwords (setting ``password_rules``).
            CommonPassword: ``common_password`` (settings ``refuse_common_passwords`` and ``breached_passwords``).
            Unavailable: too many passwords are waiting already, or the breached ones cannot be read.
        """
        try:
            self._rule.check(password)
        except ValueError as error:
            raise Invalid([FieldError(pointer, self._rule.code, str(error))]) from None
        return await self._run(self._hash_new, password, pointer)

    async def rehash(self, password: str) -> str:
        """Return a PHC string made with today's parameters for a password that is in use already.

        Raises:
            Unavailable: too many passwords are waiting already.
        """
        return await self._run(self._hasher.hash, text.password(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Say whether the password fits; with no hash to compare it with, it takes as long as with one of today's.

        Raises:
            Unavailable: too many passwords are waiting already.
        """
        return bool(await self.compare(stored, password))

    async def compare(self, stored: str | None, password: str) -> Fit:
        """Say whether the password fits in its normal form, or as it was typed; otherwise as ``verify``.

        Raises:
            Unavailable: too many passwords are waiting already.
        """
        compared, is_real = await self._comparable(stored)
        fit = await self._run(_compare, compared, password)
        return fit if is_real else Fit.NOT

    async def charge_failure(self, stored: str | None, password: str, in_use: Iterable[str]) -> None:
        """Do what is left of the work that every failed attempt costs, after ``compare``.

        Args:
            stored: what the password was compared with.
            password: as it was typed.
            in_use: a hash of each kind and cost that anybody's password has, today's left out.

        Raises:
            Unavailable: too many passwords are waiting already.
        """
        compared, _ = await self._comparable(stored)
        today = self._own or compared
        most = dearest(work for one in (today, *in_use) if (work := work_of(one)))
        done = work_of(compared)
        left = rest(most, done) if done else [Work(*item) for item in most.items()]
        spellings = len(text.spellings(password))
        if left:
            await self._run(_charge, [Work(kind, units * spellings) for kind, units in left])

    async def _comparable(self, stored: str | None) -> tuple[str, bool]:
        """Return what to compare a password with, and whether it is the hash of one."""
        if self._own is None:
            self._own = await self._run(self._hasher.hash, "Nobody has this password 1")
        is_real = stored is not None and work_of(stored) is not None
        return (stored if stored is not None and is_real else self._own), is_real

    def outdated(self, stored: str) -> bool:
        """Say whether a hash was made in another way than today's, so that it should be made anew."""
        if not stored.startswith("$argon2"):  # another system's, or of nobody who has a password
            return stored != UNUSABLE
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads once their work is done."""
        self._threads.shutdown(wait=False)

    def _hash_new(self, password: str, pointer: str) -> str:
        normal = text.password(password)
        if self._refuse_common and is_common(normal):
            raise CommonPassword(pointer)
        if self._breached is not None and any(spelling in self._breached for spelling in text.spellings(password)):
            raise CommonPassword(pointer, "came out in a data breach, of this account or another")
        return self._hasher.hash(normal)

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


def _compare(stored: str, password: str) -> Fit:
    for number, spelling in enumerate(text.spellings(password)):
        if fits(stored, spelling):
            return Fit.AS_TYPED if number else Fit.YES
    return Fit.NOT


def _charge(works: list[Work]) -> None:
    for work in works:
        charge(work)
