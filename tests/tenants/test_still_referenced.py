"""What rows of other tables refer to is not deleted: 409 with the tables and their rows, for every kind of row."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest

from freehold import (
    Action,
    NewApiKey,
    NewCustomRole,
    NewOrganization,
    NewOwner,
    NewProject,
    NewRole,
    NewSession,
    Platform,
    Reference,
    StillReferenced,
    UserPatch,
)
from freehold.doctor.contents import purging
from freehold.doctor.examining import examine
from freehold.organizations.deletion.jobs import purge
from tests.conftest import PASSWORD, SignUp, trusting


class Scene(NamedTuple):
    """A platform with one of everything that can be deleted."""

    platform: Platform
    connection: Any
    organization: UUID
    owner: UUID
    member: UUID
    project: UUID
    role: UUID
    session: UUID
    key: UUID
    organization_key: UUID
    offer: UUID


@pytest.fixture
async def scene(platform: Platform, connection: Any, sign_up: SignUp) -> Scene:
    ada, bob = await sign_up("ada"), await sign_up("bob")
    mine = platform.acting_as(ada.id)
    acme = await mine.organizations.create(NewOrganization(name="Acme"))
    await platform.organizations.members.put(acme.id, bob.id, NewRole(role="member"))
    role = await mine.organizations.roles.create(
        acme.id, NewCustomRole(name="clerk", actions=(Action.ORGANIZATION_READ,))
    )
    project = await mine.projects.create(acme.id, NewProject(name="Rocket"))
    await platform.sessions.create(NewSession(login="bob", password=PASSWORD))
    session = await connection.fetchval("SELECT id FROM sessions WHERE user_id = $1", bob.id)
    key = await platform.api_keys.create(bob.id, NewApiKey(name="mine"))
    machine = await mine.organizations.api_keys.create(acme.id, NewApiKey(name="robot", actions=(Action.PROJECT_READ,)))
    await mine.organizations.owner_offers.create(acme.id, NewOwner(user_id=bob.id))
    return Scene(
        platform, connection, acme.id, ada.id, bob.id, project.id, role.id, session, key.id, machine.id, bob.id
    )


async def purge_organization(scene: Scene, inside: Platform) -> None:
    await scene.connection.execute("UPDATE organizations SET deleted_at = now() WHERE id = $1", scene.organization)
    await inside.organizations.purge(scene.organization)


async def erase(scene: Scene, inside: Platform) -> None:
    await inside.users.delete(scene.member)


KINDS: dict[str, tuple[str, Any, Any]] = {
    "organization": ("organizations (id)", lambda s: [s.organization], purge_organization),
    "project": (
        "projects (organization_id, id)",
        lambda s: [s.organization, s.project],
        lambda s, p: p.projects.delete(s.organization, s.project),
    ),
    "user": ("users (id)", lambda s: [s.member], erase),
    "membership": (
        "organization_members (organization_id, user_id)",
        lambda s: [s.organization, s.member],
        lambda s, p: p.organizations.members.remove(s.organization, s.member),
    ),
    "role": (
        "roles (organization_id, id)",
        lambda s: [s.organization, s.role],
        lambda s, p: p.organizations.roles.delete(s.organization, "clerk"),
    ),
    "session": (
        "sessions (id)",
        lambda s: [s.session],
        lambda s, p: p.sessions.end_of_user(s.member, s.session),
    ),
    "api key": ("api_keys (id)", lambda s: [s.key], lambda s, p: p.api_keys.delete(s.member, s.key)),
    "organization's api key": (
        "api_keys (id)",
        lambda s: [s.organization_key],
        lambda s, p: p.organizations.api_keys.delete(s.organization, s.organization_key),
    ),
    "owner offer": (
        "owner_offers (organization_id)",
        lambda s: [s.organization],
        lambda s, p: p.organizations.owner_offers.withdraw(s.organization),
    ),
    "project of a purged organization": (
        "projects (organization_id, id)",
        lambda s: [s.organization, s.project],
        purge_organization,
    ),
    "member of a purged organization": (
        "organization_members (organization_id, user_id)",
        lambda s: [s.organization, s.member],
        purge_organization,
    ),
    "session of an erased user": ("sessions (id)", lambda s: [s.session], erase),
    "membership of an erased user": (
        "organization_members (organization_id, user_id)",
        lambda s: [s.organization, s.member],
        erase,
    ),
    "key of an erased user": ("api_keys (id)", lambda s: [s.key], erase),
    "old name": (
        "users (username)",
        lambda _: ["bob"],
        lambda s, p: p.users.update(s.member, UserPatch(username="robert")),
    ),
    "all sessions": ("sessions (id)", lambda s: [s.session], lambda s, p: p.sessions.end_others(s.member)),
}
RULES = {
    "no action": "",
    "restrict": "ON DELETE RESTRICT",
    "deferred": "ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED",
    "set null of what may not be null": "ON DELETE SET NULL",
}


async def refer(connection: Any, to: str, values: list[Any], rule: str, *, rows: int = 3) -> None:
    table, columns = to.split(" ", 1)
    names = [name.strip() for name in columns.strip("()").split(",")]
    kinds = ["text" if name == "username" else "uuid" for name in names]
    own = ", ".join(f"c{place} {kind} NOT NULL" for place, kind in enumerate(kinds))
    keys = ", ".join(f"c{place}" for place in range(len(names)))
    await connection.execute(f"""
        CREATE SCHEMA IF NOT EXISTS billing;
        CREATE TABLE billing."Odd Bills" ({own}, FOREIGN KEY ({keys}) REFERENCES {table} {columns} {rule})
    """)
    marks = ", ".join(f"${place}" for place in range(1, len(values) + 1))
    for _ in range(rows):
        await connection.execute(f'INSERT INTO billing."Odd Bills" VALUES ({marks})', *values)  # noqa: S608 - marks alone


@pytest.mark.parametrize("kind", KINDS)
async def test_refusal_names_table_and_rows(scene: Scene, kind: str):
    to, values, delete = KINDS[kind]
    for name, rule in RULES.items():
        if (kind, name) == ("old name", "set null of what may not be null"):
            continue  # a rename is no deletion
        await refer(scene.connection, to, values(scene), rule)
        with pytest.raises(StillReferenced) as refused:
            await delete(scene, scene.platform)
        assert refused.value.references == (Reference('billing."Odd Bills"', 3),), name
        assert '3 rows of billing."Odd Bills"' in refused.value.detail
        await scene.connection.execute('DROP TABLE billing."Odd Bills"')
    assert await scene.connection.fetchval("SELECT count(*) FROM users") == 2
    assert (await scene.platform.audit.verify()).found == 0
    await delete(scene, scene.platform)


@pytest.mark.parametrize("kind", ["organization", "user", "project", "session"])
async def test_refusal_in_ones_own_transaction_names_them_and_undoes_the_deletion_alone(scene: Scene, kind: str):
    to, values, delete = KINDS[kind]
    await refer(scene.connection, to, values(scene), "", rows=1)
    async with scene.platform.transaction() as connection:
        await connection.execute("CREATE TABLE kept (a int)")
        with pytest.raises(StillReferenced) as refused:
            await delete(scene, scene.platform.within(connection))
        assert await connection.fetchval("SHOW statement_timeout") == "15s"
    assert refused.value.references == (Reference('billing."Odd Bills"', 1),)
    assert await scene.connection.fetchval("SELECT count(*) FROM kept") == 0


async def test_every_table_is_named_also_behind_those_that_go_along(scene: Scene):
    await scene.connection.execute("""
        CREATE TABLE invoices (id int PRIMARY KEY, organization_id uuid REFERENCES organizations ON DELETE CASCADE);
        CREATE TABLE payments (invoice_id int REFERENCES invoices, again int REFERENCES invoices);
        CREATE TABLE tasks (
            id int PRIMARY KEY, parent int REFERENCES tasks, organization_id uuid, project_id uuid,
            FOREIGN KEY (organization_id, project_id) REFERENCES projects
        );
        CREATE TABLE notes (organization_id uuid REFERENCES organizations ON DELETE SET NULL);
        CREATE TABLE unrelated (organization_id uuid REFERENCES organizations);
    """)
    await scene.connection.execute("INSERT INTO invoices VALUES (1, $1), (2, $1)", scene.organization)
    await scene.connection.execute("INSERT INTO payments VALUES (1, 1), (1, 2), (2, 2)")
    await scene.connection.execute(
        "INSERT INTO tasks VALUES (1, 1, $1, $2), (2, 1, $1, $2)", scene.organization, scene.project
    )
    await scene.connection.execute("INSERT INTO notes VALUES ($1)", scene.organization)
    with pytest.raises(StillReferenced) as refused:
        await purge_organization(scene, scene.platform)
    assert refused.value.references == (Reference("payments", 3), Reference("tasks", 2))


async def test_what_the_role_may_not_read_is_named_without_its_rows(scene: Scene):
    await refer(scene.connection, "users (id)", [scene.member], "")
    role = f"poor_{scene.member.hex[:12]}"
    await scene.connection.execute(f"CREATE ROLE {role}")
    try:
        await scene.connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        async with scene.platform.transaction() as connection:
            await connection.execute(f"SET LOCAL ROLE {role}")
            with pytest.raises(StillReferenced) as refused:
                await erase(scene, scene.platform.within(connection))
        assert refused.value.references == (Reference("Odd Bills", None),)
    finally:
        await scene.connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


async def test_table_of_yours_that_is_called_like_one_of_freeholds_is_not_mistaken_for_it(scene: Scene):
    await scene.connection.execute("""
        CREATE SCHEMA app;
        CREATE TABLE app.projects (organization_id uuid REFERENCES organizations);
    """)
    await scene.connection.execute("INSERT INTO app.projects VALUES ($1)", scene.organization)
    with pytest.raises(StillReferenced) as refused:
        await purge_organization(scene, scene.platform)
    assert refused.value.references == (Reference("app.projects", 1),)


async def test_many_rows_are_not_counted_to_the_last(scene: Scene):
    await scene.connection.execute("CREATE TABLE many (organization_id uuid REFERENCES organizations)")
    await scene.connection.execute("INSERT INTO many SELECT $1 FROM generate_series(1, 10020)", scene.organization)
    with pytest.raises(StillReferenced, match="more than 10,000 rows of many"):
        await purge_organization(scene, scene.platform)


# -- the job ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def overdue(scene: Scene) -> list[UUID]:
    """Three deleted organizations whose time is over, oldest first; the second cannot be removed."""
    mine = scene.platform.acting_as(scene.owner).organizations
    others = [(await mine.create(NewOrganization(name=name))).id for name in ("Bolt", "Core")]
    made = [scene.organization, *others]
    for days, each in zip((50, 45, 40), made, strict=True):
        await scene.connection.execute(
            "UPDATE organizations SET deleted_at = now() - make_interval(days => $2) WHERE id = $1", each, days
        )
    await scene.connection.execute("CREATE TABLE invoices (organization_id uuid REFERENCES organizations)")
    await scene.connection.execute("INSERT INTO invoices VALUES ($1)", made[1])
    return made


async def left(scene: Scene) -> list[UUID]:
    return [row[0] for row in await scene.connection.fetch("SELECT id FROM organizations ORDER BY deleted_at")]


async def findings(database_url: str) -> list[str]:
    diagnosis = await examine(database_url, trusting(database_url=database_url))
    assert purging.__name__ in diagnosis.checks
    return [each.says for each in diagnosis.findings if each.check == purging.__name__]


async def test_job_goes_on_with_the_next_and_tries_again_later(
    scene: Scene, overdue: list[UUID], database_url: str, caplog: pytest.LogCaptureFixture
):
    assert await findings(database_url) == []
    await purge(scene.platform.context)
    assert await left(scene) == [overdue[1]]
    assert "1 row of invoices" in caplog.text
    assert str(overdue[1]) in caplog.text
    await purge(scene.platform.context)
    (told,) = await findings(database_url)
    assert "bolt" in told
    assert "2 times" in told
    assert "1 row of invoices" in told
    await scene.connection.execute("DELETE FROM invoices")
    await purge(scene.platform.context)
    assert await left(scene) == []
    assert await findings(database_url) == []
    assert (await scene.platform.audit.verify()).found == 0


async def test_restored_organization_is_no_finding(scene: Scene, overdue: list[UUID], database_url: str):
    await purge(scene.platform.context)
    patient = msgspec.structs.replace(scene.platform.context.tools.settings, restore_days=100)
    context = msgspec.structs.replace(
        scene.platform.context, tools=msgspec.structs.replace(scene.platform.context.tools, settings=patient)
    )
    await Platform(context).organizations.restore(overdue[1])
    assert await findings(database_url) == []


# -- hooks -----------------------------------------------------------------------------------------------------------


async def test_hooks_run_in_the_transaction_that_removes_the_organization(scene: Scene, overdue: list[UUID]):
    seen = []

    @scene.platform.before_purge
    async def remove_invoices(purge: Any) -> None:
        there = await purge.connection.fetchval(
            "SELECT count(*) FROM organizations WHERE id = $1", purge.organization_id
        )
        set_to = await purge.connection.fetchval("SELECT current_setting('freehold.organization_id')")
        seen.append(("before", purge.organization_id, there, set_to == str(purge.organization_id)))
        await purge.connection.execute("DELETE FROM invoices WHERE organization_id = $1", purge.organization_id)

    @scene.platform.acting_as(None).after_purge
    async def tell(purge: Any) -> None:
        there = await purge.connection.fetchval(
            "SELECT count(*) FROM organizations WHERE id = $1", purge.organization_id
        )
        seen.append(("after", purge.organization_id, there, True))

    await purge(scene.platform.context)
    assert await left(scene) == []
    assert seen == [(when, each, there, True) for each in overdue for when, there in (("before", 1), ("after", 0))]


async def test_hook_that_fails_keeps_its_organization_alone(
    scene: Scene, overdue: list[UUID], database_url: str, caplog: pytest.LogCaptureFixture
):
    @scene.platform.after_purge
    async def fail(purge: Any) -> None:
        await purge.connection.execute("DELETE FROM invoices")
        if purge.organization_id == overdue[0]:
            raise ZeroDivisionError

    @scene.platform.before_purge
    async def clear(purge: Any) -> None:
        await purge.connection.execute("DELETE FROM invoices WHERE organization_id = $1", purge.organization_id)

    await purge(scene.platform.context)
    assert await left(scene) == [overdue[0]]
    assert "ZeroDivisionError" in caplog.text
    assert len(await findings(database_url)) == 1


async def test_hooks_run_also_for_an_organization_that_goes_with_its_owner(scene: Scene, sign_up: SignUp):
    gone = list[Any]()
    erased = list[Any]()
    scene.platform.before_purge(lambda purge: note(gone, purge.organization_id))
    scene.platform.before_erasure(lambda erasure: note(erased, ("before", erasure.user_id)))
    scene.platform.after_erasure(lambda erasure: note(erased, ("after", erasure.user_id)))

    async def note(into: list[Any], what: Any) -> None:
        into.append(what)

    eve = await sign_up("eve")
    given = await scene.platform.acting_as(eve.id).organizations.create(NewOrganization(name="Given"))
    await scene.connection.execute("UPDATE organizations SET owner_consented = false WHERE id = $1", given.id)
    await scene.platform.users.delete(eve.id)
    assert gone == [given.id]
    assert erased == [("before", eve.id), ("after", eve.id)]
