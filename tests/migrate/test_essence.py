"""PostgreSQL prints some expressions in another way once they are restored: those are the same, all others are not."""

import asyncpg
import pytest

from freehold.migrate.essence import essence

COLUMNS = """
i int, b bigint, s smallint, n numeric(9,2), v varchar(9), c char(3), t text, ta text[], va varchar(5)[], d date,
ts timestamp(3), tz timestamptz, iv interval, j jsonb, na name, bo boolean, m e.mood, w e.word
"""
TYPES = "CREATE SCHEMA e; CREATE TYPE e.mood AS ENUM ('sad', 'glad'); CREATE DOMAIN e.word AS varchar(5);"
EXPRESSIONS = """
v IN ('a')
v IN ('a', 'b')
v NOT IN ('a', 'b')
c IN ('a', 'b')
na IN ('a', 'b')
m IN ('sad', 'glad') AND w NOT IN ('a') AND w IN ('a', 'b')
v = ANY (ARRAY['a', 'b']::varchar[])
v = ANY (ARRAY['a', t]::varchar[]) OR v = ANY (ARRAY[v, t])
(v || t) IN ('a', 'b') AND lower(v) IN ('a', 'b')
v IN ('a', t, lower('B'), NULL)
v IN (CASE WHEN bo THEN 'a' ELSE 'b' END, 'c')
v IN ('a, b', 'c''d', 'e"f', '[g]', '(h)', '::text', E'i\\\\j')
(v, t) IN (('a', 'b'), ('c', 'd'))
va <@ ARRAY['a', 'b']::varchar[] AND va && ARRAY[lower(t), 'x']::varchar(3)[]
ARRAY[[v, 'a'], ['b', t]]::varchar[] <> '{}'
m::text = ANY (ARRAY['sad', 'y']::varchar[]) AND w = ANY (ARRAY['a', 'b']::e.word[])
i = ANY (ARRAY[1, 2]::bigint[]) AND i = ANY (ARRAY[s, b]) AND n = ANY (ARRAY[i, 2]::numeric(5, 1)[])
d = ANY (ARRAY['2020-01-01', '2020-01-02']::date[]) AND ts IN ('2020-01-01') AND iv IN ('1 day', '2 days')
v::varchar(2) = 'ab' OR v::char(2) = 'ab' OR v = 'a'::varchar(3) OR t = 'a'::varchar
CASE v WHEN 'a' THEN 1 ELSE 2 END > 1 AND COALESCE(v, 'a') IN ('a', 'b')
i > -1 AND i > - (-1) AND n > -1.50 AND - (- i) > 0
j ->> 'a' IN ('x', 'y') AND (j -> 'a' ->> 'b')::int > 3
(v COLLATE "C") IN ('a', 'b')
v LIKE ANY (ARRAY['a%', 'b%'])
tz AT TIME ZONE 'UTC' > '2020-01-01' AND EXTRACT(year FROM d) > 2000
""".strip().splitlines()

APART = [
    ("(a + b) * c", "a + b * c"),
    ("x = 'a  b'::text", "x = 'a b'::text"),
    ("x = 'a'::character varying(3)", "x = 'a'::character varying"),
    ("x = 'a'::bpchar", "x = 'a'::text"),
    ("ARRAY['a'::text]", "ARRAY['b'::text]"),
    ("(ARRAY['a'::character varying])::text[]", "(ARRAY['a'::character varying])::name[]"),
    ("x = '(ARRAY[1])::text[]'::text", "x = 'ARRAY[(1)::text]'::text"),
    ("(x)::integer", "(x)::bigint"),
    ("f(a, b)", "f((a, b))"),
]


async def test_expressions_mean_the_same_after_they_were_printed_and_read_back(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(f"{TYPES} CREATE TABLE t ({COLUMNS})")
        for expression in EXPRESSIONS:
            view = f"SELECT {expression} AS x FROM t WHERE {expression}"  # noqa: S608 - from above
            first = await _printed(connection, f"CHECK ({expression})", view)
            again = await _printed(connection, *first)
            assert [essence(each) for each in again] == [essence(each) for each in first], expression
    finally:
        await connection.close()


async def _printed(connection: asyncpg.Connection, check: str, query: str) -> list[str]:
    """What PostgreSQL prints of a constraint and a view."""
    await connection.execute(f"ALTER TABLE t ADD CONSTRAINT k {check}; CREATE VIEW v AS {query}")
    row = await connection.fetchrow(
        "SELECT pg_get_constraintdef(oid), pg_get_viewdef('v'::regclass) FROM pg_constraint WHERE conname = 'k'"
    )
    await connection.execute("ALTER TABLE t DROP CONSTRAINT k; DROP VIEW v")
    return list(row)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_means_something_else_stays_apart(one: str, other: str) -> None:
    assert essence(one) != essence(other)
