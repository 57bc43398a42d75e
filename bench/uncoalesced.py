"""Freehold with each lookup on its own: what coalescing is compared with."""

from freehold.cli import main
from freehold.data.db import Database


class _Alone:
    """Takes the place of a database's lookups: there are none, whatever is put there."""

    def __get__(self, database: object, owner: type) -> None:
        return None

    def __set__(self, database: object, lookups: object) -> None:
        pass


Database.lookups = _Alone()  # type: ignore[assignment]

if __name__ == "__main__":
    main()
