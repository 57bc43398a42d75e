"""Declares commands on the platform: what a command returns is what is printed, so it is a few lines.

    @users.command()
    @click.argument("user")
    @shows
    async def show(platform: Platform, user: str) -> User:
        \"\"\"Show a user.\"\"\"
        return await find_user(platform, user)

A command acts as the operator and calls the operations that HTTP calls.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from freehold import FreeholdError, Invalid, Page, PageRequest, Platform
from freehold.cli.embedded import database_of
from freehold.cli.failures import Refused
from freehold.cli.options import read_settings, setting_options
from freehold.cli.output import print_entity, print_json, print_rows
from freehold.migrate import MigrateError
from freehold.postgres import PostgresError
from freehold.settings import SettingError

R = TypeVar("R")
EntityT = TypeVar("EntityT", bound=msgspec.Struct)
Fetch = Callable[[PageRequest], Awaitable[Page[EntityT]]]

DEFAULT_LIMIT = 100
PAGE_LIMIT = 100  # the most that one request for a page may ask for


def shows(work: Callable[..., Awaitable[msgspec.Struct]]) -> Callable[..., None]:
    """Make a command that prints the entity it returns."""

    @_on_database
    @wraps(work)
    def command(database_url: str, *, as_json: bool, **arguments: Any) -> None:
        entity = _on_platform(database_url, lambda platform: work(platform, **arguments))
        (print_json if as_json else print_entity)(entity)

    return command


def runs(work: Callable[..., Awaitable[int]]) -> Callable[..., int]:
    """Make a command that prints for itself, told ``as_json``, and returns its exit status."""

    @_on_database
    @wraps(work)
    def command(database_url: str, **arguments: Any) -> int:
        return _on_platform(database_url, lambda platform: work(platform, **arguments))

    return command


def lists(*columns: str) -> Callable[[Callable[..., Fetch[EntityT]]], Callable[..., None]]:
    """Make a command that prints the list whose pages it tells how to fetch, newest first.

    Args:
        columns: the fields to print, where it is not JSON; a field of a field as ``profile.first_name``.
    """

    def declare(work: Callable[..., Fetch[EntityT]]) -> Callable[..., None]:
        @_on_database
        @click.option("--cursor", help="Go on where an earlier list ended: its next_cursor.")
        @click.option("--all", "whole", is_flag=True, help="List everything.")
        @click.option(
            "--limit", type=click.IntRange(1), default=DEFAULT_LIMIT, show_default=True, help="How many at most."
        )
        @wraps(work)
        def command(
            database_url: str, *, as_json: bool, limit: int, whole: bool, cursor: str | None, **arguments: Any
        ) -> None:
            async def read(platform: Platform) -> Page[EntityT]:
                return await _read(work(platform, **arguments), None if whole else limit, cursor)

            page = _on_platform(database_url, read)
            if as_json:
                print_json(page)
                return
            print_rows(page.data, columns)
            if page.next_cursor:
                click.echo(f"There are more: --all lists them, --cursor {page.next_cursor} goes on here.", err=True)

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
    @click.option("--json", "as_json", is_flag=True, help="Print the JSON that the API answers.")
    @wraps(command)
    def with_database(*, database_url: str | None, data_dir: Path | None, **arguments: Any) -> R:
        with failures_told(), database_of(read_settings(database_url=database_url, data_dir=data_dir)) as url:
            return command(url, **arguments)

    return with_database


def _on_platform(database_url: str, work: Callable[[Platform], Awaitable[R]]) -> R:
    async def run() -> R:
        try:
            async with Platform.open(database_url, settings=read_settings(pool_size=1)) as platform:
                return await work(platform)
        except asyncio.CancelledError:
            # Ctrl-C: the driver may leave a broken connection's error to nobody, which asyncio would then report.
            logging.getLogger("asyncio").setLevel(logging.CRITICAL)
            raise

    return asyncio.run(run())


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
    """Name what holds a failing field: ``/settings/features/0`` is ``--feature``."""
    parts = [part for part in pointer.split("/") if part and not part.isdigit()]
    field = parts[-1] if parts else "input"
    for parameter in click.get_current_context().command.params:
        if parameter.name == field:
            return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
    return field.replace("_", " ")
