"""The faults that are made: each is a function, named by what is done, and put on the list where it stands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.site import Kind, Site

UnderLoad = Callable[[Site, Load], Awaitable[None]]
Alone = Callable[[Path, Ledger], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """One kind of fault, and how to make it."""

    name: str
    kind: Kind | None
    """The site whose load it disturbs; None for one that brings a database of its own."""
    under_load: UnderLoad | None = None
    alone: Alone | None = None
    is_long: bool = False
    """Takes too long for the quick run of the tests."""

    @property
    def id(self) -> str:
        return self.name.replace(" ", "-")


FAULTS: Final[list[Fault]] = []


def fault(name: str, *, kind: Kind = "direct", is_long: bool = False) -> Callable[[UnderLoad], UnderLoad]:
    """Put on the list what disturbs a site under load. When it returns, all is as before, but for what heals itself."""

    def listed(make: UnderLoad) -> UnderLoad:
        FAULTS.append(Fault(name, kind, under_load=make, is_long=is_long))
        return make

    return listed


def life(name: str, *, is_long: bool = False) -> Callable[[Alone], Alone]:
    """Put on the list what has a database of its own: it is given an empty folder, and a ledger to fill and settle."""

    def listed(make: Alone) -> Alone:
        FAULTS.append(Fault(name, None, alone=make, is_long=is_long))
        return make

    return listed
