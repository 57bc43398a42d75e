"""Hands what lives in an event loop to other threads: the items of an iterator, and what a context gives.

One task reads the whole iterator, and one enters and leaves the context, as asynchronous code expects.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from typing import Any, Final, Generic, TypeVar, cast

import msgspec

T = TypeVar("T")

HELD: Final = "freehold-held"
"""What the tasks are called."""
CLOSED: Final = "This platform is closed: open another one"


class End(msgspec.Struct, frozen=True):
    """The end of an iterator, by an error or without one."""

    error: BaseException | None = None


class Pump(Generic[T]):
    """Reads an asynchronous iterator in a task: one item ahead of whoever asks for them.

    Args:
        source: the iterator.
    """

    def __init__(self, source: AsyncIterator[T]) -> None:
        self._asked: asyncio.Queue[asyncio.Future[T | End]] = asyncio.Queue()
        self._end: End | None = None
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._read(source), name=HELD)

    async def next(self) -> T | End:
        """Return the next item, or the end, again and again."""
        if self._end is not None:
            return self._end
        answer: asyncio.Future[T | End] = self._loop.create_future()
        self._asked.put_nowait(answer)
        return await answer

    def cancel(self) -> None:
        """Read no further, from any thread and without waiting."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)

    async def _read(self, source: AsyncIterator[T]) -> None:
        end = End()
        try:
            async with aclosing(cast("Any", source)) if hasattr(source, "aclose") else nullcontext():
                async for item in source:
                    await self._hand(item)
        except asyncio.CancelledError:
            end = End(RuntimeError(CLOSED))
        except Exception as error:  # noqa: BLE001 - whoever asks is told
            end = End(error)
        finally:
            self._end = end
            while not self._asked.empty():
                answer = self._asked.get_nowait()
                if not answer.done():
                    answer.set_result(end)

    async def _hand(self, item: T) -> None:
        while (answer := await self._asked.get()).done():  # whoever asked was interrupted
            pass
        answer.set_result(item)


class Items(Iterator[T]):
    """An iterator over what a ``Pump`` reads. It may be closed before its end, and is when nobody has it any more."""

    def __init__(self, ask: Callable[[], T | End], cancel: Callable[[], None]) -> None:
        self._ask = ask
        self._cancel = cancel
        self._is_done = False

    def __next__(self) -> T:
        if self._is_done:
            raise StopIteration
        try:
            item = self._ask()
        except BaseException:
            self.close()
            raise
        if not isinstance(item, End):
            return item
        self._is_done = True
        if item.error is not None:
            raise item.error
        raise StopIteration

    def close(self) -> None:
        """Read no further."""
        if not self._is_done:
            self._is_done = True
            self._cancel()

    def __del__(self) -> None:
        self.close()


class Held(Generic[T]):
    """An asynchronous context that a task has entered, and leaves when it is told to."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._entered: asyncio.Future[T] = loop.create_future()
        self._leave: asyncio.Future[BaseException | None] = loop.create_future()
        self._left: asyncio.Future[bool] = loop.create_future()

    @classmethod
    async def enter(cls, context: AbstractAsyncContextManager[T]) -> "Held[T]":
        """Enter a context."""
        held = cls()
        task = asyncio.create_task(held._live(context), name=HELD)
        try:
            await held._entered
        except asyncio.CancelledError:
            task.cancel()
            raise
        return held

    @property
    def value(self) -> T:
        """What the context gave."""
        return self._entered.result()

    async def leave(self, failure: BaseException | None) -> bool:
        """Leave the context, with what failed in it; says whether that counts as dealt with."""
        if not self._leave.done():
            self._leave.set_result(failure)
        return await self._left

    async def _live(self, context: AbstractAsyncContextManager[T]) -> None:
        try:
            value = await context.__aenter__()
        except BaseException as error:  # noqa: BLE001 - whoever enters is told
            if not self._entered.done():
                self._entered.set_exception(error)
            return
        if not self._entered.done():
            self._entered.set_result(value)
        try:
            failure = await self._leave
        except asyncio.CancelledError as error:
            failure = error
        try:
            kind, traceback = (type(failure), failure.__traceback__) if failure else (None, None)
            self._left.set_result(bool(await context.__aexit__(kind, failure, traceback)))
        except BaseException as error:  # noqa: BLE001 - whoever leaves is told
            self._left.set_exception(error)
            self._left.exception()  # nobody may be there


async def end_all() -> None:
    """End what is held in this event loop."""
    tasks = [task for task in asyncio.all_tasks() if task.get_name() == HELD]
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
