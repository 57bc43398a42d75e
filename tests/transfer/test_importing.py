"""What becomes of a file's lines: stored, refused, skipped, or taken for a change."""

import json
from typing import Any
from uuid import UUID

import pytest
from tests.conftest import PASSWORD
from tests.transfer.conftest import Import, organization, uid, user, written

from freehold import (
    AccountAuditPageRequest,
    Action,
    Forbidden,
    ImportReport,
    NewCustomRole,
    NewSession,
    Platform,
    Refusals,
    Unauthenticated,
)


def refused(refusals: Refusals) -> set[tuple[int, str, str]]:
    return {(refusal.line, refusal.field, refusal.code) for refusal in refusals.first}


async def stored(platform: Platform, kind: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (await written(platform, kind)).splitlines()]


async def test_defaults_are_those_of_signing_up(platform: Platform, bring_in: Import):
    await bring_in("users", [{"username": "ada", "email": "Ada@EXAMPLE.com", "first_name": " Ada "}])
    (ada,) = await stored(platform, "users")
    assert (ada["email"], ada["first_name"]) == ("Ada@example.com", "Ada")
    assert ada["email_verified_at"] is None
    assert UUID(ada["id"]).version == 7
    with pytest.raises(Unauthenticated):
        await platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))


async def test_ids_and_times_are_kept(platform: Platform, bring_in: Import):
    times = {"created_at": "2001-02-03T04:05:06.000007Z", "updated_at": "2011-02-03T04:05:06Z"}
    await bring_in("users", [user(1, **times)])
    (found,) = await stored(platform, "users")
    assert found["id"] == uid(1)
    assert {name: found[name] for name in times} == times


async def test_owner_becomes_a_member_with_the_organization(platform: Platform, bring_in: Import):
    await bring_in("users", [user(1), user(2)])
    report, _ = await bring_in("organizations", [organization(7, 1, owner_joined_at="2020-01-01T00:00:00Z")])
    assert report.stored == 1
    found = await platform.organizations.get(UUID(uid(7)))
    assert [str(member) for member in found.members] == [uid(1)]
    report, _ = await bring_in("members", [{"organization_id": uid(7), "user_id": uid(2), "role": "admin"}])
    assert report.stored == 1
    assert await platform.organizations.members.list(UUID(uid(7)), _page()) is not None


def _page() -> Any:
    from freehold import PageRequest  # noqa: PLC0415 - for this alone

    return PageRequest()


async def test_member_who_joins_gives_the_organization_a_new_version(platform: Platform, bring_in: Import):
    old = {"created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T00:00:00Z"}
    await bring_in("users", [user(1), user(2), user(3)])
    await bring_in("organizations", [organization(7, 1, **old)])
    await bring_in("members", [{"organization_id": uid(7), "user_id": uid(2), "joined_at": "2020-01-01T12:00:00Z"}])
    (unchanged,) = await stored(platform, "organizations")
    assert unchanged["updated_at"] == old["updated_at"]
    await bring_in("members", [{"organization_id": uid(7), "user_id": uid(3)}])
    (changed,) = await stored(platform, "organizations")
    assert changed["updated_at"] > "2025"


async def test_role_of_the_organizations_own_is_found_by_name(platform: Platform, bring_in: Import):
    await bring_in("users", [user(1), user(2), user(3)])
    await bring_in("organizations", [organization(7, 1)])
    name = "release-engineer-for-all-of-our-products"
    await platform.organizations.roles.create(
        UUID(uid(7)), NewCustomRole(name=name, actions=(Action.ORGANIZATION_READ, Action.PROJECT_READ))
    )
    line = {"organization_id": uid(7), "user_id": uid(2), "role": name}
    await bring_in("members", [line])
    (member,) = await stored(platform, "members")
    assert member["role"] == name
    _, refusals = await bring_in("members", [{**line, "user_id": uid(3), "role": "nobody"}])
    assert refused(refusals) == {(1, "role", "unknown_role")}


async def test_one_bad_line_at_the_far_end_refuses_the_file(platform: Platform, bring_in: Import):
    lines = [user(number) for number in range(1, 12_000)]
    report, refusals = await bring_in("users", [*lines, user(20_000, email="nonsense")])
    assert (report.stored, report.refused) == (0, 1)
    assert refused(refusals) == {(12_000, "email", "invalid_email")}
    assert await stored(platform, "users") == []


async def test_everything_that_is_wrong_is_found_in_one_go(bring_in: Import):
    await bring_in("users", [user(1)])
    lines = [
        user(1, username="other", email="other@example.com"),
        user(2, username="USER_1"),
        user(3, email="USER1@example.com", first_name=7),
        user(4),
        user(5, email="user4@EXAMPLE.com"),
        {"username": "no_address"},
        user(6, nickname="x"),
    ]
    _, refusals = await bring_in("users", lines)
    assert refused(refusals) == {
        (1, "id", "id_taken"),
        (2, "username", "username_taken"),
        (3, "first_name", "wrong_type"),
        (5, "email", "email_taken"),
        (6, "email", "missing"),
        (7, "nickname", "unknown_field"),
    }
    assert next(refusal.reason for refusal in refusals.first if refusal.line == 5) == "line 4 has it already"
    assert refusals.lines == 6


async def test_what_does_not_exist_is_named(bring_in: Import):
    await bring_in("users", [user(1)])
    _, refusals = await bring_in("organizations", [organization(7, 1), organization(8, 9)])
    assert refused(refusals) == {(2, "owner_id", "no_such_user")}
    await bring_in("organizations", [organization(7, 1)])
    lines = [
        {"organization_id": uid(8), "user_id": uid(1)},
        {"organization_id": uid(7), "user_id": uid(9)},
        {"organization_id": uid(7), "user_id": uid(1)},
    ]
    report, refusals = await bring_in("members", lines)
    assert report.refused == 3
    assert refused(refusals) == {
        (1, "organization_id", "no_such_organization"),
        (2, "user_id", "no_such_user"),
        (3, "user_id", "already_member"),
    }
    _, refusals = await bring_in("projects", [{"organization_id": uid(8), "name": "Rocket"}])
    assert refused(refusals) == {(1, "organization_id", "no_such_organization")}


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.stored, report.updated, report.skipped, report.refused


async def test_skip_leaves_out_what_exists_and_takes_the_first_of_two(platform: Platform, bring_in: Import):
    await bring_in("users", [user(1)])
    lines = [user(1, first_name="New"), user(2, first_name="First"), user(3, username="USER_2"), user(4)]
    dry, _ = await bring_in("users", lines, on_conflict="skip", dry_run=True)
    report, refusals = await bring_in("users", lines, on_conflict="skip")
    assert counts(report) == counts(dry) == (2, 0, 2, 0)
    assert refusals.first == []
    found = await stored(platform, "users")
    assert [(each["username"], each["first_name"]) for each in found] == [
        ("user_1", None),
        ("user_2", "First"),
        ("user_4", None),
    ]


async def test_update_changes_what_is_given_and_adds_what_is_new(platform: Platform, bring_in: Import):
    await bring_in("users", [user(1, first_name="Ada", last_name="Byron", password_hash="$2b$04$" + "a" * 53)])
    (before,) = await stored(platform, "users")
    lines = [user(1, last_name="Lovelace"), user(2)]
    report, _ = await bring_in("users", lines, on_conflict="update")
    assert (report.stored, report.updated) == (1, 1)
    after, _ = await stored(platform, "users")
    assert (after["first_name"], after["last_name"]) == ("Ada", "Lovelace")
    assert after["created_at"] == before["created_at"]
    assert after["updated_at"] > before["updated_at"]
    assert b"$2b$04$" in await written(platform, "users", with_password_hashes=True)
    report, _ = await bring_in("users", [user(1, last_name=None)], on_conflict="update")
    assert report.updated == 1
    assert (await stored(platform, "users"))[0]["last_name"] is None


async def test_update_with_the_same_changes_nothing(platform: Platform, bring_in: Import):
    await bring_in("users", [user(1), user(2)])
    await bring_in("organizations", [organization(7, 1)])
    await bring_in("members", [{"organization_id": uid(7), "user_id": uid(2)}])
    await bring_in("projects", [{"organization_id": uid(7), "name": "Rocket", "features": ["a"]}])
    kinds: list[Any] = ["users", "organizations", "members", "projects"]
    before = {kind: await written(platform, kind) for kind in kinds}
    for kind in kinds:
        report, _ = await bring_in(kind, before[kind], on_conflict="update")
        assert (report.stored, report.updated, report.refused) == (0, 0, 0)
        assert report.skipped == len(before[kind].splitlines())
    assert {kind: await written(platform, kind) for kind in kinds} == before


async def test_update_changes_organizations_members_and_projects(platform: Platform, bring_in: Import):
    await bring_in("users", [user(1), user(2)])
    await bring_in("organizations", [organization(7, 1)])
    await bring_in("members", [{"organization_id": uid(7), "user_id": uid(2)}])
    project = {"id": uid(9), "organization_id": uid(7), "name": "Rocket", "description": "Fast", "features": ["a"]}
    await bring_in("projects", [project])
    changes: list[tuple[Any, dict[str, Any], str, Any]] = [
        ("members", {"organization_id": uid(7), "user_id": uid(2), "role": "admin"}, "role", "admin"),
        ("projects", {"id": uid(9), "organization_id": uid(7), "name": "Ship"}, "name", "Ship"),
        ("organizations", organization(7, 2), "owner_id", uid(2)),
    ]
    for kind, line, field, value in changes:
        report, _ = await bring_in(kind, [line], on_conflict="update")
        assert report.updated == 1, kind
        assert (await stored(platform, kind))[0][field] == value
    (found,) = await stored(platform, "projects")
    assert (found["description"], found["features"]) == ("Fast", ["a"])


KEPT: dict[str, Any] = {"public_metadata": {"a": {"b": 1}}, "private_metadata": {"c": [None]}}


@pytest.mark.parametrize(
    ("kind", "line", "kept"),
    [
        ("users", user(1), {**KEPT, "metadata": {"d": 2.5}}),
        ("organizations", organization(7, 1), {**KEPT, "features": ["sso"]}),
        ("projects", {"id": uid(9), "organization_id": uid(7), "name": "Rocket"}, {**KEPT, "features": ["wiki"]}),
    ],
)
async def test_update_replaces_what_a_line_gives_of_metadata_and_features_and_keeps_the_rest(
    kind: Any, line: dict[str, Any], kept: dict[str, Any], platform: Platform, bring_in: Import
):
    await bring_in("users", [user(1)])
    if kind != "users":
        await bring_in("organizations", [organization(7, 1)])
    await bring_in(kind, [line | kept], on_conflict="update")
    (found,) = await stored(platform, kind)
    assert {name: found[name] for name in kept} == kept
    assert (await bring_in(kind, [line], on_conflict="update"))[0].skipped == 1
    for name in kept:
        new: Any = ["x"] if name == "features" else {"new": True}
        for given, holds in ((new, new), (None, [] if name == "features" else {})):
            assert (await bring_in(kind, [line | {name: given}], on_conflict="update"))[0].updated == 1
            assert (await stored(platform, kind))[0] | {"updated_at": ""} == found | {name: holds, "updated_at": ""}
        assert (await bring_in(kind, [line | {name: kept[name]}], on_conflict="update"))[0].updated == 1


@pytest.mark.parametrize(
    "value", [[], "a", '{"a": 1}', {"a": 2**53}, {"a": {"b": {"c": {"d": {"e": {}}}}}}, {"a": "x" * 8184}]
)
async def test_metadata_that_breaks_its_rule_is_refused_at_its_line(value: Any, bring_in: Import):
    report, refusals = await bring_in("users", [user(1, private_metadata=value), user(2)], partial=True)
    assert (report.stored, report.refused) == (1, 1)
    (line, field, code) = refused(refusals).pop()
    assert (line, field.startswith("private_metadata")) == (1, True)
    assert code in {"invalid_metadata", "wrong_type"}


async def test_update_of_two_lines_with_one_id_is_refused(bring_in: Import):
    await bring_in("users", [user(1)])
    report, refusals = await bring_in("users", [user(1, first_name="A"), user(1, first_name="B")], on_conflict="update")
    assert report.updated == 0
    assert (2, "id", "id_taken") in refused(refusals)


async def test_new_password_by_import_ends_sessions(platform: Platform, sign_up: Any, bring_in: Import):
    ada = await sign_up("ada")
    await platform.acting_as(None).sessions.create(NewSession(login="ada", password=PASSWORD))
    line = {"id": str(ada.id), "username": "ada", "email": "ada@example.com"}
    await bring_in("users", [line | {"first_name": "Ada"}], on_conflict="update")
    assert len((await platform.sessions.list_of_user(ada.id, _page())).data) == 1
    await bring_in("users", [line | {"password_hash": "$2b$04$" + "a" * 53}], on_conflict="update")
    assert (await platform.sessions.list_of_user(ada.id, _page())).data == []


@pytest.mark.parametrize("partial", [False, True])
async def test_dry_run_stores_nothing_and_tells_what_would_come(platform: Platform, bring_in: Import, *, partial: bool):
    await bring_in("users", [user(1)])
    lines = [user(1), user(2), user(3, email="x")]
    dry, refusals = await bring_in("users", lines, dry_run=True, partial=partial)
    assert (dry.stored, dry.refused, dry.dry_run) == (int(partial), 2, True)
    assert refused(refusals) >= {(1, "id", "id_taken"), (3, "email", "invalid_email")}
    assert len(await stored(platform, "users")) == 1
    report, _ = await bring_in("users", lines, partial=partial)
    assert counts(report) == counts(dry)


@pytest.mark.parametrize("partial", [False, True])
async def test_dry_run_of_updates_tells_what_would_change(platform: Platform, bring_in: Import, *, partial: bool):
    await bring_in("users", [user(1), user(2, first_name="Ada"), user(3, first_name="Bob")])
    before = await written(platform, "users")
    lines = [user(1, first_name="New"), user(2, first_name="Ada"), user(3), user(4)]
    dry, _ = await bring_in("users", lines, on_conflict="update", dry_run=True, partial=partial)
    assert counts(dry) == (1, 1, 2, 0)
    assert await written(platform, "users") == before
    report, _ = await bring_in("users", lines, on_conflict="update", partial=partial)
    assert counts(report) == counts(dry)


async def test_import_is_one_event_with_its_counts(platform: Platform, bring_in: Import):
    await bring_in("users", [user(1), user(2)])
    await bring_in("users", [user(1)])
    events = (await platform.audit.list_of_accounts(AccountAuditPageRequest(action="data.import"))).data
    (event,) = events
    assert event.details == {
        "kind": "users",
        "stored": 2,
        "updated": 0,
        "skipped": 0,
        "refused": 0,
        "unusable_passwords": 0,
    }
    await written(platform, "users")
    assert len((await platform.audit.list_of_accounts(AccountAuditPageRequest(action="data.export"))).data) == 1


async def test_only_administrators_import_and_export(platform: Platform, sign_up: Any):
    import io  # noqa: PLC0415 - for this alone

    ada = platform.acting_as((await sign_up("ada")).id)
    with pytest.raises(Forbidden):
        await ada.transfer.import_file("users", io.BytesIO(b""))
    with pytest.raises(Forbidden):
        await ada.transfer.export_file("users", print)


@pytest.mark.parametrize("partial", [False, True])
async def test_update_never_suspends_the_last_active_administrator(bring_in: Import, connection: Any, *, partial: bool):
    await bring_in("users", [user(1), user(2), user(3, suspended_at="2020-01-01T00:00:00Z"), user(4)])
    await connection.execute("UPDATE users SET is_admin = true WHERE username IN ('user_1', 'user_2', 'user_3')")
    gone = {"suspended_at": "2021-01-01T00:00:00Z"}
    update = {"on_conflict": "update", "partial": partial}
    report, refusals = await bring_in("users", [user(1, **gone), user(2, **gone), user(4, **gone)], **update)
    assert refused(refusals) == {(line, "suspended_at", "last_administrator") for line in (1, 2)}
    assert (report.refused, report.updated) == (2, 1 if partial else 0)
    report, _ = await bring_in("users", [user(1, **gone), user(2, first_name="Ada")], **update)
    assert (report.refused, report.updated) == (0, 2)
    _, refusals = await bring_in("users", [user(2, **gone)], **update)
    assert refused(refusals) == {(1, "suspended_at", "last_administrator")}
    active = await connection.fetch("SELECT username FROM users WHERE is_admin AND suspended_at IS NULL")
    assert [row["username"] for row in active] == ["user_2"]
