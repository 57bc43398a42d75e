"""Every way into an organization and an account, and every way out: nothing made before opens anything afterwards."""

import io
import json
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Final

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.mail.letters import letters_to, token_in, token_to
from tests.organizations.inviting import members
from tests.users.people import Headers, arrive, confirm, headers_of, me, sign_up

from freehold import Platform

ACME: Final = "/v1/organizations/acme"
BOB, SECOND = "bob@example.com", "second@example.com"
OUTSIDE, BELOW = frozenset({401, 404}), frozenset({401, 403, 404})


class Bob:
    """Somebody who comes, makes whatever could let him in again, and goes."""

    def __init__(self, client: httpx.AsyncClient, platform: Platform, ada: Headers) -> None:
        self.client, self.platform, self.ada = client, platform, ada
        self.session: Headers = {}
        self.other: Headers = {}
        self.key: Headers = {}
        self.second: Headers = {}
        self.id = ""
        self.tokens: dict[str, str] = {}
        self.kept: list[tuple[str, dict[str, Any], Headers]] = []

    async def ask(self, method: str, path: str, by: Headers, status: int = 200, **options: Any) -> Any:
        answer = await self.client.request(method, path, headers=by, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def arrive(self) -> None:
        self.session = await arrive(self.client, "bob")
        assert (await confirm(self.client, await token_to(self.platform, BOB))).status_code == 204
        self.id = str((await me(self.client, self.session))["id"])

    async def is_invited(self, role: str = "admin") -> None:
        await self.ask("POST", f"{ACME}/invitations", self.ada, 201, json={"email": BOB, "role": role})
        self.tokens["own"] = await token_to(self.platform, BOB)

    async def make_things(self) -> None:
        """Make all that could outlive him; he is an admin now."""
        self.other = await headers_of(self.client, "bob")
        key = await self.ask("POST", "/v1/users/me/api-keys", self.session, 201, json={"name": "k"})
        self.key = {"Authorization": f"Bearer {key['key']}"}
        await self.ask("POST", f"{ACME}/api-keys", self.session, 201, json={"name": "robot"})
        self.second = await arrive(self.client, "second")
        assert (await confirm(self.client, await token_to(self.platform, SECOND))).status_code == 204
        invitation = {"email": SECOND, "role": "admin"}
        await self.ask("POST", f"{ACME}/invitations", self.session, 201, json=invitation)
        self.tokens["sent"] = await token_to(self.platform, SECOND)
        repeated: list[tuple[str, dict[str, Any]]] = [
            (f"{ACME}/roles", {"name": "spy", "actions": ["project.read"]}),
            (f"{ACME}/projects", {"name": "Secret"}),
        ]
        for number, (path, body) in enumerate(repeated):
            headers = {**self.other, "Idempotency-Key": f"kept-{number}"}
            await self.ask("POST", path, headers, 201, json=body)
            self.kept.append((path, body, headers))
        await self.ask("POST", "/v1/password-resets", {}, 202, json={"email": BOB})
        self.tokens["reset"] = await token_to(self.platform, BOB)
        await self.ask("PATCH", "/v1/users/me", self.session, json={"email": "other@example.com"})
        self.tokens["change"] = await token_to(self.platform, "other@example.com")


async def by_signing_up(bob: Bob) -> None:
    await bob.is_invited()
    token = bob.tokens["own"]
    assert (await sign_up(bob.client, "bob", invitation_token=token)).status_code == 201
    bob.session = await headers_of(bob.client, "bob")
    bob.id = str((await me(bob.client, bob.session))["id"])


async def by_invitation(bob: Bob) -> None:
    await bob.arrive()
    await bob.is_invited()
    await bob.ask("POST", "/v1/invitations/accept", bob.session, 201, json={"token": bob.tokens["own"]})


async def by_being_added(bob: Bob) -> None:
    await bob.arrive()
    await bob.is_invited()
    await bob.ask("PUT", f"{ACME}/members/{bob.id}", bob.ada, json={"role": "admin"})


async def by_import(bob: Bob) -> None:
    await bob.arrive()
    await bob.is_invited()
    acme = await bob.ask("GET", ACME, bob.ada)
    line = {"organization_id": acme["id"], "user_id": bob.id, "role": "admin"}
    report = await bob.platform.transfer.import_file("members", io.BytesIO(json.dumps(line).encode() + b"\n"))
    assert report.stored == 1


async def by_being_restored(bob: Bob) -> None:
    await by_being_added(bob)
    await bob.ask("DELETE", ACME, bob.ada, 204)
    await bob.ask("POST", f"{ACME}/restore", bob.ada)


async def removed(bob: Bob) -> None:
    left = await bob.ask("DELETE", f"{ACME}/members/{bob.id}", bob.ada)
    assert [each["name"] for each in left["api_keys"]] == ["robot"]
    assert [each["email"] for each in left["invitations"]] == [SECOND]


async def leaves(bob: Bob) -> None:
    await bob.ask("DELETE", f"{ACME}/members/me", bob.session)


async def demoted(bob: Bob) -> None:
    await bob.ask("PUT", f"{ACME}/members/{bob.id}", bob.ada, json={"role": "member"})


async def loses_his_role(bob: Bob) -> None:
    await demoted(bob)
    await bob.ask("DELETE", f"{ACME}/roles/spy", bob.ada, 204)


async def resets_his_password(bob: Bob) -> None:
    body = {"token": bob.tokens["reset"], "new_password": "Analytical2"}
    await bob.ask("POST", "/v1/password-resets/complete", {}, 204, json=body)


async def has_his_password_set(bob: Bob) -> None:
    await bob.platform.users.set_password((await bob.platform.users.find("bob")).id, "Analytical2")


async def changes_his_password(bob: Bob) -> None:
    body = {"current_password": PASSWORD, "new_password": "Analytical2", "end_api_keys": True}
    await bob.ask("PUT", "/v1/users/me/password", bob.session, 204, json=body)


async def is_suspended(bob: Bob) -> None:
    await bob.platform.users.suspend((await bob.platform.users.find("bob")).id)


async def is_suspended_and_resumed(bob: Bob) -> None:
    await is_suspended(bob)
    await bob.platform.users.resume((await bob.platform.users.find("bob")).id)


async def deletes_his_account(bob: Bob) -> None:
    await bob.ask("DELETE", "/v1/users/me", bob.session, 204)


async def loses_the_organization(bob: Bob) -> None:
    await bob.ask("DELETE", ACME, bob.ada, 204)


Step = Callable[[Bob], Awaitable[None]]
WAYS_IN: Final[list[Step]] = [by_signing_up, by_invitation, by_being_added, by_import, by_being_restored]
OUT_OF_ACME: Final[list[Step]] = [removed, leaves, loses_the_organization]
OUT_OF_A_ROLE: Final[list[Step]] = [demoted, loses_his_role]
OUT_OF_THE_ACCOUNT: Final[list[Step]] = [
    resets_his_password,
    has_his_password_set,
    changes_his_password,
    is_suspended,
    is_suspended_and_resumed,
    deletes_his_account,
]
WAYS_OUT: Final = [*OUT_OF_ACME, *OUT_OF_A_ROLE, *OUT_OF_THE_ACCOUNT]


def _matrix() -> Iterator[Any]:
    """Pair every way in with every way out; those pairs are quick enough for each run that cover both sides."""
    for way_in in WAYS_IN:
        for way_out in WAYS_OUT:
            covers = way_in is by_being_added or way_out in {removed, resets_his_password, is_suspended}
            marks = [] if covers else [pytest.mark.long]
            yield pytest.param((way_in, way_out), id=f"{way_in.__name__}-{way_out.__name__}", marks=marks)


@pytest.mark.parametrize("course", [*_matrix()])
async def test_nothing_made_before_opens_anything_afterwards(
    course: tuple[Step, Step],
    client: httpx.AsyncClient,
    platform: Platform,
    ada: Headers,
    subtests: pytest.Subtests,
):
    way_in, way_out = course
    bob = Bob(client, platform, ada)
    await way_in(bob)
    await bob.make_things()
    await way_out(bob)
    # With the password of an account that is still his, he signs in as anybody: to what he is now.
    doors = {"another session": bob.other, "a key": bob.key}
    if way_out is not changes_his_password:
        doors["his session"] = bob.session
    shut = OUTSIDE if way_out in OUT_OF_ACME else BELOW if way_out in OUT_OF_A_ROLE else frozenset({401})
    for door, headers in doors.items():
        for path in (f"{ACME}/members", f"{ACME}/projects", ACME) if way_out not in OUT_OF_A_ROLE else ():
            with subtests.test(door=door, path=path):
                assert (await client.get(path, headers=headers)).status_code in shut
        for path in ("invitations", "roles", "api-keys", "audit-events"):
            with subtests.test(door=door, path=path):
                assert (await client.get(f"{ACME}/{path}", headers=headers)).status_code in shut
    for path, body, headers in bob.kept:
        with subtests.test(replayed=path):
            answer = await client.post(path, json=body, headers=headers)
            may_still = way_out in OUT_OF_A_ROLE and path.endswith("projects")  # as any member
            assert answer.status_code == 201 if may_still else answer.status_code in shut
    with subtests.test("the invitation that he had"):
        used_it = way_in in {by_signing_up, by_invitation}
        stays = way_out in {*OUT_OF_A_ROLE, *OUT_OF_THE_ACCOUNT} - {is_suspended, deletes_his_account}
        # A second click of whoever is a member all the same is answered as done, and gives nothing.
        held = await members(client, ada) if stays else None
        assert await _accepted(bob, await _present(bob), "own") in ({200} if used_it and stays else {401, 409})
        assert held is None or await members(client, ada) == held
    if way_out not in OUT_OF_THE_ACCOUNT or way_out in {is_suspended, deletes_his_account}:
        with subtests.test("the invitation that he sent"):
            assert await _accepted(bob, bob.second, "sent") == 409
    if way_out in OUT_OF_THE_ACCOUNT:
        for token, path in (("reset", "/v1/password-resets/complete"), ("change", "/v1/email-verifications")):
            with subtests.test(token=token):
                body = {"token": bob.tokens[token]} | ({"new_password": "Stolen12"} if token == "reset" else {})
                assert (await client.post(path, json=body)).status_code == 409


async def _present(bob: Bob) -> Headers:
    """Be signed in with what works, if anything does."""
    for password in (PASSWORD, "Analytical2"):
        answer = await bob.client.post("/v1/sessions", json={"login": "bob", "password": password})
        if answer.status_code == 201:
            return {"Authorization": f"Bearer {answer.json()['token']}"}
    return {}


async def _accepted(bob: Bob, by: Headers, token: str) -> int:
    body = {"token": bob.tokens[token]}
    return (await bob.client.post("/v1/invitations/accept", json=body, headers=by)).status_code


async def test_invitations_of_who_has_left_are_listed_as_such_and_adopted_by_resending(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    bob = Bob(client, platform, ada)
    await by_invitation(bob)
    await bob.make_things()
    await removed(bob)
    (listed,) = (await bob.ask("GET", f"{ACME}/invitations", ada))["data"]
    assert (listed["email"], listed["needs_resending"], listed["invited_by"]) == (SECOND, True, bob.id)
    refused = await client.post("/v1/invitations/accept", json={"token": bob.tokens["sent"]}, headers=bob.second)
    assert (refused.status_code, refused.json()["code"]) == (409, "inviter_lacks_right")
    adopted = await bob.ask("POST", f"{ACME}/invitations/{listed['id']}/resend", ada)
    assert adopted["needs_resending"] is False
    assert adopted["invited_by"] == (await me(client, ada))["id"]
    token = token_in((await letters_to(platform, SECOND))[0])
    await bob.ask("POST", "/v1/invitations/accept", bob.second, 201, json={"token": token})


async def test_new_account_with_an_invitation_of_who_has_left_is_told_and_not_made(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    bob = Bob(client, platform, ada)
    await by_invitation(bob)
    await bob.ask("POST", f"{ACME}/invitations", bob.session, 201, json={"email": "eve@example.com"})
    token = await token_to(platform, "eve@example.com")
    await bob.ask("DELETE", f"{ACME}/members/{bob.id}", ada)
    answer = await sign_up(client, "eve", invitation_token=token)
    assert (answer.status_code, answer.json()["code"]) == (409, "inviter_lacks_right")
    assert (await sign_up(client, "eve")).status_code == 201


async def test_invitation_that_a_key_has_sent_stands_as_long_as_the_key_or_the_one_in_its_place(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    bob = Bob(client, platform, ada)
    body = {
        "name": "hr",
        "actions": [
            "organization.read",
            "member.read",
            "project.read",
            "project.create",
            "project.update",
            "invitation.create",
        ],
    }
    key = await bob.ask("POST", f"{ACME}/api-keys", ada, 201, json=body)
    by_key = {"Authorization": f"Bearer {key['key']}"}
    await bob.ask("POST", f"{ACME}/invitations", by_key, 201, json={"email": BOB})
    listed = partial(bob.ask, "GET", f"{ACME}/invitations", ada)
    assert [each["needs_resending"] for each in (await listed())["data"]] == [False]
    rotate = f"{ACME}/api-keys/{key['id']}/rotate"
    rotated = await bob.ask("POST", rotate, ada, 201, json={"overlap_seconds": 0})
    assert [each["needs_resending"] for each in (await listed())["data"]] == [False]
    await bob.ask("DELETE", f"{ACME}/api-keys/{rotated['id']}", ada, 204)
    assert [each["needs_resending"] for each in (await listed())["data"]] == [True]


async def test_keys_of_an_organization_say_who_made_them_and_whether_they_are_a_member(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    bob = Bob(client, platform, ada)
    await by_invitation(bob)
    await bob.make_things()
    listed = partial(bob.ask, "GET", f"{ACME}/api-keys", ada)
    shown = ("created_by", "created_by_username", "created_by_is_member")
    assert [tuple(each[name] for name in shown) for each in (await listed())["data"]] == [(bob.id, "bob", True)]
    await removed(bob)
    assert [tuple(each[name] for name in shown) for each in (await listed())["data"]] == [(bob.id, "bob", False)]
    await deletes_his_account(bob)
    assert [tuple(each[name] for name in shown) for each in (await listed())["data"]] == [(bob.id, None, False)]
    details = await connection.fetchval("SELECT details FROM audit_events WHERE action = 'member.remove'")
    assert {name: len(ids) for name, ids in json.loads(details).items()} == {"left_api_keys": 1, "left_invitations": 1}


async def test_who_may_not_read_keys_is_not_told_what_is_left_behind(
    client: httpx.AsyncClient, platform: Platform, ada: Headers
):
    bob = Bob(client, platform, ada)
    await by_invitation(bob)
    await bob.make_things()
    actions = ["organization.read", "member.remove"]
    assert (await client.get(f"{ACME}/roles/admin", headers=ada)).status_code == 200
    everything = (await bob.ask("GET", f"{ACME}/roles/admin", ada))["actions"]
    quiet = [each for each in everything if not each.startswith(("api_key", "invitation"))]
    await bob.ask("PUT", f"{ACME}/members/{bob.id}", ada, json={"role": "member"})
    key = await bob.ask("POST", f"{ACME}/api-keys", ada, 201, json={"name": "k", "actions": sorted({*actions, *quiet})})
    by_key = {"Authorization": f"Bearer {key['key']}"}
    await bob.ask("DELETE", f"{ACME}/members/{bob.id}", by_key, 204)
