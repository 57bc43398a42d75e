"""Events of a program's own: in the chain of Freehold's, and never mistaken for one of them."""

from typing import Any
from uuid import uuid4

import pytest
from tests.conftest import SignUp

from freehold import (
    AccountAuditPageRequest,
    Action,
    AuditPageRequest,
    Forbidden,
    Invalid,
    Missing,
    NewApiKey,
    NewOrganization,
    Platform,
    Unauthenticated,
)
from freehold.access import AccountAction


async def test_event_stands_in_the_chain_of_its_organization(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    mine = platform.acting_as(ada.id)
    acme = await mine.organizations.create(NewOrganization(name="Acme"))
    target, forged = uuid4(), {"actor_id": str(uuid4()), "action": "user.delete", "organization_id": None, "é": "ü"}
    await mine.audit.record("invoice.sent", target, organization="acme", details=forged)
    (event,) = (await mine.audit.list_of_organization("acme", AuditPageRequest(action="invoice.sent"))).data
    assert (event.actor_id, event.target_type, event.target_id) == (ada.id, "invoice", target)
    assert (event.organization_id, event.details) == (acme.id, forged)
    assert (await platform.audit.verify(chain_id=acme.id)).found == 0


async def test_event_without_an_organization_is_about_the_actors_account(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    await platform.acting_as(ada.id).audit.record("report.downloaded")
    await platform.audit.record("report.made")
    found = (await platform.audit.list_of_accounts(AccountAuditPageRequest(user_id=ada.id))).data
    assert "report.downloaded" in {event.action for event in found}
    assert (await platform.audit.verify()).found == 0


@pytest.mark.parametrize("noun", sorted({each.partition(".")[0] for each in (*Action, *AccountAction)}))
async def test_event_of_freeholds_cannot_be_forged(platform: Platform, noun: str):
    with pytest.raises(Invalid) as refused:
        await platform.audit.record(f"{noun}.read")
    assert [each.code for each in refused.value.errors] == ["reserved_action"]


WRONG: dict[str, tuple[str, Any]] = {
    "no verb": ("invoice", None),
    "capitals": ("Invoice.sent", None),
    "too long a noun": (f"{'a' * 33}.sent", None),
    "too long a verb": (f"invoice.{'a' * 32}", None),
    "line end": ("invoice.sent\n", None),
    "no JSON": ("invoice.sent", {"a": object()}),
    "too long": ("invoice.sent", {"a": "x" * 8192}),
    "no character of PostgreSQL": ("invoice.sent", {"a": "\0"}),
    "lone surrogate": ("invoice.sent", {"a": "\ud800"}),
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_cannot_be_written_is_refused(platform: Platform, what: str):
    action, details = WRONG[what]
    with pytest.raises(Invalid):
        await platform.audit.record(action, details=details)
    assert (await platform.audit.verify()).events == 0


async def test_access_is_asked_for(platform: Platform, sign_up: SignUp):
    ada, eve = await sign_up("ada"), await sign_up("eve")
    await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    with pytest.raises(Missing):
        await platform.acting_as(eve.id).audit.record("invoice.sent", organization="acme")
    with pytest.raises(Unauthenticated):
        await platform.acting_as(None).audit.record("invoice.sent")
    new = NewApiKey(name="robot", actions=(Action.ORGANIZATION_READ,))
    key = await platform.organizations.api_keys.create("acme", new)
    robot = await platform.authenticate(key.key)
    await robot.audit.record("invoice.sent", organization="acme")
    with pytest.raises(Forbidden):
        await robot.audit.record("invoice.sent")
