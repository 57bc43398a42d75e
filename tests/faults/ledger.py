"""What was promised, entry by entry, and how it compares with what the database holds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Entry:
    """A write with a name of its own, and how often its name may be found."""

    is_acknowledged: bool = False
    """At least once: somebody was told that it is stored."""
    is_possible: bool = True
    """At most once; not at all where everybody was told that certainly nothing is stored."""
    is_removed: bool = False
    """Not at all: somebody was told that it is deleted."""


@dataclass
class Ledger:
    """All writes under one fault, and what was said of them."""

    entries: dict[str, Entry] = field(default_factory=dict)
    lost: int = 0
    doubled: int = 0
    untrue: int = 0
    """Stored, though the answer said that certainly nothing was."""
    statuses: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    """What must never be, in words."""

    def begin(self, name: str) -> Entry:
        return self.entries.setdefault(name, Entry())

    @property
    def acknowledged(self) -> int:
        return sum(entry.is_acknowledged or entry.is_removed for entry in self.entries.values())

    def settle(self, found: Mapping[str, int]) -> None:
        """Compare with how often each name was found."""
        for name, entry in self.entries.items():
            count = found.get(name, 0)
            if entry.is_removed:
                if count:
                    self.lost += 1
                    self.broken.append(f"{name} was deleted, and is there again")
            elif entry.is_acknowledged and not count:
                self.lost += 1
                self.broken.append(f"{name} was acknowledged, and is not there")
            elif count > 1:
                self.doubled += 1
                self.broken.append(f"{name} was done {count} times")
            elif count and not entry.is_acknowledged and not entry.is_possible:
                self.untrue += 1
                self.broken.append(f"{name} is there, though the answer said that nothing was stored")
