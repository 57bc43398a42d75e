"""Every setting, said once: its name, what it does, its default. ``FREEHOLD_<NAME>`` in the environment sets it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import msgspec

PREFIX = "FREEHOLD_"


def _about(description: str, **limits: Any) -> msgspec.Meta:
    return msgspec.Meta(description=description, **limits)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class SettingError(Exception):
    """A setting cannot be read; the message names the variable and what it takes."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this process works. Sizes default to the machine's."""

    database_url: Annotated[
        str | None, _about("PostgreSQL to use, postgresql://user:password@host/name; without it, an embedded one")
    ] = None
    data_dir: Annotated[Path, _about("where the embedded PostgreSQL keeps its data")] = Path("freehold-data")
    host: Annotated[str, _about("address to listen on")] = "127.0.0.1"
    port: Annotated[int, _about("port to listen on; 0 takes a free one", ge=0, le=65535)] = 8000
    workers: Annotated[
        int, _about("processes that answer requests; by default one for each core, at most 4", ge=1, le=64)
    ] = msgspec.field(default_factory=lambda: min(_cores(), 4))
    pool_size: Annotated[int, _about("database connections of each worker", ge=1, le=1000)] = 10
    acquire_timeout_seconds: Annotated[
        float, _about("how long a request waits for a connection before it is answered 503", gt=0)
    ] = 5.0
    statement_timeout_seconds: Annotated[
        float, _about("how long a statement may take before it is answered 503", gt=0)
    ] = 15.0
    password_threads: Annotated[
        int,
        _about("passwords hashed at a time by each worker (19 MiB each); by default one for each core", ge=1, le=64),
    ] = msgspec.field(default_factory=_cores)
    password_queue: Annotated[
        int, _about("passwords that may wait to be hashed before sign-in is answered 503", ge=0, le=10_000)
    ] = 64
    session_days: Annotated[float, _about("how many days a session lasts", gt=0, le=3650)] = 30.0

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
    if inner is Path:
        return Path(value)
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingError(f"{variable} is '{value}': {str(error)[0].lower()}{str(error)[1:]}") from None
