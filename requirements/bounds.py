"""Runs the tests with the lowest and with the newest versions that `pyproject.toml` allows: ``make test-bounds``.

    .venv/bin/python requirements/bounds.py [lowest|newest ...] [arguments of pytest ...]

Each has an environment of its own under `.bounds`, made from the registry every time: so what was released since the
pinned sets were made is met here first.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENDS = ("lowest", "newest")
_LOWER_BOUND = re.compile(r"(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?>=(?P<version>[\w.]+)(?:,<[\w.]+)?")


def lowest() -> list[str]:
    """Give the lowest version of each package that `pyproject.toml` names, as constraints.

    Raises:
        ValueError: a package is named without a lower bound.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    matches = {each: _LOWER_BOUND.fullmatch(each) for each in named if not each.startswith("freehold[")}
    if wrong := [each for each, match in matches.items() if match is None]:
        raise ValueError(f"pyproject.toml should say >= which version: {', '.join(wrong)}")
    return [f"{match['name']}=={match['version']}" for match in matches.values() if match]


def try_out(end: str, arguments: Sequence[str]) -> int:
    """Install one end of the ranges, and run the tests with it; gives the exit status."""
    home = ROOT / ".bounds" / end
    python = home / "bin" / "python"
    constraints = home / "constraints.txt"
    subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
    constraints.write_text("\n".join(lowest() if end == "lowest" else ()), "utf-8")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", constraints]
    print(f"Installing the {end} versions into {home.relative_to(ROOT)} ...", flush=True)
    if failed := subprocess.run([*pip, "--editable", f"{ROOT}[all,dev,otel,build]"], check=False).returncode:
        return failed
    return subprocess.run(
        [python, "-m", "pytest", "--ignore=tests/requirements", *arguments], cwd=ROOT, check=False
    ).returncode


def main(arguments: Sequence[str]) -> int:
    """Try the ends that are named, or both."""
    ends = [each for each in arguments if each in ENDS] or ENDS
    statuses = {end: try_out(end, [each for each in arguments if each not in ENDS]) for end in ends}
    for end, status in statuses.items():
        print(f"{end}: {'passed' if status == 0 else 'failed'}")
    return int(any(statuses.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
