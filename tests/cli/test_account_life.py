"""The commands that invite, hand over, delete, restore, export and erase."""

import json
from pathlib import Path
from typing import Any

from freehold import (
    EmailVerification,
    InvitationAcceptance,
    NewOrganization,
    Organization,
    PasswordResetCompletion,
    PersonalData,
    Platform,
)
from freehold.mail.errors import MailedTooOften
from freehold.organizations.members.errors import AlreadyMember
from freehold.users.verification.errors import EmailVerified
from tests.conftest import PASSWORD, SignUp
from tests.mail.letters import token_to

from .conftest import Freehold


def told(freehold: Freehold, *arguments: str) -> Any:
    ran = freehold(*arguments, "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    return json.loads(ran.stdout)


async def make_acme(platform: Platform, sign_up: SignUp) -> Organization:
    ada = await sign_up("ada")
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


async def test_invitations(freehold: Freehold, platform: Platform, sign_up: SignUp):
    await make_acme(platform, sign_up)
    bob = await sign_up("bob")
    await platform.users.mark_verified(bob.id)
    made = told(freehold, "organizations", "invite", "acme", bob.email, "--role", "admin")
    assert (made["email"], made["role"], made["invited_by"]) == (bob.email, "admin", None)
    assert told(freehold, "organizations", "invitations", "acme")["data"] == [made]
    again = told(freehold, "organizations", "resend-invitation", "acme", made["id"])
    assert again["expires_at"] > made["expires_at"]
    acceptance = InvitationAcceptance(token=await token_to(platform, bob.email))
    joined = await platform.acting_as(bob.id).organizations.invitations.accept(acceptance)
    assert joined.role == "admin"
    refused = freehold("organizations", "invite", "acme", bob.email)
    assert (refused.returncode, refused.stderr) == (1, f"freehold: {AlreadyMember.title}\n")
    other = told(freehold, "organizations", "invite", "acme", "c@example.com")
    revoked = told(freehold, "organizations", "revoke-invitation", "acme", other["id"])
    assert revoked == {**other, "status": "revoked", "ended_at": revoked["ended_at"]}
    assert freehold("organizations", "invitations", "acme").stdout == ""
    assert told(freehold, "organizations", "invitations", "acme", "--status", "revoked")["data"] == [revoked]
    kept = told(freehold, "organizations", "invitations", "acme", "--status", "all")["data"]
    assert [each["status"] for each in kept] == ["revoked", "accepted"]
    options = ("--status", "all", "--sort", "oldest")
    assert told(freehold, "organizations", "invitations", "acme", *options)["data"] == kept[::-1]
    assert told(freehold, "organizations", "show-invitation", "acme", other["id"]) == revoked
    ended = freehold("organizations", "revoke-invitation", "acme", other["id"])
    assert (ended.returncode, "was revoked" in ended.stderr) == (1, True)
    assert freehold("organizations", "invitations", "acme", "--status", "pending").returncode == 2
    unreadable = freehold("organizations", "invite", "acme", "nobody", "--role", "owner")
    assert unreadable.returncode == 1
    assert [line.split(":")[1] for line in unreadable.stderr.splitlines()] == [" EMAIL", " --role"]


async def test_people_in_a_file_are_invited(freehold: Freehold, platform: Platform, sign_up: SignUp, tmp_path: Path):
    await make_acme(platform, sign_up)
    bob = await sign_up("bob")
    await platform.users.mark_verified(bob.id)
    (tmp_path / "people.csv").write_text("bob@example.com\nb@example.com, admin\n\nwrong\n", "utf-8")
    ran = freehold("organizations", "invite", "acme", "--file", "people.csv", "--json")
    results = json.loads(ran.stdout)
    assert (ran.returncode, results["invited"]) == (1, 2)
    assert [each["role"] for each in results["data"]] == ["member", "admin", "member"]
    assert results["data"][2]["error"]["code"] == "invalid_email"
    again = freehold("organizations", "invite", "acme", "--file", "-", stdin="b@example.com\nc@example.com\n")
    assert (again.returncode, again.stderr) == (1, "1 of 2 invited\n")
    assert again.stdout.splitlines()[1] == "c@example.com\tinvited"
    assert freehold("organizations", "invite", "acme").returncode == 2
    (received,) = told(freehold, "organizations", "received-invitations", "bob")["data"]
    assert received["organization"]["slug"] == "acme"
    assert freehold("organizations", "decline-invitation", "bob", received["id"]).returncode == 0
    assert told(freehold, "organizations", "received-invitations", "bob")["data"] == []


async def test_ownership_is_offered_and_withdrawn(freehold: Freehold, platform: Platform, sign_up: SignUp):
    await make_acme(platform, sign_up)
    bob = await sign_up("bob")
    told(freehold, "organizations", "add-member", "acme", "bob")
    offered = told(freehold, "organizations", "offer-ownership", "acme", "bob")
    assert (offered["user"]["id"], offered["offered_by"]) == (str(bob.id), None)
    assert told(freehold, "organizations", "owner-offer", "acme") == offered
    assert told(freehold, "organizations", "withdraw-offer", "acme") == offered
    assert freehold("organizations", "owner-offer", "acme").returncode == 1


async def test_ownership(freehold: Freehold, platform: Platform, sign_up: SignUp):
    acme = await make_acme(platform, sign_up)
    bob = await sign_up("bob")
    told(freehold, "organizations", "add-member", "acme", "bob")
    assert told(freehold, "organizations", "hand-over", "acme", "bob")["owner_id"] == str(bob.id)
    assert told(freehold, "organizations", "remove-member", "acme", "ada")["members"] == [str(bob.id)]
    deleted = told(freehold, "organizations", "delete", "acme")
    assert told(freehold, "organizations", "deleted")["data"] == [deleted]
    assert freehold("organizations", "list").stdout == ""
    assert told(freehold, "organizations", "restore", "acme")["id"] == str(acme.id)
    early = freehold("organizations", "delete", "acme", "--permanently")
    assert early.returncode == 1
    assert freehold("organizations", "delete", str(acme.id)).returncode == 0
    gone = freehold("organizations", "delete", str(acme.id), "--permanently")
    assert (gone.returncode, gone.stdout, gone.stderr) == (0, "", "")
    assert freehold("organizations", "restore", "acme").returncode == 1


async def test_export_goes_to_standard_output_or_to_a_new_file_of_ones_own(
    freehold: Freehold, tmp_path: Path, sign_up: SignUp
):
    ada = await sign_up("ada")
    exported = told(freehold, "users", "export", "ada")
    assert exported["user"]["id"] == str(ada.id)
    assert set(exported) == set(PersonalData.__struct_fields__)
    ran = freehold("users", "export", "ada", "ada.json")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    target = tmp_path / "ada.json"
    assert json.loads(target.read_text())["user"] == exported["user"]
    assert target.stat().st_mode & 0o077 == 0
    again = freehold("users", "export", "ada", "ada.json")
    assert again.returncode == 1
    assert "cannot create 'ada.json'" in again.stderr


async def test_user_is_erased_when_they_own_nothing(freehold: Freehold, platform: Platform, sign_up: SignUp):
    await make_acme(platform, sign_up)
    refused = freehold("users", "erase", "ada", "--yes")
    assert refused.returncode == 1
    assert "acme" in refused.stderr
    assert freehold("organizations", "delete", "acme").returncode == 0
    refused = freehold("users", "erase", "ada", "--yes")
    assert "acme (deleted)" in refused.stderr
    assert freehold("organizations", "delete", "acme", "--permanently").returncode == 0
    assert freehold("users", "erase", "ada").returncode == 0
    assert freehold("users", "list").stdout == ""


async def test_links_are_mailed_to_a_user(freehold: Freehold, platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    nobody = platform.acting_as(None).users
    told(freehold, "users", "send-verification", "ada")
    await nobody.verify_email(EmailVerification(token=await token_to(platform, ada.email), password=PASSWORD))
    again = freehold("users", "send-verification", "ada")
    assert (again.returncode, again.stderr) == (1, f"freehold: {EmailVerified.title}\n")
    assert told(freehold, "users", "change-email", "ada", "ada@other.example")["email"] == ada.email
    await nobody.verify_email(EmailVerification(token=await token_to(platform, "ada@other.example"), password=PASSWORD))
    assert told(freehold, "users", "show", "ada")["email"] == "ada@other.example"
    for _ in range(5):
        told(freehold, "users", "send-password-reset", "ada")
    too_often = freehold("users", "send-password-reset", "ada")
    assert too_often.returncode == 1
    assert too_often.stderr.startswith(f"freehold: {MailedTooOften.title}")
    token = await token_to(platform, "ada@other.example")
    await nobody.reset_password(PasswordResetCompletion(token=token, new_password="Analytical2"))
    unreadable = freehold("users", "change-email", "ada", "nobody")
    assert (unreadable.returncode, unreadable.stderr.split(":")[1]) == (1, " EMAIL")
