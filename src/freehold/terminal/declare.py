"""Declares commands on the platform: what a command returns is what is printed, so it is a few lines.

    @users.command()
    @click.argument("user")
    @shows
    async def show(context: Context, user: str) -> User:
        \"\"\"Show a user.\"\"\"
        return await find_user(context, user)

A command acts as the operator and calls the operations that HTTP calls.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from copy import copy
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from freehold.base.errors import FreeholdError, Invalid
from freehold.base.metadata import KeptOfUser
from freehold.base.settings import SettingError, Settings
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.migrate import MigrateError
from freehold.postgres import PostgresError
from freehold.postgres.interrupting import run
from freehold.terminal.embedded import database_of
from freehold.terminal.failures import Refused
from freehold.terminal.options import read_settings, setting_options
from freehold.terminal.output import print_entity, print_json, print_rows

R = TypeVar("R")
Answer = TypeVar("Answer", bound=msgspec.Struct | int | None)
EntityT = TypeVar("EntityT", bound=msgspec.Struct)
Fetch = Callable[[PageRequest], Awaitable[Page[EntityT]]]

Opening = Callable[[str, Settings], AbstractAsyncContextManager[Context]]
"""Opens the platform on a database, as the operator. The program hands it to its commands as click's ``obj``."""

DEFAULT_LIMIT = 100
PAGE_LIMIT = 100  # the most that one request for a page may ask for


def shows(work: Callable[..., Awaitable[Answer]]) -> Callable[..., int]:
    """Make a command that prints the entity it returns.

    Its return type says what else it does: ``None`` prints nothing, and an ``int`` is the exit status of a command that
    prints for itself, told ``as_json`` if it takes that.
    """
    return _answering(work, None)


def also_named(command: click.Command, name: str) -> click.Command:
    """Give a command under the name of a verb that people try, too."""
    found = copy(command)
    found.name = name
    found.help = f"{command.help} The same as '{command.name}'."
    return found


def changes(metadata: dict[str, Any] | None = None, /, **given: Any) -> dict[str, Any]:
    """Give what a command was told to change, with the metadata (see ``objects``), where it was told so.

    Raises:
        click.UsageError: that is nothing.
    """
    found = {field: value for field, value in given.items() if value is not None}
    if not found and not metadata:
        named = {*given, *(KeptOfUser.__struct_fields__ if metadata is not None else ())}
        options = [each for each in click.get_current_context().command.params if each.name in named]
        raise click.UsageError(f"Say what to change: {', '.join(each.opts[0] for each in options)}.")
    return {**found, **(metadata or {})}


def documents(body: str) -> Callable[[Callable[..., Awaitable[Answer]]], Callable[..., int]]:
    """Make a command that prints the entity it returns, of which the field ``body`` is a text of several lines."""
    return lambda work: _answering(work, body)


def _answering(work: Callable[..., Awaitable[Answer]], body: str | None) -> Callable[..., int]:
    takes_json = "as_json" in signature(work).parameters

    @_on_database
    @wraps(work)
    def command(database_url: str, *, as_json: bool, **arguments: Any) -> int:
        if takes_json:
            arguments["as_json"] = as_json
        answer = _on_platform(database_url, lambda context: work(context, **arguments))
        if isinstance(answer, int):
            return answer
        if answer is not None and as_json:
            print_json(answer)
        elif answer is not None:
            print_entity(answer, body=body)
        return 0

    return command


def lists(*columns: str) -> Callable[[Callable[..., Fetch[EntityT]]], Callable[..., None]]:
    """Make a command that prints the list whose pages it tells how to fetch, newest first.

    Args:
        columns: the fields to print, where it is not JSON, the most important first; a field of a field as
            ``settings.visibility``.
    """

    def declare(work: Callable[..., Fetch[EntityT]]) -> Callable[..., None]:
        @_on_database
        @click.option("--cursor", help="Continue after an earlier list: pass its next_cursor.")
        @click.option("--all", "whole", is_flag=True, help="List all of them.")
        @click.option(
            "--limit", type=click.IntRange(1), default=DEFAULT_LIMIT, show_default=True, help="Maximum number to list."
        )
        @wraps(work)
        def command(
            database_url: str, *, as_json: bool, limit: int, whole: bool, cursor: str | None, **arguments: Any
        ) -> None:
            async def read(context: Context) -> Page[EntityT]:
                return await _read(work(context, **arguments), None if whole else limit, cursor)

            page = _on_platform(database_url, read)
            if as_json:
                print_json(page)
                return
            print_rows(page.data, columns)
            if page.next_cursor:
                click.echo(
                    f"There are more: --all lists them all, --cursor {page.next_cursor} continues here.", err=True
                )

        return command

    return declare


@contextmanager
def failures_told() -> Iterator[None]:
    """Tell what Freehold refuses in the words of the command line; a failing field by the name of its option.

    Raises:
        Refused: instead of any error that is meant for people.
    """
    try:
        yield
    except Invalid as error:
        raise Refused(*(f"{_name_of(field.pointer)}: {field.detail}" for field in error.errors)) from error
    except FreeholdError as error:
        raise Refused(error.detail) from error
    except (PostgresError, MigrateError, SettingError) as error:
        raise Refused(str(error)) from error


def _on_database(command: Callable[..., R]) -> Callable[..., R]:
    @setting_options("database_url", "data_dir")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, as the API returns it.")
    @wraps(command)
    def with_database(*, database_url: str | None, data_dir: Path | None, **arguments: Any) -> R:
        with failures_told(), database_of(read_settings(database_url=database_url, data_dir=data_dir)) as url:
            return command(url, **arguments)

    return with_database


def _on_platform(database_url: str, work: Callable[[Context], Awaitable[R]]) -> R:
    opening: Opening = click.get_current_context().obj

    async def work_on() -> R:
        try:
            async with opening(database_url, read_settings(pool_size=1)) as context:
                return await work(context)
        except asyncio.CancelledError:
            # Ctrl-C: the driver may leave a broken connection's error to nobody, which asyncio would then report.
            logging.getLogger("asyncio").setLevel(logging.CRITICAL)
            raise

    return run(work_on())


async def _read(fetch: Fetch[EntityT], limit: int | None, cursor: str | None) -> Page[EntityT]:
    """Read as many pages as make up the limit."""
    entities: list[EntityT] = []
    while True:
        wanted = PAGE_LIMIT if limit is None else min(PAGE_LIMIT, limit - len(entities))
        page = await fetch(PageRequest(limit=wanted, cursor=cursor))
        entities += page.data
        cursor = page.next_cursor
        if cursor is None or len(entities) == limit:
            return Page(data=entities, next_cursor=cursor)


def _name_of(pointer: str) -> str:
    """Name what holds a failing field: ``/settings/features/0`` is ``--feature``; a file has its own name."""
    parts = [part for part in pointer.split("/") if part and not part.isdigit()]
    context = click.get_current_context()
    names = {parameter.name for parameter in context.command.params}
    field = next((part for part in reversed(parts) if part in names), parts[-1] if parts else "input")
    for parameter in context.command.params:
        if parameter.name == field == "file":
            name = str(context.params["file"])
            return "standard input" if name == "-" else name
        if parameter.name == field:
            return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
    return field.replace("_", " ")
