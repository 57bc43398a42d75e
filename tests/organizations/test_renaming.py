"""A slug that an organization had leads on to it for 90 days, and belongs to nobody else meanwhile."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.conftest import PASSWORD

from freehold import (
    NewOrganization,
    NewProject,
    NewProjectSettings,
    NewSession,
    Organization,
    OrganizationPatch,
    Platform,
    User,
)
from freehold.base.cleaning import RESERVED_SLUGS
from freehold.base.errors import Missing, Renamed
from freehold.organizations.errors import SlugTaken, TooManyOldSlugs
from freehold.organizations.jobs import drop_released
from freehold.serve.application import create_application
from freehold.transfer.types import ImportPlan, ImportReport

SignUp = Callable[[str], Awaitable[User]]


@pytest.fixture
async def ada(platform: Platform, sign_up: SignUp) -> Platform:
    return platform.acting_as((await sign_up("ada")).id)


@pytest.fixture
async def apex(ada: Platform) -> Organization:
    """An organization that was called acme."""
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    return await ada.organizations.update(acme.id, OrganizationPatch(slug="apex"))


@pytest.fixture
async def http(platform: Platform, apex: Organization) -> AsyncIterator[httpx.AsyncClient]:
    """Ada, over HTTP."""
    assert apex.slug == "apex"
    signed_in = await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
    transport = httpx.ASGITransport(create_application(platform))
    headers = {"Authorization": f"Bearer {signed_in.token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


async def age(connection: Any, days: int) -> None:
    await connection.execute("UPDATE slugs SET released_at = released_at - make_interval(days => $1)", days)


async def bring_in(platform: Platform, document: dict[str, str], plan: ImportPlan) -> ImportReport:
    return await platform.transfer.import_file("organizations", io.BytesIO(json.dumps(document).encode()), plan=plan)


READS = ["", "/members?limit=5", "/projects", "/invitations", "/roles", "/audit-events?limit=1", "/api-keys"]


@pytest.mark.parametrize("rest", READS)
async def test_read_by_an_old_slug_is_led_on(http: httpx.AsyncClient, rest: str):
    moved = await http.get(f"/v1/organizations/acme{rest}")
    assert (moved.status_code, moved.json()["code"]) == (308, "moved")
    assert moved.headers["location"] == f"/v1/organizations/apex{rest}"
    assert moved.headers["cache-control"] == "no-store"  # the organization can take its slug back
    followed = await http.get(moved.headers["location"])
    assert followed.status_code == 200
    head = await http.head(f"/v1/organizations/acme{rest}")
    assert (head.status_code, head.headers["location"]) == (308, f"/v1/organizations/apex{rest}")


async def test_link_leads_on_where_the_application_is_mounted(platform: Platform, http: httpx.AsyncClient):
    transport = httpx.ASGITransport(create_application(platform), root_path="/own")
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=http.headers) as mounted:
        moved = await mounted.get("/own/v1/organizations/acme/members")
    assert moved.headers["location"] == "/own/v1/organizations/apex/members"


async def test_write_by_an_old_slug_does_nothing_and_says_the_new_one(ada: Platform, http: httpx.AsyncClient):
    for method, path, body in [
        ("PATCH", "", {"name": "Other"}),
        ("DELETE", "", None),
        ("POST", "/projects", {"name": "Rocket"}),
        ("PUT", "/owner", {"user_id": "0190163d-8694-739b-aea5-966c26f8ad91"}),
    ]:
        answer = await http.request(method, f"/v1/organizations/acme{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "renamed"), path
        assert "'apex'" in answer.json()["detail"]
    with pytest.raises(Renamed):
        await ada.projects.create("acme", NewProject(name="Rocket"))
    assert (await ada.organizations.get("apex")).name == "Acme"


async def test_library_reads_by_an_old_slug_and_is_told_the_new_one(ada: Platform, apex: Organization):
    assert await ada.organizations.get("acme") == apex


async def test_old_slug_says_nothing_to_who_may_not_see_the_organization(
    platform: Platform, ada: Platform, apex: Organization, sign_up: SignUp
):
    eve = platform.acting_as((await sign_up("eve")).id)
    with pytest.raises(Missing) as old:
        await eve.organizations.get("acme")
    with pytest.raises(Missing) as unknown:
        await eve.organizations.get("nothing")
    assert str(old.value) == str(unknown.value)
    transport = httpx.ASGITransport(create_application(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as stranger:
        assert (await stranger.get("/v1/organizations/acme/projects")).status_code == 404
        await ada.projects.create(apex.id, NewProject(name="Rocket", settings=NewProjectSettings(visibility="public")))
        assert (await stranger.get("/v1/organizations/acme/projects")).status_code == 308
        assert (await stranger.get("/v1/organizations/acme")).status_code == 401


async def taken_by_creating(someone: Platform, _other: UUID) -> None:
    await someone.organizations.create(NewOrganization(name="New", slug="acme"))


async def taken_by_renaming(someone: Platform, other: UUID) -> None:
    await someone.organizations.update(other, OrganizationPatch(slug="acme"))


@pytest.mark.parametrize("way", [taken_by_creating, taken_by_renaming])
async def test_nobody_else_gets_an_old_slug_for_90_days(
    platform: Platform,
    apex: Organization,
    sign_up: SignUp,
    connection: Any,
    way: Callable[[Platform, UUID], Awaitable[None]],
):
    eve = platform.acting_as((await sign_up("eve")).id)
    other = await eve.organizations.create(NewOrganization(name="Other"))
    with pytest.raises(SlugTaken):
        await way(eve, other.id)
    await age(connection, 89)
    with pytest.raises(SlugTaken):
        await way(eve, other.id)
    made = await eve.organizations.create(NewOrganization(name="Acme"))
    assert made.slug == "acme-2"
    await age(connection, 2)
    with pytest.raises(Missing):
        await platform.acting_as(apex.owner_id).organizations.get("acme")
    await way(eve, other.id)  # the job need not have come by
    with pytest.raises(Missing):
        await platform.acting_as(apex.owner_id).organizations.get("acme")


@pytest.mark.parametrize("on_conflict", ["fail", "skip", "update"])
async def test_import_takes_no_old_slug_either(platform: Platform, apex: Organization, on_conflict: Any):
    document = {"name": "Other", "slug": "acme", "owner_id": str(apex.owner_id)}
    report = await bring_in(platform, document, plan=ImportPlan(on_conflict=on_conflict))
    assert report.stored == 0
    assert await platform.organizations.get("acme") == apex


async def test_import_that_renames_keeps_the_old_slug(platform: Platform, ada: Platform, apex: Organization):
    document = {"id": str(apex.id), "name": "Acme", "slug": "peak", "owner_id": str(apex.owner_id)}
    plan = ImportPlan(on_conflict="update")
    assert (await bring_in(platform, document, plan=plan)).updated == 1
    for slug in ("acme", "apex", "peak"):
        assert (await ada.organizations.get(slug)).slug == "peak"
    back = {**document, "slug": "acme"}
    assert (await bring_in(platform, back, plan=plan)).updated == 1
    assert (await ada.organizations.get("peak")).slug == "acme"


async def test_organization_takes_its_old_slug_back(ada: Platform, apex: Organization, connection: Any):
    back = await ada.organizations.update(apex.id, OrganizationPatch(slug="acme"))
    assert back.slug == "acme"
    assert (await ada.organizations.get("apex")).slug == "acme"
    held = await connection.fetch("SELECT slug, released_at IS NULL AS is_current FROM slugs ORDER BY slug")
    assert [tuple(row) for row in held] == [("acme", True), ("apex", False)]


async def test_stale_version_claims_no_slug(ada: Platform, apex: Organization, connection: Any):
    with pytest.raises(Exception, match="changed since"):
        await ada.organizations.update(apex.id, OrganizationPatch(slug="peak"), version=apex.created_at)
    assert await connection.fetchval("SELECT count(*) FROM slugs WHERE slug = 'peak'") == 0


async def test_of_many_who_want_a_slug_that_is_given_up_nobody_gets_it(
    platform: Platform, ada: Platform, sign_up: SignUp, connection: Any
):
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    eve = platform.acting_as((await sign_up("eve")).id)
    others = [await eve.organizations.create(NewOrganization(name=f"Other {n}")) for n in range(4)]
    answers = await asyncio.gather(
        ada.organizations.update(acme.id, OrganizationPatch(slug="apex")),
        *[taken_by_creating(eve, acme.id) for _ in range(4)],
        *[taken_by_renaming(eve, other.id) for other in others],
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [Organization, *[SlugTaken] * 8]
    assert await connection.fetchval("SELECT organization_id FROM slugs WHERE slug = 'acme'") == acme.id


async def test_slugs_given_up_long_ago_are_let_go_and_those_in_use_are_not(
    platform: Platform, apex: Organization, connection: Any
):
    await age(connection, 91)
    await drop_released(platform.context)
    assert [row[0] for row in await connection.fetch("SELECT slug FROM slugs")] == [apex.slug]


async def test_removing_an_organization_for_good_frees_all_its_slugs(
    ada: Platform, apex: Organization, connection: Any
):
    await ada.organizations.delete(apex.id)
    with pytest.raises(Missing):
        await ada.organizations.get("acme")
    await ada.organizations.purge(apex.id)
    assert await connection.fetchval("SELECT count(*) FROM slugs") == 0


KEPT = "SELECT count(*) FROM slugs WHERE organization_id = $1 AND released_at IS NOT NULL"


async def rename(someone: Platform, organization: Organization, *slugs: str) -> None:
    for slug in slugs:
        assert (await someone.organizations.update(organization.id, OrganizationPatch(slug=slug))).slug == slug


async def test_ten_old_slugs_are_kept_and_no_more(ada: Platform, apex: Organization, connection: Any):
    await rename(ada, apex, *(f"peak-{number}" for number in range(9)))
    with pytest.raises(TooManyOldSlugs, match=r"^10 old slugs are kept .* or wait until \d{4}-\d\d-\d\d \d\d:\d\d UTC"):
        await ada.organizations.update(apex.id, OrganizationPatch(slug="another"))
    assert (await ada.organizations.get(apex.id)).slug == "peak-8"
    assert await connection.fetchval("SELECT count(*) FROM slugs WHERE slug = 'another'") == 0
    for slug in ("acme", "apex", *(f"peak-{number}" for number in range(8))):
        assert (await ada.organizations.get(slug)).id == apex.id
    same = await ada.organizations.update(apex.id, OrganizationPatch(name="Other", slug="peak-8"))
    assert (same.name, same.slug) == ("Other", "peak-8")
    assert await connection.fetchval(KEPT, apex.id) == 10


async def test_old_slugs_are_taken_back_however_many_are_kept(ada: Platform, apex: Organization, connection: Any):
    await rename(ada, apex, *(f"peak-{number}" for number in range(9)))
    await rename(ada, apex, "acme", "apex", "peak-3", "acme")
    assert await connection.fetchval(KEPT, apex.id) == 10
    with pytest.raises(TooManyOldSlugs):
        await ada.organizations.update(apex.id, OrganizationPatch(slug="another"))


async def test_old_slug_that_is_free_again_makes_room(ada: Platform, apex: Organization, connection: Any):
    await rename(ada, apex, *(f"peak-{number}" for number in range(9)))
    await connection.execute(
        "UPDATE slugs SET released_at = released_at - interval '90 days 1 second' WHERE slug = 'acme'"
    )
    await rename(ada, apex, "another")  # the job need not have come by
    with pytest.raises(TooManyOldSlugs):
        await ada.organizations.update(apex.id, OrganizationPatch(slug="one-more"))


async def test_of_many_who_rename_at_once_no_more_slugs_are_kept(ada: Platform, apex: Organization, connection: Any):
    await rename(ada, apex, *(f"peak-{number}" for number in range(6)))
    answers = await asyncio.gather(
        *(ada.organizations.update(apex.id, OrganizationPatch(slug=f"new-{number}")) for number in range(8)),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Organization"] * 3 + ["TooManyOldSlugs"] * 5
    assert await connection.fetchval(KEPT, apex.id) == 10


async def test_other_organizations_have_slugs_of_their_own_to_keep(ada: Platform, apex: Organization):
    await rename(ada, apex, *(f"peak-{number}" for number in range(9)))
    other = await ada.organizations.create(NewOrganization(name="Other"))
    await rename(ada, other, "another")


async def test_renaming_too_often_is_a_conflict_over_http(ada: Platform, http: httpx.AsyncClient, apex: Organization):
    await rename(ada, apex, *(f"peak-{number}" for number in range(9)))
    answer = await http.patch(f"/v1/organizations/{apex.id}", json={"slug": "another"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_old_slugs")


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
async def test_slug_that_nobody_may_have_is_missing_as_any_other(http: httpx.AsyncClient, slug: str):
    for method, rest in [("GET", ""), ("GET", "/projects"), ("DELETE", ""), ("GET", "/members")]:
        reserved = await http.request(method, f"/v1/organizations/{slug}{rest}")
        other = await http.request(method, f"/v1/organizations/surely-nobodys{rest}")
        assert (reserved.status_code, reserved.json()["detail"]) == (404, other.json()["detail"])
