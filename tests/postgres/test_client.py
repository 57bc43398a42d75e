"""Passwords on their way to client programs."""

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
def test_password_moves_from_the_url_to_the_environment(url: str, bare: str, password: str | None) -> None:
    connection = client_connection(url)
    assert connection.url == bare
    assert connection.environment == ({"PGPASSWORD": password} if password else {})


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
