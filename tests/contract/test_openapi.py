"""The OpenAPI document is valid, whole, and changes only when somebody means it."""

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from tests.contract.renewal import compare

from freehold.base.validation import parse
from freehold.serve.application import ENDPOINTS, openapi
from freehold.web.routing import Endpoint

SNAPSHOT = Path(__file__).with_name("openapi.json")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi()


def operation(document: dict[str, Any], endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][endpoint.path][endpoint.method.lower()]
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)


@pytest.mark.renews
def test_the_document_is_the_one_agreed_on(document: dict[str, Any]) -> None:
    compare(SNAPSHOT, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def test_every_operation_has_a_name_of_its_own_and_a_summary(document: dict[str, Any]) -> None:
    operations = [operation(document, endpoint) for endpoint in ENDPOINTS]
    names = [found["operationId"] for found in operations]
    assert sorted(set(names)) == sorted(names)
    assert all(found["summary"] and not found["summary"].endswith(".") for found in operations)


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.body], ids=lambda e: e.name)
def test_the_example_of_a_body_is_accepted(document: dict[str, Any], endpoint: Endpoint) -> None:
    assert endpoint.body is not None
    for content in operation(document, endpoint)["requestBody"]["content"].values():
        parse(endpoint.body, content["example"])


def test_a_change_of_a_version_takes_if_match(document: dict[str, Any]) -> None:
    for endpoint in ENDPOINTS:
        headers = {p["name"] for p in operation(document, endpoint)["parameters"] if p["in"] == "header"}
        assert ("If-Match" in headers) == endpoint.versioned
        assert ("If-None-Match" in headers) == (endpoint.method == "GET" and bool(endpoint.entities))
