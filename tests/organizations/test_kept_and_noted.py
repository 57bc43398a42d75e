"""What an invitation leaves in the audit log, and what it keeps when the key that sent it gets a successor."""

import httpx
from tests.mail.letters import token_to
from tests.organizations.inviting import INVITATIONS, accept, arrive_confirmed, invited
from tests.users.people import Headers

from freehold import Platform


async def events(client: httpx.AsyncClient, ada: Headers, target: str) -> list[str]:
    page = (await client.get("/v1/organizations/acme/audit-events", headers=ada)).json()["data"]
    return [each["action"] for each in page if each["target_id"] == target]


async def test_sending_and_revoking_are_in_the_log_of_the_organization(client: httpx.AsyncClient, ada: Headers):
    made = await invited(client, ada, "bob@example.com")
    assert (await client.delete(f"{INVITATIONS}/{made['id']}", headers=ada)).status_code == 204
    noted = await events(client, ada, made["id"])
    assert noted == ["invitation.delete", "invitation.create"]


async def test_invitation_outlives_the_rotation_of_the_key_that_sent_it(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    """Its successor stands for it: it could still send the invitation."""
    person = await arrive_confirmed(client, platform, "grace")
    keys = "/v1/organizations/acme/api-keys"
    limits = {
        "name": "inviter",
        "actions": [
            "invitation.create",
            "project.create",
            "project.read",
            "project.update",
            "member.read",
            "organization.read",
        ],
    }
    old = (await client.post(keys, json=limits, headers=ada)).json()
    await invited(client, {"Authorization": f"Bearer {old['key']}"}, "grace@example.com")
    rotated = await client.post(f"{keys}/{old['id']}/rotate", json={"overlap_seconds": 0}, headers=ada)
    assert rotated.status_code == 201, rotated.text
    answer = await accept(client, person, await token_to(platform, "grace@example.com"))
    assert answer.status_code == 201, answer.text
