"""A table's digest changes with any of its values, and with nothing else."""

import asyncio
from collections.abc import Callable

import pytest

from freehold.migrate.database import connect
from freehold.migrate.digests import Digests, digests

Execute = Callable[[str], None]
Query = Callable[..., list[tuple[object, ...]]]
TABLE = "public.items"
CREATE = """
CREATE TABLE items (id int PRIMARY KEY, a text, b text, n numeric, c char(3), pair point[], big bigint, other bigint,
    small smallint, code uuid, word varchar(9), at timestamptz, local timestamp)
"""
ROWS = """
INSERT INTO items VALUES
    (1, 'x', 'y', 1.0, 'c', '{}', 1, 4294967296, 1, '018f0000-0000-7000-8000-000000000001', 'x', 'epoch', '2024-01-01'),
    (2, 'z', NULL, 2, NULL, NULL, 0, 0, 0, '018f0000-0000-7000-8000-000000000002', '', 'infinity', 'infinity'),
    (3, '', 'w', 3, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
"""


def look(url: str, *columns_of: str, as_text: bool = False) -> Digests:
    async def act() -> Digests:
        async with connect(url) as connection:
            return await digests(connection, columns_of=columns_of, as_text=as_text)

    return asyncio.run(act())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE items SET a = b, b = a WHERE id = 1",
        "UPDATE items SET a = CASE id WHEN 1 THEN 'z' ELSE 'x' END WHERE id < 3",
        "UPDATE items SET b = '' WHERE id = 2",
        "UPDATE items SET a = NULL WHERE id = 3",
        "UPDATE items SET b = a, a = b WHERE id = 2",
        "UPDATE items SET n = 1.00 WHERE id = 1",
        "UPDATE items SET a = 'xy', b = '' WHERE id = 1",
        "UPDATE items SET pair = NULL WHERE id = 1",
        "UPDATE items SET big = 4294967296 WHERE id = 1",  # 2^32 has the hash of 1, and -4294967297 as well
        "UPDATE items SET big = -4294967297 WHERE id = 1",
        "UPDATE items SET big = other, other = big WHERE id = 1",
        "UPDATE items SET big = NULL WHERE id = 2",
        "UPDATE items SET big = -1 WHERE id = 2",
        "UPDATE items SET small = NULL WHERE id = 2",
        "UPDATE items SET small = big + 1, big = small + 1 WHERE id = 2",
        "UPDATE items SET code = NULL WHERE id = 1",
        "UPDATE items SET code = '018f0000-0000-7000-8000-000000000002' WHERE id = 1",
        "UPDATE items SET word = NULL WHERE id = 2",
        "UPDATE items SET word = 'X' WHERE id = 1",
        "UPDATE items SET at = at + interval '1 microsecond' WHERE id = 1",
        "UPDATE items SET at = '-infinity' WHERE id = 2",
        "UPDATE items SET local = NULL WHERE id = 2",
        "UPDATE items SET local = local + interval '1 day' WHERE id = 1",
        "DELETE FROM items WHERE id = 1",
        "INSERT INTO items SELECT 4, a, b, n, c, pair, big, other, small, code, word, at, local FROM items LIMIT 1",
    ],
)
def test_any_change_of_values_is_seen(database_url: str, execute: Execute, change: str) -> None:
    execute(f"{CREATE}; {ROWS}")
    before = look(database_url)
    execute(change)
    assert before.differing_tables(look(database_url)) == [TABLE]


def test_neither_the_order_of_rows_nor_that_of_columns_counts(database_url: str, execute: Execute) -> None:
    execute(f"{CREATE}; {ROWS}")
    before = look(database_url)
    execute("ALTER TABLE items ADD kept text; UPDATE items SET kept = a; ALTER TABLE items DROP a")
    execute("ALTER TABLE items RENAME kept TO a; CREATE INDEX i ON items (n DESC NULLS LAST); CLUSTER items USING i")
    assert before.differing_tables(look(database_url)) == []


def test_column_keeps_its_digest_beside_others(database_url: str, execute: Execute) -> None:
    execute(f"{CREATE}; {ROWS}")
    before = look(database_url, TABLE).tables[TABLE].columns
    execute("ALTER TABLE items ADD aa int DEFAULT 7; ALTER TABLE items DROP n")
    after = look(database_url, TABLE).tables[TABLE].columns
    assert {name: value for name, value in after.items() if name != "aa"} == {
        name: value for name, value in before.items() if name != "n"
    }


def test_case_is_seen_also_where_the_column_ignores_it(database_url: str, execute: Execute, query: Query) -> None:
    if query("SELECT FROM pg_collation WHERE collname = 'de-x-icu'") == []:
        pytest.skip("this PostgreSQL has no ICU, and so no such collation")
    execute("CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    execute("CREATE TABLE items (a text COLLATE blind); INSERT INTO items VALUES ('x')")
    before = look(database_url, TABLE)
    execute("UPDATE items SET a = 'X'")
    after = look(database_url, TABLE)
    assert before.tables[TABLE].columns["a"] != after.tables[TABLE].columns["a"]


def test_tables_of_any_width_have_a_digest(database_url: str, execute: Execute) -> None:
    execute("CREATE TABLE bare (); INSERT INTO bare DEFAULT VALUES")
    execute(f"CREATE TABLE items ({', '.join(f'c{n} bool' for n in range(1600))}); INSERT INTO items DEFAULT VALUES")
    found = look(database_url, TABLE)
    assert {name: table.rows for name, table in found.tables.items()} == {TABLE: 1, "public.bare": 1}


def test_as_text_a_value_of_another_type_that_reads_the_same_is_the_same(database_url: str, execute: Execute) -> None:
    execute("CREATE TABLE items (a int, b uuid); INSERT INTO items VALUES (1, gen_random_uuid()), (2, NULL)")
    before = look(database_url, as_text=True)
    execute("ALTER TABLE items ALTER a TYPE text, ALTER b TYPE text")
    assert before.differing_tables(look(database_url, as_text=True)) == []


def test_every_sequence_is_read_however_many_there_are(database_url: str, execute: Execute) -> None:
    numbers = range(1, 121)
    execute("".join(f"CREATE SEQUENCE s{number}; SELECT setval('s{number}', {number}, false);" for number in numbers))
    assert look(database_url).sequences == {f"public.s{number}": (number, False) for number in numbers}
