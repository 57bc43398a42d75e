"""Freehold: the tenancy core you own. Users, organizations and projects on plain PostgreSQL.

Import everything from here: ``Platform`` with its operations, the types they take and return, and the errors. The names
are imported on first use, so that a command that needs none of them starts quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from freehold.base import version

__version__ = version.VERSION

if TYPE_CHECKING:
    from freehold.public import *  # noqa: F403 - the one list of public names is there
else:  # hidden from type checkers, to which it would make every misspelt name an Any

    def __getattr__(name: str) -> Any:
        if name == "__all__" or name[:1].isupper():  # the import system also asks for modules, which are lowercase
            return getattr(import_module("freehold.public"), name)
        raise AttributeError(f"module 'freehold' has no attribute '{name}'")

    def __dir__() -> list[str]:
        return [*globals(), *import_module("freehold.public").__all__]
