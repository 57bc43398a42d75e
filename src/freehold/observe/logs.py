"""How the log is written: a line for each event, for people or as JSON, and never with a secret in it."""

import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("freehold_request_id", default=None)
"""The id of the request that is answered, for every line that is logged meanwhile."""

HIDDEN: Final = "***"

# What is logged on purpose has none of these. An error that nobody foresaw, or a library's words, may: the tokens of
# ``freehold.base.tokens`` (also cut ones), hashes of passwords, passwords in URLs, and e-mail addresses.
_SECRETS: Final = re.compile(
    r"\bfh[a-z]?_[A-Za-z0-9_-]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"  # a token for another service
    r"|(?:\$2[aby]|\$?\b(?:argon2|bcrypt|pbkdf2|scrypt)[a-z0-9_-]*)\$[^\s'\"]+"
    r"|(?<=://)[^\s/@'\"]+(?=@)"
    r"|[^\s<>@'\"(),:;=]+@[^\s<>@'\"(),:;=]+\.[A-Za-z]{2,}"
)


def hide_secrets(text: str) -> str:
    """Blot out what looks like a token, a hash of a password, a password in a URL, or an e-mail address."""
    return _SECRETS.sub(HIDDEN, text)


class TextLines(logging.Formatter):
    """Writes ``time LEVEL logger: message [request id]``, and below it where an error came from."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one event."""
        request_id = REQUEST_ID.get()
        line = f"{_time(record)} {record.levelname} {record.name}: {record.getMessage()}"
        trace = _trace(record)
        return hide_secrets("\n".join([f"{line} [{request_id}]" if request_id else line, *([trace] if trace else [])]))


class JsonLines(logging.Formatter):
    """Writes an object: ``time``, ``level``, ``logger``, ``message``, ``request_id``, ``exception``, and ``fields``."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one event."""
        event: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": hide_secrets(record.getMessage()),
        }
        if request_id := REQUEST_ID.get():
            event["request_id"] = request_id
        event |= getattr(record, "fields", {})
        if trace := _trace(record):
            event["exception"] = hide_secrets(trace)
        return msgspec.json.encode(event).decode()


def configuration(form: Literal["text", "json"], level: str) -> dict[str, Any]:
    """Describe, for ``logging.config.dictConfig``, a log on standard error."""
    formatter = JsonLines if form == "json" else TextLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {"_granian": {}, "granian.access": {}},
    }


def _time(record: logging.LogRecord) -> str:
    return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _trace(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    return "".join(traceback.format_exception(record.exc_info[1])).rstrip()
