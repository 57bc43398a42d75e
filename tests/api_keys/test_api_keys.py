"""Keys for programs: what they may do, what they never may, and that nobody gets more by one than they had."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.conftest import SignUp

from freehold import (
    Action,
    Conflict,
    Forbidden,
    Invalid,
    IssuedApiKey,
    KeyRotation,
    Missing,
    NewApiKey,
    NewCustomRole,
    NewOrganization,
    NewProject,
    NewRole,
    Organization,
    PageRequest,
    PasswordChange,
    Platform,
    Unauthenticated,
    User,
    UserPatch,
)
from freehold.api_keys.errors import TooManyApiKeys
from freehold.api_keys.issuing import MOST_KEYS
from freehold.api_keys.jobs import forget_expired
from freehold.api_keys.operations import authenticate

As = Callable[[str], Awaitable[Platform]]


@pytest.fixture
async def ada(sign_up: SignUp) -> User:
    return await sign_up("ada")


@pytest.fixture
async def acme(platform: Platform, ada: User) -> Organization:
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


@pytest.fixture
def with_key(platform: Platform) -> As:
    """The platform as somebody uses it who has the key."""

    async def use(key: str) -> Platform:
        return platform.acting_as(await authenticate(platform.context, key))

    return use


async def test_key_of_a_user_does_what_the_user_may(platform: Platform, ada: User, acme: Organization, with_key: As):
    issued = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="laptop"))
    assert issued.key.startswith("fhk_")
    assert issued.hint == issued.key[-4:]
    program = await with_key(issued.key)
    assert (await program.users.get("me")).id == ada.id
    await program.projects.create(acme.id, NewProject(name="Rocket"))
    assert (await program.organizations.create(NewOrganization(name="Second"))).owner_id == ada.id


async def test_key_is_stored_as_a_hash(platform: Platform, ada: User, connection: Any):
    issued = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="laptop"))
    for table in ("api_keys", "audit_events"):
        assert issued.key not in str(await connection.fetch(f"SELECT t::text FROM {table} t"))  # noqa: S608
    listed = (await platform.acting_as(ada.id).api_keys.list("me", PageRequest())).data
    assert [key.name for key in listed] == ["laptop"]
    assert not hasattr(listed[0], "key")


async def test_key_never_does_what_takes_the_person(platform: Platform, ada: User, acme: Organization, with_key: As):
    issued = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="laptop"))
    program = await with_key(issued.key)
    change = PasswordChange(current_password="Lovelace1", new_password="Lovelace2")
    for attempt in (
        program.api_keys.create("me", NewApiKey(name="another")),
        program.api_keys.list("me", PageRequest()),
        program.api_keys.rotate("me", issued.id, KeyRotation()),
        program.api_keys.delete("me", issued.id),
        program.organizations.api_keys.create(acme.id, NewApiKey(name="another")),
        program.users.change_password("me", change),
        program.users.update("me", UserPatch(email="eve@example.com")),
        program.users.delete("me"),
        program.sessions.list(PageRequest()),
        program.sessions.end_others("me"),
    ):
        with pytest.raises(Forbidden, match="key"):
            await attempt
    assert (await program.users.update("me", UserPatch(username="countess"))).username == "countess"


async def test_limited_key_does_its_actions_and_nothing_else(
    platform: Platform, ada: User, acme: Organization, with_key: As
):
    new = NewApiKey(name="reader", actions=(Action.PROJECT_READ,))
    program = await with_key((await platform.acting_as(ada.id).api_keys.create("me", new)).key)
    assert (await program.projects.list(acme.id, PageRequest())).data == []
    assert (await program.users.get("me")).id == ada.id
    with pytest.raises(Forbidden, match=r"does not include project\.create"):
        await program.projects.create(acme.id, NewProject(name="Rocket"))
    with pytest.raises(Forbidden, match=r"organization\.list"):
        await program.organizations.list_of_user("me", PageRequest())
    with pytest.raises(Forbidden):
        await program.organizations.create(NewOrganization(name="Second"))
    with pytest.raises(Forbidden):
        await program.organizations.members.leave(acme.id)


async def test_key_loses_what_its_user_loses(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp, with_key: As
):
    eve = await sign_up("eve")
    organizations = platform.acting_as(ada.id).organizations
    await organizations.members.put(acme.id, eve.id, NewRole(role="admin"))
    new = NewApiKey(name="cleaner", actions=(Action.PROJECT_DELETE, Action.PROJECT_READ))
    program = await with_key((await platform.acting_as(eve.id).api_keys.create("me", new)).key)
    project = await platform.acting_as(ada.id).projects.create(acme.id, NewProject(name="Rocket"))
    await organizations.members.put(acme.id, eve.id, NewRole(role="member"))
    with pytest.raises(Forbidden):
        await program.projects.delete(acme.id, project.id)
    await organizations.members.remove(acme.id, eve.id)
    with pytest.raises(Missing):
        await program.projects.get(acme.id, project.id)


async def test_key_with_actions_that_the_maker_lacks_is_refused(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp
):
    eve = await sign_up("eve")
    await platform.acting_as(ada.id).organizations.members.put(acme.id, eve.id, NewRole(role="member"))
    with pytest.raises(Forbidden, match=r"project\.delete"):
        await platform.acting_as(eve.id).api_keys.create(
            "me", NewApiKey(name="k", actions=(Action.PROJECT_READ, Action.PROJECT_DELETE))
        )
    await platform.acting_as(ada.id).organizations.roles.create(
        acme.id, NewCustomRole(name="keyer", actions=(Action.API_KEY_CREATE, Action.API_KEY_DELETE))
    )
    await platform.acting_as(ada.id).organizations.members.put(acme.id, eve.id, NewRole(role="keyer"))
    for_acme = platform.acting_as(eve.id).organizations.api_keys
    with pytest.raises(Forbidden, match=r"project\.read"):
        await for_acme.create(acme.id, NewApiKey(name="k", actions=(Action.PROJECT_READ,)))
    strong = await platform.acting_as(ada.id).organizations.api_keys.create(acme.id, NewApiKey(name="strong"))
    with pytest.raises(Forbidden, match="rotate this key"):
        await for_acme.rotate(acme.id, strong.id, KeyRotation())
    assert (await for_acme.create(acme.id, NewApiKey(name="weak"))).actions == (Action.ORGANIZATION_READ,)


async def test_only_the_owner_makes_keys_that_decide_on_the_organization(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp, with_key: As
):
    eve = await sign_up("eve")
    owner = platform.acting_as(ada.id).organizations
    every = tuple(action for action in Action if action is not Action.ORGANIZATION_TRANSFER)
    await owner.roles.create(acme.id, NewCustomRole(name="deputy", actions=every))
    await owner.members.put(acme.id, eve.id, NewRole(role="deputy"))
    new = NewApiKey(name="end", actions=(Action.ORGANIZATION_DELETE,))
    with pytest.raises(Forbidden, match="Only the owner"):
        await platform.acting_as(eve.id).organizations.api_keys.create(acme.id, new)
    program = await with_key((await owner.api_keys.create(acme.id, new)).key)
    await program.organizations.delete(acme.id)


async def test_organizations_key_is_nobody_and_acts_there_alone(
    platform: Platform, ada: User, acme: Organization, with_key: As
):
    ada_acts = platform.acting_as(ada.id)
    other = await ada_acts.organizations.create(NewOrganization(name="Other"))
    issued = await ada_acts.organizations.api_keys.create(acme.id, NewApiKey(name="deploy"))
    program = await with_key(issued.key)
    project = await program.projects.create(acme.slug, NewProject(name="Rocket"))
    for attempt in (
        program.users.get("me"),
        program.users.get(ada.id),
        program.users.list(PageRequest()),
        program.organizations.create(NewOrganization(name="Mine")),
        program.organizations.list_of_user("me", PageRequest()),
        program.organizations.members.leave(acme.id),
        program.projects.delete(acme.id, project.id),
    ):
        with pytest.raises(Forbidden):
            await attempt
    for elsewhere in (
        program.organizations.get(other.id),
        program.projects.list(other.id, PageRequest()),
        program.projects.create(other.id, NewProject(name="x")),
    ):
        with pytest.raises(Missing):
            await elsewhere


async def test_organizations_key_works_after_its_maker_has_left(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp, with_key: As
):
    eve = await sign_up("eve")
    await platform.acting_as(ada.id).organizations.members.put(acme.id, eve.id, NewRole(role="admin"))
    issued = await platform.acting_as(eve.id).organizations.api_keys.create(
        acme.id, NewApiKey(name="deploy", actions=(Action.PROJECT_CREATE,))
    )
    await platform.acting_as(eve.id).organizations.members.leave(acme.id)
    await platform.acting_as(eve.id).users.delete("me")
    await (await with_key(issued.key)).projects.create(acme.id, NewProject(name="Rocket"))


async def test_what_a_key_did_is_written_down_under_its_id(
    platform: Platform, ada: User, acme: Organization, with_key: As, connection: Any
):
    issued = await platform.acting_as(ada.id).organizations.api_keys.create(acme.id, NewApiKey(name="deploy"))
    project = await (await with_key(issued.key)).projects.create(acme.id, NewProject(name="Rocket"))
    event = await connection.fetchrow("SELECT actor_id, key_id FROM audit_events WHERE target_id = $1", project.id)
    assert (event["actor_id"], event["key_id"]) == (None, issued.id)
    mine = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="laptop"))
    second = await (await with_key(mine.key)).projects.create(acme.id, NewProject(name="Second"))
    event = await connection.fetchrow("SELECT actor_id, key_id FROM audit_events WHERE target_id = $1", second.id)
    assert (event["actor_id"], event["key_id"]) == (ada.id, mine.id)


@pytest.mark.parametrize("action", [Action.API_KEY_CREATE, Action.API_KEY_DELETE])
async def test_no_key_can_be_for_making_or_revoking_keys(
    platform: Platform, ada: User, acme: Organization, action: Action
):
    new = NewApiKey(name="k", actions=(action,))
    for attempt in (
        platform.acting_as(ada.id).api_keys.create("me", new),
        platform.acting_as(ada.id).organizations.api_keys.create(acme.id, new),
    ):
        with pytest.raises(Invalid) as error:
            await attempt
        assert error.value.errors[0].pointer == "/actions/0"


async def test_key_for_projects_sees_these_and_makes_none(
    platform: Platform, ada: User, acme: Organization, with_key: As
):
    ada_acts = platform.acting_as(ada.id)
    first, second = [await ada_acts.projects.create(acme.id, NewProject(name=name)) for name in ("First", "Second")]
    mine = await ada_acts.api_keys.create("me", NewApiKey(name="k", project_ids=(first.id,)))
    own = await ada_acts.organizations.api_keys.create(acme.id, NewApiKey(name="k", project_ids=(first.id,)))
    for key in (mine, own):
        program = await with_key(key.key)
        page = await program.projects.list(acme.id, PageRequest(include="total"))
        assert ([project.id for project in page.data], page.total) == ([first.id], 1)
        assert (await program.projects.get(acme.id, first.id)).id == first.id
        for attempt in (program.projects.get(acme.id, second.id), program.projects.get(acme.id, uuid4())):
            with pytest.raises(Missing):
                await attempt
        with pytest.raises((Forbidden, Missing)):
            await program.projects.delete(acme.id, second.id)
        with pytest.raises(Forbidden):
            await program.projects.create(acme.id, NewProject(name="Third"))
    with pytest.raises(Forbidden):
        await (await with_key(mine.key)).organizations.delete(acme.id)
    await (await with_key(mine.key)).projects.delete(acme.id, first.id)


async def test_key_for_projects_sees_no_others_that_are_public(
    platform: Platform, acme: Organization, ada: User, sign_up: SignUp, with_key: As
):
    eve = await sign_up("eve")
    hers = await platform.acting_as(eve.id).organizations.create(NewOrganization(name="Hers"))
    project = await platform.acting_as(eve.id).projects.create(hers.id, NewProject(name="Own"))
    public = await platform.acting_as(ada.id).projects.create(
        acme.id,
        NewProject(name="Public", settings={"visibility": "public"}),  # type: ignore[arg-type]
    )
    program = await with_key(
        (await platform.acting_as(eve.id).api_keys.create("me", NewApiKey(name="k", project_ids=(project.id,)))).key
    )
    for attempt in (program.projects.get(acme.id, public.id), program.projects.list(acme.id, PageRequest())):
        with pytest.raises(Missing):
            await attempt


async def test_project_of_others_and_action_beyond_projects_are_refused(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp
):
    eve = await sign_up("eve")
    hers = await platform.acting_as(eve.id).organizations.create(NewOrganization(name="Hers"))
    project = await platform.acting_as(eve.id).projects.create(hers.id, NewProject(name="Own"))
    ada_acts = platform.acting_as(ada.id)
    for attempt in (
        ada_acts.api_keys.create("me", NewApiKey(name="k", project_ids=(project.id,))),
        ada_acts.organizations.api_keys.create(acme.id, NewApiKey(name="k", project_ids=(project.id,))),
        ada_acts.organizations.api_keys.create(acme.id, NewApiKey(name="k", project_ids=(uuid4(),))),
    ):
        with pytest.raises(Invalid) as error:
            await attempt
        assert [(e.pointer, e.code) for e in error.value.errors] == [("/project_ids/0", "no_such_project")]
    with pytest.raises(Invalid) as beyond:
        await ada_acts.api_keys.create(
            "me", NewApiKey(name="k", project_ids=(), actions=(Action.PROJECT_READ, Action.MEMBER_ADD))
        )
    assert [e.pointer for e in beyond.value.errors] == ["/actions/1"]


async def test_rotated_key_has_the_same_limits_and_the_old_one_goes_on_for_the_overlap(
    platform: Platform, ada: User, acme: Organization, with_key: As, connection: Any
):
    keys = platform.acting_as(ada.id).organizations.api_keys
    expires_at = datetime.now(UTC) + timedelta(days=90)
    old = await keys.create(acme.id, NewApiKey(name="deploy", actions=(Action.PROJECT_READ,), expires_at=expires_at))
    new = await keys.rotate(acme.id, old.id, KeyRotation())
    assert (new.name, new.actions, new.expires_at) == (old.name, old.actions, old.expires_at)
    assert new.key != old.key
    for key in (old.key, new.key):
        await (await with_key(key)).projects.list(acme.id, PageRequest())
    left = await connection.fetchval("SELECT expires_at - now() FROM api_keys WHERE id = $1", old.id)
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    last = await keys.rotate(acme.id, new.id, KeyRotation(overlap_seconds=0))
    with pytest.raises(Unauthenticated):
        await with_key(new.key)
    await with_key(last.key)
    with pytest.raises(Conflict) as error:
        await keys.rotate(acme.id, new.id, KeyRotation())
    assert error.value.code == "api_key_expired"


@pytest.mark.parametrize("seconds", [-1, 604_801, True, "60"])
def test_overlap_beyond_a_week_is_refused(seconds: Any):
    with pytest.raises(Invalid):
        KeyRotation(overlap_seconds=seconds)


@pytest.mark.parametrize(
    "moment",
    ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2027-01-01T00:00:00", "2027-13-01T00:00:00Z", "tomorrow", "", 5],
)
def test_expiry_must_be_a_time_with_offset_in_the_next_ten_years(moment: Any):
    with pytest.raises(Invalid) as error:
        NewApiKey(name="k", expires_at=moment)
    assert error.value.errors[0].pointer == "/expires_at"


async def test_expired_revoked_cut_altered_and_foreign_keys_are_refused_alike(
    platform: Platform, ada: User, with_key: As, connection: Any
):
    keys = platform.acting_as(ada.id).api_keys
    expired, revoked, good = [await keys.create("me", NewApiKey(name=name)) for name in ("a", "b", "c")]
    await connection.execute("UPDATE api_keys SET expires_at = now() WHERE id = $1", expired.id)
    await keys.delete("me", revoked.id)
    altered = good.key[:10] + ("A" if good.key[10] != "A" else "B") + good.key[11:]
    problems = set()
    for key in (
        expired.key,
        revoked.key,
        good.key[:-1],
        altered,
        good.key.replace("fhk_", "fh_"),
        "fhk_",
        good.key + "0",
    ):
        with pytest.raises(Unauthenticated) as error:
            await with_key(key)
        problems.add(error.value.detail)
    assert len(problems) == 1
    await with_key(good.key)


async def test_last_use_is_written_at_most_once_a_minute(platform: Platform, ada: User, with_key: As, connection: Any):
    issued = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="k"))
    assert issued.last_used_at is None

    async def row_version() -> str:
        version: str = await connection.fetchval("SELECT xmin::text FROM api_keys WHERE id = $1", issued.id)
        return version

    await with_key(issued.key)
    noted = await row_version()
    await with_key(issued.key)
    assert await row_version() == noted
    for moment in ("now() - interval '61 seconds'", "now() + interval '1 year'"):
        await connection.execute(f"UPDATE api_keys SET last_used_at = {moment}")  # noqa: S608
        await with_key(issued.key)
        used = await connection.fetchval("SELECT last_used_at BETWEEN now() - interval '9 s' AND now() FROM api_keys")
        assert used


async def test_nobody_sees_or_ends_keys_of_others(platform: Platform, ada: User, acme: Organization, sign_up: SignUp):
    eve = await sign_up("eve")
    await platform.acting_as(ada.id).organizations.members.put(acme.id, eve.id, NewRole(role="member"))
    issued = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="k"))
    of_acme = await platform.acting_as(ada.id).organizations.api_keys.create(acme.id, NewApiKey(name="k"))
    eve_acts = platform.acting_as(eve.id)
    for attempt in (
        eve_acts.api_keys.list(ada.id, PageRequest()),
        eve_acts.api_keys.get(ada.id, issued.id),
        eve_acts.organizations.api_keys.list(acme.id, PageRequest()),
        eve_acts.organizations.api_keys.delete(acme.id, of_acme.id),
    ):
        with pytest.raises(Forbidden):
            await attempt
    for missing in (
        eve_acts.api_keys.delete("me", issued.id),
        eve_acts.api_keys.get("me", of_acme.id),
        platform.acting_as(ada.id).organizations.api_keys.get(acme.id, issued.id),
    ):
        with pytest.raises(Missing) as error:
            await missing
        assert error.value.code == "no_such_api_key"


async def test_platform_administrators_limited_key_does_not_administer(  # noqa: PLR0917 - fixtures
    platform: Platform, ada: User, acme: Organization, connection: Any, sign_up: SignUp, with_key: As
):
    root = await sign_up("root")
    await platform.acting_as(root.id).organizations.create(NewOrganization(name="Own"))
    await connection.execute("UPDATE users SET is_admin = true WHERE id = $1", root.id)
    keys = platform.acting_as(root.id).api_keys
    full = await with_key((await keys.create("me", NewApiKey(name="full"))).key)
    assert (await full.organizations.get(acme.id)).id == acme.id
    limited = await with_key((await keys.create("me", NewApiKey(name="k", actions=(Action.ORGANIZATION_READ,)))).key)
    with pytest.raises(Missing):
        await limited.organizations.get(acme.id)
    for attempt in (limited.users.list(PageRequest()), limited.users.get(ada.id)):
        with pytest.raises(Forbidden):
            await attempt


async def test_expired_keys_are_forgotten_after_a_month(platform: Platform, ada: User, connection: Any):
    for name, days in (("old", 31), ("recent", 29)):
        issued = await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name=name))
        await connection.execute(
            "UPDATE api_keys SET expires_at = now() - make_interval(days => $2) WHERE id = $1", issued.id, days
        )
    await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name="lasting"))
    await forget_expired(platform.context)
    left = (await platform.acting_as(ada.id).api_keys.list("me", PageRequest())).data
    assert [key.name for key in left] == ["lasting", "recent"]


@pytest.mark.parametrize("of", ["user", "organization"])
async def test_thousand_keys_work_and_not_one_more_also_in_a_race(
    of: str, platform: Platform, ada: User, acme: Organization, connection: Any
):
    ada_acts = platform.acting_as(ada.id)
    owner = ("user_id", ada.id) if of == "user" else ("organization_id", acme.id)
    await connection.execute(
        f"INSERT INTO api_keys ({owner[0]}, name, hint, key_hash, actions, expires_at) "  # noqa: S608 - our own names
        "SELECT $1, 'k', 'x', sha256(n::text::bytea), '{}', CASE WHEN n > $2 THEN now() END "
        "FROM generate_series(1, $2 + 50) n",
        owner[1],
        MOST_KEYS - 2,
    )

    async def make() -> IssuedApiKey:
        new = NewApiKey(name="k")
        if of == "user":
            return await ada_acts.api_keys.create("me", new)
        return await ada_acts.organizations.api_keys.create(acme.id, new)

    async def rotate(key: IssuedApiKey, overlap_seconds: int) -> IssuedApiKey:
        rotation = KeyRotation(overlap_seconds=overlap_seconds)
        if of == "user":
            return await ada_acts.api_keys.rotate("me", key.id, rotation)
        return await ada_acts.organizations.api_keys.rotate(acme.id, key.id, rotation)

    results = await asyncio.gather(*(make() for _ in range(6)), return_exceptions=True)
    made = [each for each in results if isinstance(each, IssuedApiKey)]
    assert len(made) == 2
    assert [type(each) for each in results if not isinstance(each, IssuedApiKey)] == [TooManyApiKeys] * 4
    with pytest.raises(TooManyApiKeys):
        await rotate(made[0], 60)
    await authenticate(platform.context, made[0].key)
    await authenticate(platform.context, (await rotate(made[0], 0)).key)
    with pytest.raises(Unauthenticated):
        await authenticate(platform.context, made[0].key)
