"""Correctness first: what the contestants answer is compared before anybody is timed."""

import re
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from http.client import HTTPException
from typing import Any

import msgspec

from bench.contestants import Contestant
from bench.load import Failed, Request

SECONDS = 10
TIME = re.compile(r"\d{4}-\d\d-\d\dT")


def fetch(contestant: Contestant, request: Request) -> Any:
    """Send one request and return the JSON of its answer.

    Raises:
        Failed: it was refused, or is no JSON.
    """
    name, _, value = request.header.partition(": ")
    asked = urllib.request.Request(  # noqa: S310 - an address of ours
        contestant.url + request.path, method=request.method, headers={name: value}, data=request.body.encode() or None
    )
    if request.body:
        asked.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310 - the same
            return msgspec.json.decode(answer.read())
    except (OSError, HTTPException, msgspec.DecodeError) as error:
        raise Failed(f"{contestant.name}: {request.method} {request.path}: {error}") from None


def compare(expected: Any, given: Any, where: str) -> None:
    """Return when both say the same, whatever way they spell times.

    Raises:
        Failed: naming both.
    """
    if plain(expected) != plain(given):
        raise Failed(f"{where} answers differently:\n  {plain(given)}\nexpected:\n  {plain(expected)}")


def plain(value: Any) -> Any:
    """Spell times in one way."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, str) and TIME.match(value):
        with suppress(ValueError):  # a name may begin like a time
            return datetime.fromisoformat(value)
    return value


def summaries(organizations: Iterable[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Take from organizations what every contestant knows of them."""
    return {(each["id"], each["name"], each["slug"]) for each in organizations}
