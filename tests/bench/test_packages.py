"""Peers are installed once, and in exactly the versions that are written down."""

import json
import re
from pathlib import Path

import pytest
from bench.packages import NotInstalled, node_with

from bench import packages

PEERS = packages.PEERS
NPM = """#!/bin/sh
echo "$@" >> "{log}"
mkdir node_modules
{then}
"""


class Npm:
    """A program in the place of npm: what it was told, and how it ends."""

    def __init__(self, folder: Path) -> None:
        self._path, self._log = folder / "npm", folder / "log"

    def does(self, then: str) -> None:
        self._path.write_text(NPM.format(log=self._log, then=then), "utf-8")
        self._path.chmod(0o755)

    @property
    def told(self) -> list[str]:
        return self._log.read_text("utf-8").splitlines()


@pytest.fixture
def peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a peer that runs on Node."""
    folder = tmp_path / "peers" / "peer"
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "server.mjs"):
        (folder / name).write_text("{}", "utf-8")
    monkeypatch.setattr(packages, "PEERS", folder.parent)
    monkeypatch.setattr(packages, "INSTALLED", tmp_path / "installed")
    return folder


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Npm:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "node").touch(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    made = Npm(folder)
    made.does("touch node_modules/all")
    return made


def test_peer_is_installed_once_as_its_lock_says(peer: Path, npm: Npm):
    first, second = node_with(peer.name), node_with(peer.name)
    assert first == second
    assert (first / "node_modules" / "all").exists()
    (told,) = npm.told
    assert told.split()[0] == "ci"


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_peer_is_installed_anew_when_its_versions_change(peer: Path, npm: Npm, name: str):
    node_with(peer.name)
    (peer / name).write_text('{"changed": true}', "utf-8")
    home = node_with(peer.name)
    assert len(npm.told) == 2
    assert (home / name).read_text("utf-8") == '{"changed": true}'


def test_server_is_the_one_of_today(peer: Path, npm: Npm):
    node_with(peer.name)
    (peer / "server.mjs").write_text("// changed", "utf-8")
    assert (node_with(peer.name) / "server.mjs").read_text("utf-8") == "// changed"
    assert len(npm.told) == 1


def test_installation_that_fails_is_told_and_tried_again(peer: Path, npm: Npm):
    npm.does("echo 'no network' >&2; exit 1")
    with pytest.raises(NotInstalled, match=r"npm ci .* failed: no network"):
        node_with(peer.name)
    npm.does("touch node_modules/all")
    assert (node_with(peer.name) / "node_modules" / "all").exists()


@pytest.mark.usefixtures("npm")
def test_installation_that_was_stopped_halfway_is_not_taken_for_done(peer: Path, monkeypatch: pytest.MonkeyPatch):
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(packages, "_run", stopped)
        with pytest.raises(KeyboardInterrupt):
            node_with(peer.name)
    assert (node_with(peer.name) / "node_modules" / "all").exists()


def test_machine_without_node_is_told_what_to_install(peer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotInstalled, match="apt-get install nodejs npm"):
        node_with(peer.name)


def test_every_package_of_better_auth_is_pinned_without_the_address_of_a_registry():
    folder = PEERS / "better-auth"
    asked = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    assert locked.pop("")["dependencies"] == asked
    for name, version in asked.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    for name, package in locked.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", package["version"]), name
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


@pytest.mark.parametrize("peer_name", ["fastapi", "django"])
def test_every_package_of_a_python_peer_is_pinned_with_its_hash(peer_name: str):
    text = (PEERS / peer_name / "requirements.txt").read_text("utf-8")
    pinned = re.findall(r"^([a-z0-9-]+)==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^\w", text, re.MULTILINE))
    assert "://" not in text
    asked = re.findall(r"^([a-z]+)", (PEERS / peer_name / "requirements.in").read_text("utf-8"), re.MULTILINE)
    assert set(asked) <= set(pinned)
