"""Installs a pinned set of packages into the environment of the Python that runs this: exactly those, and no others.

    .venv/bin/python requirements/install.py requirements/runtime.txt

A pinned file names every package with its version and hashes, so nothing is left to resolve. pip is told so: an older
pip resolves all the same, finds releases that are newer than the file, and refuses them. Afterwards ``pip check`` shows
that nothing is missing. Works with the pip of every supported Python (22.3 and later), and imports nothing but Python.
"""

import re
import subprocess
import sys
from pathlib import Path

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
_WIDTH = 72


def pinned(text: str) -> list[str]:
    """Give the names of the packages that a pinned file lists."""
    return re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==", text, re.MULTILINE)


def install(wanted: Path) -> int:
    """Install what a pinned file lists, with a sign of life meanwhile.

    Returns:
        pip's exit status; what it said of a failure has been printed.
    """
    total = len(pinned(wanted.read_text("utf-8")))
    _say(f"Installing {total} packages into {Path(sys.prefix).name} ...", last=not sys.stdout.isatty())
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--progress-bar", "off"]
    said: list[str] = []
    # What goes wrong is printed by pip itself, to standard error; what it does otherwise is worth one line.
    with subprocess.Popen(
        [*PIP, "install", *options, "-r", wanted], stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
    ) as pip:
        count = 0
        for line in pip.stdout or ():
            said.append(line)
            if found := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line):
                count += 1
                if sys.stdout.isatty():
                    _say(f"Installing package {count} of {total}: {found[1]}")
            elif line.startswith("Installing collected packages") and sys.stdout.isatty():
                _say(f"Unpacking {total} packages ...")
    if pip.returncode:
        _say("", last=True)
        return pip.returncode
    checked = subprocess.run([*PIP, "check"], capture_output=True, encoding="utf-8", check=False)
    if checked.returncode:
        _say("", last=True)
        print(
            f"{checked.stdout}{checked.stderr}{wanted} does not fit what was in the environment {sys.prefix}: "
            "remove the environment ('make clean'), then run the same command again",
            file=sys.stderr,
        )
    elif sys.stdout.isatty():
        _say(f"Installed {total} packages into {Path(sys.prefix).name}.", last=True)
    return checked.returncode


def _say(text: str, *, last: bool = False) -> None:
    """Write a line over the one before it; only the last one ends."""
    again = "\r" if sys.stdout.isatty() else ""
    print(f"{again}{text[:_WIDTH]:<{_WIDTH if again else 0}}", end="\n" if last else "", flush=True)


if __name__ == "__main__":
    match sys.argv:
        case [_, file]:
            sys.exit(install(Path(file)))
        case _:
            sys.exit("Usage: python requirements/install.py FILE")
