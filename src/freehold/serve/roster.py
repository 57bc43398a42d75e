"""What the server and its workers must know of each other, in memory that they share."""

from multiprocessing.sharedctypes import RawArray

_CELLS_PER_WORKER = 2


class Roster:
    """For each worker: whether it serves, and how many requests it cut off when it stopped.

    Make it before the workers are begun. What a worker wrote outlives it.
    """

    def __init__(self, workers: int) -> None:
        self._cells = RawArray("Q", workers * _CELLS_PER_WORKER)

    def set_serving(self, index: int, *, serves: bool) -> None:
        """Note whether a worker serves."""
        self._cells[index * _CELLS_PER_WORKER] = serves

    def is_serving(self, index: int) -> bool:
        """Tell whether a worker serves, or did when it died."""
        return bool(self._cells[index * _CELLS_PER_WORKER])

    def add_cut(self, index: int, requests: int) -> None:
        """Note requests that were cut off."""
        self._cells[index * _CELLS_PER_WORKER + 1] += requests

    def cut(self) -> int:
        """Count the requests that all workers cut off."""
        return sum(self._cells[1::_CELLS_PER_WORKER])
