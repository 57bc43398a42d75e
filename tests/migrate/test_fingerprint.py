"""What a fingerprint is made of: all that a copy keeps, and nothing that it does not."""

import asyncio
from collections.abc import Callable

from freehold.migrate.catalog import read_schema

STAMP = """
CREATE TABLE t (id int, name text) WITH (fillfactor = 90);
ALTER TABLE t ALTER name SET (n_distinct = 7);
CREATE VIEW v WITH (security_barrier) AS SELECT id FROM t;
"""


def test_what_the_server_stamps_on_a_table_or_column_is_no_difference(
    database_url: str, execute: Callable[[str], None]
) -> None:
    execute(STAMP)
    before = asyncio.run(read_schema(database_url))
    execute("""
        UPDATE pg_attribute SET attoptions = array_append(attoptions, 'counter=22158952')
            WHERE attrelid IN ('t'::regclass, 'v'::regclass) AND attnum > 0;
        UPDATE pg_class SET reloptions = array_prepend('counter=7', reloptions) WHERE relname IN ('t', 'v');
    """)
    assert asyncio.run(read_schema(database_url)) == before
    definitions = {each.identity: each.definition for each in before}
    assert definitions["table public.t"] == "TABLE WITH (fillfactor=90)"
    assert definitions["column public.t.name"] == "text WITH (n_distinct=7)"
