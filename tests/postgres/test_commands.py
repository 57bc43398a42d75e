"""`freehold db`, in process through click and as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freehold.postgres import EmbeddedServer
from freehold.postgres.commands import db
from freehold.postgres.layout import Layout

from .servers import is_running, postmaster


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FREEHOLD_DATABASE_URL", "FREEHOLD_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


def db_command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(db, [str(argument) for argument in arguments])


def db_process(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    code = "from freehold.postgres.commands import db; db()"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


def test_url_of_the_running_server(server: EmbeddedServer) -> None:
    result = db_command("url", "--data-dir", server.data_dir)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{server.url}\n", "")


def test_admin_url(server: EmbeddedServer) -> None:
    assert db_command("url", "--admin", "--data-dir", server.data_dir).stdout == f"{server.admin_url}\n"


def test_url_as_json(server: EmbeddedServer) -> None:
    assert json.loads(db_command("url", "--json", "--data-dir", server.data_dir).stdout) == {"url": server.url}


def test_url_of_a_stopped_server_comes_with_a_hint(data_dir: Path) -> None:
    result = db_command("url", "--data-dir", data_dir)
    assert Layout(data_dir).password("freehold") in result.stdout
    assert "start it with `freehold serve`" in result.stderr
    assert not is_running(data_dir)


def test_data_directory_from_the_environment(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREEHOLD_DATA_DIR", os.fspath(server.data_dir))
    assert db_command("url").stdout == f"{server.url}\n"


def test_data_directory_is_below_the_current_one_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert db_command("url").exit_code == 0
    assert Layout(tmp_path / "freehold-data").cluster.exists()


def test_own_url_is_the_one_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREEHOLD_DATABASE_URL", "postgresql://u:p@h/d")
    assert db_command("url", "--data-dir", tmp_path / "data").stdout == "postgresql://u:p@h/d\n"
    assert not (tmp_path / "data").exists()


def test_admin_of_an_own_server_is_wrong_usage() -> None:
    result = db_command("url", "--admin", "--database-url", "postgresql://u:p@h/d")
    assert result.exit_code == 2
    assert "--admin is for the embedded PostgreSQL only" in result.stderr


def test_directory_that_is_not_ours_is_a_message_and_status_1(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("")
    result = db_process("url", "--data-dir", tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith(f"Error: {tmp_path} is not empty")
    assert "Traceback" not in result.stderr


def test_psql_runs_arguments_and_input(server: EmbeddedServer) -> None:
    result = db_process("psql", "--data-dir", server.data_dir, "--", "-Atc", "SELECT current_user")
    assert (result.returncode, result.stdout) == (0, "freehold\n")
    result = db_process("psql", "--admin", "--data-dir", server.data_dir, "--", "-At", stdin="SELECT current_user")
    assert (result.returncode, result.stdout) == (0, "postgres\n")


def test_psql_with_an_own_url(server: EmbeddedServer) -> None:
    result = db_process("psql", "--database-url", server.url, "--", "-Atc", "SELECT current_user")
    assert (result.returncode, result.stdout) == (0, "freehold\n")


def test_password_of_an_own_server_may_be_in_the_environment(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = Layout(server.data_dir).password("freehold")
    monkeypatch.setenv("PGPASSWORD", password)
    monkeypatch.setenv("PGSERVICE", "nonsense")
    result = db_process("psql", "--database-url", server.url.replace(f":{password}", ""), "--", "-Atc", "SELECT 1")
    assert (result.returncode, result.stdout) == (0, "1\n")


def test_psql_starts_a_stopped_server_for_its_time(data_dir: Path) -> None:
    result = db_process("psql", "--data-dir", data_dir, "--", "-Atc", "SELECT 'here'")
    assert result.stdout == "here\n"
    assert not is_running(data_dir)


def test_password_is_on_no_command_line(server: EmbeddedServer) -> None:
    show = r"\! tr '\0' ' ' < /proc/$PPID/cmdline"
    result = db_process("psql", "--data-dir", server.data_dir, "--", "-c", show)
    assert "--dbname=postgresql://freehold@/freehold" in result.stdout
    assert Layout(server.data_dir).password("freehold") not in result.stdout


def test_secrets_are_not_in_the_environment_of_what_is_started(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FREEHOLD_SMTP_URL", "smtp://ada:S3cr3tWord@mail.example")
    result = db_process(
        "psql", "--data-dir", server.data_dir, "--", "-c", r"\! env; tr '\0' '\n' < /proc/$PPID/environ"
    )
    assert "PATH=" in result.stdout
    assert "S3cr3tWord" not in result.stdout
    assert Layout(server.data_dir).password("freehold") not in result.stdout
    environment = Path(f"/proc/{postmaster(server.data_dir)}/environ").read_text()
    assert "FREEHOLD_" not in environment


def test_failing_statement_is_status_1(server: EmbeddedServer) -> None:
    result = db_process("psql", "--data-dir", server.data_dir, "--", "-c", "SELECT nonsense")
    assert result.returncode == 1
    assert 'column "nonsense" does not exist' in result.stderr


def test_unreachable_own_server_is_a_message_and_status_1() -> None:
    result = db_process("psql", "--database-url", "postgresql://u:geheim@/d?host=/nowhere")
    assert result.returncode == 1
    assert result.stderr.startswith("Error: Cannot connect to database d on the socket in /nowhere: there is no socket")
    assert "geheim" not in result.stderr


def test_wrong_option_is_wrong_usage() -> None:
    assert db_process("psql", "--nonsense").returncode == 2
