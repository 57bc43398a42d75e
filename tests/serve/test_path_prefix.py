"""Behind a proxy that adds a path, every address that leaves the server has it: the whole journey, on real parts."""

import html
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import jwt
import pytest
import trustme
from tests.conftest import PASSWORD, trusting
from tests.mail.letters import letters_to
from tests.serve.prefixing import Proxy
from tests.serve.running import Running

from freehold import Platform

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
MOST_PAGES = 40
"""How many pages are looked at for more: the console's lead to each other."""
EMPTY_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(params=[("/acme/core", True), ("/acme/core", False), ("/v1", True), ("/a%20b", True)], ids=str)
def proxy(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Proxy]:
    """A proxy before a real server, which knows nothing of it but its own public URL."""
    prefix, strips = request.param
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    made = Proxy(prefix, authority, strips=strips)
    running = Running(
        database_url,
        tmp_path / "log",
        1,
        FREEHOLD_PUBLIC_URL=made.url,
        FREEHOLD_RATE_LIMITS="off",
        FREEHOLD_TRUSTED_PROXIES="1",
    )
    try:
        with made.running(running.port):
            yield made
    finally:
        running.stop()


@pytest.fixture
async def client(proxy: Proxy, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who trusts the proxy's certificate, and resolves what they are given as clients do."""
    context = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    async with httpx.AsyncClient(verify=context, timeout=30) as opened:
        assert (await opened.get(f"{proxy.url.removesuffix(proxy.prefix)}/elsewhere")).status_code == 404
        yield opened


def at(proxy: Proxy, path: str) -> str:
    """The address that a path stands for, which must be below the prefix."""
    assert path.startswith(f"{proxy.prefix}/"), path
    return urljoin(proxy.url, path)


async def test_every_address_of_the_api_has_the_prefix(proxy: Proxy, client: httpx.AsyncClient):
    api = f"{proxy.url}/v1"
    new = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
    made = await client.post(f"{api}/users", json=new)
    signed_in = await client.post(f"{api}/sessions", json={"login": "ada", "password": PASSWORD})
    client.headers["Authorization"] = f"Bearer {signed_in.json()['token']}"
    assert signed_in.headers["location"] == f"{proxy.prefix}/v1/sessions/current"
    assert (await client.get(at(proxy, made.headers["location"]))).json()["username"] == "ada"

    acme = at(proxy, (await client.post(f"{api}/organizations", json={"name": "Acme"})).headers["location"])
    weak = (await client.get(acme)).headers["etag"]
    assert weak.startswith("W/")
    assert (await client.get(acme, headers={"If-None-Match": weak})).status_code == 304
    renamed = await client.patch(acme, json={"slug": "acme-2"}, headers={"If-Match": weak})
    assert renamed.status_code == 200
    assert (await client.patch(acme, json={"slug": "acme-3"}, headers={"If-Match": weak})).status_code == 412
    moved = await client.get(f"{api}/organizations/acme")
    assert moved.status_code == 308
    assert (await client.get(at(proxy, moved.headers["location"]))).json()["slug"] == "acme-2"

    for name in ("One", "Two"):
        project = await client.post(f"{acme}/projects", json={"name": name})
        assert (await client.get(at(proxy, project.headers["location"]))).json()["name"] == name
    link = (await client.get(f"{acme}/projects?limit=1")).headers["link"]
    target = re.fullmatch('<(.+)>; rel="next"', link)
    assert target is not None
    assert [each["name"] for each in (await client.get(at(proxy, target[1]))).json()["data"]] == ["One"]

    document = (await client.get(f"{proxy.url}/openapi.json")).json()
    assert document["servers"] == [{"url": proxy.url}]
    token = (await client.post(f"{api}/tokens", json={"organization": "acme-2"})).json()["token"]
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    keys = jwt.PyJWKSet.from_json((await client.get(f"{issuer}/.well-known/jwks.json")).text)
    assert jwt.decode(token, keys.keys[0], algorithms=["EdDSA"], issuer=proxy.url)["org"] == renamed.json()["id"]


async def test_every_page_mail_and_cookie_has_the_prefix(proxy: Proxy, client: httpx.AsyncClient, database_url: str):
    origin = proxy.url.removesuffix(proxy.prefix)
    client.headers.update({**BROWSER, "Origin": origin})
    sent_in = await client.get(f"{proxy.url}/organizations/acme?x=1")
    assert sent_in.status_code == 303
    sign_in = at(proxy, sent_in.headers["location"])
    assert urlsplit(sign_in).query == "return_to=%2Forganizations%2Facme%3Fx%3D1"

    form = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
    signed_up = await client.post(f"{proxy.url}/sign-up", data=form)
    assert signed_up.status_code in {200, 303}, signed_up.text
    back = await client.post(sign_in, data={"login": "ada", "password": PASSWORD})
    assert back.headers["location"] == f"{proxy.prefix}/organizations/acme?x=1"
    cookie = back.headers["set-cookie"]
    assert re.match(rf"__Secure-freehold=fh_[^;]+; Path={re.escape(proxy.prefix)};", cookie)
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))

    api = await client.post(f"{proxy.url}/v1/organizations", json={"name": "Acme"})
    assert api.status_code == 201
    seen, waiting = set(), {f"{proxy.url}/"}
    while waiting:
        address = waiting.pop()
        seen.add(address)
        page = await client.get(address, follow_redirects=True)
        assert page.status_code == 200, address
        assert str(page.url).startswith(f"{proxy.url}/"), address
        found = {at(proxy, html.unescape(each)) for each in re.findall(r'(?:href|src|action)="(/[^"#]*)', page.text)}
        waiting |= found - seen if len(seen) < MOST_PAGES else set()
        for shown in re.findall(r"curl[^<]*?(https?://[^\s'&]+)", page.text):
            assert shown.startswith(f"{proxy.url}/v1/"), shown
    assert len(seen) > 20

    async with Platform.open(database_url, settings=trusting(public_url=proxy.url)) as platform:
        letters = await letters_to(platform, "ada@example.com")
    links = re.findall(r"https://\S+", letters[0].text)
    assert links
    for link in links:
        assert link.startswith(f"{proxy.url}/"), link
        assert (await client.get(link, follow_redirects=True)).status_code == 200
    old = await client.get(f"{proxy.url}/reset-password?token=T")
    assert (old.status_code, old.headers["location"]) == (308, f"{proxy.prefix}/reset?token=T")

    out = await client.post(f"{proxy.url}/sign-out", content=b"", headers=EMPTY_FORM)
    assert f"Path={proxy.prefix};" in out.headers["set-cookie"]
    assert at(proxy, out.headers["location"])
    assert (await client.get(f"{proxy.url}/v1/users/me")).status_code == 401
