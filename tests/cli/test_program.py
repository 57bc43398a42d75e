"""The shape of `freehold`: its parts, its help, its reference pages, and how fast it starts."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from freehold import __version__
from freehold.base.settings import Settings
from freehold.cli import reference
from freehold.cli.program import LINES, program
from freehold.terminal.options import ONLY_ENVIRONMENT
from tests.contract.renewal import compare

from .conftest import Freehold

ROOT = Path(__file__).parents[2]


def command_named(name: str) -> click.Command:
    command = program.get_command(click.Context(program), name)
    assert isinstance(command, click.Command)
    return command


@pytest.mark.parametrize("name", LINES)
def test_line_that_lists_a_command_is_its_own_help(name: str) -> None:
    assert command_named(name).get_short_help_str(limit=200) == LINES[name]


@pytest.mark.renews
@pytest.mark.parametrize(
    ("page", "write"), [("command-line.md", reference.command_line), ("settings.md", reference.settings)]
)
def test_reference_page_is_true(page: str, write: Callable[[], str]) -> None:
    compare(ROOT / reference.FOLDER / page, write())


def test_version(freehold: Freehold) -> None:
    assert freehold("--version").stdout == f"freehold {__version__}\n"


def test_help_imports_neither_the_database_nor_the_server() -> None:
    code = "import sys; from freehold.terminal.failures import run; from freehold.cli.program import program; "
    code += "run(program, ['--help']); sys.stderr.write(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr.split()
    assert not {"asyncpg", "asyncio", "msgspec", "granian", "starlette", "rich", "argon2"} & set(loaded)


def test_every_setting_but_those_with_a_secret_is_an_option_of_serve_with_its_limits() -> None:
    serve = command_named("serve")
    options = {parameter.name: parameter for parameter in serve.params}
    assert [*options] == [name for name in Settings.__struct_fields__ if name not in ONLY_ENVIRONMENT]
    types = {name: option.type for name, option in options.items()}
    assert isinstance(types["port"], click.IntRange)
    assert (types["port"].min, types["port"].max) == (0, 65535)
    assert types["refuse_common_passwords"] is click.BOOL
    assert isinstance(types["sign_up"], click.Choice)
    assert all(option.envvar == f"FREEHOLD_{name.upper()}" for name, option in options.items() if name)
