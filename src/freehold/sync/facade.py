"""What the synchronous platform and its groups are made of: every operation is done in the event loop behind them."""

import os
import warnings
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from types import TracebackType
from typing import Final, Self, TypeVar

import msgspec

from freehold.data.context import Context
from freehold.platform import Platform as AsyncPlatform
from freehold.sync.background import Background, Opening

T = TypeVar("T")
R = TypeVar("R")

NOT_OPENED_HERE: Final = "This platform acts for somebody: close the one that you opened"
_LEFT_OPEN: Final = "a freehold.sync.Platform was not closed: use 'with Platform.open(...)', or call close()"


class Working:
    """Where a platform works and as whom: what it shares with its groups.

    Args:
        background: the event loop.
        acting: the asynchronous platform that acts as them; None for the one that was opened.
        source: what it was made from. That stays open for as long as anybody has what was made from it.
    """

    def __init__(
        self, background: Background, acting: AsyncPlatform | None = None, source: "Working | None" = None
    ) -> None:
        self.background = background
        self._acting = acting
        self.source = source

    def run(self, work: Callable[[AsyncPlatform], Awaitable[R]]) -> R:
        """Do work in the event loop, and wait for it."""
        return self.background.call(lambda platform: work(self.target(platform)))

    def iterate(self, work: Callable[[AsyncPlatform], Awaitable[AsyncIterator[T]]]) -> Iterator[T]:
        """Do work that returns an asynchronous iterator, and return one that is none."""
        return self.background.iterate(lambda platform: work(self.target(platform)))

    def hold(self, work: Callable[[AsyncPlatform], AbstractAsyncContextManager[T]]) -> AbstractContextManager[T]:
        """Enter an asynchronous context for as long as the body runs."""
        return self.background.hold(lambda platform: work(self.target(platform)))

    def target(self, opened: AsyncPlatform | None = None) -> AsyncPlatform:
        """Return the asynchronous platform that does the work."""
        opened = opened or self.background.platform
        if self._acting is None:
            return opened
        context = self._acting.context
        if context.tools is not opened.context.tools:  # a fork has opened it anew
            there = opened.context
            self._acting = AsyncPlatform(msgspec.structs.replace(context, db=there.db, tools=there.tools))
        return self._acting


class Facade:
    """A platform in an event loop of its own, which acts as somebody."""

    def __init__(self, working: Working) -> None:
        self._working = working

    @classmethod
    def _opened(cls, opening: Opening) -> Self:
        working = Working(Background(opening))
        working.target()  # whoever opens it is told what is wrong
        weakref.finalize(working, _end, working.background, os.getpid()).atexit = False
        return cls(working)

    @property
    def context(self) -> Context:
        """Who acts, and with what."""
        return self._working.target().context

    def run(self, work: Callable[[AsyncPlatform], Awaitable[R]]) -> R:
        """Do work with the asynchronous platform in its event loop, and wait for it.

        For what has no synchronous form, such as your own statements in one transaction with Freehold's.

        Args:
            work: takes the asynchronous platform that acts as this one does, such as an ``async`` function.
        """
        return self._working.run(work)

    async def arun(self, work: Callable[[AsyncPlatform], Awaitable[R]]) -> R:
        """Do the same, and await it in an event loop of yours, whichever that is."""
        working = self._working
        return await working.background.acall(lambda platform: work(working.target(platform)))

    def close(self) -> None:
        """Wait for the statements in flight, and close the connections, also of all platforms made from this one.

        Raises:
            RuntimeError: it was not opened but made by ``acting_as`` or ``authenticate``.
        """
        self._check_opened()
        self._working.background.close()

    def __enter__(self) -> Self:
        self._check_opened()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _check_opened(self) -> None:
        if self._working.source is not None:
            raise RuntimeError(NOT_OPENED_HERE)

    @property
    def asynchronous(self) -> AsyncPlatform:
        """The asynchronous platform behind this one, which works in its own event loop alone: in ``run``."""
        return self._working.target()

    def like(self, acting: AsyncPlatform) -> Self:
        """Return the same platform acting as another one does, of the same event loop."""
        return type(self)(Working(self._working.background, acting, self._working))


class Group:
    """Operations of one slice on one platform."""

    def __init__(self, working: Working) -> None:
        self._working = working


def _end(background: Background, pid: int) -> None:
    """Close a platform that nobody has any more."""
    if background.end() is not None and pid == os.getpid():
        warnings.warn(_LEFT_OPEN, ResourceWarning, stacklevel=2)
