"""Keys for programs: what they do as their user or their organization, and what takes the person."""

from typing import Any

import pytest
from tests.api_keys.conftest import As
from tests.conftest import SignUp

from freehold import (
    Action,
    Forbidden,
    KeyRotation,
    Missing,
    NewApiKey,
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
