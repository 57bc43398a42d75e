"""The command line: `freehold`, over the commands of the slices."""

import sys
from types import MappingProxyType
from typing import Final, NoReturn

EXTRAS: Final = MappingProxyType(
    {"click": "server", "rich": "server", "granian": "server", "uvloop": "server", "postgast": "migrate"}
)
"""What a command may need that ``pip install freehold`` leaves out, with the extra that brings it."""


def main() -> NoReturn:
    """Run `freehold` with this process's arguments, and exit with 0 (done), 1 (it failed) or 2 (wrong usage)."""
    try:
        from freehold.cli.program import program  # noqa: PLC0415 - so that importing a part of this costs that part
        from freehold.terminal.failures import run  # noqa: PLC0415

        status = run(program, sys.argv[1:])
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        sys.exit(
            f"freehold: this command needs the package {package}, which is not installed: "
            f"run pip install 'freehold[{EXTRAS[package]}]', or 'freehold[all]' for everything"
        )
    sys.exit(status)
