"""Each CHECK is a sentence where its form has words, never a wrong one, and never lost."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from freehold.schema.catalog import read_model
from freehold.schema.markdown import markdown
from freehold.schema.page import html
from freehold.schema.prose import sentence
from freehold.schema.types import Column, Constraint, Model, Table
from freehold.schema.wording import rule
from tests.conftest import _run

COLUMNS = {"a": "integer", "b": "integer", "t": "text", "u": "text", "x": "bytea", "l": "text[]", "j": "jsonb"}
TIMES = {"from": "timestamp with time zone", "until": "timestamp with time zone"}
SAID = {
    "a > 0": "a is greater than 0.",
    "a >= -1": "a is at least -1.",
    "a <> b": "a is not b.",
    "a + 1 <= b * 2": "a plus 1 is at most b times 2.",
    "(a + 1) * 2 <= b": "(a plus 1) times 2 is at most b.",
    "a BETWEEN 1 AND 9": "a is between 1 and 9.",
    "a >= 1 AND b <= 9": "a is at least 1; b is at most 9.",
    "a + 1 > 0 AND a > b": "a plus 1 is greater than 0; a is greater than b.",
    "a > b AND a <> 7": "a is greater than b; is not 7.",
    "char_length(t) BETWEEN 3 AND 50": "t has 3 to 50 characters.",
    "length(t) <= 10": "t has at most 10 characters.",
    "length(x) = 32": "x has exactly 32 bytes.",
    "octet_length(t) < 10": "t has less than 10 bytes.",
    "length(t) < length(u)": "t has less than the number of characters of u characters.",
    "cardinality(l) <= 3": "l has at most 3 elements.",
    "array_length(l, 1) > 1": "l has more than 1 elements.",
    "t = 'it is'": 't is "it is".',
    "t IN ('draft', 'in print')": 't is one of draft, "in print".',
    "t NOT IN ('me', 'new')": "t is none of me, new.",
    "t = ANY (l)": "l holds t.",
    "t <> ''": "t is not empty.",
    "t ~ '^[a-z0-9_]{3,50}$'": "t is 3 to 50 lowercase letters, digits and underscores.",
    "t ~ '^[A-Z]{2}$'": "t is 2 uppercase letters.",
    "t ~ '^(a|b)+$'": "t matches the pattern ^(a|b)+$.",
    "t !~* 'x'": "t does not match the pattern x, in any case.",
    "t LIKE 'a%'": 't is like "a%".',
    "lower(t) = t": "t in lower case is t.",
    "t IS NOT NULL": "t is set.",
    "t IS NULL OR length(t) = 2": "If t is set, then t has exactly 2 characters.",
    "t IS NOT NULL OR u IS NULL": "If t is not set, then u is not set.",
    "t IS NULL OR (a > 1 AND b > 1)": "If t is set, then a is greater than 1, and b is greater than 1.",
    "a = 1 OR b = 2": "Either a is 1, or b is 2.",
    "a = 1 OR (b = 2 AND t = 'x')": "Either a is 1, or (b is 2, and t is x).",
    "(a = 1 OR b = 2) AND a > b": "(either a is 1, or b is 2); a is greater than b.",
    "NOT (a = 1 AND b = 2)": "It is not true that (a is 1, and b is 2).",
    "(t = 'open') = (u IS NULL)": "t is open exactly when u is not set.",
    "num_nonnulls(a, b) = 1": "Exactly 1 of a and b is set.",
    "num_nulls(t, u) IN (0, 2)": "Both or neither of t and u are set.",
    "num_nulls(a, t, u) IN (0, 3)": "All or none of a and t and u are set.",
    "jsonb_typeof(j) = 'array'": "j is a JSON array.",
    "CASE WHEN a > 0 THEN b > 0 ELSE false END": "a is greater than 0; b is greater than 0.",
    "CASE WHEN a > 0 THEN b > 0 ELSE b = 9 END": "If a is greater than 0, then b is greater than 0; otherwise b is 9.",
    '"from" < "until"': "from is before until.",
    '"until" <= "from" + \'01:30:00\'::interval': "until is not after from plus 1 hour 30 minutes.",
    "cardinality(l) = length(array_to_tsvector(l))": "l holds nothing twice.",
}
"""Conditions as they are typed; they are read as PostgreSQL writes them."""

WITHOUT_WORDS = (
    "a & 1 = 0",
    "coalesce(a, 0) > 1",
    "t SIMILAR TO 'a+'",
    "j @> '{}'",
    "(j ->> 'kind') = 'x'",
    "l = ARRAY['a']",
    "CASE a WHEN 1 THEN true ELSE false END",
    "cardinality(l) = length(array_to_tsvector(ARRAY[t]))",
    "a > 1 AND a & 1 = 0",
)


async def test_common_forms_are_said_and_others_left_to_their_sql(empty_database_url: str):
    columns = ", ".join(f'"{name}" {type_}' for name, type_ in {**COLUMNS, **TIMES}.items())
    conditions = [*SAID, *WITHOUT_WORDS]
    checks = ", ".join(f"CONSTRAINT c{number:03} CHECK ({each})" for number, each in enumerate(conditions))
    await _run(empty_database_url, f"CREATE TABLE things ({columns}, {checks})")
    await _run(empty_database_url, "COMMENT ON CONSTRAINT c000 ON things IS 'Only what there is.'")
    model = await read_model(empty_database_url)
    found = {each.name: rule(each, model.tables[0]) for each in model.tables[0].constraints}
    expected = {**SAID, **dict.fromkeys(WITHOUT_WORDS, ""), "a > 0": "Only what there is."}
    assert found == {f"c{number:03}": expected[each] for number, each in enumerate(conditions)}
    assert html(model).count("<code>CHECK (") == len(conditions)
    assert len(re.findall(r"^\| things \|", markdown(model), re.MULTILINE)) == len(conditions)


async def test_each_rule_of_freehold_is_a_sentence(database_url: str):
    """A pattern that is changed loses its words: put new ones into `phrases`."""
    model = await read_model(database_url)
    said = {
        f"{table.name}.{each.name}": rule(each, table)
        for table in model.tables
        for each in table.constraints
        if each.kind == "c"
    }
    assert len(said) > 70
    assert [name for name, words in said.items() if not words.endswith(".") or "pattern" in words] == []
    assert said["users.users_username_check"].startswith("username is 3 to 50 ")


PIECES = st.sampled_from(
    [
        *SAID,
        *WITHOUT_WORDS,
        "(",
        ")",
        "CHECK ",
        "AND",
        "OR",
        "NOT",
        "CASE WHEN",
        "'",
        "$$",
        "\0",
        "\ud800",
        "::",
        "NULL",
    ]
)
DEFINITIONS = st.one_of(st.text(), st.lists(PIECES, max_size=9).map(" ".join))


@settings(deadline=None)
@given(DEFINITIONS, st.none() | st.text(min_size=1))
@example("(" * 30_000, None)
@example("CHECK (" + "NOT " * 3000 + "a = 1)", None)
@example("CHECK (a = 1 AND b IN (SELECT 1))", None)
@example("PRIMARY KEY (a)", None)
@example("CHECK ((a > 0)) NOT VALID", None)
def test_saying_a_rule_never_fails_and_never_loses_it(definition: str, about: str | None):
    constraint = Constraint("c", "c", ["a"], definition, about)
    table = Table(
        "things", None, [Column(name, type_, not_null=False) for name, type_ in COLUMNS.items()], [constraint], []
    )
    assert isinstance(rule(constraint, table), str)
    model = Model([table], [])
    assert html(model).count("<td>things</td>") == 1
    assert markdown(model).count("\n| things | ") == 1


SIMPLE = [each for each in SAID if not re.search('CASE|BETWEEN|IN |LIKE|"', each)]
"""Those that PostgreSQL writes as they are typed, more or less."""


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> str:
    """Conditions of the forms that have words."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(SIMPLE))
    inner = conditions(depth - 1)
    form = draw(st.sampled_from(["({}) AND ({})", "({}) OR ({})", "CASE WHEN {} THEN {} ELSE false END"]))
    return form.format(draw(inner), draw(inner))


@settings(deadline=None)
@given(conditions())
def test_sentence_names_every_column_of_its_rule(condition: str):
    said = sentence(f"CHECK ({condition})", COLUMNS)
    assert said is not None
    assert said.endswith(".")
    for name in COLUMNS:
        if re.search(rf"\b{name}\b", re.sub(r"'[^']*'", "", condition)):
            assert re.search(rf"\b{name}\b", said), (name, said)


@pytest.mark.parametrize("suffix", ["", " NOT VALID", " NO INHERIT", " NOT ENFORCED"])
def test_what_stands_behind_the_condition_does_not_matter(suffix: str):
    assert sentence(f"CHECK ((a > 0)){suffix}", COLUMNS) == "a is greater than 0."
