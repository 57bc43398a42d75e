"""What a declaration changes: by its application and revision, with others, and in two processes at once."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.conftest import INVOICES, Another

from freehold import ActionDeclaration, ActionEntry, Forbidden, NewAction, PageRequest, Platform, Role
from freehold.access import AccountAction, Action
from freehold.actions.errors import ActionChanged, ActionTaken, TooManyActions
from freehold.actions.planning import Plan, plan
from freehold.actions.queries import DeclaredRow
from freehold.base.cleaning import RESERVED_NOUNS
from freehold.base.errors import Invalid
from freehold.base.scalars import OWN_ACTION
from freehold.base.validation import parse
from freehold.data.own_actions import MOST_OWN_ACTIONS


def declaration(application: str = "invoices", revision: int = 1, /, **lowest: str) -> ActionDeclaration:
    """Declare ``invoice_read="member"`` as invoice.read."""
    actions = tuple(
        NewAction(name=name.replace("_", "."), roles=(Role(role),) if role else ()) for name, role in lowest.items()
    )
    return ActionDeclaration(application=application, revision=revision, actions=actions)


async def roles_of(platform: Platform) -> dict[str, tuple[str, ...]]:
    listed = await platform.actions.list(PageRequest(limit=100))
    return {each.name: each.roles for each in listed.data if not each.built_in}


async def test_declared_actions_are_listed_after_those_of_freehold(platform: Platform):
    declared = await platform.actions.declare(INVOICES)
    assert declared[0] == ActionEntry(
        name="invoice.read",
        built_in=False,
        roles=(Role.OWNER, Role.ADMIN, Role.MEMBER),
        applications=("invoices",),
        description="See invoices",
    )
    listed = (await platform.actions.list(PageRequest(limit=100))).data
    assert [each.name for each in listed] == [*Action, "invoice.read", "invoice.send", "invoice.void"]
    assert await platform.actions.get("invoice.read") == declared[0]
    assert (await platform.actions.get("project.create")).built_in


@pytest.mark.parametrize("limit", [1, 7, 24, 25])
async def test_list_pages_through_both(platform: Platform, limit: int):
    await platform.actions.declare(INVOICES)
    found: list[str] = []
    request = PageRequest(limit=limit, include="total")
    while True:
        page = await platform.actions.list(request)
        assert page.total == len(Action) + 3
        found += [each.name for each in page.data]
        if page.next_cursor is None:
            break
        request = PageRequest(limit=limit, cursor=page.next_cursor, include="total")
    assert found == [*Action, "invoice.read", "invoice.send", "invoice.void"]


async def test_declaring_again_writes_nothing(platform: Platform, connection: Any):
    first = await platform.actions.declare(INVOICES)
    state = "SELECT version, (SELECT count(*) FROM audit_events) FROM own_action_versions"
    before = await connection.fetchrow(state)
    assert await platform.actions.declare(INVOICES) == first
    assert await connection.fetchrow(state) == before


async def test_what_is_left_out_stays_declared(platform: Platform):
    await platform.actions.declare(declaration(invoice_read="member", invoice_send="admin"))
    await platform.actions.declare(declaration("invoices", 2, invoice_read="member"))
    assert set(await roles_of(platform)) == {"invoice.read", "invoice.send"}


async def test_older_version_takes_nothing_away(platform: Platform):
    await platform.actions.declare(declaration("invoices", 2, invoice_read="member", invoice_send="admin"))
    older = declaration("invoices", 1, invoice_read="owner", invoice_old="member")
    assert len(await platform.actions.declare(older)) == 2
    expected = {"invoice.read": ("owner", "admin", "member"), "invoice.send": ("owner", "admin")}
    assert await roles_of(platform) == expected


async def test_newer_version_changes_the_roles(platform: Platform):
    await platform.actions.declare(declaration(invoice_read="member"))
    await platform.actions.declare(declaration("invoices", 2, invoice_read="admin"))
    assert await roles_of(platform) == {"invoice.read": ("owner", "admin")}


async def test_same_version_does_not(platform: Platform):
    await platform.actions.declare(declaration(invoice_read="member"))
    with pytest.raises(ActionChanged, match="raise the revision"):
        await platform.actions.declare(declaration(invoice_read="admin", invoice_send="admin"))
    assert await roles_of(platform) == {"invoice.read": ("owner", "admin", "member")}


async def test_two_applications_share_an_action_with_the_same_roles_alone(platform: Platform):
    await platform.actions.declare(declaration(invoice_read="member"))
    await platform.actions.declare(declaration("reports", invoice_read="member"))
    assert (await platform.actions.get("invoice.read")).applications == ("invoices", "reports")
    with pytest.raises(ActionTaken, match=r"invoices, reports declared invoice.read for member and above, bills"):
        await platform.actions.declare(declaration("bills", invoice_read="admin"))
    with pytest.raises(ActionTaken, match="reports declared"):
        await platform.actions.declare(declaration("invoices", 2, invoice_read="admin"))


async def test_all_applications_together_have_a_bounded_number(platform: Platform):
    names = [f"invoice.{'a' * number}" for number in range(1, 51)]
    halves = {name: tuple(NewAction(name=each.replace("invoice", name)) for each in names) for name in ("bill", "note")}
    for application, actions in halves.items():
        await platform.actions.declare(ActionDeclaration(application=application, actions=actions))
    listed = await platform.actions.list(PageRequest(limit=1, include="total"))
    assert listed.total == len(Action) + MOST_OWN_ACTIONS
    with pytest.raises(TooManyActions):
        await platform.actions.declare(declaration(invoice_read="member"))


async def test_processes_that_start_at_once_declare_once(platform: Platform, another: Another, connection: Any):
    async with another() as second:
        found = await asyncio.gather(*(each.actions.declare(INVOICES) for each in (platform, second) * 4))
    assert all(each == found[0] for each in found)
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'action.declare'") == 1


async def test_opening_declares(database_url: str, platform: Platform):
    async with Platform.open(database_url, settings=platform.context.tools.settings, actions=INVOICES) as opened:
        assert {each.name for each in (await opened.actions.list(PageRequest(limit=100))).data} >= {"invoice.read"}
    assert (await platform.actions.get("invoice.send")).roles == (Role.OWNER, Role.ADMIN)


async def test_declaring_and_deleting_are_for_the_operator(platform: Platform, sign_up: Any):
    ada = platform.acting_as((await sign_up("ada")).id)
    with pytest.raises(Forbidden):
        await ada.actions.declare(INVOICES)
    with pytest.raises(Forbidden):
        await ada.actions.delete("invoice.read")
    assert (await ada.actions.get("project.read")).built_in


async def test_audit_log_tells_of_it(platform: Platform, connection: Any):
    await platform.actions.declare(INVOICES)
    await platform.actions.delete("invoice.void")
    events = await connection.fetch(
        "SELECT action, details::text FROM audit_events WHERE target_type = 'action' ORDER BY sequence"
    )
    declared, deleted = [(event["action"], json.loads(event["details"])) for event in events]
    assert declared[0] == "action.declare"
    assert declared[1]["application"] == "invoices"
    assert declared[1]["actions"] == ["invoice.read", "invoice.send", "invoice.void"]
    assert deleted == ("action.delete", {"name": "invoice.void", "roles": 0, "api_keys": 0})


@pytest.mark.parametrize(
    "name",
    ["", "invoice", "invoice.", ".read", "Invoice.read", "invoice.read.all", "invoice read", "a." + "b" * 63]
    + [f"{noun}.fly" for noun in sorted(RESERVED_NOUNS)],
)
def test_name_that_is_none_of_yours_is_refused(name: str):
    with pytest.raises(Invalid) as refused:
        parse(ActionDeclaration, {"application": "invoices", "actions": [{"name": name}]})
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/actions/0/name", OWN_ACTION.code)]


async def test_action_named_twice_is_refused(platform: Platform):
    twice = ActionDeclaration(application="invoices", actions=(NewAction(name="a.b"), NewAction(name="a.b")))
    with pytest.raises(Invalid, match="second time"):
        await platform.actions.declare(twice)


def test_every_noun_of_freehold_is_reserved():
    assert {action.partition(".")[0] for action in (*Action, *AccountAction)} <= RESERVED_NOUNS


_NAMES = st.sampled_from(["invoice.read", "invoice.send", "note.read"])
_DECLARATIONS = st.builds(
    ActionDeclaration,
    application=st.sampled_from(["bills", "notes"]),
    revision=st.integers(1, 3),
    actions=st.lists(
        st.builds(NewAction, name=_NAMES, roles=st.sampled_from([(), (Role.ADMIN,), (Role.MEMBER,)])),
        unique_by=lambda new: new.name,
        max_size=3,
    ).map(tuple),
)


def stored(rows: list[DeclaredRow], sent: ActionDeclaration, work: Plan) -> list[DeclaredRow]:
    """Write a plan, as the statements do."""
    found = {row.name: (row.lowest_role, dict(zip(row.applications, row.revisions, strict=True))) for row in rows}
    for new in work.put:
        found[new.name] = (new.lowest_role, found[new.name][1] if new.name in found else {})
    for name in work.note:
        found[name][1][sent.application] = sent.revision
    return [DeclaredRow(n, role, None, tuple(by), tuple(by.values())) for n, (role, by) in sorted(found.items())]


@given(st.lists(_DECLARATIONS, max_size=12))
def test_nothing_declared_is_ever_lost_or_changed_for_another(sent: list[ActionDeclaration]):
    rows: list[DeclaredRow] = []
    for each in sent:
        before = {row.name: row for row in rows}
        try:
            work = plan(rows, each)
        except (ActionTaken, ActionChanged):
            continue
        rows = stored(rows, each, work)
        after = {row.name: row for row in rows}
        assert before.keys() <= after.keys()
        assert plan(rows, each).is_empty, "declaring the same again changes nothing"
        for name, row in before.items():
            if after[name].lowest_role != row.lowest_role:
                assert row.applications == (each.application,)
                assert each.revision > row.revisions[0]
