"""People whose password hash cannot be checked are imported, without a password, and told to set a new one."""

from typing import Any

import msgspec
import pytest
from tests.transfer.conftest import Import, uid, user

from freehold import NewPasswordReset, NewSession, PageRequest, Platform
from freehold.sessions.errors import WrongCredentials

UNREADABLE = {
    "another format": "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
    "too dear": "$2b$31$" + "a" * 53,
    "too long": "pbkdf2_sha256$1000$salt$" + "a" * 300,
    "not a hash": "hunter2",
}
GOOD = "$2b$04$" + "a" * 53


async def stored(connection: Any) -> list[str]:
    return [row[0] for row in await connection.fetch("SELECT password_hash FROM users ORDER BY id")]


@pytest.mark.parametrize("unreadable", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("plan", [{}, {"partial": True}, {"on_conflict": "skip"}, {"on_conflict": "update"}], ids=str)
@pytest.mark.parametrize("form", ["ndjson", "csv"])
async def test_users_without_a_hash_to_check_are_stored_and_counted(
    bring_in: Import, connection: Any, unreadable: str, plan: dict[str, Any], form: str
):
    lines: Any = [user(1, password_hash=unreadable), user(2, password_hash=GOOD), user(3, password_hash="!")]
    if form == "csv":
        rows = [",".join(lines[0]), *(",".join(line.values()) for line in lines)]
        lines = "\n".join(rows).encode()
    report, refusals = await bring_in("users", lines, form=form, **plan)
    assert (report.stored, report.refused, report.unusable_passwords, refusals.lines) == (3, 0, 1, 0)
    assert await stored(connection) == ["!", GOOD, "!"]


async def test_update_takes_no_password_away_for_one_that_cannot_be_checked(bring_in: Import, connection: Any):
    await bring_in("users", [user(1, password_hash=GOOD)])
    line = user(1, password_hash="hunter2", first_name="Ada")
    report, _ = await bring_in("users", [line], on_conflict="update")
    assert (report.updated, report.unusable_passwords) == (1, 1)
    assert await stored(connection) == [GOOD]


async def test_who_has_no_password_is_mailed_how_to_set_one_when_they_try_to_sign_in(
    platform: Platform, bring_in: Import, connection: Any
):
    verified = {"email_verified_at": "2026-01-01T00:00:00Z"}
    await bring_in("users", [user(1, password_hash="hunter2", **verified), user(2, password_hash=GOOD, **verified)])
    stranger = Platform(msgspec.structs.replace(platform.context, actor=None, ip="203.0.113.9"))
    for login in ("user_1", "user_2", "nobody", "user1@example.com"):
        with pytest.raises(WrongCredentials):
            await stranger.sessions.create(NewSession(login=login, password="Wrong1234"))
    mails = (await platform.mail.list(PageRequest())).data
    assert [mail.to for mail in mails] == ["user1@example.com"]  # at the first failure alone
    assert "password" in mails[0].subject.lower()
    assert await connection.fetchval("SELECT count(*) FROM password_resets") == 1
    assert str(await connection.fetchval("SELECT user_id FROM password_resets")) == uid(1)
    await platform.users.request_password_reset(NewPasswordReset(email="user1@example.com"))
