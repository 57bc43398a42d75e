"""What a setting or an option may be, in words: read from its annotation."""

from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from freehold.base.ranges import number_range


class Rule(NamedTuple):
    """A type without its optional part, and its limits."""

    kind: Any
    limits: msgspec.Meta

    @classmethod
    def of(cls, annotation: Any) -> "Rule":
        """Read an annotation; the innermost limits count: a value has limits, and no value has none."""
        kind, limits = annotation, msgspec.Meta()
        while get_origin(kind) in {Annotated, Union, UnionType}:
            limits = next(metas(kind), limits)
            kind = next(part for part in get_args(kind) if part is not NoneType)
        return cls(kind, limits)

    @property
    def lowest(self) -> float | None:
        """The lowest number, which is itself not allowed where the limit is ``gt``."""
        return self.limits.ge if self.limits.gt is None else self.limits.gt

    def in_words(self) -> str | None:
        """Say what a value must be; None where a text of any kind will do."""
        if self.limits.extra and "says" in self.limits.extra:
            return str(self.limits.extra["says"])
        if get_origin(self.kind) is Literal:
            return f"must be one of: {', '.join(get_args(self.kind))}"
        if self.kind is bool:
            return "must be true or false"
        if self.kind in {int, float}:
            number = "a whole number" if self.kind is int else "a number"
            span = number_range(self.lowest, self.limits.le, above=self.limits.gt is not None)
            return f"must be {number} {span}".rstrip()
        if self.kind is not Path and self.limits.min_length:
            return f"must have at least {self.limits.min_length} characters"
        return None


def metas(annotation: Any) -> Iterator[msgspec.Meta]:
    """Give what an annotation says beside its type."""
    return (part for part in get_args(annotation) if isinstance(part, msgspec.Meta))
