"""Whether a slug is free, before one takes it: what is said agrees with what creating does."""

import pytest
from tests.conftest import SignUp

from freehold import Conflict, Invalid, NewOrganization, OrganizationPatch, Platform, Unauthenticated
from freehold.base.validation import parse


@pytest.mark.parametrize(
    ("slug", "reason"),
    [
        ("acme", "is taken: choose another"),
        ("apex", "is taken: choose another"),
        ("free", None),
        ("Not A Slug", "lowercase letters"),
        ("-acme", "lowercase letters"),
        ("", "lowercase letters"),
        ("new", "is reserved"),
        ("0190163d-8694-739b-aea5-966c26f8ad91", "must not"),
        ("x" * 101, ""),
        ("acme\x00", ""),
    ],
)
async def test_answer_is_what_creating_would_say(platform: Platform, sign_up: SignUp, slug: str, reason: str | None):
    ada = platform.acting_as((await sign_up("ada")).id)
    await ada.organizations.create(NewOrganization(name="Acme", slug="apex"))
    await ada.organizations.update("apex", OrganizationPatch(slug="acme"))
    said = await ada.organizations.check_slug(slug)
    assert said.available == (reason is None)
    assert (reason or "") in (said.reason or "")
    try:
        made = await ada.organizations.create(parse(NewOrganization, {"name": "Other", "slug": slug}))
    except (Invalid, Conflict):
        assert not said.available
    else:
        assert said.available
        assert made.slug == said.slug


async def test_stranger_is_told_nothing(platform: Platform):
    with pytest.raises(Unauthenticated):
        await platform.acting_as(None).organizations.check_slug("acme")
