"""What to type instead, what a setting takes, and what is no setting: for every command, whoever declared it."""

import subprocess
from pathlib import Path

import click
import pytest

from freehold.base.rules import Rule
from freehold.base.settings import Settings
from freehold.cli.program import LINES, program
from freehold.terminal.failures import run
from freehold.terminal.options import FIELDS, OTHERS

from .conftest import Freehold
from .test_operations import every_command


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("usrs",), "users"),
        (("user",), "users"),
        (("organisation",), "organizations"),
        (("server",), "serve"),
        (("users", "lst"), "list"),
        (("users", "add"), "create"),
        (("projects", "rm"), "delete"),
        (("organizations", "edit"), "update"),
        (("backup", "ls"), "list"),
        (("migrate", "aply"), "apply"),
    ],
)
def test_unknown_command_is_answered_with_the_one_that_is_meant(
    typed: tuple[str, ...], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(program, typed) == 2
    assert f"No such command '{typed[-1]}'. Did you mean '{meant}'?" in capsys.readouterr().err


def test_command_that_is_like_no_other_gets_no_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(program, ["xyzzy"]) == 2
    assert "No such command 'xyzzy'.\n" in capsys.readouterr().err


def test_h_is_help_of_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for path, _ in every_command():
        assert run(program, [*path.split(), "-h"]) == 0, path
        assert capsys.readouterr().out.startswith(f"Usage: freehold {path}".rstrip()), path


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("serve", "--port", "99999"), "'99999' is not a whole number from 0 to 65535."),
        (("serve", "--trace-ratio", "2"), "'2' is not a number from 0 to 1."),
        (("serve", "--smtp-timeout-seconds", "0"), "'0' is not a number above 0 and up to 60."),
        (("users", "list", "--limit", "0"), "'0' is not a whole number from 1 up."),
        (("users", "list", "--limit", "ten"), "'ten' is not a whole number from 1 up."),
        (("backup", "prune", "--keep", "0"), "'0' is not a whole number from 1 up."),
    ],
)
def test_number_out_of_range_is_answered_with_the_range_in_words(
    words: tuple[str, ...], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(program, words) == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("FREEHOLD_WORKERS", "99", "must be a whole number from 1 to 64"),
        ("FREEHOLD_METRICS_PORT", "x", "must be a whole number from 0 to 65535"),
        ("FREEHOLD_SESSION_DAYS", "0", "must be a number above 0 and up to 3650"),
        ("FREEHOLD_ACCESS_LOG", "maybe", "must be true or false"),
        ("FREEHOLD_SIGN_UP", "opn", "must be one of: open, invitation, closed"),
        ("FREEHOLD_METRICS_TOKEN", "short", "must have at least 16 characters"),
    ],
)
def test_setting_that_cannot_be_read_says_what_it_takes(
    freehold: Freehold, variable: str, value: str, complaint: str
) -> None:
    refused = freehold("users", "list", **{variable: value})
    assert refused.returncode == 2
    shown = "not valid" if variable.endswith("TOKEN") else f"'{value}'"
    assert f"{variable} is {shown}: {complaint}." in refused.stderr


def test_every_setting_that_is_no_free_text_says_in_words_what_it_takes() -> None:
    free = {name for name, field in FIELDS.items() if Rule.of(field.type).in_words() is None}
    assert {Rule.of(FIELDS[name].type).kind for name in free} == {str, Path}


def test_variable_that_is_no_setting_is_a_warning_with_the_nearest_name(freehold: Freehold) -> None:
    done = freehold("users", "list", FREEHOLD_WORKRES="2", FREEHOLD_QUUX="1", FREEHOLD_TEST_SOMETHING="1")
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "freehold: warning: FREEHOLD_QUUX is no setting and has no effect",
        "freehold: warning: FREEHOLD_WORKRES is no setting and has no effect; did you mean FREEHOLD_WORKERS?",
    ]


def test_variables_that_single_commands_read_are_known_and_listed(freehold: Freehold) -> None:
    assert freehold("users", "list", **dict.fromkeys(OTHERS, "")).stderr == ""
    read = {
        each.envvar
        for _, command in every_command()
        for each in command.params
        if isinstance(each, click.Option) and isinstance(each.envvar, str)
    }
    assert read - {f"FREEHOLD_{name.upper()}" for name in Settings.__struct_fields__} <= OTHERS.keys()


def make(freehold: Freehold, username: str, email: str) -> "subprocess.CompletedProcess[str]":
    return freehold("users", "create", username, "--email", email, "--password-stdin", stdin="Lovelace1\n")


def test_name_or_address_that_is_taken_shows_who_has_it(freehold: Freehold) -> None:
    made = dict(line.split("\t") for line in make(freehold, "ada", "ada@example.com").stdout.splitlines())
    for refused in (make(freehold, "ADA", "other@example.com"), make(freehold, "other", "Ada@Example.com")):
        assert refused.returncode == 1
        assert refused.stderr.rstrip().endswith(f"It belongs to ada <ada@example.com> ({made['id']})")


def test_entities_are_changed_and_deleted_as_over_http(freehold: Freehold) -> None:
    make(freehold, "ada", "ada@example.com")
    freehold("organizations", "create", "Acme", "--owner", "ada")
    freehold("projects", "create", "acme", "Rocket", "--feature", "a")
    project = freehold("projects", "list", "acme").stdout.split("\t")[0]

    changed = freehold("users", "update", "ada", "--username", "lovelace", "--first-name", "Ada").stdout
    assert "username\tlovelace\n" in changed
    assert "profile.first_name\tAda\n" in changed
    assert "profile.first_name\t\n" in freehold("users", "update", "lovelace", "--first-name", "").stdout
    assert "slug\tapex\n" in freehold("organizations", "update", "acme", "--name", "Apex", "--slug", "apex").stdout
    update = ("projects", "update", "apex", project)
    shown = freehold(*update, "--name", "Saturn", "--visibility", "public").stdout
    assert "name\tSaturn\n" in shown
    assert "settings.visibility\tpublic\nsettings.features\ta\n" in shown
    assert "settings.features\t\n" in freehold(*update, "--no-features").stdout
    nothing = freehold(*update)
    assert (nothing.returncode, "Say what to change: --name, --description" in nothing.stderr) == (2, True)

    assert freehold("projects", "delete", "apex", project).returncode == 0
    assert freehold("projects", "show", "apex", project).returncode == 1
    assert freehold("organizations", "list", "--user", "lovelace").stdout.split("\t")[1] == "apex"


def test_every_line_of_the_help_is_a_sentence() -> None:
    assert all(line.endswith(".") for line in LINES.values())
