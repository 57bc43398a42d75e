"""As whom PostgreSQL runs. Most of it can only be shown by root, who can become anybody."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from freehold.postgres import EmbeddedServer, PostgresError, identity
from freehold.postgres.programs import run

from .servers import HOLD, Process, is_running, postmaster, sql

NOBODY = pwd.getpwnam("nobody")
AS_NOBODY = ("setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups", "--")

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="becomes other users")


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A folder that every user can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="freehold-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def python_as_nobody(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """A Python that `nobody` can run, with our modules: ours, or the system's where ours is in root's home."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    runs_itself = "import freehold.postgres, subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        if subprocess.run([*AS_NOBODY, python, "-c", runs_itself], capture_output=True, check=False).returncode == 0:
            return (*AS_NOBODY, python)
    pytest.skip("neither this Python nor the system's can be run by other users")


@pytest.fixture
def nobodys_dir(open_dir: Path) -> Path:
    (open_dir / "data").mkdir(mode=0o700)
    os.chown(open_dir / "data", NOBODY.pw_uid, NOBODY.pw_gid)
    return open_dir / "data"


def owners(folder: Path) -> set[int]:
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


@needs_root
def test_root_works_in_a_user_namespace_and_owns_the_files(data_dir: Path) -> None:
    if not identity.user_namespaces_work():
        pytest.skip("user namespaces are not permitted here")
    with EmbeddedServer.start(data_dir, fast=True):
        namespaces = [Path(f"/proc/{pid}/ns/user").readlink() for pid in (postmaster(data_dir), "self")]
        assert namespaces[0] != namespaces[1]
    assert owners(data_dir) == {0}


@needs_root
def test_ordinary_user_works_as_themselves(
    nobodys_dir: Path, process: Callable[..., Process], python_as_nobody: tuple[str, ...]
) -> None:
    holder = process(HOLD, "start", nobodys_dir, prefix=python_as_nobody)
    assert sql(holder.hear(), "SELECT 1") == "1"
    assert Path(f"/proc/{postmaster(nobodys_dir)}").stat().st_uid == NOBODY.pw_uid
    assert holder.finish() == (0, "")
    assert owners(nobodys_dir) == {NOBODY.pw_uid}
    assert not is_running(nobodys_dir)


@needs_root
def test_root_in_another_users_directory_works_as_that_user_and_leaves_it_usable(
    nobodys_dir: Path, process: Callable[..., Process], python_as_nobody: tuple[str, ...]
) -> None:
    with EmbeddedServer.start(nobodys_dir, fast=True) as server:
        assert Path(f"/proc/{postmaster(nobodys_dir)}").stat().st_uid == NOBODY.pw_uid
        sql(server.url, "CREATE TABLE kept AS SELECT 7 AS number")
    assert owners(nobodys_dir) == {NOBODY.pw_uid}
    holder = process(HOLD, "start", nobodys_dir, prefix=python_as_nobody)
    assert sql(holder.hear(), "SELECT number FROM kept") == "7"
    with EmbeddedServer.join(nobodys_dir) as joined:
        assert sql(joined.url, "SELECT number FROM kept") == "7"
    assert holder.finish() == (0, "")


@needs_root
def test_root_without_user_namespaces_gives_the_directory_to_nobody(
    open_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "user_namespaces_work", lambda: False)
    with EmbeddedServer.start(open_dir / "new", fast=True) as server:
        assert Path(f"/proc/{postmaster(open_dir / 'new')}").stat().st_uid == NOBODY.pw_uid
        assert sql(server.url, "SELECT 1") == "1"
    with EmbeddedServer.start(open_dir / "new", fast=True) as server:
        assert sql(server.url, "SELECT 1") == "1"
    assert owners(open_dir / "new") == {NOBODY.pw_uid}


@needs_root
def test_cluster_made_in_a_namespace_still_serves_where_there_are_none(
    open_dir: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(made, open_dir / "data")
    monkeypatch.setattr(identity, "user_namespaces_work", lambda: False)
    with EmbeddedServer.start(open_dir / "data", fast=True) as server:
        assert sql(server.url, "SELECT 1") == "1"


@needs_root
def test_folder_closed_to_the_account_is_a_clear_error(open_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "user_namespaces_work", lambda: False)
    open_dir.chmod(0o700)
    with pytest.raises(PostgresError, match="would run as nobody, who cannot reach"):
        EmbeddedServer.start(open_dir / "data")


@needs_root
def test_missing_setpriv_is_a_clear_error(nobodys_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        PostgresError, match=r"`setpriv` .* is missing: install util-linux, or run the command as nobody"
    ):
        EmbeddedServer.start(nobodys_dir)


@needs_root
def test_directory_of_another_user_is_refused(
    nobodys_dir: Path, process: Callable[..., Process], python_as_nobody: tuple[str, ...]
) -> None:
    os.chown(nobodys_dir, 0, 0)
    refused = process(HOLD, "start", nobodys_dir, prefix=python_as_nobody)
    assert "belongs to user root, but this is user nobody: run the command as root" in refused.hear()


@needs_root
def test_place_that_is_not_writable_is_a_clear_error(
    nobodys_dir: Path, process: Callable[..., Process], python_as_nobody: tuple[str, ...]
) -> None:
    refused = process(HOLD, "start", nobodys_dir.parent / "new", prefix=python_as_nobody)
    assert "new cannot be used: [Errno 13] Permission denied" in refused.hear()


@needs_root
def test_links_in_an_accounts_directory_are_not_given_to_it(nobodys_dir: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("root's")
    (nobodys_dir / "soft").symlink_to(secret)
    (nobodys_dir / "hard").hardlink_to(secret)
    identity.identity_for(nobodys_dir).own(nobodys_dir)
    assert secret.stat().st_uid == 0


def test_programs_get_nothing_of_the_callers_settings(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGOPTIONS", "--nonsense")
    monkeypatch.setenv("LC_TIME", "xx_XX")
    seen = run(("env",)).stdout
    assert "PGDATA" not in seen
    assert "xx_XX" not in seen
    with EmbeddedServer.start(data_dir, fast=True) as server:
        assert sql(server.url, "SHOW lc_messages") == "C"
