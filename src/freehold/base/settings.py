"""Every setting, said once: its name, what it does, its default. ``FREEHOLD_<NAME>`` in the environment sets it."""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from freehold.base.machine import cores

PREFIX = "FREEHOLD_"

_MOST_WORKERS = 8
"""By default: with their pools, 80 connections of the 100 that PostgreSQL has by default."""
_SECRET = frozenset({"FREEHOLD_DATABASE_URL", "FREEHOLD_METRICS_TOKEN", "FREEHOLD_SMTP_URL"})


def _about(description: str, **limits: Any) -> msgspec.Meta:
    return msgspec.Meta(description=description, **limits)


def _workers() -> int:
    return min(cores(), _MOST_WORKERS)


class SettingError(Exception):
    """A setting cannot be read; the message names the variable and what it takes."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this process works. Sizes default to the machine's."""

    database_url: Annotated[
        str | None, _about("PostgreSQL to use, postgresql://user:password@host/name; without it, an embedded one")
    ] = None
    data_dir: Annotated[Path, _about("where the embedded PostgreSQL keeps its data")] = Path("freehold-data")
    backups_dir: Annotated[
        Path,
        _about("where backups and the evidence of rehearsals are kept, also those that an upgrade takes by itself"),
    ] = Path("freehold-backups")
    host: Annotated[str, _about("address to listen on")] = "127.0.0.1"
    port: Annotated[int, _about("port to listen on; 0 takes a free one", ge=0, le=65535)] = 8000
    workers: Annotated[
        int, _about("processes that answer requests; by default one for each core, at most 8", ge=1, le=64)
    ] = msgspec.field(default_factory=_workers)
    connections_per_worker: Annotated[
        int,
        _about(
            "connections that each worker may have, as far as the limit of open files allows; beyond four fifths of "
            "them, the idlest are closed",
            ge=64,
            le=65_536,
        ),
    ] = 8192
    pool_size: Annotated[int, _about("database connections of each worker", ge=1, le=1000)] = 10
    acquire_timeout_seconds: Annotated[
        float, _about("how long a request waits for a connection before it is answered 503", gt=0)
    ] = 5.0
    statement_timeout_seconds: Annotated[
        float, _about("how long a statement may take before it is answered 503", gt=0)
    ] = 15.0
    password_threads: Annotated[
        int,
        _about(
            "passwords hashed at a time by each worker (19 MiB each); by default as many as keep every core busy when "
            "all workers hash",
            ge=1,
            le=64,
        ),
    ] = msgspec.field(default_factory=lambda: math.ceil(cores() / _workers()))
    password_queue: Annotated[
        int, _about("passwords that may wait to be hashed before sign-in is answered 503", ge=0, le=10_000)
    ] = 64
    rate_limits: Annotated[Literal["on", "off"], _about("whether requests are limited: on or off")] = "on"
    reads_per_minute: Annotated[
        int, _about("requests that only read, of each user, API key or (not signed in) address", ge=1)
    ] = 3000
    writes_per_minute: Annotated[int, _about("requests that change something, likewise", ge=1)] = 600
    mails_per_minute: Annotated[int, _about("requests that send a mail, likewise", ge=1)] = 30
    sign_ins_per_minute: Annotated[
        int, _about("attempts to sign in, or to use a mailed token, of each address", ge=1)
    ] = 30
    sign_ups_per_minute: Annotated[int, _about("accounts made from each address", ge=1)] = 30
    trusted_proxies: Annotated[
        str,
        _about(
            "proxies of yours whose X-Forwarded-For is believed: how many are in front (1), or their addresses and "
            "networks (10.0.0.0/8,::1); without any, the header is ignored",
            pattern=r"^[0-9a-fA-F:./, ]*$",
        ),
    ] = ""
    refuse_common_passwords: Annotated[
        bool, _about("whether new passwords that are among the most common ones are refused: true or false")
    ] = True
    session_days: Annotated[
        float, _about("how many days a session lasts at most, however much it is used", gt=0, le=3650)
    ] = 30.0
    session_idle_days: Annotated[float, _about("how many days a session lasts without being used", gt=0, le=3650)] = (
        14.0
    )
    public_url: Annotated[
        str | None, _about("where people reach this platform, for the links in mails; by default http://HOST:PORT")
    ] = None
    sign_up: Annotated[
        Literal["open", "invitation", "closed"],
        _about("who may sign up: everybody (open), who was invited (invitation), or nobody (closed)"),
    ] = "open"
    unverified_may_sign_in: Annotated[
        bool, _about("whether people may sign in before they have confirmed their e-mail address: true or false")
    ] = True
    email_verification_hours: Annotated[
        float, _about("how many hours the link that confirms an e-mail address works", gt=0, le=720)
    ] = 48.0
    invitation_days: Annotated[float, _about("how many days an invitation can be accepted", gt=0, le=365)] = 7.0
    restore_days: Annotated[
        float,
        _about("how many days a deleted organization can be restored before it is removed for good", gt=0, le=3650),
    ] = 30.0
    password_reset_minutes: Annotated[
        float, _about("how many minutes the link that sets a new password works", gt=0, le=1440)
    ] = 30.0
    smtp_url: Annotated[
        str | None,
        _about(
            "SMTP server that delivers mail: smtp://user:password@host:587 (STARTTLS), or smtps:// (TLS from the "
            "start); without it, mails are printed and kept for 'freehold mail'"
        ),
    ] = None
    smtp_ca_file: Annotated[
        Path | None, _about("certificates (PEM) to trust for the SMTP server, instead of the system's")
    ] = None
    smtp_timeout_seconds: Annotated[float, _about("how long the SMTP server may take for one answer", gt=0, le=60)] = (
        20.0
    )
    mail_from: Annotated[
        str | None, _about("address that mails come from, such as Acme <hello@acme.example>; required with smtp_url")
    ] = None
    mail_templates: Annotated[Path | None, _about("folder with texts of your own for mails")] = None
    mail_retry_days: Annotated[
        float, _about("how many days the delivery of a mail is tried before it is given up", gt=0, le=30)
    ] = 3.0
    mail_keep_days: Annotated[
        float, _about("how many days a mail is listed after it was delivered or given up", gt=0, le=3650)
    ] = 30.0
    pgbouncer: Annotated[
        bool,
        _about(
            "whether database_url leads to a PgBouncer in transaction mode, which keeps no prepared statements and no "
            "settings of a session: true or false"
        ),
    ] = False
    metrics_port: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=65535)] | None,
        _about("port of the same host for /metrics, for Prometheus; 0 takes a free one"),
    ] = None
    metrics_token: Annotated[
        Annotated[str, msgspec.Meta(min_length=16)] | None,
        _about(
            "bearer token that /metrics asks for, at least 16 characters; without metrics_port, /metrics is then on "
            "the port of the API"
        ),
    ] = None
    trace_ratio: Annotated[
        float,
        _about(
            "share of the requests that is traced with OpenTelemetry, 0 to 1, beside those that come with a sampled "
            "traceparent; 0 traces nothing. Needs freehold[otel]",
            ge=0,
            le=1,
        ),
    ] = 0.0
    log_format: Annotated[Literal["text", "json"], _about("how each line of the log is written: text or json")] = "text"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], _about("what is logged: this and what is more severe")
    ] = "warning"
    access_log: Annotated[bool, _about("whether each request is logged: true or false")] = False
    slow_statement_ms: Annotated[
        int, _about("how many milliseconds a database statement takes that is logged by its name; 0 logs none", ge=0)
    ] = 500

    @property
    def base_url(self) -> str:
        """Where people reach this platform, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def slow_seconds(self) -> float:
        """How long a database statement takes at least that is logged."""
        return self.slow_statement_ms / 1000 or math.inf

    @property
    def counts(self) -> bool:
        """Whether metrics are kept: somebody is let to see them."""
        return self.metrics_port is not None or self.metrics_token is not None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, **given: Any) -> "Settings":
        """Read the settings from the environment; what is ``given`` and not None goes before it.

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
        shown = "not right" if variable in _SECRET else f"'{value}'"
        raise SettingError(f"{variable} is {shown}: {str(error)[0].lower()}{str(error)[1:]}") from None
