"""Eight people who invite, join, promote, demote, hand over, leave, delete and restore at the same time.

Each round everybody does something at once, against a real database; afterwards what must always hold is looked at. A
seed says who does what; which of those who act at once comes first is left to the database.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from tests.conftest import SignUp

from freehold import (
    Action,
    EarlierMembership,
    FreeholdError,
    InvitationAcceptance,
    NewCustomRole,
    NewInvitation,
    NewOrganization,
    NewOwner,
    NewRole,
    PageRequest,
    Platform,
    RolePatch,
    Unavailable,
    User,
)

PEOPLE = 8
ROUNDS = 40
OWN_ROLES = ("clerk", "lead")
ROLES = ("admin", "member", *OWN_ROLES)
ACTIONS = [action for action in Action if action is not Action.ORGANIZATION_READ]

WRONG = {
    "an owner who is no member": """
        SELECT o.slug FROM organizations o
        WHERE NOT EXISTS (
            SELECT FROM organization_members m WHERE m.organization_id = o.id AND m.user_id = o.owner_id
        )
    """,
    "not one owner": """
        SELECT organization_id FROM all_organization_roles GROUP BY organization_id
        HAVING count(*) FILTER (WHERE role = 'owner') <> 1
    """,
    "a membership that is there twice": """
        SELECT organization_id FROM organization_members GROUP BY organization_id, user_id HAVING count(*) > 1
    """,
    "a role that is not there": """
        SELECT m.user_id FROM all_organization_roles m
        WHERE m.role NOT IN ('owner', 'admin', 'member') AND NOT EXISTS (
            SELECT FROM roles r
            WHERE r.organization_id = m.organization_id AND r.name = m.role AND r.actions = m.actions
        )
    """,
    "an invitation that was accepted twice": """
        SELECT details ->> 'invitation_id' FROM audit_events WHERE details ? 'invitation_id'
        GROUP BY details ->> 'invitation_id' HAVING count(*) > 1
    """,
    "an invitation that was accepted and is open": """
        SELECT i.id FROM invitations i JOIN audit_events e ON e.details ->> 'invitation_id' = i.id::text
        WHERE i.status <> 'accepted'
    """,
    "members that the audit log does not know": """
        SELECT m.user_id FROM organization_members m JOIN organizations o ON o.id = m.organization_id
        WHERE (
            SELECT count(*) FILTER (WHERE action = 'member.add') - count(*) FILTER (WHERE action = 'member.remove')
            FROM audit_events e WHERE e.organization_id = m.organization_id AND e.target_id = m.user_id
        ) <> CASE WHEN m.user_id = (
            SELECT e.actor_id FROM audit_events e
            WHERE e.organization_id = o.id AND e.action = 'organization.create'
        ) THEN 0 ELSE 1 END
    """,
}


class Crowd:
    """The people, and what they did."""

    def __init__(self, platform: Platform, connection: Any, people: list[User], seed: int) -> None:
        self.platform = platform
        self.connection = connection
        self.people = people
        self.dice = random.Random(seed)  # noqa: S311 - a test that can be repeated
        self.organizations: list[UUID] = []
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.tokens: list[tuple[User, str]] = []
        self.open: list[tuple[User, str]] = []
        self.invitations: list[UUID] = []
        self.roles: dict[tuple[UUID, UUID], tuple[str, bool]] = {}

    async def act(self) -> None:
        """Everybody does something, at once; what is refused is refused with an error that is meant."""
        plans = [self.plan(each) for each in self.people for _ in range(2)]  # so that people also race themselves
        async with asyncio.TaskGroup() as group:
            for name, work in plans:
                group.create_task(self.attempt(name, work))

    async def attempt(self, name: str, work: Callable[[], Awaitable[Any]]) -> None:
        try:
            await work()
        except Unavailable:
            raise
        except FreeholdError as error:
            self.refused[f"{name}: {error.code}"] += 1
        else:
            self.done[name] += 1

    def plan(self, who: User) -> tuple[str, Callable[[], Awaitable[Any]]]:
        """Roll what somebody does: all dice fall before anybody acts, so that a seed says it all."""
        dice = self.dice
        mine = self.platform.acting_as(who.id).organizations
        roles = {place: role for (place, member), (role, _) in self.roles.items() if member == who.id}
        likely = dice.choice([*roles, *roles, *roles, *self.organizations])  # mostly where they are somebody
        acme, other = likely, dice.choice(self.people)
        is_owner, is_deleted = roles.get(acme) == "owner", acme in self.deleted
        role, own_role = dice.choice(ROLES), dice.choice(OWN_ROLES)
        actions = tuple(dice.sample(ACTIONS, dice.randint(0, 6)))
        invitation = dice.choice(self.invitations) if self.invitations else who.id
        letters = [token for recipient, token in self.open if recipient is who]
        token = dice.choice(letters or [each for _, each in self.tokens] or ["none"])
        mine_to_take = [place for place, member in self.offers if member == who.id]
        leads = roles.get(acme) in {"owner", "admin"}
        plans: dict[str, tuple[int, Callable[[], Awaitable[Any]]]] = {
            "invite": (
                15 if leads else 2,
                lambda: mine.invitations.create(acme, NewInvitation(email=other.email, role=role)),
            ),
            "accept": (30 if letters else 1, lambda: self.accept(who, token)),
            "resend": (8 if leads else 1, lambda: mine.invitations.resend(acme, invitation)),
            "revoke": (1, lambda: mine.invitations.revoke(acme, invitation)),
            "put": (15 if leads else 2, lambda: mine.members.put(acme, other.id, NewRole(role=role))),
            "remove": (4 if leads else 1, lambda: mine.members.remove(acme, other.id)),
            "leave": (2 if leads else 1, lambda: mine.members.leave(acme)),
            "make role": (
                6 if leads else 1,
                lambda: mine.roles.create(acme, NewCustomRole(name=own_role, actions=actions)),
            ),
            "change role": (2, lambda: mine.roles.update(acme, own_role, RolePatch(actions=actions))),
            "drop role": (2, lambda: mine.roles.delete(acme, own_role)),
            "offer": (15 if is_owner else 1, lambda: mine.owner_offers.create(acme, NewOwner(user_id=other.id))),
            "take over": (9, lambda: mine.owner_offers.accept(dice.choice(mine_to_take or [acme]))),
            "delete": (4 if is_owner else 1, lambda: mine.delete(acme)),
            "restore": (60 if is_owner and is_deleted else 1, lambda: mine.restore(acme)),
        }
        name = dice.choices(list(plans), [weight for weight, _ in plans.values()])[0]
        return name, plans[name][1]

    @property
    def deleted(self) -> set[UUID]:
        return {place for (place, _), (_, is_deleted) in self.roles.items() if is_deleted}

    async def accept(self, who: User, token: str) -> None:
        acting = self.platform.acting_as(who.id)
        made = await acting.organizations.invitations.accept(InvitationAcceptance(token=token))
        self.accepted[token] += not isinstance(made, EarlierMembership)

    async def look(self) -> None:
        """Read the mails, and check what must always hold."""
        by_address = {each.email: each for each in self.people}
        mails = await self.connection.fetch("SELECT recipient, text_body FROM mail_messages ORDER BY id")
        found = [(by_address[to], re.search(r"token: (fhi_\S+)", text)) for to, text in mails]
        hashes = {row[0] for row in await self.connection.fetch("SELECT token_hash FROM invitations")}
        self.tokens = [(who, token[1]) for who, token in found if token]
        self.open = [(who, token) for who, token in self.tokens if sha256(token.encode()).digest() in hashes]
        self.invitations = [row[0] for row in await self.connection.fetch("SELECT id FROM invitations ORDER BY id")]
        rows = await self.connection.fetch(
            "SELECT organization_id, user_id, role, deleted_at FROM all_organization_roles"
        )
        self.offers = [
            (*row,) for row in await self.connection.fetch("SELECT organization_id, user_id FROM owner_offers")
        ]
        self.roles = {(place, member): (role, deleted_at is not None) for place, member, role, deleted_at in rows}
        for wrong, query in WRONG.items():
            assert await self.connection.fetch(query) == [], wrong
        assert [token for token, times in self.accepted.items() if times > 1] == []


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
async def test_invariants_hold_whatever_eight_people_do_at_once(
    platform: Platform, sign_up: SignUp, connection: Any, seed: int
):
    people = [await sign_up(f"user{number}") for number in range(PEOPLE)]
    for each in people:
        await platform.users.mark_verified(each.id)
    crowd = Crowd(platform, connection, people, seed)
    for owner in people[:2]:
        made = await platform.acting_as(owner.id).organizations.create(NewOrganization(name="Acme"))
        crowd.organizations.append(made.id)
    for _ in range(ROUNDS):
        await crowd.look()
        await crowd.act()
    await crowd.look()
    # Or nothing would have been shown:
    wanted = {"invite", "accept", "put", "leave", "make role", "offer", "take over"}
    assert wanted <= set(crowd.done), (crowd.done, crowd.refused)
    report = await platform.audit.verify()
    assert report.found == 0
    deleted = {each.id for each in (await platform.organizations.list_deleted(PageRequest())).data}
    for each in people:
        listed = await platform.acting_as(each.id).organizations.list_of_user("me", PageRequest())
        assert not deleted & {organization.id for organization in listed.data}


async def test_one_of_many_who_take_one_invitation_gets_it(platform: Platform, sign_up: SignUp, connection: Any):
    """Also against one who revokes it and one who sends it again at the same moment."""
    ada, bob = await sign_up("ada"), await sign_up("bob")
    await platform.users.mark_verified(bob.id)
    as_ada, as_bob = platform.acting_as(ada.id).organizations, platform.acting_as(bob.id).organizations
    acme = await as_ada.create(NewOrganization(name="Acme"))
    for _ in range(10):
        made = await as_ada.invitations.create(acme.id, NewInvitation(email=bob.email))
        text = await connection.fetchval("SELECT text_body FROM mail_messages ORDER BY id DESC LIMIT 1")
        token = re.search(r"token: (\S+)", text)
        assert token is not None
        accepting = [as_bob.invitations.accept(InvitationAcceptance(token=token[1])) for _ in range(4)]
        results = await asyncio.gather(
            *accepting,
            as_ada.invitations.revoke(acme.id, made.id),
            as_ada.invitations.resend(acme.id, made.id),
            return_exceptions=True,
        )
        assert not [each for each in results if isinstance(each, Exception) and not isinstance(each, FreeholdError)]
        joined = [each for each in results[:4] if not isinstance(each, BaseException | EarlierMembership)]
        members = await connection.fetchval("SELECT count(*) FROM organization_members WHERE user_id = $1", bob.id)
        assert len(joined) == members <= 1
        assert await connection.fetchval("SELECT count(*) FROM invitations WHERE status = 'open'") <= 1 - members
        if members:
            await as_bob.members.leave(acme.id)
        await connection.execute("DELETE FROM invitations")
