"""Names that are typed at the command line keep the rule of all names: every command that takes one is tried."""

import io
import json
import sys
from collections.abc import Callable
from typing import Final, NamedTuple

import pytest

from freehold.cli.program import program
from freehold.terminal.failures import run
from tests.base.test_text import FINE, INVISIBLE

from .test_operations import every_command


class Done(NamedTuple):
    """How a command has ended."""

    returncode: int
    stdout: str
    stderr: str


NAMES: Final = {"name", "first_name", "last_name"}
NO_NAMES: Final = {
    "roles create": "the name of a role is one of ASCII letters, and is refused as such",
    "roles update": "the same",
    "migrate new": "it names a file, in ASCII letters",
    "restore": "it is the name of a backup",
    "backup verify": "the same",
}
BAD: Final = {
    **{kind: f"a{INVISIBLE[kind]}b" for kind in ("bidi U+202E", "Hangul filler", "zero width space", "tag letter")},
    "line separator": "a\u2028b",
    "newline": "a\nb",
    "escape": "a\x1b[31mb",
    "nothing to see": "\u200d",
    "white space": "\u3000 ",
    "two selectors": "a\ufe0f\ufe0f",
    "too long": "a" * 300,
    "no Unicode": "a\udcffb",
}
GOOD: Final = [*("couple", "Persian with a non-joiner", "Han with a variant", "flag")]
OF_ADA: Final = ("--user", "ada")


class Typist:
    """Types names, after all that they could be given to was made; in this process, which is quick."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys
        self.number = 0
        self.user("ada")
        assert self("organizations", "create", "Acme", "--owner", "ada").returncode == 0
        self.project = json.loads(self("projects", "create", "acme", "Rocket").stdout)["id"]

    def __call__(self, *words: str, stdin: str = "") -> Done:
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        status = run(program, [*words, "--json"])
        return Done(status, *self.capsys.readouterr())

    def user(self, *words: str) -> Done:
        self.number += 1
        email = f"u{self.number}@example.com"
        return self("users", "create", *words, "--email", email, "--password-stdin", stdin="Lovelace1x\n")


WAYS: Final[dict[str, Callable[[Typist, str], Done]]] = {
    "users create --first-name": lambda at, name: at.user(f"bob{at.number}", "--first-name", name),
    "users create --last-name": lambda at, name: at.user(f"bob{at.number}", "--last-name", name),
    "users update --first-name": lambda at, name: at("users", "update", "ada", "--first-name", name),
    "users update --last-name": lambda at, name: at("users", "update", "ada", "--last-name", name),
    "organizations create NAME": lambda at, name: at("organizations", "create", name, "--owner", "ada"),
    "organizations update --name": lambda at, name: at("organizations", "update", "acme", "--name", name),
    "projects create NAME": lambda at, name: at("projects", "create", "acme", name),
    "projects update --name": lambda at, name: at("projects", "update", "acme", at.project, "--name", name),
    "api-keys create NAME": lambda at, name: at("api-keys", "create", name, *OF_ADA),
}


def test_every_command_that_takes_a_name_is_tried() -> None:
    taking = {
        f"{path} {parameter.opts[0] if parameter.param_type_name == 'option' else parameter.make_metavar(context)}"
        for path, command in every_command()
        for context in [command.make_context(path, [], resilient_parsing=True)]
        for parameter in command.params
        if parameter.name in NAMES and path not in NO_NAMES
    }
    assert taking == WAYS.keys()


def test_name_that_is_typed_keeps_the_rule_of_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    """The commands share out what is refused: that the rule is whole, and one for all ways in, is shown where it is."""
    monkeypatch.setenv("FREEHOLD_DATABASE_URL", database_url)
    typist = Typist(monkeypatch, capsys)
    for turn, (way, type_name) in enumerate(WAYS.items()):
        for kind in [*BAD][turn :: len(WAYS)]:
            refused = type_name(typist, BAD[kind])
            assert (refused.returncode, refused.stdout) == (1, ""), f"{way} {kind}"
            assert refused.stderr.startswith("freehold: "), f"{way} {kind}"
            assert "must" in refused.stderr, refused.stderr
            assert refused.stderr.removesuffix("\n").isprintable(), "what is refused is not shown raw"
        kind = GOOD[turn % len(GOOD)]
        made = type_name(typist, f" {FINE[kind]}\u00a0")
        assert (made.returncode, made.stderr) == (0, ""), f"{way} {kind}"
        assert FINE[kind] in json.dumps(json.loads(made.stdout), ensure_ascii=False), f"{way} {kind}"
