"""What a run has found out, part by part."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bench.figures import Figure
from bench.load import Failed
from bench.processes import DidNotStart


@dataclass
class Outcome:
    """Figures, and what is missing among them."""

    figures: list[Figure] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    """Who or what could not take part, and why."""

    def add(self, part: str, work: Callable[[], list[Figure]]) -> None:
        """Do a part; one that fails is named, and what the others have found out is not lost."""
        try:
            self.figures += work()
        except (Failed, DidNotStart) as error:
            self.miss(part, error)

    def miss(self, part: str, reason: Exception) -> None:
        """Note that a part or a peer is not there: tell all that is known, and keep the first line."""
        self.absent[part] = str(reason).partition("\n")[0].rstrip(":")
        print(f"  {part} is not there: {reason}", flush=True)
