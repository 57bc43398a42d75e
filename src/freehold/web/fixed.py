"""Answers that depend on nothing but the address: the OpenAPI document, the files of the documentation."""

from collections.abc import Callable

from freehold.web.answers import Answer
from freehold.web.asgi import Receive, Scope, Send
from freehold.web.problems import MethodNotAllowed


class Fixed:
    """An ASGI application that answers GET and HEAD."""

    def __init__(self, answer: Callable[[Scope], Answer]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Answer the request.

        Raises:
            MethodNotAllowed: it is neither GET nor HEAD.
        """
        if scope["method"] not in {"GET", "HEAD"}:
            raise MethodNotAllowed("GET, HEAD")
        await self._answer(scope).send(send, head=scope["method"] == "HEAD")
