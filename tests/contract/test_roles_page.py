"""The page of roles and actions says what GRANTS says."""

import pytest
from tests.contract import roles_page
from tests.contract.renewal import REPOSITORY, compare

from freehold import Action


@pytest.mark.renews
def test_page_is_what_the_code_grants():
    compare(REPOSITORY / "docs/reference/roles-and-actions.md", roles_page.page())


def test_every_action_is_described():
    assert set(roles_page.ABOUT) == set(Action)
