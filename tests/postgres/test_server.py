"""Starting, stopping and surviving: the life of a server in its data directory."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.postgres import EmbeddedServer, PostgresError
from freehold.postgres.layout import Layout
from freehold.postgres.serverlog import LARGEST_BYTES
from tests.waiting import eventually

from .servers import Process, is_running, kill, postmaster, sql


def test_data_is_there_after_a_stop(data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir) as server:
        sql(server.url, "CREATE TABLE kept AS SELECT 7 AS number")
        first = server.url
    with EmbeddedServer.start(data_dir) as server:
        assert sql(server.url, "SELECT number FROM kept") == "7"
        assert server.url == first


def test_stop_leaves_no_process_and_no_socket_and_may_be_repeated(data_dir: Path) -> None:
    server = EmbeddedServer.start(data_dir, fast=True)
    pid = postmaster(data_dir)
    server.stop()
    server.stop()
    assert not is_running(data_dir)
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())  # gone, once its parent has taken note
    assert not list(Layout(data_dir).run.glob(".s.*"))
    assert "database system is shut down" in Layout(data_dir).log.read_text()


def test_stop_does_not_wait_for_an_open_transaction(data_dir: Path, process: Callable[..., Process]) -> None:
    server = EmbeddedServer.start(data_dir, fast=True)
    idle = process(
        """
        import subprocess, sys
        from freehold.postgres import client_binary, client_connection
        connection = client_connection(sys.argv[1])
        psql = [client_binary("psql", 18), "-XAtq", "-d", connection.url]
        shell = subprocess.Popen(psql, env={"PGPASSWORD": connection.password}, stdin=subprocess.PIPE, text=True)
        shell.stdin.write("BEGIN;\\n SELECT 'open';\\n")
        shell.stdin.flush()
        sys.stdin.read()
        """,
        server.url,
    )
    assert idle.hear() == "open"
    server.stop()
    assert not is_running(data_dir)


def test_committed_rows_survive_kill_of_postgresql(data_dir: Path) -> None:
    server = EmbeddedServer.start(data_dir)
    sql(server.url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    kill(postmaster(data_dir))
    server.stop()
    with EmbeddedServer.start(data_dir) as again:
        assert sql(again.url, "SELECT count(*) FROM kept") == "1000"
        assert "automatic recovery in progress" in Layout(data_dir).log.read_text()


def test_killed_server_is_revived_at_its_url_with_its_rows(data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir) as server:
        assert not server.revive()
        sql(server.url, "CREATE TABLE kept AS SELECT 7 AS number")
        kill(postmaster(data_dir))
        assert server.revive()
        assert sql(server.url, "SELECT number FROM kept") == "7"
    assert not is_running(data_dir)


def test_start_waits_for_the_processes_of_a_killed_server(data_dir: Path) -> None:
    messages: list[str] = []
    with EmbeddedServer.start(data_dir, fast=True) as server:
        question = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
        checkpointer = int(sql(server.admin_url, question))

        def let_it_notice(line: str) -> None:
            messages.append(line)
            os.kill(checkpointer, signal.SIGCONT)

        os.kill(checkpointer, signal.SIGSTOP)  # so that it cannot notice the end of its server
        kill(postmaster(data_dir))
        with EmbeddedServer.join(data_dir, progress=let_it_notice) as again:
            assert sql(again.url, "SELECT 1") == "1"
    assert [line.split(" ")[1] for line in messages] == ["is", "PostgreSQL"], messages


@pytest.mark.parametrize("pid", ["1999999999", "another program's"])
def test_stale_pid_file_is_no_hindrance(data_dir: Path, pid: str) -> None:
    layout = Layout(data_dir)
    number = pid if pid.isdigit() else str(os.getpid())
    for path in (layout.cluster / "postmaster.pid", layout.run / ".s.PGSQL.5432.lock"):
        path.write_text(f"{number}\n{layout.cluster}\n1700000000\n5432\n{layout.run}\n\n  1 1\nready   \n")
    with EmbeddedServer.start(data_dir, fast=True) as server:
        assert sql(server.url, "SELECT 1") == "1"


def test_postgresql_started_by_hand_is_left_alone(data_dir: Path) -> None:
    server = EmbeddedServer.start(data_dir, fast=True)
    layout, pid = Layout(data_dir), postmaster(data_dir)
    lock = layout.run / "cluster.lock"
    lock.rename(layout.run / "set-aside")  # as if it had never had our lock
    with pytest.raises(PostgresError, match=f"process {pid}, was started by hand"):
        EmbeddedServer.join(data_dir)
    assert sql(server.url, "SELECT 1") == "1"
    (layout.run / "set-aside").rename(lock)
    server.stop()


def test_failing_start_shows_the_end_of_the_log(data_dir: Path) -> None:
    config = Layout(data_dir).cluster / "postgresql.conf"
    before = config.read_text()
    config.write_text(before + "\nno_such_setting = 1\n")
    with pytest.raises(PostgresError, match=r"did not start(.|\n)*unrecognized configuration parameter"):
        EmbeddedServer.start(data_dir)
    config.write_text(before)
    with EmbeddedServer.start(data_dir, fast=True) as server:
        assert sql(server.url, "SELECT 1") == "1"


def test_lost_password_file_is_a_clear_error_and_leaves_nothing_running(data_dir: Path) -> None:
    (Layout(data_dir).postgres / "freehold.password").unlink()
    with pytest.raises(PostgresError, match=r"cannot be used: .*freehold\.password"):
        EmbeddedServer.start(data_dir, fast=True)
    assert eventually(lambda: not is_running(data_dir))


def test_large_log_is_put_aside(data_dir: Path) -> None:
    log = Layout(data_dir).log
    log.write_bytes(b"x" * (LARGEST_BYTES + 1))
    with EmbeddedServer.start(data_dir, fast=True):
        pass
    assert log.with_name("postgresql.log.1").stat().st_size == LARGEST_BYTES + 1
    assert 0 < log.stat().st_size < LARGEST_BYTES


def test_progress_tells_the_slow_phases(tmp_path: Path) -> None:
    lines: list[str] = []
    with EmbeddedServer.start(tmp_path / "data", progress=lines.append, fast=True) as server:
        major = server.major
    assert lines == [f"Making a new PostgreSQL {major} database in {tmp_path / 'data'}", f"Starting PostgreSQL {major}"]


def test_interrupt_in_the_terminal_reaches_us_first(data_dir: Path, process: Callable[..., Process]) -> None:
    worker = process(
        """
        import subprocess, sys, time
        from pathlib import Path
        from freehold.postgres import EmbeddedServer, client_binary, client_connection
        with EmbeddedServer.start(Path(sys.argv[1]), fast=True) as server:
            connection = client_connection(server.url)
            try:
                print("serving", flush=True)
                while True:
                    time.sleep(0.05)  # unlike pause(), it cannot overlook a signal that came just before
            except KeyboardInterrupt:
                psql = client_binary("psql", server.major)
                ask = [psql, "-XAtq", "-d", connection.url, "-c", "SELECT 'request in flight'"]
                subprocess.run(ask, env={"PGPASSWORD": connection.password}, check=True)
        """,
        data_dir,
    )
    assert worker.hear() == "serving"
    os.killpg(worker.popen.pid, signal.SIGINT)  # what a terminal does
    assert worker.hear() == "request in flight"
    assert worker.finish() == (0, "")
    assert not is_running(data_dir)


def test_postgresql_ends_when_its_owner_is_killed(data_dir: Path, hold: Callable[[str, Path], Process]) -> None:
    owner = hold("start", data_dir)
    assert owner.hear().startswith("postgresql://")
    kill(owner.popen.pid)
    assert eventually(lambda: not is_running(data_dir))
    assert "database system is shut down" in Layout(data_dir).log.read_text()


def test_server_without_its_keeper_is_taken_over_and_stopped(
    data_dir: Path, hold: Callable[[str, Path], Process]
) -> None:
    owner = hold("start", data_dir)
    assert owner.hear().startswith("postgresql://")
    pid = postmaster(data_dir)
    keeper = int(Path(f"/proc/{pid}/stat").read_text().split()[3])
    kill(keeper)
    kill(owner.popen.pid)
    owner.popen.wait()
    with EmbeddedServer.start(data_dir) as server:
        assert postmaster(data_dir) == pid
        assert sql(server.url, "SELECT 1") == "1"
        assert not server.started_here
    assert not is_running(data_dir)


def test_log_repeats_nothing_that_people_have_entered(server: EmbeddedServer) -> None:
    sql(server.url, "CREATE TABLE people (email text PRIMARY KEY); INSERT INTO people VALUES ('ada@example.com')")
    with pytest.raises(RuntimeError):
        sql(server.url, "INSERT INTO people SELECT 'ada' || '@example.com'")
    log = Layout(server.data_dir).log.read_text()
    assert "duplicate key" in log
    assert "ada@example.com" not in log.rpartition("duplicate key")[2]
