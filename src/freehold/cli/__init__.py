"""The command line: `freehold`, over the commands of the slices."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run `freehold` with this process's arguments, and exit with 0 (done), 1 (it failed) or 2 (wrong usage)."""
    from freehold.cli.program import program  # noqa: PLC0415
    from freehold.terminal.failures import run  # noqa: PLC0415 - so that importing a part of this package costs that part

    sys.exit(run(program, sys.argv[1:]))
