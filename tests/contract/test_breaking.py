"""Nothing breaks a client of the released contract, and whatever would is found."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.contract.breaking import RELEASED, Differ, for_programs
from tests.described import document

Json = dict[str, Any]
CURRENT: Json = for_programs(document())


def schema(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


def breaks(released: Json, current: Json) -> list[str]:
    return list(Differ(released, current).breaks())


def test_nothing_breaks_a_client_of_the_released_contract() -> None:
    assert breaks(json.loads(RELEASED.read_text("utf-8")), CURRENT) == []


def test_a_document_does_not_break_itself() -> None:
    assert breaks(CURRENT, copy.deepcopy(CURRENT)) == []


BREAKING: dict[str, tuple[Callable[[Json], Any], str]] = {
    "a path goes": (lambda d: d["paths"].pop("/v1/users"), "POST /v1/users is gone"),
    "a method goes": (lambda d: d["paths"]["/v1/users"].pop("post"), "POST /v1/users is gone"),
    "an operation is renamed": (lambda d: d["paths"]["/v1/users"]["post"].update(operationId="x"), "was create_user"),
    "signing in is needed": (
        lambda d: d["paths"]["/v1/users"]["post"].update(security=[{"bearer": []}]),
        "signed in now",
    ),
    "a parameter goes": (lambda d: d["paths"]["/v1/users"]["get"]["parameters"].pop(), "is gone"),
    "a parameter is asked for": (
        lambda d: d["components"]["parameters"]["Limit"].update(required=True),
        "query limit is required now",
    ),
    "a parameter takes less": (
        lambda d: d["components"]["parameters"]["Limit"]["schema"].update(maximum=50),
        "query limit differs in its maximum",
    ),
    "a field is asked for": (lambda d: schema(d, "NewUser")["required"].append("locale"), "body.locale"),
    "a field that was sent goes": (lambda d: schema(d, "NewUser")["properties"].pop("locale"), "locale"),
    "a field takes less text": (
        lambda d: schema(d, "NewUser")["properties"]["email"].update(maxLength=20),
        "body.email differs in its maxLength",
    ),
    "a field takes another pattern": (
        lambda d: schema(d, "NewUser")["properties"]["username"].update(pattern="^a$"),
        "body.username differs in its pattern",
    ),
    "a choice that was sent goes": (
        lambda d: schema(d, "NewProjectSettings")["properties"]["visibility"].update(enum=["public"]),
        "visibility can be ['private']",
    ),
    "null is refused": (
        lambda d: schema(d, "NewUser")["properties"]["locale"]["anyOf"].pop(),
        "body.locale can be null",
    ),
    "a body is asked for": (
        lambda d: d["paths"]["/v1/users/{user}"]["delete"]["requestBody"].update(required=True),
        "a body is required now",
    ),
    "a body of a type goes": (
        lambda d: d["paths"]["/v1/users/{user}"]["patch"]["requestBody"]["content"].pop("application/merge-patch+json"),
        "merge-patch",
    ),
    "an answer goes": (lambda d: d["paths"]["/v1/users"]["post"]["responses"].pop("201"), "does not answer 201"),
    "another answer comes": (
        lambda d: d["paths"]["/v1/users"]["post"]["responses"].update({"202": {"content": {}}}),
        "answers 202 now",
    ),
    "an answered field goes": (
        lambda d: (schema(d, "User")["properties"].pop("email"), schema(d, "User")["required"].remove("email")),
        "email",
    ),
    "an optional answered field goes": (lambda d: schema(d, "User")["properties"].pop("locale"), "locale is gone"),
    "an answered field may be missing": (lambda d: schema(d, "User")["required"].remove("email"), "email can be left"),
    "an answered field may be null": (
        lambda d: schema(d, "User")["properties"].update(email={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "email can be null",
    ),
    "an answered field is of another type": (
        lambda d: schema(d, "Access")["properties"].update(allowed={"type": "string"}),
        "allowed can be string",
    ),
    "a closed choice is answered that was none": (
        lambda d: schema(d, "User")["properties"]["state"]["enum"].append("asleep"),
        "state can be ['asleep']",
    ),
}


@pytest.mark.parametrize(("change", "said"), BREAKING.values(), ids=BREAKING)
def test_a_change_that_breaks_clients_is_found(change: Callable[[Json], Any], said: str) -> None:
    changed = copy.deepcopy(CURRENT)
    change(changed)
    found = breaks(CURRENT, changed)
    assert found
    assert any(said in each for each in found), found


HARMLESS: dict[str, Callable[[Json], Any]] = {
    "a path comes": lambda d: d["paths"].update({"/v1/moons": d["paths"]["/v1/users"]}),
    "a field may be sent": lambda d: schema(d, "NewUser")["properties"].update(shoe_size={"type": "integer"}),
    "a field is answered": lambda d: schema(d, "User")["properties"].update(shoe_size={"type": "integer"}),
    "a field takes more text": lambda d: schema(d, "NewUser")["properties"]["email"].update(maxLength=900),
    "a field may be left out": lambda d: schema(d, "NewSession")["required"].remove("login"),
    "a choice may be sent": lambda d: schema(d, "NewProjectSettings")["properties"]["visibility"]["enum"].append("all"),
    "a code comes": lambda d: schema(d, "KnownProblemCode")["enum"].append("moon_full"),
    "a failure comes": lambda d: d["paths"]["/v1/users"]["post"]["responses"].update({"418": {"content": {}}}),
    "nobody needs to sign in": lambda d: d["paths"]["/v1/users"]["get"].update(security=[{"bearer": []}, {}]),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_a_change_that_breaks_nobody_passes(change: Callable[[Json], Any]) -> None:
    changed = copy.deepcopy(CURRENT)
    change(changed)
    assert breaks(CURRENT, changed) == []
