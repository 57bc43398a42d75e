"""What became of an invitation, listed by status, for 90 days."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, get_args

import httpx
import pytest
from tests.mail.letters import token_to
from tests.organizations.inviting import INVITATIONS, accept, add, arrive_confirmed, invited
from tests.users.people import Headers, arrive, code, headers_of, sign_up

from freehold import InvitationsPageRequest, InvitationToken, Platform
from freehold.organizations.invitations.jobs import drop_old_invitations
from freehold.organizations.invitations.types import InvitationStatus

STATUSES = get_args(InvitationStatus)


class Scene:
    """Ada, who invites, and what others do."""

    def __init__(self, client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any) -> None:
        self.client, self.platform, self.ada, self.connection = client, platform, ada, connection

    async def listed(self, status: str | None) -> list[dict[str, Any]]:
        params = {"include": "total"} | ({"status": status} if status else {})
        answer = (await self.client.get(INVITATIONS, params=params, headers=self.ada)).json()
        assert answer["total"] == len(answer["data"])
        return list(answer["data"])

    async def stays_open(self) -> str:
        return str((await invited(self.client, self.ada, "open@example.com"))["id"])

    async def is_sent_again(self) -> str:
        made = await self.is_over()
        assert (await self.client.post(f"{INVITATIONS}/{made}/resend", headers=self.ada)).status_code == 200
        return made

    async def is_accepted(self) -> str:
        person = await arrive_confirmed(self.client, self.platform, "grace")
        made = await invited(self.client, self.ada, "grace@example.com")
        assert (await accept(self.client, person, await token_to(self.platform, made["email"]))).status_code == 201
        return str(made["id"])

    async def is_accepted_at_sign_up(self) -> str:
        made = await invited(self.client, self.ada, "new@example.com")
        token = await token_to(self.platform, made["email"])
        assert (await sign_up(self.client, "new", invitation_token=token)).status_code == 201
        return str(made["id"])

    async def is_declined_with_its_token(self) -> str:
        made = await invited(self.client, self.ada, "no@example.com")
        token = await token_to(self.platform, made["email"])
        await self.platform.organizations.invitations.decline(InvitationToken(token=token))
        return str(made["id"])

    async def is_declined_by_its_id(self) -> str:
        person = await arrive_confirmed(self.client, self.platform, "linus")
        made = await invited(self.client, self.ada, "linus@example.com")
        answer = await self.client.delete(f"/v1/users/me/invitations/{made['id']}", headers=person)
        assert answer.status_code == 204
        return str(made["id"])

    async def is_revoked(self) -> str:
        made = await invited(self.client, self.ada, "gone@example.com")
        assert (await self.client.delete(f"{INVITATIONS}/{made['id']}", headers=self.ada)).status_code == 204
        return str(made["id"])

    async def is_needless(self) -> str:
        person = await arrive(self.client, "joan")
        made = await invited(self.client, self.ada, "joan@example.com")
        await add(self.client, self.ada, person, "member")
        return str(made["id"])

    async def is_over(self) -> str:
        made = await invited(self.client, self.ada, "late@example.com")
        await self.connection.execute("UPDATE invitations SET expires_at = now() WHERE id = $1", made["id"])
        return str(made["id"])

    async def is_over_and_replaced(self) -> str:
        made = await self.is_over()
        await invited(self.client, self.ada, "LATE@example.com")
        return made


WAYS: dict[Callable[[Scene], Awaitable[str]], InvitationStatus] = {
    Scene.stays_open: "open",
    Scene.is_sent_again: "open",
    Scene.is_accepted: "accepted",
    Scene.is_accepted_at_sign_up: "accepted",
    Scene.is_declined_with_its_token: "declined",
    Scene.is_declined_by_its_id: "declined",
    Scene.is_revoked: "revoked",
    Scene.is_needless: "revoked",
    Scene.is_over: "expired",
    Scene.is_over_and_replaced: "expired",
}


@pytest.fixture
def scene(client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any) -> Scene:
    return Scene(client, platform, ada, connection)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_invitation_is_listed_by_what_became_of_it(scene: Scene, way: Callable[[Scene], Awaitable[str]]):
    made, status = await way(scene), WAYS[way]
    for asked in STATUSES:
        assert (made in {each["id"] for each in await scene.listed(asked)}) == (asked == status), asked
    assert made in {each["id"] for each in await scene.listed("all")}
    shown = (await scene.client.get(f"{INVITATIONS}/{made}", headers=scene.ada)).json()
    assert shown["status"] == status
    assert (shown["ended_at"] is None) == (status == "open")
    assert not shown["needs_resending"]
    (listed,) = [each for each in await scene.listed(status) if each["id"] == made]
    assert listed == shown


@pytest.mark.parametrize("way", [way for way, status in WAYS.items() if status != "open"], ids=lambda way: way.__name__)
async def test_invitation_that_ended_is_kept_for_90_days(scene: Scene, way: Callable[[Scene], Awaitable[str]]):
    made = await way(scene)
    aged = """UPDATE invitations SET created_at = created_at - make_interval(days => $1),
        expires_at = expires_at - make_interval(days => $1), ended_at = ended_at - make_interval(days => $1)"""
    await scene.connection.execute(f"{aged} WHERE id = $2", 89, made)
    await drop_old_invitations(scene.platform.context)
    path = f"{INVITATIONS}/{made}"
    assert (await scene.client.get(path, headers=scene.ada)).status_code == 200
    await scene.connection.execute(f"{aged} WHERE id = $2", 2, made)
    await drop_old_invitations(scene.platform.context)
    assert code(await scene.client.get(path, headers=scene.ada), 404) == "no_such_invitation"


ENDED = [way for way, status in WAYS.items() if status not in {"open", "expired"}] + [Scene.is_over_and_replaced]


@pytest.mark.parametrize("way", ENDED, ids=lambda way: way.__name__)
async def test_nothing_can_be_done_with_an_invitation_that_ended(scene: Scene, way: Callable[[Scene], Awaitable[str]]):
    made = await way(scene)
    before = await scene.listed("all")
    path = f"{INVITATIONS}/{made}"
    assert code(await scene.client.delete(path, headers=scene.ada), 409) == "invitation_ended"
    assert code(await scene.client.post(f"{path}/resend", headers=scene.ada), 409) == "invitation_ended"
    assert await scene.listed("all") == before
    assert await scene.connection.fetchval("SELECT token_hash FROM invitations WHERE id = $1", made) is None


async def test_list_has_what_nobody_has_answered_unless_asked_otherwise(scene: Scene):
    for way in (Scene.is_accepted, Scene.is_declined_with_its_token, Scene.is_revoked):
        await way(scene)
    late, waiting = await scene.is_over(), await scene.stays_open()
    assert [each["id"] for each in await scene.listed(None)] == [waiting, late]
    assert len(await scene.listed("all")) == 5


async def test_unknown_status_is_refused(scene: Scene):
    answer = await scene.client.get(INVITATIONS, params={"status": "pending"}, headers=scene.ada)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/status"


@pytest.mark.parametrize("sort", ["newest", "oldest"])
async def test_pages_of_a_status_join_and_belong_to_it(scene: Scene, sort: str):
    for number in range(5):
        made = await invited(scene.client, scene.ada, f"p{number}@example.com")
        if number % 2 == 0:
            assert (await scene.client.delete(f"{INVITATIONS}/{made['id']}", headers=scene.ada)).status_code == 204
    seen: list[str] = []
    params = {"status": "revoked", "limit": "2", "sort": sort}
    while True:
        page = (await scene.client.get(INVITATIONS, params=params, headers=scene.ada)).json()
        seen += [each["email"] for each in page["data"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    newest = ["p4@example.com", "p2@example.com", "p0@example.com"]
    assert seen == (newest if sort == "newest" else newest[::-1])
    other = await scene.client.get(INVITATIONS, params={**params, "status": "open"}, headers=scene.ada)
    assert other.status_code == 409


async def test_of_accept_revoke_and_decline_at_once_one_counts(scene: Scene):
    person = await arrive_confirmed(scene.client, scene.platform, "grace")
    for _ in range(5):
        made = await invited(scene.client, scene.ada, "grace@example.com")
        token = await token_to(scene.platform, "grace@example.com")
        answers = await asyncio.gather(
            accept(scene.client, person, token),
            scene.client.delete(f"{INVITATIONS}/{made['id']}", headers=scene.ada),
            scene.client.post("/v1/invitations/decline", json={"token": token}),
        )
        done = [answer.is_success for answer in answers]
        assert sum(done) == 1, [answer.text for answer in answers]
        became = (await scene.client.get(f"{INVITATIONS}/{made['id']}", headers=scene.ada)).json()["status"]
        assert became == ("accepted", "revoked", "declined")[done.index(True)]
        if became == "accepted":
            await scene.client.delete("/v1/organizations/acme/members/me", headers=person)


async def test_account_takes_what_it_accepted_along(scene: Scene):
    made = await scene.is_accepted()
    await scene.connection.execute("UPDATE users SET email = 'elsewhere@example.com' WHERE username = 'grace'")
    person = await headers_of(scene.client, "grace")
    (told,) = (await scene.client.get("/v1/users/me/export", headers=person)).json()["invitations"]
    assert (told["id"], told["email"], told["status"]) == (made, "grace@example.com", "accepted")
    assert (await scene.client.delete("/v1/users/me", headers=person)).status_code == 204
    assert await scene.listed("all") == []


async def test_library_lists_by_status(scene: Scene):
    made = {WAYS[way]: await way(scene) for way in (Scene.is_revoked, Scene.is_over, Scene.stays_open)}
    for status in STATUSES:
        page = await scene.platform.organizations.invitations.list("acme", InvitationsPageRequest(status=status))
        assert [str(each.id) for each in page.data] == ([made[status]] if status in made else [])
