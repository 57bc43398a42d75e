"""Which SMTP server delivers mail, read from the settings."""

import email.utils
import ssl
from email.headerregistry import Address
from typing import Final, Literal, get_args
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import email_validator
import msgspec

from freehold.base.settings import SettingError, Settings

Starttls = Literal["auto", "required", "off"]
"""Whether the connection is encrypted once it stands: where the server offers it (and always before a password is
sent), always, or never."""

_URL: Final = "FREEHOLD_SMTP_URL"
_PORTS: Final = {"smtp": 587, "smtps": 465}


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach the SMTP server, and as whom."""

    host: str
    port: int
    username: str | None
    password: str | None
    implicit_tls: bool
    starttls: Starttls
    timeout_seconds: float
    sender: Address
    trust: ssl.SSLContext

    @property
    def starts_tls(self) -> bool | None:
        """Whether to use STARTTLS; None where the server offers it."""
        if self.implicit_tls or self.starttls == "off":
            return False
        return True if self.starttls == "required" or self.username is not None else None


def read_relay(settings: Settings) -> Relay | None:
    """Read which server delivers mail; None when there is none.

    Raises:
        SettingError: a setting is not right; the message does not repeat the password.
    """
    if settings.smtp_url is None:
        return None
    url = _split(settings.smtp_url)
    query = parse_qs(url.query)
    starttls = query.pop("starttls", ["auto"])[-1]
    if query or starttls not in get_args(Starttls):
        raise SettingError(f"{_URL} can only end in ?starttls=auto, ?starttls=required or ?starttls=off")
    if (url.username is None) != (url.password is None):
        raise SettingError(
            f"{_URL} has a user without a password, or a password without a user: write smtp://user:password@host"
        )
    return Relay(
        host=url.hostname or "",
        port=url.port or _PORTS[url.scheme],
        username=unquote(url.username) if url.username is not None else None,
        password=unquote(url.password) if url.password is not None else None,
        implicit_tls=url.scheme == "smtps",
        starttls=msgspec.convert(starttls, Starttls),
        timeout_seconds=settings.smtp_timeout_seconds,
        sender=_read_sender(settings.mail_from),
        trust=_read_trust(settings),
    )


def _split(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        complete = url.scheme in _PORTS and bool(url.hostname) and url.port != 0 and url.path in {"", "/"}
    except ValueError:
        complete = False
    if not complete or url.fragment:
        raise SettingError(
            f"{_URL} must be smtp://user:password@host:port or smtps://...; encode @, : and / in the password"
        )
    return url


def _read_sender(text: str | None) -> Address:
    if text is None:
        raise SettingError(
            f"FREEHOLD_MAIL_FROM is missing: {_URL} needs the sender's address, such as Acme <hello@acme.example>"
        )
    try:
        if text.isprintable():
            name, address = email.utils.parseaddr(text)
            return mailbox(address, display_name=name)
    except ValueError:
        pass
    raise SettingError(f"FREEHOLD_MAIL_FROM is {text!r}, which is not an address such as Acme <hello@acme.example>")


def mailbox(address: str, *, display_name: str = "") -> Address:
    """Write an address as every server understands it; only letters before the @ can still need SMTPUTF8.

    Raises:
        ValueError: it is no address.
    """
    known = email_validator.validate_email(address, check_deliverability=False, test_environment=True)
    return Address(display_name, username=known.local_part, domain=known.ascii_domain)


def _read_trust(settings: Settings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.smtp_ca_file)
    except OSError as error:  # an SSLError is one, too
        raise SettingError(
            f"FREEHOLD_SMTP_CA_FILE is '{settings.smtp_ca_file}', which cannot be used: {error}"
        ) from None
