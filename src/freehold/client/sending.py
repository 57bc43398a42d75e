"""Operations as methods of a group, with and without ``await``: each makes its request and sends it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import wraps
from typing import Generic, ParamSpec, Protocol, TypeVar, overload

from freehold.client.request import Download, Request

P = ParamSpec("P")
R = TypeVar("R")


class AsyncSender(Protocol):
    """Sends requests, and waits for the answers with ``await``."""

    async def send(self, request: Request[R]) -> R:
        """Send a request, and return what it answers."""
        ...

    async def download(self, request: Request[Download]) -> AsyncIterator[bytes]:
        """Send a request, and return the parts of its answer."""
        ...


class Sender(Protocol):
    """Sends requests, and waits for the answers."""

    def send(self, request: Request[R]) -> R:
        """Send a request, and return what it answers."""
        ...

    def download(self, request: Request[Download]) -> Iterator[bytes]:
        """Send a request, and return the parts of its answer."""
        ...


class AsyncGroup:
    """Operations of one slice."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender


class Group:
    """Operations of one slice."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender


class AsyncSent(Generic[P, R]):
    """An operation as a method that is awaited."""

    def __init__(self, operation: Callable[P, Request[R]]) -> None:
        self.operation = operation
        self.__doc__ = operation.__doc__

    @overload
    def __get__(self, group: None, owner: type[AsyncGroup]) -> "AsyncSent[P, R]": ...
    @overload
    def __get__(self, group: AsyncGroup, owner: type[AsyncGroup]) -> Callable[P, Awaitable[R]]: ...
    def __get__(
        self, group: AsyncGroup | None, owner: type[AsyncGroup]
    ) -> "AsyncSent[P, R] | Callable[P, Awaitable[R]]":
        """Return the operation as the group sends it."""
        if group is None:
            return self
        sender = group._sender  # noqa: SLF001 - a method of the group

        @wraps(self.operation)
        async def method(*given: P.args, **named: P.kwargs) -> R:
            return await sender.send(self.operation(*given, **named))

        return method


class AsyncDownloaded(Generic[P]):
    """An operation as a method that is awaited, and gives the parts of what it answers as they come."""

    def __init__(self, operation: Callable[P, Request[Download]]) -> None:
        self.operation = operation
        self.__doc__ = operation.__doc__

    def __get__(self, group: AsyncGroup, owner: type[AsyncGroup]) -> Callable[P, Awaitable[AsyncIterator[bytes]]]:
        """Return the operation as the group sends it."""
        sender = group._sender  # noqa: SLF001 - a method of the group

        @wraps(self.operation)
        async def method(*given: P.args, **named: P.kwargs) -> AsyncIterator[bytes]:
            return await sender.download(self.operation(*given, **named))

        return method


class Sent(Generic[P, R]):
    """An operation as a method."""

    def __init__(self, operation: Callable[P, Request[R]]) -> None:
        self.operation = operation
        self.__doc__ = operation.__doc__

    @overload
    def __get__(self, group: None, owner: type[Group]) -> "Sent[P, R]": ...
    @overload
    def __get__(self, group: Group, owner: type[Group]) -> Callable[P, R]: ...
    def __get__(self, group: Group | None, owner: type[Group]) -> "Sent[P, R] | Callable[P, R]":
        """Return the operation as the group sends it."""
        if group is None:
            return self
        sender = group._sender  # noqa: SLF001 - a method of the group

        @wraps(self.operation)
        def method(*given: P.args, **named: P.kwargs) -> R:
            return sender.send(self.operation(*given, **named))

        return method


class Downloaded(Generic[P]):
    """An operation as a method that gives the parts of what it answers as they come."""

    def __init__(self, operation: Callable[P, Request[Download]]) -> None:
        self.operation = operation
        self.__doc__ = operation.__doc__

    def __get__(self, group: Group, owner: type[Group]) -> Callable[P, Iterator[bytes]]:
        """Return the operation as the group sends it."""
        sender = group._sender  # noqa: SLF001 - a method of the group

        @wraps(self.operation)
        def method(*given: P.args, **named: P.kwargs) -> Iterator[bytes]:
            return sender.download(self.operation(*given, **named))

        return method
