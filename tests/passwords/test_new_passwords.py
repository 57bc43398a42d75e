"""Every way to set a password keeps the platform's rule of new passwords, and refuses those that are known."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from tests.conftest import PASSWORD, trusting
from tests.mail.letters import letters_to, token_in, token_to
from tests.passwords.test_breached import digest, lines
from tests.users.people import headers_of

from freehold import (
    EmailUndo,
    EmailVerification,
    NewPasswordReset,
    NewSession,
    NewUser,
    PasswordChange,
    PasswordResetCompletion,
    Platform,
    Settings,
    UserPatch,
)
from freehold.base.errors import Invalid
from freehold.base.settings import SettingError
from freehold.console.first import link
from freehold.serve.application import create_application, openapi

BREACHED, PHRASE, SHORT_PHRASE = "Tr0ub4dor&3-horse-battery", "correct horse battery staple", "ada's engine"
Way = Callable[["Case"], Awaitable[str]]


class Case:
    """Somebody of this name on a platform, and the password that they choose."""

    def __init__(self, platform: Platform, application: Any, name: str, password: str) -> None:
        self.platform, self.application, self.name, self.password = platform, application, name, password
        self.email = f"{name}@example.com"
        self.new: dict[str, Any] = {"username": name, "email": self.email, "password": password}

    @asynccontextmanager
    async def http(self, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(self.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as opened:
            yield opened

    def browser(self) -> Any:
        return self.http(Accept="text/html", Origin="http://test", **{"Sec-Fetch-Site": "same-origin"})

    async def user(self, old: str) -> Any:
        return await self.platform.users.create(NewUser(username=self.name, email=self.email, password=old))

    async def reset_token(self) -> str:
        await self.platform.users.request_password_reset(NewPasswordReset(email=self.email))
        return await token_to(self.platform, self.email)

    async def undo_token(self, old: str) -> str:
        user = await self.user(old)
        await self.platform.users.mark_verified(user.id)
        actor = self.platform.acting_as(user.id)
        await self.platform.users.update(user.id, UserPatch(email=f"new-{self.email}"))
        for letter in await letters_to(self.platform, f"new-{self.email}"):
            await actor.users.verify_email(EmailVerification(token=token_in(letter)))
        return next(
            token_in(each) for each in await letters_to(self.platform, self.email) if "was changed" in each.subject
        )


OLD: Final = "Analytical engine 1843"
"""A password that all rules accept."""


def told(answer: httpx.Response, pointer: str) -> str:
    if answer.is_success:
        return "set"
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    return str(error["code"])


def shown(answer: httpx.Response, field: str) -> str:
    if answer.status_code == 303:
        return "set"
    assert answer.status_code in {409, 422}, answer.text
    wrong = re.search(rf'id="{field}-wrong"[^>]*>([^<]*)', answer.text)
    assert wrong is not None, answer.text
    return "invalid_password" if wrong[1].startswith("Must have") else "common_password"


async def raised(work: Callable[[], Awaitable[Any]], pointer: str) -> str:
    try:
        await work()
    except Invalid as error:
        (failing,) = error.errors
        return failing.code if failing.pointer == pointer else failing.pointer
    return "set"


async def http_sign_up(case: Case) -> str:
    async with case.http() as client:
        return told(await client.post("/v1/users", json=case.new), "/password")


async def http_change(case: Case) -> str:
    await case.user(OLD)
    async with case.http() as client:
        change = {"current_password": OLD, "new_password": case.password}
        headers = await headers_of(client, case.name, OLD)
        return told(await client.put("/v1/users/me/password", json=change, headers=headers), "/new_password")


async def http_reset(case: Case) -> str:
    await case.user(OLD)
    body = {"token": await case.reset_token(), "new_password": case.password}
    async with case.http() as client:
        return told(await client.post("/v1/password-resets/complete", json=body), "/new_password")


async def http_undo(case: Case) -> str:
    body = {"token": await case.undo_token(OLD), "new_password": case.password}
    async with case.http() as client:
        return told(await client.post("/v1/email-verifications/undo", json=body), "/new_password")


async def library_sign_up(case: Case) -> str:
    return await raised(lambda: case.platform.users.create(NewUser(**case.new)), "/password")


async def library_change(case: Case) -> str:
    actor = case.platform.acting_as((await case.user(OLD)).id)
    return await raised(
        lambda: actor.users.change_password("me", PasswordChange(current_password=OLD, new_password=case.password)),
        "/new_password",
    )


async def library_reset(case: Case) -> str:
    await case.user(OLD)
    token = await case.reset_token()
    return await raised(
        lambda: case.platform.users.reset_password(PasswordResetCompletion(token=token, new_password=case.password)),
        "/new_password",
    )


async def library_undo(case: Case) -> str:
    token = await case.undo_token(OLD)
    return await raised(
        lambda: case.platform.users.undo_email_change(EmailUndo(token=token, new_password=case.password)),
        "/new_password",
    )


async def operator(case: Case) -> str:
    user = await case.user(OLD)
    return await raised(lambda: case.platform.users.set_password(user.id, case.password), "/password")


async def page_first_steps(case: Case) -> str:
    async with case.browser() as browser:
        path = link(case.platform.context)
        assert hint(case.platform) in (await browser.get(path)).text
        return shown(await browser.post(path, data={**case.new, "token": path.partition("token=")[2]}), "password")


async def page_sign_up(case: Case) -> str:
    async with case.browser() as browser:
        assert hint(case.platform) in (await browser.get("/sign-up")).text
        return shown(await browser.post("/sign-up", data=case.new), "password")


async def page_reset(case: Case) -> str:
    await case.user(OLD)
    token = await case.reset_token()
    async with case.browser() as browser:
        assert hint(case.platform) in (await browser.get("/reset", params={"token": token})).text
        answer = await browser.post("/reset", data={"token": token, "new_password": case.password})
        return shown(answer, "new_password")


async def page_undo(case: Case) -> str:
    token = await case.undo_token(OLD)
    async with case.browser() as browser:
        answer = await browser.post("/undo-email-change", data={"token": token, "new_password": case.password})
        return shown(answer, "new_password")


async def page_security(case: Case) -> str:
    await case.user(OLD)
    async with case.browser() as browser:
        await browser.post("/sign-in", data={"login": case.name, "password": OLD})
        assert hint(case.platform) in (await browser.get("/account/security")).text
        change = {"current_password": OLD, "new_password": case.password}
        return shown(await browser.post("/account/security", data=change), "new_password")


def hint(platform: Platform) -> str:
    return platform.context.tools.settings.password_rule.says.removeprefix("must have ")


WAYS: Final[tuple[Way, ...]] = (
    *(http_sign_up, http_change, http_reset, http_undo),
    *(library_sign_up, library_change, library_reset, library_undo, operator),
    *(page_sign_up, page_reset, page_undo, page_security),
)
POLICIES: Final[dict[str, dict[str, Any]]] = {
    "seed": {},
    "seed, 12": {"password_min_length": 12},
    "length": {"password_rules": "length"},
    "length, 8": {"password_rules": "length", "password_min_length": 8},
    "length, breached": {"password_rules": "length", "breached_passwords": Path("breached.txt")},
}
WEAK, KNOWN = "invalid_password", "common_password"
OUTCOMES: Final = {
    #               seed  seed, 12  length  length, 8  length, breached
    "Lovelace1x": ("set", WEAK, WEAK, "set", WEAK),
    PHRASE: (WEAK, WEAK, "set", "set", "set"),
    SHORT_PHRASE: (WEAK, WEAK, WEAK, "set", WEAK),
    BREACHED: ("set", "set", "set", "set", KNOWN),
    "\uff2covelace1x Babbage": ("set", "set", "set", "set", "set"),
    "passwordpassword": (WEAK, WEAK, "set", "set", "set"),
    "Password12345678": (KNOWN, KNOWN, KNOWN, KNOWN, KNOWN),
    "x" * 129: (WEAK, WEAK, WEAK, WEAK, WEAK),
}
"""What comes of a password by each of the policies."""
EVERYWHERE: Final = ("Lovelace1x", PHRASE, BREACHED)
"""What is tried in every way; the others say something of the rules, and are tried in two."""


def settings_of(policy: str, folder: Path) -> Settings:
    given = POLICIES[policy]
    if "breached_passwords" in given:
        path = folder / given["breached_passwords"]
        path.write_bytes(lines(digest(each) for each in (BREACHED, "1", "2", "3")))
        given = {**given, "breached_passwords": path}
    return trusting(**given)


@pytest.mark.parametrize("policy", POLICIES)
async def test_every_way_to_set_a_password_keeps_the_policy(policy: str, database_url: str, tmp_path: Path):
    """Takes some seconds, since each way sets and proves passwords for real."""
    place, found = [*POLICIES].index(policy), dict[tuple[str, str], str]()
    async with Platform.open(database_url, settings=settings_of(policy, tmp_path)) as platform:
        application = create_application(platform)
        for number, password in enumerate(OUTCOMES):
            for way in WAYS if password in EVERYWHERE else (http_sign_up, library_sign_up):
                case = Case(platform, application, f"{way.__name__}_{number}", password)
                found[way.__name__, password] = await way(case)
        first = [password for password in EVERYWHERE if OUTCOMES[password][place] != "set"] + [OLD]
        for number, password in enumerate(first):  # the last makes the administrator
            found["page_first_steps", password] = await page_first_steps(
                Case(platform, application, f"first_{number}", password)
            )
    wanted = {(way, password): OUTCOMES.get(password, ("set",) * 5)[place] for way, password in found}
    assert {key: value for key, value in found.items() if value != wanted[key]} == {}


async def test_passwords_from_before_go_on_working(database_url: str, tmp_path: Path):
    async with Platform.open(database_url) as before:
        await before.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    (tmp_path / "breached.txt").write_bytes(lines([digest(PASSWORD)]))
    strict = Settings(password_rules="length", breached_passwords=tmp_path / "breached.txt")
    async with Platform.open(database_url, settings=strict) as platform:
        signed_in = await platform.sessions.create(NewSession(login="ada", password=PASSWORD))
        assert signed_in.user.username == "ada"


async def test_all_that_is_wrong_is_named_with_the_policy(database_url: str):
    async with Platform.open(database_url, settings=trusting(password_rules="length")) as platform:
        case = Case(platform, create_application(platform), "x!", "Lovelace1")
        async with case.http() as client:
            answer = await client.post("/v1/users", json=case.new)
    told = {each["pointer"]: each["detail"] for each in answer.json()["errors"]}
    assert {"/username", "/password"} <= told.keys()
    assert told["/password"] == "must have 15 to 128 characters"


async def test_document_of_a_server_says_its_own_rule(database_url: str):
    settings = trusting(password_rules="length", password_min_length=10)
    async with (
        Platform.open(database_url, settings=settings) as platform,
        Case(platform, create_application(platform), "ada", "").http() as client,
    ):
        served = (await client.get("/openapi.json")).json()
    for name, field in (("NewUser", "password"), ("PasswordChange", "new_password"), ("EmailUndo", "new_password")):
        properties = served["components"]["schemas"][name]["properties"][field]
        (own,) = [each for each in (properties, *properties.get("anyOf", ())) if each.get("format") == "password"]
        assert (own["minLength"], own["maxLength"]) == (10, 128)
        assert re.search(own["pattern"], "correct horse battery staple")
        assert "10 to 128 characters" in str(properties)
    assert "uppercase" not in str(served)
    assert "uppercase letter" in str(openapi()), "the document of the project is the seed's"


async def test_server_does_not_start_with_a_file_that_cannot_be_used(database_url: str, tmp_path: Path):
    with pytest.raises(SettingError, match="FREEHOLD_BREACHED_PASSWORDS"):
        async with Platform.open(database_url, settings=Settings(breached_passwords=tmp_path / "none")):
            pass


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PASSWORD_RULES", "nist", "must be one of: seed, length"),
        ("PASSWORD_MIN_LENGTH", "7", "must be a whole number from 8 to 64"),
        ("PASSWORD_MIN_LENGTH", "65", "must be a whole number from 8 to 64"),
    ],
)
def test_setting_out_of_range_says_what_it_takes(name: str, value: str, says: str):
    with pytest.raises(SettingError, match=says):
        Settings.from_environment({f"FREEHOLD_{name}": value})
