"""Handing a connection URL to PostgreSQL's client programs without its password on their command line."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from freehold.postgres.binaries import OLDEST, client_binary
from freehold.postgres.errors import PostgresError
from freehold.postgres.programs import run, without_secrets
from freehold.postgres.reaching import unreachable


class Passing(NamedTuple):
    """How a client program is started: its environment, and what it inherits."""

    environment: dict[str, str]
    pass_fds: tuple[int, ...]


@dataclass(frozen=True)
class ClientConnection:
    """What a client program gets: the URL as an argument, and the password, if any, in a file that has no name."""

    url: str
    password: str | None

    @contextmanager
    def passing(self, environment: Mapping[str, str]) -> Iterator[Passing]:
        """Hand a program this environment without our own secrets, and the password as its password file.

        A process's environment can be read as long as it runs, by its user and by every program that it starts itself.
        The file is gone with the last process that has it open, however that ends.
        """
        kept = without_secrets(environment)
        password = self.password or kept.get("PGPASSWORD")
        if not password or "\n" in password:  # a line of the file cannot hold one
            yield Passing(kept | ({"PGPASSWORD": password} if password else {}), ())
            return
        kept.pop("PGPASSWORD", None)
        with TemporaryFile() as file:
            file.write(b"*:*:*:*:" + password.replace("\\", "\\\\").replace(":", "\\:").encode() + b"\n")
            file.flush()
            file.seek(0)
            yield Passing(kept | {"PGPASSFILE": f"/dev/fd/{file.fileno()}"}, (file.fileno(),))


def without_service(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out PGSERVICE, which would fill in what a URL leaves open from some other database's entry."""
    return {name: value for name, value in environment.items() if name != "PGSERVICE"}


def client_connection(url: str) -> ClientConnection:
    """Take the password out of a URL, since every user of a machine can read every command line.

    Raises:
        PostgresError: it is no PostgreSQL URL, or holds a secret that client programs take from nowhere else.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"postgresql", "postgres"}:
        raise PostgresError("The database URL should look like postgresql://user:password@host/database.")
    query = parse_qsl(parts.query, keep_blank_values=True)
    if any(name == "sslpassword" for name, _ in query):
        raise PostgresError("The database URL has an sslpassword: client programs need a key without one.")
    login, at, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    passwords = [unquote(password)] if password else []
    passwords += [value for name, value in query if name == "password"]  # as in libpq, the later one holds
    public = urlencode(
        [(name, value) for name, value in query if name != "password"], quote_via=quote
    )  # libpq knows no +
    bare = urlunsplit(("postgresql", f"{user}{at}{hosts}", parts.path, public, ""))
    return ClientConnection(_with_slashes(bare), passwords[-1] if passwords else None)


def server_major(connection: ClientConnection) -> int:
    """Ask a running server for its major version.

    Raises:
        PostgresError: there is no psql here to ask with, or the server does not answer.
    """
    psql = client_binary("psql", OLDEST)
    question = ("--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--command=SHOW server_version_num")
    with connection.passing(without_service(os.environ)) as (environment, fds):
        answer = run((psql, *question, connection.url), env=environment | {"LC_ALL": "C"}, pass_fds=fds)
    if answer.returncode != 0:
        raise PostgresError(unreachable(connection.url, answer.stderr))
    return int(answer.stdout) // 10_000


def _with_slashes(url: str) -> str:
    # urlunsplit drops the two slashes before an empty host, and libpq wants them.
    return url if url.startswith("postgresql://") else url.replace("postgresql:", "postgresql://", 1)
