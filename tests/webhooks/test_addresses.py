"""Nobody reaches the operator's machines through a webhook, however an address is written and whatever DNS says."""

import asyncio
import socket
import ssl
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.webhooks.receiver import LOOPBACK, Receiver, open_receiver

from freehold import NewWebhookEndpoint, Platform, Settings, WebhookEndpointPatch
from freehold.base.addresses import is_public, networks_of
from freehold.base.errors import Invalid
from freehold.base.scalars import WEBHOOK_URL
from freehold.base.settings import SettingError
from freehold.webhooks.errors import WebhookUrlRefused
from freehold.webhooks.posting import Answer, Posts, Unreachable, may_reach


async def post(url: str, networks: str = "", trust: ssl.SSLContext | None = None) -> Answer:
    """Send a message of no matter."""
    posts = Posts(networks_of(networks), trust=trust)
    try:
        return await posts.send(url, [], b"{}")
    finally:
        posts.close()


NOT_PUBLIC = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.8.9.10 169.254.169.254
    172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255
    198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1
    ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::a00:1 100::1 2001::1
    2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 3fff::1 5f00::1 fc00::1
    fd00:ec2::254 fe80::1 fe80::1%1 fec0::1 ff02::1
""".split()
PUBLIC = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.255.255
    172.15.255.255 172.32.0.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.255 ::ffff:8.8.8.8
    2001:4860:4860::8888 2606:4700::1111 2a00:1450:4001::1 3ffe:ffff::1
""".split()


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_address_of_somebodys_own_is_not_public(address: str):
    assert not is_public(ip_address(address))
    assert not may_reach(ip_address(address), "https", ())


@pytest.mark.parametrize("address", PUBLIC)
def test_address_of_the_internet_is_public_and_reached_encrypted_alone(address: str):
    assert is_public(ip_address(address))
    assert may_reach(ip_address(address), "https", ())
    assert not may_reach(ip_address(address), "http", ())


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_is_public_that_python_knows_as_special(address: IPv4Address | IPv6Address):
    special = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or getattr(address, "is_site_local", False)
    )
    if special and not getattr(address, "ipv4_mapped", None):
        assert not is_public(address)


def test_networks_that_are_named_are_reached_and_no_others():
    networks = networks_of("10.1.0.0/16, 127.0.0.1,fd00::/8")
    for address in ("10.1.2.3", "127.0.0.1", "fd12::1", "::ffff:10.1.2.3"):
        assert may_reach(ip_address(address), "http", networks)
    for address in ("10.2.0.1", "127.0.0.2", "169.254.169.254", "fc00::1", "::ffff:10.2.0.1"):
        assert not may_reach(ip_address(address), "https", networks)


@pytest.mark.parametrize("text", ["10.0.0.0/33", "1.2.3", "::1/129"])
async def test_networks_that_are_none_are_refused_at_the_start(text: str, database_url: str):
    with pytest.raises(SettingError, match="FREEHOLD_WEBHOOK_NETWORKS"):
        async with Platform.open(database_url, settings=Settings(webhook_networks=text)):
            pass


SPELLINGS = [
    "localhost",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0",
    "0.0.0.0",  # noqa: S104 - what a receiver is called that nobody may reach
]
"""Of this very machine."""


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_this_machine_is_connected_to(host: str, receiver: Receiver):
    for scheme in ("http", "https"):
        with pytest.raises(Unreachable, match=r"no address that webhooks can reach|connection failed"):
            await post(f"{scheme}://{host}:{receiver.port}/")
    assert receiver.connections == 0


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Answer each look-up of a name with the next of these lists, as who owns a name can; the last one stays."""
    left, asked = list(answers), []

    async def look_up(_: Any, host: str, port: int, **__: Any) -> Any:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", look_up)
    return asked


async def test_name_that_leads_inside_is_refused_when_it_is_sent(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    resolving(monkeypatch, ["127.0.0.1"])
    with pytest.raises(Unreachable) as refused:
        await post(f"https://hooks.acme.example:{receiver.port}/")
    assert "127" not in str(refused.value), "what a name inside leads to is nobody's business"
    assert receiver.connections == 0


async def test_what_is_connected_to_is_what_was_checked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    """DNS rebinding: the second look-up would lead inside. There is none: the address that was checked is used."""
    asked = resolving(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    connected: list[Any] = []

    async def connect(host: str, port: int, **given: Any) -> Any:
        connected.append((host, port, given["server_hostname"]))
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio, "open_connection", connect)
    with pytest.raises(Unreachable):
        await post("https://hooks.acme.example/")
    assert asked == ["hooks.acme.example"]
    assert connected == [("93.184.215.14", 443, "hooks.acme.example")]
    assert receiver.connections == 0


async def test_of_many_addresses_those_inside_are_left_out(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    resolving(monkeypatch, ["10.0.0.1", "127.0.0.1", "169.254.169.254"])
    await post(f"http://hooks.acme.example:{receiver.port}/", LOOPBACK)
    assert len(receiver.requests) == 1
    assert receiver.requests[0].headers["host"] == f"hooks.acme.example:{receiver.port}"


async def test_redirect_inside_is_not_followed(receiver: Receiver):
    async with open_receiver() as inside:
        receiver.reply = lambda _: (307, {"location": inside.url}, b"")
        answer = await post(receiver.url, LOOPBACK)
        assert answer.status == 307
        assert inside.connections == 0


async def test_no_proxy_of_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    answer = await post(receiver.url, LOOPBACK)
    assert answer.status == 204


async def test_certificate_is_checked_against_the_name():
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    known = ssl.create_default_context()
    authority.configure_trust(known)
    async with open_receiver(server) as receiver:
        assert (await post(receiver.url, LOOPBACK, known)).status == 204
        with pytest.raises(Unreachable, match="certificate is not valid"):
            await post(receiver.url, LOOPBACK)
        with pytest.raises(Unreachable, match="certificate is not valid"):
            await post(receiver.url.replace("127.0.0.1", "localhost"), LOOPBACK, known)
        assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "http://8.8.8.8/",
        "http://hooks.acme.example/",
    ],
)
async def test_url_that_can_never_be_reached_is_refused_at_once(url: str, database_url: str):
    async with Platform.open(database_url, settings=Settings(rate_limits="off")) as platform:
        with pytest.raises(WebhookUrlRefused):
            await platform.webhooks.create(NewWebhookEndpoint(url=url, events=("*",)))
        made = await platform.webhooks.create(NewWebhookEndpoint(url="https://hooks.acme.example/", events=("*",)))
        with pytest.raises(WebhookUrlRefused):
            await platform.webhooks.update(made.id, WebhookEndpointPatch(url=url))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.acme.example",
        "ftp://hooks.acme.example/",
        "https://",
        "https:///path",
        "https://user@hooks.acme.example/",
        "https://user:secret@hooks.acme.example/",
        "https://hooks.acme.example/#here",
        "https://hooks.acme.example/a b",
        "https://hooks.acme.example\\@10.0.0.1/",
        "https://hooks.acme.example:99999/",
        "https://hooks.acme.example:0/",
        "https://hooks.acme.example:x/",
        "https://[::1]/",
        "https://bücher.example/",
        "https://hooks.acme.example:65536/",
        "https://" + "a" * 64 + ".example/",
        "https://a..b/",
        "https://hooks.acme.example/\r\nhost: 10.0.0.1",
        "https://hooks.acme.example/" + "x" * 2048,
    ],
)
def test_what_is_no_url_is_refused(url: str):
    with pytest.raises(Invalid) as refused:
        NewWebhookEndpoint(url=url, events=("*",))
    assert [(each.pointer, each.code) for each in refused.value.errors] == [("/url", "invalid_webhook_url")]


async def test_database_keeps_the_rule_of_the_url_too(connection: Any):
    """What the type accepts, the CHECK does; what it refuses, so does the other."""
    condition = await connection.fetchval(
        "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = 'webhook_endpoints_url_check'"
    )
    urls = ["http://a", "https://a.b-c.d_e.example:65535/x?y=é", "https://a./?", "https://127.0.0.1:1?x"]

    @settings(max_examples=300, deadline=None)
    @given(st.from_regex(r"https?://[a-z0-9.:@/#?\\ ä_-]{1,12}", fullmatch=True))
    def draw(url: str) -> None:
        urls.append(url)

    draw()
    sql = f"SELECT {condition} FROM unnest($1::text[]) AS given (url)"  # noqa: S608
    accepted = [row[0] for row in await connection.fetch(sql, urls)]
    assert accepted[:4] == [True] * 4
    assert [url for url, fine in zip(urls, accepted, strict=True) if fine != _is_url(url)] == []


def _is_url(url: str) -> bool:
    try:
        return WEBHOOK_URL.check(url) == url
    except ValueError:
        return False
