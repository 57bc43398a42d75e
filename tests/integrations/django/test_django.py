"""Freehold in a Django project, under WSGI and ASGI."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured, SynchronousOnlyOperation
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.test import AsyncClient, Client, RequestFactory, override_settings
from tests.conftest import PASSWORD

from freehold import (
    AccountAuditPageRequest,
    AuditPageRequest,
    NewApiKey,
    NewRole,
    NewSuspension,
    Organization,
    PageRequest,
    Settings,
    User,
    UserPatch,
)
from freehold.integrations.django import access, close, platform
from freehold.integrations.django.opening import settings_of_project

from .conftest import Caller, bearer, sign_up

GONE = "postgresql://nobody@127.0.0.1:1/nowhere"
HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


def test_views_answer_whoever_may_call_them(call: Caller, acme: Organization):
    bob = sign_up("bob")
    sign_up("eve")
    platform().organizations.members.put(acme.id, bob.id, NewRole(role="member"))
    key = platform().organizations.api_keys.create(acme.id, NewApiKey(name="ci")).key
    senders: dict[str, dict[str, str]] = {name: bearer(name) for name in ("ada", "bob", "eve")}
    senders |= {"nobody": {}, "key": {"Authorization": f"Bearer {key}"}, "wrong": {"Authorization": "Bearer fh_x"}}
    expected = {
        #          me, ame, greeting, read, read (async), delete
        "ada": (200, 200, 200, 200, 200, 200),
        "bob": (200, 200, 200, 200, 200, 403),
        "eve": (200, 200, 200, 404, 404, 404),
        "nobody": (401, 401, 200, 401, 401, 401),
        "key": (403, 403, 403, 200, 200, 403),
        "wrong": (401, 401, 401, 401, 401, 401),
    }
    for name, headers in senders.items():
        paths = ["/me", "/ame", "/greeting", "/organizations/acme/invoices", f"/organizations/{acme.id}/invoices/2026"]
        answers = [call(path, headers=headers) for path in paths]
        answers.append(call("/classes/acme/invoices", "delete", headers))
        assert tuple(each.status_code for each in answers) == expected[name], name
        for answer in answers:
            assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].split(", "))
            if answer.status_code > 200:
                assert answer.headers["Content-Type"] == "application/problem+json"
                assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert call("/me", headers=senders["bob"]).content == b"bob"
    assert call("/me").headers["WWW-Authenticate"] == 'Bearer realm="freehold"'
    shown = call("/organizations/acme/invoices/2026", headers=senders["bob"]).json()
    assert shown == {"organization": str(acme.id), "role": "member", "year": 2026}
    assert call(f"/by-id/{acme.id}/invoices", headers=senders["ada"]).json()["role"] == "owner"
    assert "Vary" not in call("/plain", headers=senders["ada"]).headers


@pytest.mark.parametrize("name", ["Not A Slug", "%00", "%F0%9F%98%80", "nowhere", "new"])
def test_organization_that_cannot_be_is_no_fault_of_the_server(call: Caller, acme: Organization, name: str):
    for path in (f"/organizations/{name}/invoices", f"/organizations/{name}/invoices/1"):
        assert call(path, headers=bearer("ada")).status_code in {404, 422}
        assert call(path).status_code == 401


def test_people_see_the_pages_of_the_project(call: Caller, acme: Organization):
    sent = call("/me?a=b", headers=HTML)
    assert (sent.status_code, sent.headers["Location"]) == (302, "/accounts/login/?next=/me%3Fa%3Db")
    assert call("/organizations", "post", HTML).status_code == 401  # what was sent would be lost
    token = bearer("ada")["Authorization"].partition(" ")[2]
    cookie = {**HTML, "Cookie": f"freehold={token}"}
    missing = call("/organizations/nowhere/invoices", headers=cookie)
    assert (missing.status_code, missing.content) == (404, b"Our page for what is not there")
    taken = call("/taken", headers=HTML)
    assert (taken.status_code, taken.content[:9]) == (409, b"Our page:")
    invalid = call("/organizations/Not A Slug/invoices", headers=cookie)
    assert (invalid.status_code, invalid.headers["Content-Type"]) == (422, "text/plain; charset=utf-8")
    bob = sign_up("bob")
    platform().organizations.members.put(acme.id, bob.id, NewRole(role="member"))
    token = bearer("bob")["Authorization"].partition(" ")[2]
    cookie = {**HTML, "Cookie": f"freehold={token}", "Origin": "http://testserver"}
    assert call("/classes/acme/invoices", "delete", cookie).status_code == 403


def test_cookie_signs_in_and_pages_of_other_sites_change_nothing_with_it(call: Caller, acme: Organization):
    token = bearer("ada")["Authorization"].partition(" ")[2]
    cookie = {"Cookie": f"freehold={token}", "X-Request-Id": "mine", "User-Agent": "Tester"}
    assert call("/greeting", headers=cookie).content == b"ada"
    for path in ("/organizations", "/aorganizations"):
        for foreign in ({"Origin": "https://evil.example"}, {}, {"Sec-Fetch-Site": "cross-site"}):
            refused = call(path, "post", {**cookie, **foreign})
            assert (refused.status_code, refused.json()["code"]) == (403, "origin_refused")
        created = call(path, "post", {**cookie, "Origin": "http://testserver"})
        assert created.status_code == 200
        event = platform().audit.list_of_organization(UUID(created.content.decode()), AuditPageRequest(limit=1)).data[0]
        assert (event.request_id, event.ip) == ("mine", "127.0.0.1")
        platform().organizations.delete(UUID(created.content.decode()))


def test_secure_cookie_is_the_one_that_counts_over_https(call: Caller, acme: Organization):
    token = bearer("ada")["Authorization"].partition(" ")[2]
    assert call("/greeting", headers={"Cookie": f"freehold={token}"}, secure=True).content == b"stranger"
    assert call("/greeting", headers={"Cookie": f"__Host-freehold={token}"}, secure=True).content == b"ada"


def test_nothing_is_opened_for_a_view_that_does_not_ask(the_project: None):
    with override_settings(FREEHOLD={"database_url": GONE}):
        assert Client().get("/plain").content == b"nobody asked"
        answer = Client().get("/greeting")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert asyncio.run(AsyncClient().get("/ame")).status_code == 503


def test_async_view_is_told_to_await(opened: None):
    with pytest.raises(SynchronousOnlyOperation, match=r"await request\.afreehold"):
        asyncio.run(AsyncClient().get("/unwise"))


def sign_in(call: Caller, login: str, password: str = PASSWORD) -> Any:
    origin = {"Origin": "http://testserver"}
    return call("/accounts/login/", "post", origin, data={"username": login, "password": password})


def sessions_of(user: User) -> int:
    return len(platform().sessions.list_of_user(user.id, PageRequest()).data)


def test_sign_in_to_django_is_one_to_freehold_and_ends_with_it(call: Caller, acme: Organization):
    ada = platform().users.find("ada")
    answer = sign_in(call, "ADA@example.com")
    assert answer.status_code == 302
    cookie = answer.cookies["freehold"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert sessions_of(ada) == 1
    for path in ("/user", "/auser"):
        assert call(path).content == str(ada.id).encode()
    assert call("/greeting").content == b"ada"
    out = call("/accounts/logout/", "post", {"Origin": "http://testserver"})
    assert (out.status_code, out.cookies["freehold"].value, int(out.cookies["freehold"]["max-age"])) == (302, "", 0)
    assert sessions_of(ada) == 0
    for path in ("/user", "/auser"):
        assert call(path).content == b"nobody"


def test_user_of_django_is_signed_in_as_long_as_freehold_says(call: Caller, acme: Organization):
    ada = platform().users.find("ada")
    for end in ("session", "suspension", "other"):
        sign_in(call, "ada")
        assert call("/user").content == str(ada.id).encode()
        if end == "session":
            platform().acting_as(ada.id).sessions.end_of_user(
                "me", platform().sessions.list_of_user(ada.id, PageRequest()).data[0].id
            )
        elif end == "suspension":
            platform().users.suspend(ada.id, NewSuspension())
        else:
            sign_up("eve")
            call.client.cookies["freehold"] = bearer("eve")["Authorization"].partition(" ")[2]
        for path in ("/user", "/auser"):
            assert call(path).content == b"nobody", end
        if end == "suspension":
            platform().users.resume(ada.id)


def test_user_of_django_is_the_same_one_whatever_they_are_called(call: Caller, acme: Organization):
    from django.contrib.auth.models import User as DjangoUser

    ada = platform().users.find("ada")
    sign_in(call, "ada")
    platform().users.update(ada.id, UserPatch(username="augusta"))
    sign_up("ada_")
    sign_in(call, "augusta")
    sign_in(call, "ada_")
    assert {each.username: each.email for each in DjangoUser.objects.all()}[str(ada.id)] == "ada@example.com"
    assert DjangoUser.objects.count() == 2
    assert not any(each.has_usable_password() or each.is_staff for each in DjangoUser.objects.all())


def test_wrong_password_is_wrong_and_a_suspended_account_says_so(call: Caller, acme: Organization):
    ada = platform().users.find("ada")
    wrong = sign_in(call, "ada", "Lovelace2")
    assert (wrong.status_code, b"Please enter a correct username" in wrong.content) == (200, True)
    assert sign_in(call, "nobody").status_code == 200
    assert sign_in(call, "a" * 1000).status_code == 200
    event = platform().audit.list_of_accounts(AccountAuditPageRequest(limit=1, action="session.fail")).data[0]
    assert event.ip == "127.0.0.1"
    platform().users.suspend(ada.id, NewSuspension())
    refused = sign_in(call, "ada")
    assert (refused.status_code, b"suspended" in refused.content) == (200, True)
    assert sessions_of(ada) == 0


def test_check_of_a_password_alone_leaves_no_session(call: Caller, acme: Organization):
    from django.contrib.auth import authenticate

    ada = platform().users.find("ada")
    assert call("/check", "post", data={"username": "ada", "password": PASSWORD}).content == b"fits"
    assert call("/check", "post", data={"username": "ada", "password": "x"}).content == b"does not fit"
    assert authenticate(None, username="ada", password=PASSWORD) is not None
    assert authenticate(RequestFactory().post("/"), username="ada", password=PASSWORD) is not None
    assert authenticate(None, username="ada", password=None) is None
    assert sessions_of(ada) == 0


def test_settings_are_those_of_the_project_before_those_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, the_project: None
):
    monkeypatch.setenv("FREEHOLD_POOL_SIZE", "3")
    monkeypatch.setenv("FREEHOLD_DATABASE_URL", "postgresql:///of_the_environment")
    with override_settings(FREEHOLD={"pool_size": 7}):
        assert settings_of_project().pool_size == 7
        assert settings_of_project().database_url == "postgresql:///of_the_environment"
    with override_settings(FREEHOLD=Settings(database_url="postgresql:///own")):
        assert settings_of_project().database_url == "postgresql:///own"
    for wrong, says in (({"pool_sise": 7}, "pool_sise"), ({"pool_size": "many"}, "FREEHOLD_POOL_SIZE")):
        with override_settings(FREEHOLD=wrong), pytest.raises(ImproperlyConfigured, match=says):
            settings_of_project()
    monkeypatch.delenv("FREEHOLD_DATABASE_URL")
    with override_settings(FREEHOLD={}), pytest.raises(ImproperlyConfigured, match="no database"):
        platform()


@pytest.mark.parametrize(
    ("database", "url"),
    [
        ({"NAME": "app"}, "postgresql:///app"),
        ({"NAME": "a b", "USER": "u@h", "PASSWORD": "p/ß"}, "postgresql://u%40h:p%2F%C3%9F@/a%20b"),
        (
            {"NAME": "app", "USER": "u", "HOST": "db", "PORT": 5433, "OPTIONS": {"sslmode": "require", "pool": True}},
            "postgresql://u@db:5433/app?sslmode=require",
        ),
        (
            {"NAME": "app", "HOST": "/run/postgresql", "PORT": "5433"},
            "postgresql:///app?host=%2Frun%2Fpostgresql&port=5433",
        ),
    ],
)
def test_database_is_that_of_django_where_none_is_named(
    database: dict[str, Any], url: str, monkeypatch: pytest.MonkeyPatch, the_project: None
):
    from freehold.integrations.django import opening

    empty = {"USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "ENGINE": "django.db.backends.postgresql"}
    monkeypatch.delenv("FREEHOLD_DATABASE_URL", raising=False)
    connection = type("Connection", (), {"settings_dict": {**empty, **database}})
    monkeypatch.setattr(opening, "connections", {"default": connection})
    with override_settings(FREEHOLD={}):
        assert settings_of_project().database_url == url


def test_checks_name_what_is_missing(database_url: str, the_project: None):
    order = list(project.MIDDLEWARE)
    with override_settings(FREEHOLD={"database_url": database_url}):
        call_command("check")
        with override_settings(MIDDLEWARE=order[:-1]), pytest.raises(Exception, match=r"freehold\.E002"):
            call_command("check")
        with override_settings(MIDDLEWARE=order[::-1]), pytest.raises(Exception, match=r"freehold\.E003"):
            call_command("check")
    with override_settings(FREEHOLD={"nonsense": 1}), pytest.raises(Exception, match=r"freehold\.E001"):
        call_command("check")


def test_mistakes_in_your_own_code_name_the_remedy(call: Caller, acme: Organization):
    with pytest.raises(ValueError, match="no action"):
        access("project.red")
    with pytest.raises(LookupError, match="<organization>"):
        call("/misplaced", headers=bearer("ada"))


def test_platform_is_one_for_the_process_and_opens_again_after_close(opened: None):
    first = platform()
    assert platform() is first
    close()
    assert platform() is not first
    assert platform().users.any_admin() is False


def test_command_migrates_through_the_guard(
    empty_database_url: str, tmp_path: Any, client_programs: None, capfd: pytest.CaptureFixture[str], the_project: None
):
    given = {"database_url": empty_database_url, "backups_dir": tmp_path}
    with override_settings(FREEHOLD=given):
        call_command("freehold_migrate")
        assert platform().users.any_admin() is False
        call_command("freehold_migrate", "status", "--json")
        assert '"pending": []' in capfd.readouterr().out.replace('"pending":[]', '"pending": []')
        with pytest.raises(CommandError, match="No such command"):
            call_command("freehold_migrate", "dance")


def test_request_without_the_middleware_is_let_in_as_well(acme: Organization):
    from freehold.integrations.django import acting

    request: HttpRequest = RequestFactory(headers=bearer("ada")).get("/")
    assert acting(request).users.get("me").username == "ada"


def test_people_sign_in_and_out_at_freehold_s_addresses(opened: None, acme: Organization):
    with override_settings(ROOT_URLCONF="freehold.integrations.django.urls", LOGOUT_REDIRECT_URL=None):
        client = Client()
        assert client.post("/login/", {"username": "ada", "password": "Lovelace2"}).status_code == 200
        signed_in = client.post("/login/", {"username": "ada", "password": PASSWORD})
        assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/greeting")
        out = client.post("/logout/", headers={"Origin": "http://testserver"})
        assert (out.status_code, out.headers["Location"]) == (302, "/")
