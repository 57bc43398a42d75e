"""Passwords on their way to client programs."""

import subprocess
import sys

import pytest

from freehold.postgres import EmbeddedServer, PostgresError, client_connection, server_major

from .servers import sql


@pytest.mark.parametrize(
    ("url", "bare", "password"),
    [
        ("postgresql://u:p@h:5433/d", "postgresql://u@h:5433/d", "p"),
        ("postgres://u:p%40%2F@/d?host=%2Ftmp%2Fa%20b", "postgresql://u@/d?host=%2Ftmp%2Fa%20b", "p@/"),
        ("postgresql://u@h/d?password=p&sslmode=require", "postgresql://u@h/d?sslmode=require", "p"),
        ("postgresql://u:p@h1:1,h2:2/d", "postgresql://u@h1:1,h2:2/d", "p"),
        ("postgresql://u:p@[::1]:5/d", "postgresql://u@[::1]:5/d", "p"),
        ("postgresql:///d", "postgresql:///d", None),
        ("postgresql://", "postgresql://", None),
    ],
)
def test_password_moves_out_of_the_url(url: str, bare: str, password: str | None) -> None:
    connection = client_connection(url)
    assert connection.url == bare
    assert connection.password == password


@pytest.mark.parametrize("url", ["", "mysql://u:geheim@h/d", "host=h password=geheim", "postgresql://[:geheim@h"])
def test_other_urls_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(PostgresError, match="postgresql://user:password@host/database") as refused:
        client_connection(url)
    assert "geheim" not in str(refused.value)


def test_secret_that_has_no_other_way_is_refused() -> None:
    with pytest.raises(PostgresError, match="sslpassword"):
        client_connection("postgresql://h/d?sslpassword=geheim")


def test_server_tells_its_major(server: EmbeddedServer) -> None:
    assert (
        server_major(client_connection(server.url)) == server.major == int(sql(server.url, "SHOW server_version")[:2])
    )


def test_silent_server_is_reported_without_the_password() -> None:
    with pytest.raises(PostgresError, match=r"Cannot connect to database d on the socket in /nowhere") as refused:
        server_major(client_connection("postgresql://u:geheim@/d?host=/nowhere"))
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("password", ["plain", r"p@:\\ss", "with\nline"])
def test_program_finds_the_password_in_a_file_that_nobody_else_can(password: str) -> None:
    read = "import os; print(open(os.environ['PGPASSFILE']).read(), end='')"
    ours = {"FREEHOLD_DATABASE_URL": "postgresql://u:geheim@h/d", "PGPASSWORD": password}
    with client_connection("postgresql://u@h/d").passing(ours) as (environment, fds):
        if "\n" in password:
            assert environment == {"PGPASSWORD": password}
            return
        assert list(environment) == ["PGPASSFILE"]
        shown = subprocess.run(
            [sys.executable, "-c", read], env=environment, pass_fds=fds, capture_output=True, check=True
        )
    assert shown.stdout.decode() == "*:*:*:*:" + password.replace("\\", "\\\\").replace(":", r"\:") + "\n"
