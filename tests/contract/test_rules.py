"""Each rule is said three times, and the three agree: the type, the CHECK of the database, the published schema.

A value is accepted "as stored": what the type accepts, it may clean first, and the database must accept the cleaned
value; what the database accepts, the type must accept as it is. The e-mail address is the exception, since no regular
expression says what ``email-validator`` does: there the database accepts a superset.
"""

import json
import re
import unicodedata
from functools import cache
from typing import Any, Final

import jsonschema_rs
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract import near_misses
from tests.contract.near_misses import NEAR, texts

from freehold import Organization, Project, User
from freehold.base import scalars
from freehold.base.cleaning import RESERVED_SLUGS
from freehold.base.errors import Invalid
from freehold.base.metadata import METADATA, MOST_NUMBER, merged
from freehold.base.scalars import Features, Visibility
from freehold.base.text import BLANK
from freehold.base.text_rules import ReservedWord, Rule, text_defect
from freehold.base.validation import parse_value, ruled
from freehold.web.schemas import sent

ENTITIES: Final[dict[str, type[msgspec.Struct]]] = {"users": User, "organizations": Organization, "projects": Project}
COLUMNS: Final = {(table, name): rule for table, entity in ENTITIES.items() for name, _, rule in ruled(entity)} | {
    ("users", "suspension_reason"): scalars.REASON,
    ("users", "locale"): scalars.LOCALE,
}
"""Which rule each column keeps."""

NO_TEXT_OF_A_CALLER: Final = {
    ("users", "password_hash"),
    ("sessions", "token_hash"),
    ("audit_events", "action"),
    ("audit_events", "details"),
    ("server_keys", "key"),
}
"""Columns whose CHECK guards what the application itself writes."""
OBJECTS: Final = {
    ("users", "metadata"),
    *(
        (table, f"{kind}_metadata")
        for table in ("users", "organizations", "projects")
        for kind in ("public", "private")
    ),
}
"""Columns with a JSON object of a caller's."""

PLAIN_JSON: Final = (
    st.none() | st.booleans() | st.integers(-MOST_NUMBER, MOST_NUMBER) | st.floats(-1e15, 1e15) | st.text(max_size=5)
)
sample = cache(near_misses.sample)


def type_accepts(rule: Rule, value: str) -> str | None:
    """Return the value as it is stored, or None where it is refused."""
    try:
        return rule.check(value)
    except ValueError:
        return None


class Check:
    """The rules of one column, asked of the database itself for many values in one question."""

    def __init__(self, schema: Any, sql: str) -> None:
        self._schema, self._sql = schema, sql

    @classmethod
    async def of(cls, schema: Any, table: str, column: str) -> "Check":
        condition = await schema.fetchval(
            "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = $1", f"{table}_{column}_check"
        )
        length, not_null = await schema.fetchrow(
            "SELECT nullif(atttypmod, -1) - 4, attnotnull FROM pg_attribute "
            "WHERE attrelid = $1::regclass AND attname = $2",
            table,
            column,
        )
        fits = f"length(value) <= {length}" if length else "true"
        sql = (
            f"SELECT ({fits}) AND coalesce({condition}, true) AND (value IS NOT NULL OR NOT {not_null}) "  # noqa: S608
            f"FROM (SELECT value, value::text AS {column} FROM unnest($1::text[]) AS given (value)) AS row"
        )
        return cls(schema, sql)

    async def accepts(self, values: list[str]) -> list[bool]:
        """Say for each value whether the database would store it; what is no text to it, it cannot."""
        answers = iter(await self._schema.fetch(self._sql, [value for value in values if text_defect(value) is None]))
        return [text_defect(value) is None and next(answers)[0] for value in values]


@pytest.fixture(params=COLUMNS, ids=".".join)
async def column(request: pytest.FixtureRequest, schema: Any) -> tuple[Rule, Check]:
    """A rule, and the column that keeps it."""
    return COLUMNS[request.param], await Check.of(schema, *request.param)


async def test_every_checked_column_has_its_rule_here(schema: Any):
    rows = await schema.fetch("""
        SELECT conrelid::regclass::text, attname FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND cardinality(conkey) = 1
    """)
    core = {"users", "organizations", "organization_members", "projects", "sessions", "server_keys"}
    others = {("organization_members", "role"), ("projects", "visibility")}
    others |= {("projects", "features"), ("organizations", "features")} | OBJECTS
    found = {(table, column) for table, column in rows if table in core}
    assert found - NO_TEXT_OF_A_CALLER == set(COLUMNS) | others


async def test_database_accepts_what_the_type_accepts(column: tuple[Rule, Check]):
    rule, check = column
    stored = [cleaned for value in sample(rule) if (cleaned := type_accepts(rule, value)) is not None]
    assert len(stored) > len(NEAR[rule.name]) / 4, "too few of the strings fit to say anything"
    accepted = await check.accepts(stored)
    assert [value for value, fine in zip(stored, accepted, strict=True) if not fine] == []


async def test_type_accepts_what_the_database_accepts(column: tuple[Rule, Check]):
    rule, check = column
    if rule is scalars.EMAIL:
        return
    values = sample(rule)
    accepted = await check.accepts(values)
    assert [v for v, fine in zip(values, accepted, strict=True) if fine and type_accepts(rule, v) != v] == []


@pytest.mark.parametrize(
    "rule", {rule.name: rule for rule in COLUMNS.values()}.values(), ids=lambda rule: str(rule.name)
)
def test_cleaning_twice_is_cleaning_once(rule: Rule):
    for value in sample(rule):
        cleaned = type_accepts(rule, value)
        assert cleaned is None or type_accepts(rule, cleaned) == cleaned


PUBLISHED: Final = [
    scalars.USERNAME,
    scalars.AVATAR_URL,
    scalars.DESCRIPTION,
    scalars.FEATURE,
    scalars.REASON,
    scalars.ROLE,
]
"""What a JSON schema can say in full, and in words that every engine of regular expressions knows."""


def published(rule: Rule) -> Any:
    kind = next(kind for kind in vars(scalars).values() if rule in getattr(kind, "__metadata__", ()))
    return jsonschema_rs.Draft202012Validator(sent(msgspec.json.schema(kind)))


@pytest.mark.parametrize("rule", PUBLISHED, ids=lambda rule: str(rule.name))
def test_published_schema_accepts_what_the_type_accepts(rule: Rule):
    schema = published(rule)
    for value in sample(rule):
        if text_defect(value) is None:  # the schema's own language has no words for what no text may hold
            assert schema.is_valid(value) == (type_accepts(rule, value) is not None), value


@pytest.mark.parametrize("rule", [scalars.SLUG, scalars.ROLE_NAME, scalars.ASSIGNABLE_ROLE], ids=lambda r: str(r.name))
def test_published_schema_leaves_out_reserved_words_alone(rule: Rule):
    schema = published(rule)
    for value in [*sample(rule), *RESERVED_SLUGS, "owner", "member", "0190163d-8694-739b-aea5-966c26f8ad91"]:
        if text_defect(value) or (rule.name == "role_name" and value[:1].isdigit()):
            continue  # the second has no shape of a name, whatever else it is
        try:
            fits = rule.check(value) == value
        except ReservedWord:
            fits = True
        except ValueError:
            fits = False
        assert schema.is_valid(value) == fits, value


def test_published_schema_of_a_name_is_exact_but_for_space_around_long_ones_and_rare_unseen_characters():
    schema = published(scalars.NAME)
    for value in filter(lambda value: text_defect(value) is None, sample(scalars.NAME)):
        if len(value) <= scalars.NAME.max_length and value.isprintable() and max(value, default="") <= "\uffff":
            assert schema.is_valid(value) == (type_accepts(scalars.NAME, value) is not None), value


def test_published_schema_of_a_password_promises_nothing_that_is_refused():
    schema = published(scalars.PASSWORD)
    accepted = [value for value in sample(scalars.PASSWORD) if text_defect(value) is None and schema.is_valid(value)]
    assert [value for value in accepted if type_accepts(scalars.PASSWORD, value) is None] == []
    for value in ("Lovelace1", "1lovelacE", "ПарольДва2", "Übermut3ß", "Ωμέγα123"):  # noqa: RUF001 - they are
        assert schema.is_valid(value)
    for value in ("lovelace1", "LOVELACE1", "Lovelaces", "Love1", "L1" * 65):
        assert not schema.is_valid(value)


def test_published_schema_accepts_every_address_that_the_type_accepts():
    schema = published(scalars.EMAIL)
    accepted = [value for value in sample(scalars.EMAIL) if type_accepts(scalars.EMAIL, value) is not None]
    assert [value for value in accepted if not schema.is_valid(value)] == []


def test_every_spelling_of_space_and_every_control_is_known():
    characters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) != "Cs"]
    blank = {one for one in characters if unicodedata.category(one) in {"Zs", "Zl", "Zp", "Cc"}}
    assert set(re.findall(f"[{BLANK}]", "".join(characters))) == blank
    for one in blank - {"\x00"}:
        assert scalars.NAME.check(f"{one}a{one}") == "a"


async def test_reserved_slugs_are_the_same_in_type_and_database(schema: Any):
    definition = await schema.fetchval(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'organizations_slug_check'"
    )
    listed = definition.partition("ARRAY[")[2].partition("]")[0]
    assert set(re.findall(r"'([^']*)'", listed)) == RESERVED_SLUGS


async def test_choices_are_the_same_in_type_and_database(schema: Any):
    words = ["public", "private", "", "Public", "public ", "public\n", "PUBLIC", "internal", "null"]
    accepted = await (await Check.of(schema, "projects", "visibility")).accepts(words)
    assert accepted == [_reads(Visibility, word) is not None for word in words]


@pytest.mark.parametrize("table", ["projects", "organizations"])
async def test_features_are_accepted_by_type_and_database_alike(table: str, schema: Any):
    lists: list[list[str | None]] = [["null"], [None], [], ["a", "a"], ["a", None], ["a", "b"], ["b", "a"]]
    lists += [[f"f{n}" for n in range(100)], [f"f{n}" for n in range(101)]]
    one = st.one_of(
        st.none(), st.sampled_from(NEAR["feature"]), st.from_regex(r"\A[a-z0-9_.-]{1,5}\Z"), texts(scalars.FEATURE)
    )

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(one, max_size=5))
    def draw(values: list[str | None]) -> None:
        if all(value is None or text_defect(value) is None for value in values):
            lists.append(values)

    draw()
    condition = await schema.fetchval(
        "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = $1",
        f"{table}_features_check",
    )
    rows = await schema.fetch(
        f"SELECT {condition} FROM (SELECT ARRAY(SELECT jsonb_array_elements_text(one)) AS features "  # noqa: S608
        "FROM jsonb_array_elements($1::text::jsonb) AS one) AS row",
        msgspec.json.encode(lists).decode(),
    )
    assert [
        values for values, (fine,) in zip(lists, rows, strict=True) if fine != (_reads(Features, values) is not None)
    ] == []


async def test_objects_are_accepted_by_type_and_database_alike(schema: Any):
    """Of the sizes and depths around the limits, and of whatever else JSON can be."""
    documents: list[Any] = [
        {},
        [],
        1,
        "a",
        None,
        True,
        {"a": 0.1},
        {"a": 1e15},
        {"a": 5e-324},
        {"a": [-0.0, 1e3, 2.50]},
    ]
    for size in range(8170, 8200):
        documents += [{"a": "x" * size}, {"a": "\u00e4" * (size // 2)}, {"a\n": ["\x01"] * 3, "b": '"' * (size // 2)}]
        documents += [{"a": [1, 2.5, True, False, {"b": -1e-7}], "c": "x" * (size - 40)}]
    for levels in range(3, 8):
        inner: Any = {}
        for _ in range(levels - 1):
            inner = {"a": inner, "b": 1}
        documents += [inner, {"a": msgspec.json.decode(b"[" * (levels - 1) + b"1" + b"]" * (levels - 1))}]

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.recursive(PLAIN_JSON, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)))
    def draw(value: Any) -> None:
        if text_defect(json.dumps(value, ensure_ascii=False)) is None and b"\\u0000" not in msgspec.json.encode(value):
            documents.append(value)

    draw()
    for table, column in sorted(OBJECTS):
        condition = await schema.fetchval(
            "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = $1", f"{table}_{column}_check"
        )
        rows = await schema.fetch(
            f"SELECT {condition} FROM (SELECT one AS {column} "  # noqa: S608
            "FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS all_of (one, place) ORDER BY place) AS row",
            msgspec.json.encode(documents).decode(),
        )
        differ = [
            value
            for value, (fine,) in zip(documents, rows, strict=True)
            if fine != (isinstance(value, dict) and not METADATA.read(value)[1])
        ]
        # An object in a list may hold null, which a change removes elsewhere: what is asked of is what is stored.
        assert [value for value in differ if not isinstance(value, dict) or merged({}, value) == value] == []
        assert {fine for (fine,) in rows} == {True, False}


def _reads(kind: Any, value: Any) -> Any:
    try:
        return parse_value(kind, value, "/value")
    except Invalid:
        return None


async def test_text_that_the_type_calls_unstorable_cannot_be_stored(schema: Any):
    for raw in (b"a\x00b", "a\ud800b".encode("utf-8", "surrogatepass")):
        assert text_defect(raw.decode("utf-8", "surrogatepass"))
        with pytest.raises(Exception, match="invalid byte sequence"):
            await schema.fetchval("SELECT convert_from($1, 'UTF8')", raw)
