"""What the fast way accepts, the rules accept and store alike; what it does not accept, they explain."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.transfer.conftest import organization, uid, user

from freehold.base.errors import FieldError, Invalid
from freehold.base.scalars import AVATAR_URL, DESCRIPTION, EMAIL, NAME
from freehold.base.text_rules import Rule
from freehold.base.validation import parse
from freehold.transfer.checking import PLAIN, Checker
from freehold.transfer.reading import read
from freehold.transfer.types import RECORDS, KindName, MemberLine, OrganizationLine, ProjectLine, UserLine

every_rule = pytest.mark.parametrize("rule", PLAIN, ids=lambda rule: rule.name)


_ADDRESSES = st.builds(
    "{}@{}.{}".format,
    st.text("aZ09_+-.", min_size=1, max_size=6) | st.just("a" * 64),
    st.lists(st.text("ab9-", min_size=1, max_size=5) | st.sampled_from(["xn", "a" * 63, "test"]), min_size=1).map(
        ".".join
    ),
    st.sampled_from(
        ["com", "test", "local", "localhost", "onion", "arpa", "invalid", "example", "xn--p1ai", "c0m", "a"]
    ),
)


@every_rule
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_what_is_plain_keeps_its_rule_and_is_stored_as_it_stands(rule: Rule, data: st.DataObject):
    plain = PLAIN[rule].fullmatch
    made = {EMAIL: _ADDRESSES, DESCRIPTION: st.text()}
    value = data.draw(made[rule] if rule in made else st.from_regex(PLAIN[rule], fullmatch=True))
    if not plain(value):
        return  # it is left to the rule
    try:
        assert rule.check(value) == value
    except ValueError as error:
        pytest.fail(f"{rule.name} refuses {value!r}: {error}")


@every_rule
def test_example_is_plain(rule: Rule):
    if rule.example:
        assert PLAIN[rule].fullmatch(rule.example), "or the fast way is never taken"


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (EMAIL, "ada@example.COM"),
        (EMAIL, "ada@xn--bcher-kva.example"),
        (EMAIL, "ada@a--b.com"),
        (EMAIL, "ada@-a.com"),
        (EMAIL, "ada@a-.com"),
        (EMAIL, "ada@host.local"),
        (EMAIL, "ada@test"),
        (EMAIL, "ada@example.c0m"),
        (EMAIL, ".ada@example.com"),
        (EMAIL, "a..da@example.com"),
        (EMAIL, "ada@example.com\n"),
        (EMAIL, "a" * 65 + "@example.com"),
        (EMAIL, "ada@" + "a" * 64 + ".com"),
        (NAME, " Ada"),
        (NAME, "Ada "),
        (NAME, "Ada\u00a0"),
        (NAME, "A\tda"),
        (NAME, ""),
        (AVATAR_URL, "https://"),
        (AVATAR_URL, "https://a b"),
    ],
)
def test_what_needs_a_closer_look_is_not_plain(rule: Rule, value: str):
    assert PLAIN[rule].fullmatch(value) is None


def outcome(kind: KindName, document: Any) -> Any:
    """What the rules say of a document, without the fast way: its values, or the codes of what is wrong."""
    try:
        record = parse(RECORDS[kind], document)
    except Invalid as error:
        return {(failure.pointer, failure.code) for failure in error.errors}
    return [getattr(record, name) for name in RECORDS[kind].__struct_fields__]


def quick(kind: KindName, document: Any) -> Any:
    try:
        return Checker(kind).row(document)[1:]
    except Invalid as error:
        return {(failure.pointer, failure.code) for failure in error.errors}


DATES = "2025-01-31T12:00:00Z 2025-01-31T12:00:00.123456Z 2025-01-31T12:00:00.1+02:00 2025-02-30T12:00:00Z now"
TIMES = st.sampled_from([*DATES.split(), "2025-01-31 12:00:00Z", "2025-01-31T12:00:00", "2025-13-01T00:00:00Z", "", 5])
TEXTS = st.one_of(
    st.none(), st.integers(), st.text(max_size=8), st.sampled_from(["ada_l", "Ada", "a-b", "ada@example.com"])
)
IDS = st.sampled_from([uid(1), uid(2).upper(), uid(1).replace("-", ""), "", None, 7, f"{uid(1)}\n", f"{{{uid(1)}}}"])
VALUES = {
    "features": st.one_of(st.none(), st.lists(st.sampled_from(["a", "b.c", "A", "", 1, ["x"]]), max_size=3), st.text()),
    "visibility": st.sampled_from(["public", "private", "secret", None, 3, ["public"]]),
    "role": st.sampled_from(["admin", "member", "owner", "release-engineer", "", None, 1]),
    "password_hash": st.sampled_from(["!", "x", None, "$2b$12$" + "a" * 53, "$2b$31$" + "a" * 53]),
}


@pytest.mark.parametrize("kind", get_args(KindName))
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_fast_way_says_what_the_rules_say(kind: KindName, data: st.DataObject):
    strategies = {}
    for name in RECORDS[kind].__struct_fields__:
        fallback = IDS if name.endswith("id") else TIMES if name.endswith("_at") else TEXTS
        strategies[name] = VALUES.get(name, fallback)
    document = data.draw(st.fixed_dictionaries({}, optional=strategies | {"extra": st.just(1)}))
    said, wanted = quick(kind, document), outcome(kind, document)
    if isinstance(said, list) and isinstance(wanted, list):
        places = RECORDS[kind].__struct_fields__
        for name, found, expected in zip(places, said, wanted, strict=True):
            if name == "id" and expected is None:
                continue  # each makes one
            as_stored = str(found).lower() if name.endswith("id") else found
            assert (tuple(as_stored) if isinstance(as_stored, list) else as_stored) == (
                str(expected) if name.endswith("id") else expected
            )
    else:
        assert said == wanted


@pytest.mark.parametrize(
    ("kind", "line"),
    [("users", UserLine), ("organizations", OrganizationLine), ("members", MemberLine), ("projects", ProjectLine)],
)
def test_export_writes_the_fields_that_an_import_reads(kind: KindName, line: Any):
    assert line.__struct_fields__ == RECORDS[kind].__struct_fields__


def read_lines(*lines: bytes) -> list[Any]:
    return [document for _, document in read("users", "ndjson", iter([b"\n".join(lines)]))]


@pytest.mark.parametrize("spaced", [b'{"id":1,"id" :2}', b'{"id":1,"id"\t:2}', b'{"a\\":":1,"id":1,"id" :2}'])
def test_key_that_stands_twice_is_seen_however_it_is_spaced(spaced: bytes):
    with pytest.raises(Invalid) as caught:
        Checker("users").row(read_lines(spaced)[0])
    assert ("/id", "repeated_key") in {(failure.pointer, failure.code) for failure in caught.value.errors}


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.text(max_size=4), st.text(max_size=6), max_size=4), st.sampled_from([None, (" , ", " : ")]))
def test_line_is_read_as_json_reads_it(document: dict[str, str], separators: tuple[str, str] | None):
    line = json.dumps(document, ensure_ascii=False, separators=separators).encode("utf-8", "surrogatepass")
    (found,) = read_lines(line)
    if line >= b"\xed\xa0" and not _is_utf8(line):
        assert isinstance(found, FieldError)
    else:
        assert found == document


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_every_field_that_is_given_has_its_bit():
    row = Checker("organizations").row(organization(1, 2))
    assert row[0] == 0b1111
    assert Checker("users").row(user(1))[0] == 0b111
