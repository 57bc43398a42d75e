"""Of how many rows a comparison of constants is true."""

import pytest

from freehold.migrate.rules.conditions import reach
from freehold.migrate.rules.references import Rows
from freehold.migrate.tree import parse


@pytest.mark.parametrize(
    ("condition", "reached"),
    [
        ("1 = 1", "all"),
        ("1 = 2", "none"),
        ("0 = 0", "all"),
        ("1 <> 2", "all"),
        ("1 <> 1", "none"),
        ("'a' = 'a'", "all"),
        ("'a' = 'b'", "none"),
        ("1 < 2", "all"),
        ("1 < 1", "none"),
        ("1 <= 1", "all"),
        ("2 <= 1", "none"),
        ("2 > 1", "all"),
        ("1 > 1", "none"),
        ("1 >= 1", "all"),
        ("1 >= 2", "none"),
        # What is not seen through counts as if it were true of all.
        ("1 = '2'", "all"),
        ("'2' = 1", "all"),
        ("NULL = NULL", "all"),
        ("1.5 = 2.5", "all"),
        ("true = false", "all"),
        ("'a' < 'b'", "all"),
        ("'b' < 'a'", "all"),
    ],
)
def test_constants_are_compared_as_the_database_does(condition: str, reached: str):
    (node,) = parse(f"DELETE FROM items WHERE {condition}")  # noqa: S608 - no user's
    assert reach(node.fields["whereClause"], Rows.of(node.fields["relation"])) == reached
