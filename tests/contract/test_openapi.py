"""The OpenAPI document is valid, whole, and changes only when somebody means it."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate
from tests.contract.renewal import compare

from freehold.base.settings import Settings
from freehold.base.validation import parse
from freehold.serve.application import ENDPOINTS, create_application, openapi
from freehold.web.asgi import ASGIApp
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
        names = {p.get("$ref", "").rpartition("/")[2] for p in operation(document, endpoint)["parameters"]}
        assert ("IfMatch" in names) == endpoint.versioned
        assert ("IfNoneMatch" in names) == (endpoint.method == "GET" and bool(endpoint.entities))


def schemas_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema that a part of the document holds; references are not followed."""
    if isinstance(value, list):
        for each in value:
            yield from schemas_in(each)
    elif isinstance(value, dict):
        if "type" in value or "anyOf" in value or "$ref" in value:
            yield value
        for name, each in value.items():
            if name not in {"example", "examples"}:
                yield from schemas_in(each)


def components(document: dict[str, Any], *, sent: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schemas of objects that are sent (which take no field beside theirs), or of those that are answered."""
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object" and (schema.get("additionalProperties") is False) == sent:
            yield name, schema


def test_times_have_their_format(document: dict[str, Any]) -> None:
    times = re.compile(r"_(at|until)$")
    found = 0
    for name, schema in [*components(document, sent=True), *components(document, sent=False)]:
        for field, inner in schema["properties"].items():
            if times.search(field):
                found += 1
                formats = [each.get("format") for each in inner.get("anyOf", [inner]) if each.get("type") == "string"]
                assert formats == ["date-time"], f"{name}.{field}"
    assert found > 40


def test_what_may_be_left_out_of_a_request_has_no_default(document: dict[str, Any]) -> None:
    for name, schema in components(document, sent=True):
        assert all("default" not in each for each in schemas_in(schema)), name


def test_what_is_always_answered_is_required(document: dict[str, Any]) -> None:
    optional = {
        f"{name}.{field}"
        for name, schema in components(document, sent=False)
        for field in schema["properties"]
        if field not in schema.get("required", [])
    }
    assert {"User.organizations", "User.new_email", "Problem.errors", "UserPage.total"} <= optional
    assert not {"UserPage.next_cursor", "Health.status"} & optional


def test_answers_are_one_schema_each(document: dict[str, Any]) -> None:
    for endpoint in ENDPOINTS:
        for status, answer in operation(document, endpoint)["responses"].items():
            if status.startswith("2"):
                for content in answer.get("content", {}).values():
                    assert list(content["schema"]) == ["$ref"], endpoint.name
    names = {name for name, _ in components(document, sent=False)}
    assert not {"OwnUser", "UserWithOrganizations", "OwnUserWithOrganizations", "CustomRole"} & names
    assert "/v1/deleted-organizations" in document["paths"]


@pytest.mark.parametrize(("name", "of"), [("ProblemCode", "Problem"), ("FieldCode", "FieldError")])
def test_codes_are_open_and_each_is_documented(document: dict[str, Any], name: str, of: str) -> None:
    schemas = document["components"]["schemas"]
    assert schemas[of]["properties"]["code"] == {"$ref": f"#/components/schemas/{name}"}
    assert schemas[name]["anyOf"] == [{"$ref": f"#/components/schemas/Known{name}"}, {"type": "string"}]
    known = schemas[f"Known{name}"]
    assert len(known["enum"]) > 30
    for code in known["enum"]:
        assert f"- `{code}`: " in known["description"]


def test_every_code_of_every_answer_is_among_them(document: dict[str, Any]) -> None:
    known = document["components"]["schemas"]["KnownProblemCode"]["enum"]
    for name, response in document["components"]["responses"].items():
        assert set(name.split(".")[1:]) <= set(known)
        for content in response["content"].values():
            assert content["example"]["code"] in known


def test_choices_have_types_and_truths_are_truths(document: dict[str, Any]) -> None:
    for schema in schemas_in(document):
        if "enum" in schema:
            assert schema["type"] == "string"
            assert not {"true", "false"} & set(schema["enum"])


def test_parts_of_paths_cursors_and_other_parameters_are_named_and_described(document: dict[str, Any]) -> None:
    named = document["components"]["parameters"]
    assert {"OrganizationRef", "UserRef", "UserId", "Cursor", "Limit", "IdempotencyKey", "IfMatch"} <= named.keys()
    for endpoint in ENDPOINTS:
        for parameter in operation(document, endpoint)["parameters"]:
            whole = named[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
            assert whole["description"].endswith("."), f"{endpoint.name} {whole['name']}: freehold.web.parameters"
            if whole["in"] != "query" or whole["name"] in {"cursor", "limit"}:
                assert "$ref" in parameter, f"{endpoint.name} {whole['name']}"
    pages = [schema for name, schema in components(document, sent=False) if name.endswith("Page")]
    assert len(pages) > 5
    for page in pages:
        assert page["properties"]["next_cursor"]["anyOf"][0] == {"$ref": "#/components/schemas/Cursor"}


def test_patterns_are_for_every_engine(document: dict[str, Any]) -> None:
    found = [schema["pattern"] for schema in schemas_in(document) if "pattern" in schema]
    assert len(found) > 20
    for pattern in found:
        assert not re.search(r"\(\?|\\[pPuU]", pattern), (
            pattern
        )  # RE2, Rust, Python and old JavaScript lack one or other
        assert max(pattern) <= "\uffff", "JavaScript reads it as two characters without its flag u"
        re.compile(pattern)


def test_rules_stand_on_requests_alone(document: dict[str, Any]) -> None:
    rules = {"minLength", "maxLength", "pattern", "minimum", "maximum", "maxItems", "minItems", "uniqueItems"}
    for name, schema in components(document, sent=False):
        for each in schemas_in(schema):
            assert not rules & each.keys(), name
            assert each.get("format") in {None, "uuid", "date-time"}, name
            assert each.get("additionalProperties") is not False


def test_nothing_of_the_markup_of_docstrings_is_left(document: dict[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False)
    assert re.findall(r"``|:\w+:`|(?<!-)\bNone\b(?!-)|Raises:|Args:", text) == []


def test_servers_have_the_public_address() -> None:
    assert openapi()["servers"] == [{"url": "http://127.0.0.1:8000"}]
    for public, base in (("https://id.example.com/tenancy/", ""), (None, "https://api.example.com:8443")):
        application = create_application(Settings(database_url="postgresql://nowhere/x", public_url=public))
        url = f"{base or 'http://test'}/openapi.json"
        answer = asyncio.run(_get(application, url))
        assert answer["servers"] == [{"url": public.rstrip("/") if public else base}]


async def _get(application: ASGIApp, url: str) -> Any:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application)) as client:
        return (await client.get(url)).json()
