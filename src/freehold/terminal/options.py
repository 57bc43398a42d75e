"""The options of every command that are settings; each is derived from `Settings`, where it is said once."""

from collections.abc import Callable
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

import click
import msgspec

from freehold.base.settings import PREFIX, SettingError, Settings

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Settings)}
ONLY_ENVIRONMENT: Final = frozenset({"metrics_token", "smtp_url"})
"""Settings that hold a secret and are no options, since every user of a machine can see arguments."""
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
    return next((meta.description for meta in _metas(field.type) if meta.description), "")


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


def _type(kind: Any) -> "click.ParamType[Any]":  # before 8.4 it takes no type at run time
    base, limits = kind, msgspec.Meta()
    while get_origin(base) in {Annotated, Union, UnionType}:
        limits = next(iter(_metas(base)), limits)  # the innermost: a value has limits, and no value has none
        base = next(part for part in get_args(base) if part is not NoneType)
    if get_origin(base) is Literal:
        return click.Choice(get_args(base))
    if base is Path:
        return click.Path(path_type=Path)
    if base is bool:
        return click.BOOL
    if base is int:
        return click.IntRange(_whole(limits.ge), _whole(limits.le))
    if base is float:
        return click.FloatRange(limits.gt, limits.le, min_open=True)
    return click.STRING


def _whole(limit: float | None) -> int | None:
    return None if limit is None else int(limit)


def _metas(kind: Any) -> list[msgspec.Meta]:
    return [part for part in get_args(kind) if isinstance(part, msgspec.Meta)]
