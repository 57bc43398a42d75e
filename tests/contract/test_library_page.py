"""The reference of the library says what the docstrings say, of every public name."""

import pytest
from tests.contract import library_page
from tests.contract.renewal import REPOSITORY, compare

from freehold import public

PAGE = REPOSITORY / "docs/reference/library.md"


@pytest.mark.renews
def test_page_is_what_the_docstrings_say():
    compare(PAGE, library_page.render())


def test_every_part_of_the_page_says_something():
    for part in library_page.render().split("\n### ")[1:]:
        heading, _, text = part.partition("\n")
        assert text.partition("```\n")[2].strip() or not text.startswith("\n```"), heading
        assert text.strip(), heading


def test_every_public_type_and_operation_is_on_the_page():
    headings = {line[4:] for line in library_page.render().splitlines() if line.startswith("### ")}
    errors_and_values = {"GRANTS", "Platform"}
    missing = {
        name
        for name in public.__all__
        if name not in headings | errors_and_values and not hasattr(getattr(public, name), "code")
    }
    assert missing == set()
    assert {"platform.users.create", "platform.organizations.members.put", "platform.projects.update"} <= headings
