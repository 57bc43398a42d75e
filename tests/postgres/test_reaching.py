"""Why a database cannot be reached is said in the same words by the library, the migrations and psql."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest

from freehold import Platform, migrate
from freehold.base.errors import Unavailable
from freehold.migrate.errors import ConnectError
from freehold.postgres import EmbeddedServer, PostgresError, client_connection, server_major
from freehold.postgres.reaching import place

Way = Callable[[str], None]


def through_the_library(url: str) -> None:
    async def enter() -> None:
        async with Platform.open(url):
            pass

    asyncio.run(enter())


def through_migrations(url: str) -> None:
    asyncio.run(migrate.status(url, sets=[]))


def through_psql(url: str) -> None:
    server_major(client_connection(url))


every_way = pytest.mark.parametrize("way", [through_the_library, through_migrations, through_psql])


def complaint(way: Way, url: str) -> str:
    with pytest.raises((Unavailable, ConnectError, PostgresError)) as refused:
        way(url)
    assert "geheim" not in str(refused.value)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@every_way
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:geheim@127.0.0.1:1/x", "database x on 127.0.0.1, port 1: nothing answers there; check host"),
        ("postgresql://u:geheim@nosuch.invalid/x", "x on nosuch.invalid, port 5432: there is no such host; check"),
        ("postgresql://u:geheim@/x?host=/nowhere", "x on the socket in /nowhere: there is no socket; check the folder"),
    ],
)
def test_database_out_of_reach_is_named_with_the_reason_and_what_to_check(way: Way, url: str, expected: str) -> None:
    assert complaint(way, url).startswith("Cannot connect to database ")
    assert expected in complaint(way, url)


@every_way
def test_what_a_server_refuses_is_named_with_what_to_check(way: Way, server: EmbeddedServer) -> None:
    parts = urlsplit(server.url)
    wrong = urlunsplit(parts._replace(netloc="freehold:geheim@"))
    assert "the server refuses the user or the password; check both" in complaint(way, wrong)
    missing = urlunsplit(parts._replace(path="/nothing"))
    assert "database nothing on the socket in " in complaint(way, missing)
    assert "there is no such database; create it" in complaint(way, missing)


@every_way
def test_url_of_an_embedded_server_that_is_stopped_says_just_that(way: Way, data_dir: Path) -> None:
    with EmbeddedServer.start(data_dir, fast=True) as server:
        url = server.url
    told = complaint(way, url)
    assert told.startswith("The embedded PostgreSQL ")
    assert " does not run: start it with 'freehold serve', or unset FREEHOLD_DATABASE_URL" in told


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://h/x", "database x on h, port 5432"),
        ("postgresql://h:7/a%20b", "database a b on h, port 7"),
        ("postgresql://u@/x?host=h&port=7", "database x on h, port 7"),
        (f"postgresql:///x?host={quote('/run/postgresql', safe='')}", "database x on the socket in /run/postgresql"),
        ("postgresql://u:p@a/b@h/x", "the database (its URL cannot be read)"),
    ],
)
def test_place_names_database_host_and_port(url: str, expected: str) -> None:
    assert place(url) == expected


def test_url_of_several_hosts_is_not_called_unreadable() -> None:
    told = complaint(through_the_library, "postgresql://u:geheim@127.0.0.1:1,127.0.0.1:2/x")
    assert (
        told
        == "Cannot connect to any host of the URL: nothing answers there; check host and port, and that PostgreSQL runs"
    )
