"""What is installed by a pinned file is exactly what the file names: nothing is left for an installer to find."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from itertools import product
from pathlib import Path

import pytest
from bench.packages import UNREACHABLE
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
OURS = [ROOT / "requirements" / name for name in ("runtime.txt", "dev.txt")]
OTHERS = [*ROOT.glob("bench/peers/*/requirements.txt"), *ROOT.glob("tests/**/requirements.txt")]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_HASHES = r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
PINNED = re.compile(rf"^(?P<name>[\w.-]+)==(?P<version>\S+) \\\n{_HASHES}", re.MULTILINE)

Members = dict[str, tuple[str, list[str]]]
"""The version of each package, and what it requires."""


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def pins(path: Path) -> dict[str, str]:
    return {canonicalize_name(match["name"]): match["version"] for match in PINNED.finditer(path.read_text("utf-8"))}


def environments() -> Iterator[dict[str, str]]:
    for python, (system, platform) in product(PYTHONS, (("Linux", "linux"), ("Darwin", "darwin"))):
        yield {
            **{name: str(value) for name, value in default_environment().items()},
            "python_version": python,
            "python_full_version": f"{python}.0",
            "platform_system": system,
            "sys_platform": platform,
        }


def unmet(members: Members) -> set[str]:
    """Follow every requirement of every member, with the extras by which others ask for it."""
    missing: set[str] = set()
    for environment in environments():
        waiting, seen = [(name, "") for name in members], set()
        while waiting:
            name, extra = waiting.pop()
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for requirement in map(Requirement, members[name][1]):
                if requirement.marker and not requirement.marker.evaluate({**environment, "extra": extra}):
                    continue
                wanted = canonicalize_name(requirement.name)
                if wanted not in members or not requirement.specifier.contains(members[wanted][0], prereleases=True):
                    missing.add(f"{name} wants {requirement} on Python {environment['python_version']}")
                    continue
                waiting += [(wanted, each) for each in requirement.extras]
    return missing


def from_registry(path: Path, report: Path) -> Members:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps"]
    done = subprocess.run([*pip, "--report", report, "-r", path], capture_output=True, text=True, check=False)
    if done.returncode and UNREACHABLE.search(done.stderr):
        pytest.skip("the registry does not answer")
    assert done.returncode == 0, done.stderr
    found = [each["metadata"] for each in json.loads(report.read_text("utf-8"))["install"]]
    return {canonicalize_name(each["name"]): (each["version"], each.get("requires_dist") or []) for each in found}


def test_requirement_that_only_an_extra_brings_is_missed():
    members: Members = {"a": ("1", ["b[fast]>=2"]), "b": ("2", ["c>=1; extra == 'fast'"])}
    assert {each.partition(" on ")[0] for each in unmet(members)} == {'b wants c>=1; extra == "fast"'}
    assert not unmet({**members, "c": ("1", [])})
    assert unmet({**members, "c": ("0.9", [])})
    assert not unmet({"b": members["b"]})


@pytest.mark.parametrize("path", [*OURS, *OTHERS], ids=short)
def test_every_line_pins_a_version_with_its_hashes(path: Path):
    text = path.read_text("utf-8")
    assert len(pins(path)) == len(re.findall(r"^[^\s#]", text, re.MULTILINE)) > 0
    assert "://" not in text


@pytest.mark.parametrize("path", OURS, ids=short)
def test_pinned_set_is_closed(path: Path):
    # They are what is installed here; dev.txt holds all of runtime.txt.
    members = {name: (version, distribution(name).requires or []) for name, version in pins(path).items()}
    assert {name: distribution(name).version for name in members} == pins(path)
    assert not unmet(members)


def test_development_has_what_runs_in_production():
    runtime, development = map(pins, OURS)
    assert runtime.items() <= development.items()


@pytest.mark.long
@pytest.mark.parametrize("path", OTHERS, ids=short)
def test_pinned_set_of_others_is_closed(path: Path, tmp_path: Path):
    members = from_registry(path, tmp_path / "report.json")
    assert members.keys() == pins(path).keys()
    assert not unmet(members)
