"""The options of every command that are settings; each is derived from `Settings`, where it is said once."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, get_args, get_origin

import click
import msgspec

from freehold.base.rules import Rule, metas
from freehold.base.settings import PREFIX, SettingError, Settings
from freehold.postgres.binaries import SETTING as POSTGRES_BIN
from freehold.terminal.failures import DEBUG
from freehold.terminal.words import nearest

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Settings)}
ONLY_ENVIRONMENT: Final = frozenset({"metrics_token", "replica_urls", "smtp_url"})
"""Settings that hold a secret and are no options, since every user of a machine can see arguments."""
OTHERS: Final = {
    POSTGRES_BIN: "folder of the PostgreSQL programs to use, before any others",
    "FREEHOLD_STAGING_URL": "a database on another server, beside which migrations are rehearsed: `--staging-url`",
    "FREEHOLD_IMPORT_FROM": "the database of another system to import from: `--from`",
    DEBUG: "set to 1 to see where an unexpected error came from",
}
"""Variables that are read by single commands or before any settings are."""
_OF_TESTS: Final = f"{PREFIX}TEST_"
_EXPOSED = {"database_url": " Prefer the environment variable: every user of this machine can see arguments."}
_METAVARS = {"database_url": "URL", "data_dir": "DIRECTORY"}


def setting_options(*names: str) -> Callable[[CommandT], CommandT]:
    """Give a command these settings as options: each also an environment variable, with the limits of the setting."""

    def add(command: CommandT) -> CommandT:
        for name in reversed(names):
            command = _option(FIELDS[name])(command)
        return command

    return add


def read_settings(**given: Any) -> Settings:
    """Make the settings of what was given as options and of the environment.

    Raises:
        click.UsageError: a variable of the environment cannot be read.
    """
    try:
        return Settings.from_environment(**given)
    except SettingError as error:
        raise click.UsageError(f"{error}.") from None


def about(field: msgspec.structs.FieldInfo) -> str:
    """Say what a setting does."""
    return next((meta.description for meta in metas(field.type) if meta.description), "")


def unknown_settings() -> list[str]:
    """Say of each variable of the environment that looks like a setting that it is none."""
    known = [*(name.upper() for name in FIELDS), *(name.removeprefix(PREFIX) for name in OTHERS)]
    found = [name for name in sorted(os.environ) if name.startswith(PREFIX) and not name.startswith(_OF_TESTS)]
    unknown = [name.removeprefix(PREFIX) for name in found if name.removeprefix(PREFIX) not in known]
    hints = [f"; did you mean {PREFIX}{near}?" if (near := nearest(name, known)) else "" for name in unknown]
    return [f"{PREFIX}{name} is no setting and has no effect{hint}" for name, hint in zip(unknown, hints, strict=True)]


def _option(field: msgspec.structs.FieldInfo) -> Callable[[CommandT], CommandT]:
    return click.option(
        f"--{field.name.replace('_', '-')}",
        field.name,
        envvar=PREFIX + field.name.upper(),
        show_envvar=True,
        type=_type(field.type),
        metavar=_METAVARS.get(field.name),
        **_default(field),
        help=f"{about(field)[0].upper()}{about(field)[1:]}.{_EXPOSED.get(field.name, '')}",
    )


def _default(field: msgspec.structs.FieldInfo) -> dict[str, Any]:
    """Leave out a default that depends on the machine, so that the help is the same on all; the text says it."""
    known = field.default is not msgspec.NODEFAULT and field.default is not None
    return {"default": field.default, "show_default": True} if known else {}


def _type(annotation: Any) -> "click.ParamType[Any]":  # before 8.4 it takes no type at run time
    rule = Rule.of(annotation)
    if get_origin(rule.kind) is Literal:
        return click.Choice(get_args(rule.kind))
    if rule.kind is Path:
        return click.Path(path_type=Path)
    if rule.kind is bool:
        return click.BOOL
    if rule.kind is int:
        return click.IntRange(_whole(rule.lowest), _whole(rule.limits.le))
    if rule.kind is float:
        return click.FloatRange(rule.lowest, rule.limits.le, min_open=rule.limits.gt is not None)
    return click.STRING


def _whole(limit: float | None) -> int | None:
    return None if limit is None else int(limit)
