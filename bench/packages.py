"""Installs the peers under bench/.peers, each in an environment of its own, once for each list of packages."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PEERS = Path(__file__).with_name("peers")
INSTALLED = Path(__file__).with_name(".peers")
INSTALL = Path(__file__).parents[1] / "requirements" / "install.py"
INSTALL_SECONDS = 300

UNREACHABLE = re.compile(
    r"connection broken|No matching distribution|timed? ?out|ENOTFOUND|EAI_AGAIN|ECONN\w+|ENETUNREACH", re.IGNORECASE
)
"""What pip and npm say when nobody answers; pip finds no distribution then, either."""


class NotInstalled(Exception):
    """A peer cannot be installed here; the message says why."""


class Unreachable(NotInstalled):
    """There is no Node, or no registry to fetch packages from."""


def python_with(peer: str, *, peers: Path | None = None, installed: Path | None = None) -> Path:
    """Return the Python of a peer's virtual environment, with the packages that its requirements pin.

    Args:
        peer: names its folder.
        peers: holds that.
        installed: where the environment is, or is made.

    Raises:
        NotInstalled: pip could not do it.
    """
    wanted = (peers or PEERS) / peer / "requirements.txt"
    home = (installed or INSTALLED) / peer
    python = home / "bin" / "python"
    if _is_done(home, wanted):
        return python
    shutil.rmtree(home, ignore_errors=True)
    _run([sys.executable, "-m", "venv", home])
    _run([python, INSTALL, wanted])
    shutil.copy(wanted, home / wanted.name)
    return python


def node_with(peer: str, *, peers: Path | None = None, installed: Path | None = None) -> Path:
    """Return the folder of a peer that runs on Node, its packages beside it.

    Args:
        peer: names the folder of its list of packages and its server.
        peers: holds that.
        installed: where the folder is, or is made.

    Raises:
        NotInstalled: there is no Node, or npm could not do it.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Unreachable("Node and npm are missing (apt-get install nodejs npm; version 20 or later)")
    source = (peers or PEERS) / peer
    wanted = [source / name for name in ("package.json", "package-lock.json")]
    home = (installed or INSTALLED) / peer
    if not _is_done(home, *wanted):
        shutil.rmtree(home, ignore_errors=True)
        coming = home.with_name(f"{peer}.coming")  # what is half done when somebody stops it must not look done
        shutil.rmtree(coming, ignore_errors=True)
        coming.mkdir(parents=True)
        for each in wanted:
            shutil.copy(each, coming)
        # Without the last, every framework that better-auth works with would be installed.
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"], coming)
        coming.rename(home)
    for program in source.glob("*.mjs"):
        shutil.copy(program, home)
    return home


def _is_done(home: Path, *wanted: Path) -> bool:
    kept = [(home / each.name, each) for each in wanted]
    return all(have.exists() and have.read_bytes() == each.read_bytes() for have, each in kept)


def _run(command: Sequence[str | Path], folder: Path | None = None) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, encoding="utf-8", timeout=INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreachable(f"{command[0]}: {error}") from None
    except OSError as error:
        raise NotInstalled(f"{command[0]}: {error}") from None
    if done.returncode != 0:
        said = done.stderr or done.stdout
        words = said.strip().splitlines()[-3:]
        failure = Unreachable if UNREACHABLE.search(said) else NotInstalled
        raise failure(f"{' '.join(map(str, command[:4]))} failed: {' '.join(words)}")
