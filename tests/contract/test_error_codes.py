"""Every error has a code, and every code is documented."""

import re

import pytest
from tests.contract.errors_page import SHAPES, by_code, field_codes, modules, render
from tests.contract.renewal import REPOSITORY, compare

from freehold.base.errors import FreeholdError
from freehold.migrate import MigrateError


@pytest.mark.renews
def test_every_code_is_documented():
    compare(REPOSITORY / "docs" / "reference" / "errors.md", render())


def test_codes_are_words_joined_by_underscores():
    for code in [*by_code(FreeholdError), *by_code(MigrateError)]:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code), code


def test_no_code_is_documented_that_nothing_uses():
    assert set(SHAPES) <= field_codes(modules())
