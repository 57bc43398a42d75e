"""The asynchronous platform for event loops other than its own."""

from collections.abc import AsyncIterator, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Final, cast

from freehold.groups import Group
from freehold.platform import Platform as AsyncPlatform
from freehold.sync.facade import Facade
from freehold.sync.handing import End, Pump

_STAYS: Final = "'{name}' works in the platform's own event loop alone: use it in platform.run() or arun()"


def bridged(platform: Facade) -> AsyncPlatform:
    """Return the asynchronous platform behind a synchronous one, to be awaited in any event loop.

    It has every operation. What gives a connection or a context stays in the platform's own event loop.
    """
    return cast("AsyncPlatform", _Bridge(platform, platform.context, lambda there: there))


class _Bridge:
    """Stands for a platform, or for a group of its operations."""

    def __init__(self, platform: Facade, context: object, find: Callable[[AsyncPlatform], Any]) -> None:
        self._platform = platform
        self._find = find
        self.context = context

    def __getattr__(self, name: str) -> Any:
        part = getattr(self._find(self._platform.asynchronous), name)
        if isinstance(part, Group):
            return _Bridge(self._platform, part.context, lambda there: getattr(self._find(there), name))
        if not callable(part):
            return part
        if name == "acting_as":
            return self._acting_as
        is_group = isinstance(self._find(self._platform.asynchronous), Group)
        if not (is_group or iscoroutinefunction(part)):
            raise RuntimeError(_STAYS.format(name=name))

        @wraps(part)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            async def work(there: AsyncPlatform) -> Any:
                result = await getattr(self._find(there), name)(*args, **kwargs)
                return Pump(result) if is_group and isinstance(result, AsyncIterator) else result

            result = await self._platform.arun(work)
            if isinstance(result, AsyncPlatform):
                return bridged(self._platform.like(result))
            return _items(self._platform, result) if isinstance(result, Pump) else result

        return awaited

    def _acting_as(self, actor: Any) -> AsyncPlatform:
        return bridged(self._platform.like(self._platform.asynchronous.acting_as(actor)))


async def _items(platform: Facade, pump: "Pump[Any]") -> AsyncIterator[Any]:
    try:
        while not isinstance(item := await platform.arun(lambda _: pump.next()), End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        pump.cancel()
