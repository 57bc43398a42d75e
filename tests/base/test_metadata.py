"""What can be kept as metadata, and how a change is merged into it."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold import Invalid, ProjectPatch
from freehold.base.metadata import METADATA, MOST_BYTES, MOST_NUMBER, merged
from freehold.base.validation import parse, parse_json


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, None, {}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": 1}, {}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": None}, {}),
        ({"a": [1, 2]}, {"a": {"b": 1, "c": None}}, {"a": {"b": 1}}),
    ],
)
def test_changes_are_merged_as_the_examples_of_rfc_7396_say(target: Any, patch: Any, result: Any):
    before = copy.deepcopy((target, patch))
    assert merged(target, patch) == result
    assert (target, patch) == before


def nested(levels: int, kind: str) -> Any:
    value: Any = {}
    for _ in range(levels - 1):
        value = {"a": value} if kind == "object" else {"a": [value]} if isinstance(value, dict) else {"a": value}
    return value


def refusal(body: str) -> list[tuple[str, str]]:
    """Read a change of metadata as it comes over HTTP, and name what is wrong with it."""
    try:
        parse(ProjectPatch, parse_json(b'{"public_metadata": ' + body.encode() + b"}"))
    except Invalid as error:
        return [(each.pointer.removeprefix("/public_metadata"), each.code) for each in error.errors]
    return []


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ('{"a": {"b": {"c": {"d": {}}}}}', []),
        ('{"a": {"b": {"c": {"d": {"e": {}}}}}}', [("/a/b/c/d/e", "invalid_metadata")]),
        ('{"a": [[[[]]]]}', []),
        ('{"a": [[[[[]]]]]}', [("/a/0/0/0/0", "invalid_metadata")]),
        ("[" * 500 + "]" * 500, [("", "wrong_type")]),
        ('{"a": ' + "[" * 500 + "]" * 500 + "}", [("/a/0/0/0/0", "invalid_metadata")]),
        ('{"a": "' + "x" * (MOST_BYTES - 9) + '"}', []),
        ('{"a": "' + "x" * (MOST_BYTES - 8) + '"}', [("", "invalid_metadata")]),
        ('{"a": "' + "\u00e4" * 4091 + '"}', []),
        ('{"a": "' + "\u00e4" * 4092 + '"}', [("", "invalid_metadata")]),
        ('{"a": "\\u0000"}', [("/a", "invalid_metadata")]),
        ('{"\\u0000": 1}', [("/\x00", "invalid_metadata")]),
        ('{"a": "\\ud800"}', [("/a", "invalid_metadata")]),
        ('{"\\udfff": 1}', [("/\\udfff", "invalid_metadata")]),
        ('{"a": ["\\ud83d\\ude00"]}', []),
        ('{"a": 1e400}', [("/a", "invalid_metadata")]),
        ('{"a": -1e400}', [("/a", "invalid_metadata")]),
        ('{"a": 9007199254740991}', []),
        ('{"a": 9007199254740992}', [("/a", "invalid_metadata")]),
        ('{"a": ' + "9" * 4000 + "}", [("/a", "invalid_metadata")]),
        ('{"a": 1e-320}', []),
        ('{"a": 1, "a": 2}', [("/a", "repeated_key")]),
        ('{"a": {"b": 1, "b": 1}}', [("/a/b", "repeated_key")]),
        ('{"a": {"~/": "\\u0000"}}', [("/a/~0~1", "invalid_metadata")]),
        ("[]", [("", "wrong_type")]),
        ('"text"', [("", "wrong_type")]),
        ("1", [("", "wrong_type")]),
        ("true", [("", "wrong_type")]),
        ("null", []),
        ('{"": ""}', []),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_cannot_be_kept_is_refused_where_it_stands(body: str, errors: list[tuple[str, str]]):
    assert refusal(body) == errors


def test_what_no_json_holds_is_refused_from_a_program():
    values: list[Any] = [{"a": object()}, {"a": {1, 2}}, {1: "a"}, {"a": b""}, {"a": float("nan")}]
    for value in values:
        with pytest.raises(Invalid):
            ProjectPatch(public_metadata=value)


def test_a_program_may_change_its_own_object_afterwards():
    mine = {"a": [1]}
    patch = ProjectPatch(public_metadata=mine)
    mine["a"].append(2)
    assert patch.public_metadata == {"a": [1]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-MOST_NUMBER, MOST_NUMBER) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(max_size=5), JSON, max_size=3))
def test_what_is_stored_is_a_change_that_makes_it_and_changes_it_no_more(value: dict[str, Any]):
    cleaned, flaws = METADATA.read(value)
    if not flaws:
        assert merged({}, value) == cleaned
        assert METADATA.read(cleaned) == (cleaned, [])
        assert merged(cleaned, cleaned) == cleaned
