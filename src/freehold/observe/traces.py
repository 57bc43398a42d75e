"""Spans around operations and statements, when the request that they are for is traced (see ``otel``)."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from functools import wraps
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

Span = Callable[[str], AbstractContextManager[object]]
"""Opens a span of this name inside the one that is open."""

SPAN: Final[ContextVar[Span | None]] = ContextVar("freehold_span", default=None)
"""Set while a request is traced."""


def traced(name: str, run: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Give each call a span of this name. A request that is not traced pays one look at a variable for it."""

    @wraps(run)
    def call(*args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        span = SPAN.get()
        return run(*args, **kwargs) if span is None else _inside(span(name), run(*args, **kwargs))

    return call


async def _inside(span: AbstractContextManager[object], work: Awaitable[R]) -> R:
    with span:
        return await work
