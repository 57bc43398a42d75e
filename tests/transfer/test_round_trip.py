"""What is exported can be imported elsewhere, and is exported there as the same bytes."""

import io
from collections.abc import Awaitable, Callable
from typing import Any, get_args

import pytest
from tests.conftest import PASSWORD
from tests.organizations.handing import give
from tests.transfer.conftest import written

from freehold import (
    NewOrganization,
    NewProject,
    NewProjectSettings,
    NewRole,
    NewSession,
    NewSuspension,
    Platform,
    Settings,
    User,
    UserPatch,
)
from freehold.transfer.types import KindName

KINDS: tuple[Any, ...] = get_args(KindName)
FORMS = ["ndjson", "csv"]


async def _fill(platform: Platform, sign_up: Callable[[str], Awaitable[User]]) -> None:
    """Every optional thing set and unset; a hand-over, a deleted organization, text that CSV has to quote."""
    ada, bob, cyd = [await sign_up(name) for name in ("ada", "bob", "cyd")]
    await platform.users.mark_verified(ada.id)
    await platform.users.suspend(cyd.id, NewSuspension(reason="Sends spam"))
    acting = platform.acting_as(ada.id)
    kept: dict[str, Any] = {
        "public_metadata": {"a": [1.50, None, '"quoted", \u2028']},
        "private_metadata": {"b": {"c": {}}},
    }
    await platform.users.update(ada.id, UserPatch(metadata={"n": 9007199254740991}, **kept))
    acme = await acting.organizations.create(
        NewOrganization(name='A "quoted", name', slug="acme", features=("sso", "beta.search"), **kept)
    )
    await acting.organizations.members.put(acme.id, bob.id, NewRole(role="admin"))
    await acting.organizations.members.put(acme.id, cyd.id, NewRole())
    await give(platform, acme.id, ada.id, bob.id)
    settings = NewProjectSettings(visibility="public", features=("beta.search", "export"))
    for new in (
        NewProject(name="Plain"),
        NewProject(name="Kept", **kept),
        NewProject(name="Rócket", description="Lines,\r\n\"quoted\"\n\tand 'tabbed' \u2028", settings=settings),
    ):
        await acting.projects.create(acme.id, new)
    gone = await acting.organizations.create(NewOrganization(name="Gone"))
    await acting.organizations.members.put(gone.id, bob.id, NewRole())
    await acting.projects.create(gone.id, NewProject(name="Gone, too"))
    await acting.organizations.delete(gone.id)


@pytest.fixture
def other_database_url(make_database: Callable[..., str], server_urls: tuple[str, str]) -> str:
    return make_database(server_urls[1])


@pytest.mark.parametrize("form", FORMS)
async def test_second_export_is_the_first_to_the_byte(
    platform: Platform, sign_up: Any, other_database_url: str, form: Any
):
    await _fill(platform, sign_up)
    first = {kind: await written(platform, kind, form=form, with_password_hashes=True) for kind in KINDS}
    assert all(content.count(b"\n") > 0 for content in first.values())
    async with Platform.open(other_database_url, settings=Settings(rate_limits="off")) as other:
        for kind in KINDS:
            report = await other.transfer.import_file(kind, io.BytesIO(first[kind]), form=form)
            assert (report.stored > 0, report.refused) == (True, 0)
        assert {kind: await written(other, kind, form=form, with_password_hashes=True) for kind in KINDS} == first
        signed_in = await other.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))
        assert signed_in.user.email_verified


async def test_password_hashes_are_exported_only_when_they_are_asked_for(platform: Platform, sign_up: Any):
    await sign_up("ada")
    assert b"argon2" not in await written(platform, "users")
    assert b"argon2" not in await written(platform, "users", form="csv")
    assert b"$argon2id$" in await written(platform, "users", with_password_hashes=True)


async def test_deleted_organization_is_left_out_with_all_that_is_in_it(platform: Platform, sign_up: Any):
    await _fill(platform, sign_up)
    for kind in ("organizations", "members", "projects"):
        assert b"gone" not in (await written(platform, kind)).lower()
