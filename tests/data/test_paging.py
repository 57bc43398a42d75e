"""Cursors: opaque, signed, and good for one list."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.data.paging import Cursors

CURSORS = Cursors(b"k" * 32)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), st.uuids())  # noqa: DTZ001 - naive bounds are what it takes
def test_cursor_gives_back_its_position(moment: datetime, row_id: UUID):
    position = (moment.replace(tzinfo=UTC), row_id)
    assert CURSORS.read("list", CURSORS.write("list", position), (datetime, UUID)) == position


@given(st.text(max_size=200))
def test_text_that_is_no_cursor_is_refused_as_a_field(text: str):
    with pytest.raises(Invalid) as refused:
        CURSORS.read("list", text, (UUID,))
    assert [error.pointer for error in refused.value.errors] == ["/cursor"]


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_cursor_with_any_bit_changed_is_refused(place: int, change: int):
    cursor = CURSORS.write("list", (UUID(int=7),))
    index = place % len(cursor)
    altered = cursor[:index] + chr(ord(cursor[index]) ^ change) + cursor[index + 1 :]
    with pytest.raises(Invalid):
        CURSORS.read("list", altered, (UUID,))


def test_cursor_of_another_list_platform_or_shape_is_refused():
    cursor = CURSORS.write("list", (UUID(int=7),))
    with pytest.raises(Invalid):
        CURSORS.read("other", cursor, (UUID,))
    with pytest.raises(Invalid):
        Cursors(b"x" * 32).read("list", cursor, (UUID,))
    with pytest.raises(Invalid):
        CURSORS.read("list", cursor, (datetime, UUID))
