"""The settings of SMTP are right, or the platform does not start."""

from pathlib import Path

import pytest

from freehold import Platform, Settings
from freehold.base.settings import SettingError
from freehold.mail.relay import read_relay

SENDER = "hello@acme.example"


def test_without_a_server_nothing_is_needed():
    assert read_relay(Settings()) is None


def test_parts_of_the_url_are_read():
    relay = read_relay(Settings(smtp_url="smtp://ada%40acme:p%3Aw%2F@[::1]:2525", mail_from=SENDER))
    assert relay is not None
    assert (relay.host, relay.port, relay.username, relay.password) == ("::1", 2525, "ada@acme", "p:w/")


@pytest.mark.parametrize(("scheme", "port"), [("smtp", 587), ("smtps", 465)])
def test_port_is_the_usual_one(scheme: str, port: int):
    relay = read_relay(Settings(smtp_url=f"{scheme}://mail.example", mail_from=SENDER))
    assert relay is not None
    assert relay.port == port


@pytest.mark.parametrize(
    ("url", "starts_tls"),
    [
        ("smtp://mail.example", True),
        ("smtp://mail.example?starttls=auto", None),
        ("smtp://a:b@mail.example?starttls=auto", True),
        ("smtp://a:b@mail.example", True),
        ("smtp://mail.example?starttls=required", True),
        ("smtp://a:b@mail.example?starttls=off", False),
        ("smtps://a:b@mail.example", False),
    ],
)
def test_encryption_is_as_strict_as_the_password_needs(url: str, starts_tls: bool | None):  # noqa: FBT001
    relay = read_relay(Settings(smtp_url=url, mail_from=SENDER))
    assert relay is not None
    assert relay.starts_tls is starts_tls


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://ada:S3cr3tWord@mail.example:99999",
        "smtp://ada:S3cr3tWord@mail.example:0",
        "smtp://ada:S3cr3tWord@[mail.example",
        "smtp://ada:S3cr3t@Word/@mail.example",
        "smtp://S3cr3tWord@mail.example",
        "smtp://ada:S3cr3tWord@mail.example/inbox",
        "smtp://ada:S3cr3tWord@mail.example#x",
        "smtp://ada:S3cr3tWord@mail.example?starttls=perhaps",
        "smtp://ada:S3cr3tWord@mail.example?S3cr3tWord=1",
    ],
)
def test_wrong_url_is_refused_without_its_password(url: str):
    with pytest.raises(SettingError, match="FREEHOLD_SMTP_URL") as refused:
        read_relay(Settings(smtp_url=url, mail_from=SENDER))
    assert "S3cr3t" not in str(refused.value)


@pytest.mark.parametrize("sender", [None, "", "Acme", "a@b@c.example", "hello@acme.example\r\nBcc: eve@example.com"])
def test_sender_must_be_an_address(sender: str | None):
    with pytest.raises(SettingError, match="FREEHOLD_MAIL_FROM"):
        read_relay(Settings(smtp_url="smtp://mail.example", mail_from=sender))


def test_certificates_must_be_readable(tmp_path: Path):
    (tmp_path / "empty.pem").touch()
    for file in (tmp_path / "none.pem", tmp_path / "empty.pem"):
        with pytest.raises(SettingError, match="FREEHOLD_SMTP_CA_FILE"):
            read_relay(Settings(smtp_url="smtp://mail.example", mail_from=SENDER, smtp_ca_file=file))


async def test_platform_does_not_open_with_wrong_settings(database_url: str):
    with pytest.raises(SettingError, match="FREEHOLD_MAIL_FROM"):
        async with Platform.open(database_url, settings=Settings(smtp_url="smtp://mail.example")):
            pass
