"""A pinned file is installed as it is, by every pip that a supported Python brings."""

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bench.packages import UNREACHABLE

ROOT = Path(__file__).parents[2]
INSTALL = ROOT / "requirements" / "install.py"
OLDEST_PIP = "22.3"
"""What Python 3.11.0 brings."""

Install = Callable[..., "subprocess.CompletedProcess[str]"]


def wheel(folder: Path, name: str, version: str, *metadata: str) -> str:
    """Write an empty package, and give the line that pins it."""
    info = f"{name}-{version}.dist-info"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata]
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder in the place of a registry."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The Python of an environment with nothing but pip."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    return tmp_path / "env" / "bin" / "python"


@pytest.fixture
def install(python: Path, shelf: Path, tmp_path: Path) -> Install:
    """Install lines of a pinned file from the shelf."""

    def run(*lines: str) -> "subprocess.CompletedProcess[str]":
        wanted = tmp_path / "wanted.txt"
        wanted.write_text("".join(lines), "utf-8")
        return subprocess.run(
            [python, INSTALL, wanted],
            env={**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shelf)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def installed(python: Path) -> set[str]:
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True
    )
    return {line for line in listed.stdout.split() if not line.startswith(("pip=", "setuptools="))}


def with_an_extra(shelf: Path) -> tuple[str, str, str]:
    """Two packages, one of which wants an extra of the other; a newer release of that lies on the shelf, too."""
    wheel(shelf, "base", "2.0", "Provides-Extra: fast")
    return (
        wheel(shelf, "top", "1.0", "Requires-Dist: base[fast]>=1.0"),
        wheel(shelf, "base", "1.0", "Provides-Extra: fast", "Requires-Dist: speed; extra == 'fast'"),
        wheel(shelf, "speed", "1.0"),
    )


def test_newer_release_on_the_shelf_changes_nothing(install: Install, shelf: Path, python: Path):
    done = install(*with_an_extra(shelf))
    assert done.returncode == 0, done.stderr
    assert installed(python) == {"top==1.0", "base==1.0", "speed==1.0"}
    assert done.stdout == "Installing 3 packages into env ...\n"


@pytest.mark.long
def test_package_that_is_missing_from_the_file_is_named(install: Install, shelf: Path):
    done = install(wheel(shelf, "top", "1.0", "Requires-Dist: base>=1.0"))
    assert done.returncode == 1
    assert "top 1.0 requires base, which is not installed" in done.stderr
    assert "make clean" in done.stderr


@pytest.mark.long
def test_file_with_another_hash_is_refused(install: Install, shelf: Path):
    line = wheel(shelf, "top", "1.0")
    done = install(line[:-2] + ("0" if line[-2] != "0" else "1") + "\n")
    assert done.returncode != 0
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr


@pytest.mark.long
def test_oldest_pip_installs_it(install: Install, shelf: Path, python: Path):
    lines = with_an_extra(shelf)
    older: list[str | Path] = [python, "-m", "pip", "install", "--quiet", f"pip=={OLDEST_PIP}"]
    done = subprocess.run(older, capture_output=True, text=True, check=False)
    if done.returncode and UNREACHABLE.search(done.stderr):
        pytest.skip("the registry does not answer")
    assert done.returncode == 0, done.stderr
    done = install(*lines)
    assert done.returncode == 0, done.stderr
    assert installed(python) == {"top==1.0", "base==1.0", "speed==1.0"}
    subprocess.run([python, INSTALL, ROOT / "requirements" / "runtime.txt"], check=True)
    assert len(installed(python)) > len(lines)
