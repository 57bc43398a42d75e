"""Says why a database cannot be reached: which one, why, and what to do next; never with the password."""

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from freehold.postgres.layout import Layout
from freehold.postgres.sockets import OUTSIDE

UNREADABLE: Final = (
    "The database URL cannot be read: it is postgresql://user:password@host/database, with the special characters in "
    "it percent-encoded (/ is %2F, @ is %40)"
)
_SCHEMES: Final = frozenset({"postgresql", "postgres"})
_PORT: Final = 5432
_NO_SOCKET: Final = "FileNotFoundError|No such file"
_REFUSED: Final = "ConnectionRefusedError|Connection refused|Connect call failed"
_REASONS: Final = (
    (_NO_SOCKET, "there is no socket; check the folder, and that PostgreSQL runs"),
    (_REFUSED, "nothing answers there; check host and port, and that PostgreSQL runs"),
    ("gaierror|translate host name", "there is no such host; check its name in the URL"),
    ("TimeoutError|timeout expired|timed out", "no answer in time; check host, port and firewall"),
    ("PermissionError|Permission denied", "you may not use the socket; run the command as a user who may"),
    (
        "InvalidPasswordError|password authentication failed|no password supplied",
        "the server refuses the user or the password; check both in the URL",
    ),
    (
        "InvalidAuthorizationSpecificationError|pg_hba.conf",
        "the server does not let this user in from here; check the user in the URL, and the server's pg_hba.conf",
    ),
    (
        'InvalidCatalogNameError|database "[^"]*" does not exist',
        "there is no such database; create it, or name another in the URL",
    ),
    (
        "TooManyConnectionsError|too many clients|remaining connection slots",
        "the server has no connection left; close others, or raise its max_connections",
    ),
    (
        "CannotConnectNowError|is starting up|is shutting down",
        "the server is starting or stopping; try again in a moment",
    ),
)
_START: Final = "start it with 'freehold serve', or unset FREEHOLD_DATABASE_URL and let each command start it"


def readable(database_url: str) -> bool:
    """Say whether the parts of a URL are what they seem.

    An @ after the host belongs to a password with a bare / ? or # in it, of which all that follows would seem to be the
    database, and the beginning the port.
    """
    try:
        parts = urlsplit(database_url)
        _ = parts.port
    except ValueError:
        return False
    unnamed = [part for part in parts.query.split("&") if "=" not in part]  # ?user=ada@acme is fine
    return parts.scheme in _SCHEMES and not any("@" in part for part in (parts.path, parts.fragment, *unnamed))


def place(database_url: str) -> str:
    """Name the database, its host and its port in words fit for messages."""
    if not readable(database_url):
        return "the database (its URL cannot be read)"
    parts = urlsplit(database_url)
    host = _host(database_url)
    name = unquote(parts.path.lstrip("/")) or "(default)"
    if host.startswith("/"):
        return f"database {name} on the socket in {host}"
    port = parts.port or _asked(database_url, "port") or os.environ.get("PGPORT") or _PORT
    return f"database {name} on {host or 'localhost or the local socket'}, port {port}"


def unreachable(database_url: str, error: BaseException | str) -> str:
    """Say why a connection cannot be opened.

    Args:
        database_url: of the database.
        error: the driver's, the system's, or the words of a client program.
    """
    words = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    if not readable(database_url):
        several = "," in urlsplit(database_url).netloc.rpartition("@")[2]
        return f"Cannot connect to any host of the URL: {_reason(words)}" if several else UNREADABLE
    return _stopped_server(database_url, words) or f"Cannot connect to {place(database_url)}: {_reason(words)}"


def _reason(words: str) -> str:
    for pattern, reason in _REASONS:
        if re.search(pattern, words):
            return reason
    return " ".join(words.split())


def _stopped_server(database_url: str, words: str) -> str | None:
    """Say that the URL is that of an embedded server which does not run, if it is."""
    folder = Path(_host(database_url))
    if not re.search(rf"{_NO_SOCKET}|{_REFUSED}", words) or not folder.is_absolute():
        return None
    layout = Layout(folder.parent)
    if folder == layout.run and layout.marker.exists():
        return f"The embedded PostgreSQL in {layout.root} does not run: {_START}"
    if folder.name.startswith(OUTSIDE):
        return f"The embedded PostgreSQL of this URL does not run: {_START}"
    return None


def _host(database_url: str) -> str:
    parts = urlsplit(database_url)
    return parts.hostname or _asked(database_url, "host") or os.environ.get("PGHOST") or ""


def _asked(database_url: str, name: str) -> str:
    return parse_qs(urlsplit(database_url).query).get(name, [""])[-1]
