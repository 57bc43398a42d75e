"""The event loop of a platform that synchronous code uses: in a thread of its own, one for each opened platform."""

import asyncio
import atexit
import os
import threading
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from time import monotonic
from typing import Final, NoReturn, TypeVar

import msgspec

from freehold.platform import Platform
from freehold.sync.handing import CLOSED, Held, Items, Pump, end_all

T = TypeVar("T")
R = TypeVar("R")

Opening = Callable[[], AbstractAsyncContextManager[Platform]]

THREAD: Final = "freehold"
"""What the thread of the event loop is called."""
EXIT_SECONDS: Final = 5.0
"""How long the end of the process waits, in all, for platforms that nobody closed."""
WITHIN: Final = (
    "This is the platform's own event loop, and waiting for it here would never end: use the asynchronous platform in "
    "run(), and no platform at all in a callback"
)

_all: "weakref.WeakSet[Background]" = weakref.WeakSet()
_abandoned: list[object] = []
"""What a fork has copied of its parent's event loops. If it were collected, it would close what the parent uses."""


class _Running(msgspec.Struct, frozen=True):
    """An event loop with the platform that is open in it."""

    platform: Platform
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread
    stop: asyncio.Event


class _Work:
    """Work that was begun in an event loop, for whoever may give it up: also before they know that it has begun."""

    def __init__(self) -> None:
        self._task: asyncio.Task[object] | None = None
        self._is_given_up = False

    async def perform(self, work: Callable[[Platform], Awaitable[R]], platform: Platform) -> R:
        """Do it."""
        self._task = asyncio.current_task()
        if self._is_given_up:
            raise asyncio.CancelledError
        return await work(platform)

    def give_up(self) -> None:
        """Cancel it, from any thread."""
        self._is_given_up = True
        if self._task is not None:
            with suppress(RuntimeError):  # its event loop is closed
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)


class Background:
    """Opens a platform in a thread with an event loop, and does there what other threads ask for.

    After a fork, the child has neither the thread nor its connections. The platform is opened anew when the child first
    uses it.

    Args:
        opening: how to open it.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._lock = threading.RLock()
        self._running: _Running | None = None
        self._is_closed = False
        self._pid = os.getpid()
        _all.add(self)

    @property
    def platform(self) -> Platform:
        """The open platform; opened now where it is not.

        Raises:
            RuntimeError: it is closed.
            FreeholdError, SettingError: it cannot be opened.
        """
        return self._open().platform

    def submit(self, work: Callable[[Platform], Awaitable[R]], begun: _Work | None = None) -> "Future[R]":
        """Begin work in the event loop.

        Args:
            work: takes the platform.
            begun: with which it can be given up.

        Raises:
            RuntimeError: the platform is closed.
            FreeholdError, SettingError: it cannot be opened.
        """
        with self._lock:  # so that what comes before the end is a task when the event loop hears of it
            running = self._open()
            return asyncio.run_coroutine_threadsafe((begun or _Work()).perform(work, running.platform), running.loop)

    def call(self, work: Callable[[Platform], Awaitable[R]]) -> R:
        """Do work in the event loop, and wait for it.

        Raises:
            RuntimeError: the platform is closed, or this is its own event loop.
            FreeholdError, SettingError: it cannot be opened.
        """
        if self._is_within():
            raise RuntimeError(WITHIN)
        begun = _Work()
        try:
            future = self.submit(work, begun)
            error = future.exception()
        except CancelledError:
            raise RuntimeError(CLOSED) from None
        except BaseException:  # whoever interrupts the waiting means the work, which may run before submit() is back
            begun.give_up()
            raise
        if error is not None:
            _raise(error)
        return future.result()

    async def acall(self, work: Callable[[Platform], Awaitable[R]]) -> R:
        """Do work in the event loop, and await it in another one. If that is cancelled, the work is, too.

        Raises:
            RuntimeError: the platform is closed.
            FreeholdError, SettingError: it cannot be opened.
        """
        if self._running is None:  # opening takes a while
            await asyncio.to_thread(self._open)
        return await asyncio.wrap_future(self.submit(work))

    def iterate(self, work: Callable[[Platform], Awaitable[AsyncIterator[T]]]) -> Iterator[T]:
        """Do work that returns an asynchronous iterator, and return one that is none."""

        async def start(platform: Platform) -> Pump[T]:
            return Pump(await work(platform))

        pump = self.call(start)
        return Items(lambda: self.call(lambda _: pump.next()), pump.cancel)

    @contextmanager
    def hold(self, work: Callable[[Platform], AbstractAsyncContextManager[T]]) -> Iterator[T]:
        """Enter an asynchronous context for as long as the body runs, or until the platform is closed."""
        held = self.call(lambda platform: Held.enter(work(platform)))
        running = self._running
        try:
            yield held.value
        except BaseException as error:
            failure = error
            if self._running is not running or not self.call(lambda _: held.leave(failure)):
                raise
        else:
            if self._running is running:
                self.call(lambda _: held.leave(None))

    def close(self, *, seconds: float | None = None) -> None:
        """Wait for the statements in flight, within their bound, and close the platform; not longer than ``seconds``.

        Raises:
            RuntimeError: this is its own event loop.
        """
        if self._is_within():
            raise RuntimeError(WITHIN)
        if thread := self.end():
            thread.join(seconds)

    def end(self, *, seconds: float = -1) -> threading.Thread | None:
        """Have the platform closed without waiting for it.

        Args:
            seconds: how long to wait at most if another thread opens it just now.

        Returns:
            The thread that closes it; None if nothing is open.
        """
        self._check_process()
        if not self._lock.acquire(timeout=seconds):
            return None
        try:
            self._is_closed = True
            running, self._running = self._running, None
            if running is None:
                return None
            running.loop.call_soon_threadsafe(running.stop.set)
            return running.thread
        finally:
            self._lock.release()

    def forked(self) -> None:
        """Forget what a fork has copied of the parent's."""
        self._pid = os.getpid()
        self._lock = threading.RLock()  # another thread may have held it
        if self._running is not None:
            _abandoned.append(self._running)
            self._running = None

    def _open(self) -> _Running:
        self._check_process()
        with self._lock:
            if self._is_closed:
                raise RuntimeError(CLOSED)
            if self._running is None:
                opened: Future[_Running] = Future()
                thread = threading.Thread(target=_live, args=(self._opening, opened), name=THREAD, daemon=True)
                thread.start()
                if (error := opened.exception()) is not None:
                    thread.join()
                    _raise(error)
                self._running = opened.result()
            return self._running

    def _is_within(self) -> bool:
        running = self._running
        return running is not None and running.thread is threading.current_thread()

    def _check_process(self) -> None:
        if self._pid != os.getpid():  # a fork that Python was not told of
            self.forked()


def _live(opening: Opening, opened: "Future[_Running]") -> None:
    asyncio.run(_hold_open(opening, opened))


async def _hold_open(opening: Opening, opened: "Future[_Running]") -> None:
    stop = asyncio.Event()
    try:
        async with opening() as platform:
            opened.set_result(_Running(platform, asyncio.get_running_loop(), threading.current_thread(), stop))
            await stop.wait()
            # What is held for somebody who is gone would keep its connection, and the end waiting for that.
            await end_all()
    except BaseException as error:
        if opened.done():
            raise
        opened.set_exception(error)


def _raise(error: BaseException) -> NoReturn:
    """Raise it with the traceback of the work alone, without how it came from there."""
    traceback = error.__traceback__
    try:
        raise error.with_traceback(traceback.tb_next if traceback else None)
    finally:
        del error, traceback  # they would keep this frame, which keeps them


def _forked() -> None:
    for each in list(_all):
        each.forked()


@atexit.register
def _end_all() -> None:
    """Close what nobody closed: told to end all at once, then awaited within one bound."""
    latest = monotonic() + EXIT_SECONDS
    threads = [each.end(seconds=max(0, latest - monotonic())) for each in list(_all)]
    for thread in filter(None, threads):
        thread.join(max(0, latest - monotonic()))


os.register_at_fork(after_in_child=_forked)
