"""The examples of the document are true: a journey through all operations was run, and nothing else was said."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
from msgspec import UNSET
from tests.cli.processes import DEADLINE_SECONDS, Served
from tests.contract.journey import Journey, pretty
from tests.contract.renewal import compare
from tests.described import document

from freehold import Platform
from freehold.serve.application import ENDPOINTS
from freehold.web import examples
from freehold.web.examples import RECORDED

DOCUMENT = document()
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"}
"""Whatever sends the requests, and in whichever version: it stands in the examples."""


@pytest.fixture
async def journey(database_url: str, tmp_path: Path) -> AsyncIterator[Journey]:
    environment = {"FREEHOLD_DATABASE_URL": database_url, "FREEHOLD_RATE_LIMITS": "off"}
    served = Served("--data-dir", tmp_path, python=(sys.executable,), port=0, environment=environment)
    try:
        async with (
            Platform.open(database_url) as platform,
            httpx.AsyncClient(base_url=served.url, timeout=DEADLINE_SECONDS, headers=BROWSER) as client,
        ):
            yield Journey(client, platform)
    finally:
        served.kill()


@pytest.mark.renews
async def test_examples_are_what_was_said_on_a_journey(journey: Journey) -> None:
    await journey.take()
    compare(Path(examples.__file__).with_name(RECORDED), pretty(journey.found))


UNSTEADY = {
    "verify_email",  # its 200 is for who gives neither a session nor a password
    *(f"{verb}_{of}webhook_{what}" for of in ("", "organization_") for verb, what in (("get", "delivery"),)),
    *(f"replay_{of}webhook{what}" for of in ("", "organization_") for what in ("s", "_delivery")),
}
"""What depends on when a receiver answers."""


def contents(kind: str) -> list[tuple[str, Any]]:
    """Every body of the document, of requests or of answers that succeed, with the operation and status."""
    found: list[tuple[str, Any]] = []
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            places = [("", operation.get("requestBody", {}))] if kind == "request" else operation["responses"].items()
            found += [
                (f"{operation['operationId']} {status}", content)
                for status, place in places
                for content in place.get("content", {}).values()
            ]
    return found


@pytest.mark.parametrize("kind", ["request", "answer"])
def test_every_body_has_an_example_that_fits_its_schema(kind: str) -> None:
    missing = []
    for name, content in contents(kind):
        if "example" not in content:
            missing += [] if name.split()[0] in UNSTEADY else [name]
            continue
        schema = {**content["schema"], "components": DOCUMENT["components"]}
        jsonschema_rs.Draft202012Validator(schema).validate(content["example"])
    assert missing == [], "ask for these in tests/contract/journey.py, and run 'make renew'"


def test_every_request_was_made() -> None:
    with_body = {endpoint.name for endpoint in ENDPOINTS if endpoint.body}
    made = {name for name in with_body if examples.recorded(name).request is not UNSET}
    assert with_body - made - UNSTEADY == set(), "ask for these in tests/contract/journey.py, and run 'make renew'"
