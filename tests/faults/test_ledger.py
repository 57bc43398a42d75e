"""Each fault once, short, against a real server: nothing that was acknowledged is lost, and nothing is done twice."""

from collections.abc import AsyncIterator

import pytest
from tests.faults.registry import Fault
from tests.faults.trying import FAULTS, Sites, attempt


@pytest.fixture(scope="module")
async def sites() -> AsyncIterator[Sites]:
    async with Sites() as opened:
        yield opened


@pytest.mark.parametrize(
    "fault", [pytest.param(each, id=each.id, marks=[pytest.mark.long] * each.is_long) for each in FAULTS]
)
async def test_nothing_is_lost_or_done_twice(fault: Fault, sites: Sites):
    figures = await attempt(fault, sites, 1)
    if figures.skipped:
        pytest.skip(figures.skipped)
    assert figures.broken == []
    assert (figures.lost, figures.doubled, figures.untrue) == (0, 0, 0)
    assert figures.acknowledged > 0
