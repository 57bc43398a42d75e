import random
import re

import pytest

from freehold.migrate.lexer import Kind, UnterminatedError, pieces, tokens, word_texts
from freehold.migrate.splitter import ScriptError, split


def texts(script: str) -> list[str]:
    return [statement.sql for statement in split(script)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 'a;b', 'it''s; fine'",
        "SELECT E'quoted \\'; still quoted'",
        "SELECT E'first'\n  'second \\'; same literal'",
        'SELECT 1 AS "a;b""c;"',
        "SELECT $$a;b$$",
        "SELECT $tag$ a $$ ; $other$ ; $tag$",
        "SELECT /* a; /* nested; */ still; */ 1",
        "SELECT 1 -- not; here\n + 2",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
        "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC SELECT 1; END",
        "SELECT a$b$c, $1",
        "SELECT U&'d;\\0061' , B'01', x'1F;'",
    ],
)
def test_semicolon_inside_separates_nothing(statement: str) -> None:
    assert texts(f"{statement};\nSELECT 'next'") == [statement, "SELECT 'next'"]


def test_backslash_in_plain_string_escapes_nothing() -> None:
    assert texts("SELECT 'C:\\'; SELECT 2") == ["SELECT 'C:\\'", "SELECT 2"]


def test_atomic_as_a_name_opens_no_body() -> None:
    assert texts("CREATE TABLE begin_atomic (atomic int); SELECT 1") == [
        "CREATE TABLE begin_atomic (atomic int)",
        "SELECT 1",
    ]


def test_empty_statements_and_comments_vanish() -> None:
    assert texts(";; -- nothing\n /* nothing */ ; SELECT 1 ;;") == ["SELECT 1"]


def test_statement_knows_its_line() -> None:
    assert [s.line for s in split("SELECT 1;\n\n-- a comment\nSELECT\n2;\nSELECT 3", first_line=10)] == [10, 13, 15]


@pytest.mark.parametrize(
    ("script", "line", "words"),
    [
        ("SELECT 1;\nSELECT 'open", 2, "string"),
        ('SELECT\n"open', 2, "quoted name"),
        ("SELECT 1;\n\n/* open /* */", 3, "comment"),
        ("SELECT $a$ open $b$", 1, "$a$"),
        ("SELECT 1;\n\\copy t from f", 2, "psql"),
    ],
)
def test_what_cannot_be_split_is_named_with_its_line(script: str, line: int, words: str) -> None:
    with pytest.raises(ScriptError, match=words.replace("$", r"\$")) as caught:
        split(script)
    assert caught.value.line == line


FRAGMENTS = (
    *(
        "'",
        "''",
        "'a;'",
        "E'",
        "e'\\'",
        '"',
        '""',
        "$$",
        "$a$",
        "$",
        "$1",
        "a$b",
        "--",
        "-- x\n",
        "\n",
        "\r\n",
        "\r",
        " ",
    ),
    *(
        "/*",
        "*/",
        "/* ; */",
        ";",
        ";",
        "(",
        ")",
        "select ",
        "+",
        "-",
        "*",
        "/",
        "<>",
        "1.5e3",
        "x",
        "U&'",
        'U&"',
        "b'1'",
    ),
    *("n'x'", "\u00e9", "\u00a0", "\U0001f600", ",", ".", "::", "[", "{", "\v", "_a", "%", "'x'\n'y'", "'x'\n--c\n'y'"),
)


def by_tokens(script: str) -> list[list[str]]:
    """Split by looking at every single token, which is slow and plain."""
    statements: list[list[str]] = [[]]
    depth = 0
    for token in tokens(script):
        if token.text == ";" and depth == 0:
            statements.append([])
        elif token.kind not in (Kind.SPACE, Kind.COMMENT):
            depth = max(0, depth + (token.text == "(") - (token.text == ")"))
            statements[-1].append(token.text)
    return [words for words in statements if words]


def test_quick_ways_through_a_script_see_what_the_slow_one_sees() -> None:
    chance = random.Random(20261127)  # noqa: S311 - the same scripts in every run
    read = 0
    for _ in range(4000):
        script = "".join(chance.choices(FRAGMENTS, k=chance.randrange(1, 25)))
        try:
            expected = by_tokens(script)
        except UnterminatedError as error:
            with pytest.raises(UnterminatedError, match=re.escape(str(error))):
                list(pieces(script))
            continue
        if any("\\" in words for words in expected):
            continue  # a psql command
        read += 1
        statements = split(script)
        assert [[word.text for word in statement.words] for statement in statements] == expected
        assert [word_texts(statement.sql) for statement in statements] == expected
        assert [script[s.offset : s.offset + len(s.sql)] for s in statements] == [s.sql for s in statements]
        assert [s.line for s in statements] == [1 + script.count("\n", 0, s.offset) for s in statements]
        assert "".join(script[start:end] for _, start, end in pieces(script)) == script
    assert read > 1000
