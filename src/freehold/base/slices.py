"""What a slice brings to the platform. Its package says so once, and its modules are found by their names."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from inspect import isclass
from types import ModuleType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from freehold.base.errors import Meaning

T = TypeVar("T")
Role = Literal["errors", "queries", "operations", "routes", "commands", "pages", "jobs"]
"""What a module of a slice is for, and what it is called."""


class Slice(NamedTuple):
    """A slice, as the ``SLICE`` of its package.

    Nothing is imported before it is asked for: the command line knows its commands without what serves HTTP.

    Attributes:
        package: its name, such as ``freehold.users``.
        parts: the packages inside it that are made like it, such as ``recovery``.
        commands: its commands at the top of the command line, each with its line in ``freehold --help``.
        adds: the commands that it adds to a group of another slice.
    """

    package: str
    parts: tuple[str, ...] = ()
    commands: Mapping[str, str] = {}
    adds: Mapping[str, tuple[str, ...]] = {}

    @property
    def packages(self) -> tuple[str, ...]:
        """Its package and those of its parts."""
        return (self.package, *(f"{self.package}.{part}" for part in self.parts))

    def modules(self, role: Role) -> Iterator[ModuleType]:
        """Import its modules of a role, those of its parts among them."""
        for package in self.packages:
            if find_spec(f"{package}.{role}"):
                yield import_module(f"{package}.{role}")

    def found(self, role: Role, kind: type[T]) -> list[T]:
        """Give what its modules of a role define of a kind, such as the jobs in ``jobs``."""
        return [value for module in self.modules(role) for value in vars(module).values() if isinstance(value, kind)]

    def meanings(self) -> "dict[str, Meaning]":
        """Say what breaking each of its constraints means."""
        from freehold.base.errors import FreeholdError  # noqa: PLC0415 - see above

        found: dict[str, Meaning] = {}
        for module in self.modules("errors"):
            for value in vars(module).values():
                if isclass(value) and issubclass(value, FreeholdError) and value.__module__ == module.__name__:
                    found |= dict.fromkeys(value.constraints, value)
            found |= getattr(module, "MEANINGS", {})
        return found
