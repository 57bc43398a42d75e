"""What a page costs by the length of its list: only full pages are compared."""

import asyncio
from types import SimpleNamespace

import pytest
from bench.curves import CALLS, _figures, _median
from bench.load import Failed

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def test_value_is_the_median_of_many_pages():
    pages: list[int] = []

    async def page() -> SimpleNamespace:
        pages.append(1)
        return SimpleNamespace(data=[0] * 20)

    with asyncio.Runner() as runner:
        assert _median(runner, page, 0) > 0
    assert len(pages) == CALLS


def test_page_that_is_not_full_is_a_failure():
    async def page() -> SimpleNamespace:
        return SimpleNamespace(data=[0] * 19)

    with asyncio.Runner() as runner, pytest.raises(Failed, match="19 rows"):
        _median(runner, page, 0)


def test_longest_list_is_compared_with_one_of_ten_thousand_and_its_deepest_page_with_its_first():
    found = {f"{depth} of {size:,}": [float(size), 2.0 * size] for depth in ("first", "deepest") for size in SIZES}
    found["deepest of 1,000,000"] = [3_000_000.0, 4_000_000.0]
    first, deepest, depth = _figures("users", found, SIZES)
    assert (first.against, first.values) == ("first page of 10,000", [100.0, 100.0])
    assert (deepest.against, deepest.values) == ("deepest page of 10,000", [300.0, 200.0])
    assert (depth.against, depth.values) == ("its first page", [3.0, 2.0])
    assert {each.verdict for each in (first, deepest, depth)} == {"missed"}
