"""Every setting, defined once: its name, what it does, its default. Set one with ``FREEHOLD_<NAME>``."""

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib.parse import unquote, urlsplit

import msgspec

from freehold.base.addresses import origin_of
from freehold.base.machine import cores
from freehold.base.new_passwords import LONGEST_LEAST, SHORTEST, SHORTEST_ALONE, password_rule
from freehold.base.rules import Rule
from freehold.base.text_rules import Rule as TextRule

PREFIX = "FREEHOLD_"

_MOST_WORKERS = 8
"""By default: with their pools, 80 connections of the 100 that PostgreSQL has by default."""
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a server that listens on all is reached
_SECRET = frozenset({"FREEHOLD_DATABASE_URL", "FREEHOLD_REPLICA_URLS", "FREEHOLD_METRICS_TOKEN", "FREEHOLD_SMTP_URL"})


def _about(description: str, *, says: str | None = None, **limits: Any) -> msgspec.Meta:
    """Describe a setting; ``says`` is the rule of its pattern in words."""
    return msgspec.Meta(description=description, extra={"says": says} if says else None, **limits)


_Path = Annotated[str, msgspec.Meta(pattern=r"^/(?![/\\])[!-~]*$", extra={"says": "must be a path such as /welcome"})]
"""Where a page of the operator's own is, below ``public_url``."""
_Replicas = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^\s*postgres(ql)?://[^\s]+([\s,]+postgres(ql)?://[^\s]+){0,15}\s*$",
        extra={
            "says": "must be 1 to 16 URLs such as postgresql://user:password@host/name, separated by spaces or commas"
        },
    ),
]
_Output = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\x00-\x1f]{1,1024}$",
        extra={"says": "must be stdout or the path of a file, at most 1024 characters"},
    ),
]
"""Where events are written."""


def _workers() -> int:
    return min(cores(), _MOST_WORKERS)


class SettingError(Exception):
    """A setting cannot be read. The message names the variable and says which values it takes."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this process works. By default, sizes follow from the machine."""

    database_url: Annotated[
        str | None,
        _about(
            "URL of your PostgreSQL database, postgresql://user:password@host/name; by default, Freehold runs its own. "
            "It can name several hosts, of which one is the primary at a time: postgresql://user:password@a:5432,b:5432/name"
        ),
    ] = None
    replica_urls: Annotated[
        _Replicas | None,
        _about(
            "URLs of the standbys that can answer reads, separated by spaces or commas, one server each; the same on "
            "every node; by default, none"
        ),
    ] = None
    role: Annotated[
        Literal["all", "api", "jobs"],
        _about(
            "what this node does: answer requests (api), run background jobs such as mail delivery (jobs), or both "
            "(all); at least one node must run the jobs"
        ),
    ] = "all"
    data_dir: Annotated[Path, _about("folder for the data of the embedded PostgreSQL")] = Path("freehold-data")
    backups_dir: Annotated[
        Path,
        _about("folder for backups and the evidence of rehearsals, including those that an upgrade makes by itself"),
    ] = Path("freehold-backups")
    host: Annotated[str, _about("address that the server listens on")] = "127.0.0.1"
    port: Annotated[int, _about("port that the server listens on; 0 picks a free one", ge=0, le=65535)] = 8000
    workers: Annotated[
        int, _about("number of worker processes; by default one per CPU core, at most 8", ge=1, le=64)
    ] = msgspec.field(default_factory=_workers)
    connections_per_worker: Annotated[
        int,
        _about(
            "most connections that each worker holds, if the limit of open files allows it; above four fifths of them, "
            "the worker closes the idlest",
            ge=64,
            le=65_536,
        ),
    ] = 8192
    pool_size: Annotated[int, _about("database connections that each worker opens", ge=1, le=1000)] = 10
    acquire_timeout_seconds: Annotated[
        float,
        _about(
            "longest time, in seconds, that a request waits for a database connection before it fails with 503", gt=0
        ),
    ] = 5.0
    statement_timeout_seconds: Annotated[
        float,
        _about("longest time, in seconds, that a database statement runs before the request fails with 503", gt=0),
    ] = 15.0
    password_threads: Annotated[
        int,
        _about(
            "passwords that each worker hashes at the same time (19 MiB of memory each); the default keeps every CPU "
            "core busy when all workers hash",
            ge=1,
            le=64,
        ),
    ] = msgspec.field(default_factory=lambda: math.ceil(cores() / _workers()))
    password_queue: Annotated[
        int, _about("passwords that can wait for hashing in each worker before sign-in fails with 503", ge=0, le=10_000)
    ] = 64
    rate_limits: Annotated[Literal["on", "off"], _about("limit how many requests each caller can make: on or off")] = (
        "on"
    )
    reads_per_minute: Annotated[
        int,
        _about(
            "reads per minute, per user, organization (by its own API keys) or (if signed out) IP address",
            ge=1,
        ),
    ] = 3000
    writes_per_minute: Annotated[
        int,
        _about(
            "writes per minute, per user, organization (by its own API keys) or (if signed out) IP address",
            ge=1,
        ),
    ] = 600
    mails_per_minute: Annotated[
        int,
        _about(
            "requests that send mail, per minute, per user, organization (by its own API keys) or (if signed out) IP "
            "address",
            ge=1,
        ),
    ] = 30
    sign_ins_per_minute: Annotated[
        int, _about("attempts to sign in or use a mailed token, per minute, per IP address", ge=1)
    ] = 30
    sign_ups_per_minute: Annotated[
        int, _about("new accounts, and changes of a username or e-mail address, per minute, per IP address", ge=1)
    ] = 30
    trusted_proxies: Annotated[
        str,
        _about(
            "your own proxies, whose X-Forwarded-For header is trusted: how many there are (1), or their addresses "
            "and networks (10.0.0.0/8,::1); by default, the header is ignored",
            pattern=r"^[0-9a-fA-F:./, ]*$",
        ),
    ] = ""
    refuse_common_passwords: Annotated[
        bool, _about("refuse new passwords that are among the most common ones: true or false")
    ] = True
    password_rules: Annotated[
        Literal["seed", "length"],
        _about(
            "what new passwords need: an uppercase letter, a lowercase letter, a digit and 8 characters (seed), or "
            "length alone (length), as NIST SP 800-63B and OWASP ASVS ask"
        ),
    ] = "seed"  # noqa: S105 - the name of rules
    password_min_length: Annotated[
        Annotated[int, msgspec.Meta(ge=SHORTEST, le=LONGEST_LEAST)] | None,
        _about("fewest characters of a new password; by default 8, or 15 with FREEHOLD_PASSWORD_RULES=length"),
    ] = None
    breached_passwords: Annotated[
        Path | None,
        _about(
            "file of breached passwords, which new ones are refused for: SHA-1 hashes ordered by hash, as 'Pwned "
            "Passwords' offers them, or a folder of its range files; read on this machine, and nothing is sent"
        ),
    ] = None
    session_days: Annotated[float, _about("days until a session ends, even if it is in use", gt=0, le=3650)] = 30.0
    session_idle_days: Annotated[float, _about("days until an unused session ends", gt=0, le=3650)] = 14.0
    fresh_sign_in_minutes: Annotated[
        float,
        _about(
            "minutes after confirming the password in which a session can change the e-mail address, "
            "create API keys and "
            "delete the account without confirming it again",
            gt=0,
            le=1440,
        ),
    ] = 10.0
    signing_key_days: Annotated[
        float, _about("days until the key that signs tokens for other services is replaced", gt=0, le=365)
    ] = 30.0
    public_url: Annotated[
        str | None,
        _about(
            "public URL of this server, such as https://acme.example or, behind a proxy that adds a path, "
            "https://acme.example/freehold: used in mails and tokens, and its path in every link, redirect and cookie; "
            "by default http://HOST:PORT"
        ),
    ] = None
    hosted_pages: Annotated[
        Literal["on", "off"],
        _about(
            "serve pages for people (sign up, sign in, confirm, reset, accept) and link to them in mails: on or off"
        ),
    ] = "on"
    verify_path: Annotated[
        _Path | None,
        _about(
            "path of your own page that confirms an e-mail address, such as /welcome: mails link to it at "
            "FREEHOLD_PUBLIC_URL, with ?token=... at its end; by default, the hosted page"
        ),
    ] = None
    reset_path: Annotated[
        _Path | None,
        _about("the same, for the page that sets a new password (also linked without a token)"),
    ] = None
    invitation_path: Annotated[_Path | None, _about("the same, for the page that accepts an invitation")] = None
    undo_path: Annotated[_Path | None, _about("the same, for the page that takes back a change of e-mail address")] = (
        None
    )
    ownership_path: Annotated[
        _Path | None,
        _about("the same, for the page that accepts the ownership of an organization, with ?organization=..."),
    ] = None
    allowed_origins: Annotated[
        str,
        _about(
            "origins of your own web applications, separated by commas, such as https://app.acme.example: their pages "
            "can call the API from a browser, and people can return to them after signing in; by default, none",
            says="must be origins without a path, separated by commas, such as https://app.acme.example",
            pattern=r"^(https?://[^\s/?#,*@\\]+ *(, *|(?![\s\S])))*$",
        ),
    ] = ""
    picture_origins: Annotated[
        str,
        _about(
            "origins that the pages show people's pictures from, separated by commas, such as "
            "https://avatars.githubusercontent.com: they learn the address of each visitor; by default none, and the "
            "pages show initials",
            says="must be origins of https:// without a path, separated by commas, such as https://pictures.acme.example",
            pattern=r"^(https://[^\s/?#,;*@'\"\\]+ *(, *|(?![\s\S])))*$",
        ),
    ] = ""
    brand_name: Annotated[
        str,
        _about(
            "name that the hosted pages show",
            says="must be 1 to 60 characters without control characters",
            pattern=r"^[^\x00-\x1f\x7f]{1,60}$",
        ),
    ] = "Freehold"
    brand_logo: Annotated[
        Path | None, _about("file of the logo that the hosted pages show (SVG, PNG, WebP or JPEG, at most 256 KiB)")
    ] = None
    brand_accent: Annotated[
        str,
        _about(
            "colour of buttons and links on the hosted pages, such as #1f6b4d; it is darkened or lightened where it "
            "would be hard to read",
            says="must be a colour such as #1f6b4d",
            pattern=r"^#[0-9a-fA-F]{6}$",
        ),
    ] = "#1f6b4d"
    sign_up: Annotated[
        Literal["open", "invitation", "closed"],
        _about("who can sign up: everybody (open), only invited people (invitation), or nobody (closed)"),
    ] = "open"
    unverified_may_sign_in: Annotated[
        bool, _about("let people sign in before they confirm their e-mail address: true or false")
    ] = True
    direct_adding: Annotated[
        Literal["fellows", "anyone", "nobody"],
        _about(
            "whom people can add to an organization without an invitation: those they share another organization with "
            "(fellows), anyone, which suits a front end that you trust, or nobody"
        ),
    ] = "fellows"
    unverified_may_invite: Annotated[
        bool, _about("let people invite others before they confirm their e-mail address: true or false")
    ] = False
    open_invitations: Annotated[
        int, _about("open invitations that an organization can have at the same time", ge=1, le=100_000)
    ] = 500
    invitations_per_hour: Annotated[
        int,
        _about("invitations per hour that each user can send, over all their sessions and API keys", ge=1, le=100_000),
    ] = 200
    email_verification_hours: Annotated[
        float, _about("hours until the link that confirms an e-mail address expires", gt=0, le=720)
    ] = 48.0
    invitation_days: Annotated[float, _about("days until an invitation expires", gt=0, le=365)] = 7.0
    restore_days: Annotated[
        float,
        _about("days in which a deleted organization can be restored, before it is removed for good", gt=0, le=3650),
    ] = 30.0
    password_reset_minutes: Annotated[
        float, _about("minutes until the link that sets a new password expires", gt=0, le=1440)
    ] = 30.0
    smtp_url: Annotated[
        str | None,
        _about(
            "URL of the SMTP server that delivers mail: smtp://user:password@host:587 (STARTTLS) or smtps:// (TLS "
            "from the start); by default, mails wait, and 'freehold mail' shows them"
        ),
    ] = None
    smtp_ca_file: Annotated[
        Path | None, _about("file of certificates (PEM) to trust for the SMTP server, instead of the system's")
    ] = None
    smtp_timeout_seconds: Annotated[
        float, _about("longest time, in seconds, to wait for each answer of the SMTP server", gt=0, le=60)
    ] = 20.0
    mail_from: Annotated[
        str | None, _about("sender of mails, such as Acme <hello@acme.example>; required with FREEHOLD_SMTP_URL")
    ] = None
    mail_templates: Annotated[Path | None, _about("folder of your own mail templates")] = None
    muted_news: Annotated[
        str,
        _about(
            "account news that are not sent by mail, separated by commas: password_changed, "
            "email_changed, api_key_created, "
            "new_device, member_removed, ownership_received, user_deleted",
            pattern=r"^[a-z_, ]*$",
        ),
    ] = ""
    mail_retry_days: Annotated[float, _about("days to retry the delivery of a mail before giving up", gt=0, le=30)] = (
        3.0
    )
    mail_keep_days: Annotated[
        float, _about("days to keep a mail after its delivery succeeded or was given up", gt=0, le=3650)
    ] = 30.0
    webhook_networks: Annotated[
        str,
        _about(
            "networks of your own that webhooks can reach, such as 10.0.0.0/8,127.0.0.1, also with http://; by default "
            "none, so that nobody reaches your own machines through Freehold",
            says="must be addresses or networks, separated by commas, such as 10.0.0.0/8,127.0.0.1",
            pattern=r"^[0-9a-fA-F:./, ]*$",
        ),
    ] = ""
    webhook_retry_days: Annotated[
        float, _about("days to retry the delivery of an event before giving up", gt=0, le=30)
    ] = 3.0
    webhook_failing_days: Annotated[
        float, _about("days of failures only, after which a webhook endpoint is switched off", gt=0, le=30)
    ] = 5.0
    webhook_keep_days: Annotated[
        float, _about("days to keep what was delivered, and what came of it", ge=7, le=3650)
    ] = 30.0
    pgbouncer: Annotated[
        bool,
        _about(
            "connect through PgBouncer in transaction mode, which keeps neither prepared statements nor session "
            "settings: true or false"
        ),
    ] = False
    tenant_role: Annotated[
        str,
        _about(
            "database role for your own tables, which row-level security binds: platform.in_organization() runs with "
            "it, and 'freehold tenants' makes it and grants to it",
            says="must be the name of a role: lower-case letters, digits and underscores, at most 63",
            pattern=r"^[a-z_][a-z0-9_]{0,62}\Z",
        ),
    ] = "freehold_tenant"
    metrics_port: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=65535)] | None,
        _about("separate port for the Prometheus metrics at /metrics, on the same host; 0 picks a free one"),
    ] = None
    metrics_token: Annotated[
        Annotated[str, msgspec.Meta(min_length=16)] | None,
        _about(
            "bearer token that /metrics requires, at least 16 characters; also turns on /metrics on the port of the "
            "API, unless FREEHOLD_METRICS_PORT is set"
        ),
    ] = None
    trace_ratio: Annotated[
        float,
        _about(
            "share of requests to trace with OpenTelemetry, from 0 to 1, in addition to those with a sampled "
            "traceparent header; 0 traces nothing. Needs freehold[otel]",
            ge=0,
            le=1,
        ),
    ] = 0.0
    log_format: Annotated[Literal["text", "json"], _about("format of the log: text or json")] = "text"
    log_level: Annotated[Literal["debug", "info", "warning", "error"], _about("lowest severity that is logged")] = (
        "warning"
    )
    audit_stream: Annotated[
        _Output | None,
        _about(
            "write every event of the audit log as a line of JSON, for collectors: to stdout, or to this file; by "
            "default, nowhere",
        ),
    ] = None
    access_log: Annotated[bool, _about("log every request: true or false")] = False
    slow_statement_ms: Annotated[
        int,
        _about("log the name of each database statement that takes at least this many milliseconds; 0 logs none", ge=0),
    ] = 500

    @property
    def base_url(self) -> str:
        """Where people reach this server, without a slash at the end."""
        host = _EVERY_ADDRESS.get(self.host, self.host)
        host = f"[{host}]" if ":" in host else host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def replicas(self) -> list[str]:
        """The URLs of the standbys that can answer reads."""
        return [url for url in re.split(r"[\s,]+(?=postgres(?:ql)?://)", (self.replica_urls or "").strip()) if url]

    @property
    def public_path(self) -> str:
        """The path of the public URL, without a slash at the end; "" where it has none."""
        return unquote(urlsplit(self.base_url).path).rstrip("/")

    @property
    def origins(self) -> frozenset[str]:
        """The origins that may call the API from a browser, as browsers write them."""
        return frozenset(origin_of(part) for part in self.allowed_origins.split(",") if part.strip())

    @property
    def shown_origins(self) -> frozenset[str]:
        """The origins that people's pictures are shown from, as browsers write them."""
        return frozenset(origin_of(part) for part in self.picture_origins.split(",") if part.strip())

    @property
    def muted(self) -> frozenset[str]:
        """Which news of their accounts people are not mailed."""
        return frozenset(name for part in self.muted_news.split(",") if (name := part.strip()))

    @property
    def password_rule(self) -> TextRule:
        """What a password must be that somebody chooses."""
        composed = self.password_rules != "length"  # noqa: S105 - the name of rules
        return password_rule(
            composed=composed, least=self.password_min_length or (SHORTEST if composed else SHORTEST_ALONE)
        )

    @property
    def slow_seconds(self) -> float:
        """The shortest duration of a database statement that is logged."""
        return self.slow_statement_ms / 1000 or math.inf

    @property
    def counts(self) -> bool:
        """Whether metrics are collected, because a setting publishes them."""
        return self.metrics_port is not None or self.metrics_token is not None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> "Settings":
        """Read the settings from the environment. A value in ``given`` that is not None takes precedence.

        Raises:
            SettingError: a value cannot be read.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for field in msgspec.structs.fields(cls):
            variable = PREFIX + field.name.upper()
            value = given.get(field.name)
            if value is None:
                value = environment.get(variable)
            if value is None or value == "":
                continue
            values[field.name] = _read(variable, field.type, value)
        return cls(**values)

    def to_environment(self) -> dict[str, str]:
        """Write the settings as environment variables, for a worker process."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        return {PREFIX + name.upper(): str(value) for name, value in values.items() if value is not None}


def _read(variable: str, kind: Any, value: Any) -> Any:
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if Path in {inner, *get_args(inner)}:
        return Path(value)
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        shown = "not valid" if variable in _SECRET else f"'{value}'"
        expected = Rule.of(kind).in_words() or f"{str(error)[0].lower()}{str(error)[1:]}"
        raise SettingError(f"{variable} is {shown}: {expected}") from None
